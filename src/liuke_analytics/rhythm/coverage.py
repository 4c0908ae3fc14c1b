"""Does the threshold keep its word? One step ahead, by the number of gaps known before."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from liuke_analytics.arrays import Bools, Day, Floats, Ints, days, one_day, same_length
from liuke_analytics.btyd.histories import DAYS_A_WEEK
from liuke_analytics.rhythm.threshold import Rhythm
from liuke_analytics.wilson import wilson


class Coverage(NamedTuple):
    """Gaps that ended, by how many gaps of the customer were known before each.

    `within` of `gaps` ended inside the threshold of quantile `q`. `share` is that share, with late
    ends weighted up where the record may have stopped before them; `lower` and `upper` are its
    Wilson 95 % interval. `known` is the least and `known_to` the greatest number of prior gaps in
    the row (None: open).
    """

    q: float
    known: int
    known_to: int | None
    gaps: int
    within: int
    share: float
    lower: float
    upper: float


BANDS = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 9), (10, None))


def coverage(
    rhythm: Rhythm,
    customer_ids: ArrayLike,
    purchase_days: ArrayLike,
    q: float,
    *,
    since: Day | None = None,
    end: Day | None = None,
    bands: tuple[tuple[int, int | None], ...] = BANDS,
) -> list[Coverage]:
    """Share of ended gaps that the threshold at `q` would have allowed, each judged beforehand.

    One row per purchase: `customer_ids` and `purchase_days`, shape (n,). Every gap is compared
    with the threshold from the purchases before it. Gaps that began before `since` are not
    judged, so that parameters fitted up to that day are tested on what came later.

    `end` is the last day of the record. Without it every gap counts as watched to its end. With it
    only gaps are judged that could be watched up to the threshold halfway between `q` and
    certainty, because among younger ones only the short have ended; and an end beyond the
    threshold counts 1 / P(seen by `end` | beyond it), at most two, for those that were not seen.
    Who never comes back is in no gap, so this is the promise to those who do.
    Bands without a gap are left out.
    """
    names = np.atleast_1d(np.asarray(customer_ids))
    when = days(purchase_days, "purchase_days")
    same_length(customer_ids=names, purchase_days=when)
    _, customer = np.unique(names, return_inverse=True)
    day = when.astype(np.int64)
    order = np.lexsort((day, customer))
    who, day = customer[order], day[order]
    new = np.ones(len(who), dtype=bool)
    new[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    who, day = who[new], day[new]
    begin = np.searchsorted(who, who)
    prior = np.arange(len(who)) - begin
    # Row i stands for the gap from purchase i to purchase i + 1 of the same customer.
    judged = np.flatnonzero(who[1:] == who[:-1])
    if since is not None:
        judged = judged[day[judged] >= one_day(since, "since").astype(np.int64)]
    known = prior[judged]
    elapsed = (day[judged] - day[begin[judged]]) / DAYS_A_WEEK
    weight = np.ones(len(judged))
    if end is not None:
        watched = (one_day(end, "end").astype(np.int64) - day[judged]) / DAYS_A_WEEK
        long = watched >= rhythm.threshold((1 + q) / 2, known, elapsed)
        judged, known, elapsed, watched = judged[long], known[long], elapsed[long], watched[long]
        seen = rhythm.share_back(watched, known, elapsed)
        weight = (1 - q) / (seen - q)
    gap = (day[judged + 1] - day[judged]) / DAYS_A_WEEK
    within = gap <= rhythm.threshold(q, known, elapsed)
    weight = np.where(within, 1.0, weight)
    return [
        _band(q, low, high, known, within, weight)
        for low, high in bands
        if ((known >= low) & (known <= (np.inf if high is None else high))).any()
    ]


def _band(
    q: float, low: int, high: int | None, known: Ints, within: Bools, weight: Floats
) -> Coverage:
    inside = (known >= low) & (known <= (np.inf if high is None else high))
    gaps, good = int(inside.sum()), int(within[inside].sum())
    weights = weight[inside]
    share = good / float(weights.sum())
    # Weighted gaps say as much as so many equal ones.
    like = float(weights.sum() ** 2 / (weights**2).sum())
    lower, upper = wilson(share * like, like)
    return Coverage(q, low, high, gaps, good, share, float(lower), float(upper))
