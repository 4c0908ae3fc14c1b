"""Discrete-time hazard: the chance to end in each period, compared between groups of customers.

Customers come grouped: so many exposed in a period, so many of them ended. The logit of the
hazard has one term per period and one per group (Cox 1972, Allison 1982), so a fit costs what the
number of cells costs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit
from scipy.stats import norm

from liuke_analytics.arrays import AnyArray, Floats, floats, same_length, sums
from liuke_analytics.btyd.fitting import PER_PARAMETER
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.wilson import wilson

_UNTOLD = 3.0
"""A standard error of a log odds ratio beyond this says that nothing is known."""
_SINGULAR = 1e12


class Hazard(NamedTuple):
    """Raw hazard by period with its Wilson 95 % interval, and odds of the groups.

    By period, ascending, shape (m,): `exposed`, `ended`, `hazard`, `lower`, `upper`, `survival`.
    By group, shape (g,): `odds` against the first group in the same period (1 for that one) with
    `odds_lower` and `odds_upper` (95 %), and `p`, nan for the first.
    """

    period: Floats
    exposed: Floats
    ended: Floats
    hazard: Floats
    lower: Floats
    upper: Floats
    survival: Floats
    groups: AnyArray
    odds: Floats
    odds_lower: Floats
    odds_upper: Floats
    p: Floats


def hazard(
    periods: ArrayLike, exposed: ArrayLike, ended: ArrayLike, groups: ArrayLike | None = None
) -> Hazard:
    """Hazard by period, and groups compared within periods; one entry per cell, shape (n,).

    Raises ValueError where more ended than were exposed; NotEnoughData where nobody was exposed,
    or, with groups, where fewer than ten customers ended, or stayed, in one of them: then odds
    are noise or do not exist.
    """
    when = floats(periods, "periods")
    watched = floats(exposed, "exposed", least=0)
    gone = floats(ended, "ended", least=0)
    same_length(periods=when, exposed=watched, ended=gone)
    if (gone > watched).any():
        raise ValueError("ended must not exceed exposed")
    group = np.zeros(len(when)) if groups is None else np.atleast_1d(np.asarray(groups))
    same_length(periods=when, groups=group)
    used = watched > 0
    if not used.any():
        raise NotEnoughData("exposed customers", needed=1, have=0)
    when, watched, gone, group = when[used], watched[used], gone[used], group[used]
    period, of_period = np.unique(when, return_inverse=True)
    labels, of_group = np.unique(group, return_inverse=True)
    at_risk = sums(of_period, watched, len(period))
    lost = sums(of_period, gone, len(period))
    lower, upper = wilson(lost, at_risk)
    rate = lost / at_risk
    odds, low, high, p = _odds(watched, gone, of_period, of_group, len(period), len(labels))
    return Hazard(
        period=period,
        exposed=at_risk,
        ended=lost,
        hazard=rate,
        lower=lower,
        upper=upper,
        survival=np.cumprod(1 - rate, dtype=np.float64),
        groups=labels,
        odds=odds,
        odds_lower=low,
        odds_upper=high,
        p=p,
    )


def _odds(
    watched: Floats,
    gone: Floats,
    of_period: AnyArray,
    of_group: AnyArray,
    periods: int,
    groups: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    one, unknown = np.ones(groups), np.full(groups, np.nan)
    if groups == 1:
        return one, one, one, unknown
    ended = sums(of_group, gone, groups)
    stayed = sums(of_group, watched - gone, groups)
    least = round(float(min(ended.min(), stayed.min())))
    if least < PER_PARAMETER:
        what = "ended" if ended.min() <= stayed.min() else "stayed"
        raise NotEnoughData(f"customers who {what} in each group", needed=PER_PARAMETER, have=least)
    # A period in which all or none ended says nothing of groups and has no finite term.
    lost, all_there = sums(of_period, gone, periods), sums(of_period, watched, periods)
    telling = (lost > 0) & (lost < all_there)
    kept = telling[of_period]
    design = np.zeros((int(kept.sum()), periods + groups - 1))
    row = np.arange(len(design))
    design[row, of_period[kept]] = 1
    later = of_group[kept] > 0
    design[row[later], periods - 1 + of_group[kept][later]] = 1
    design = design[:, np.concatenate([telling, np.ones(groups - 1, dtype=bool)])]
    found = _logit(design, gone[kept], watched[kept])
    if found is None or found[1][-(groups - 1) :].max() > _UNTOLD:
        raise NotEnoughData(
            "customers in the same periods in each group",
            needed=4 * round(float(watched.sum())),
            have=round(float(watched.sum())),
            why="groups hardly share a period",
        )
    terms, errors = (part[-(groups - 1) :] for part in found)
    reach = norm.ppf(0.975) * errors
    return (
        np.exp(np.append(0.0, terms)),
        np.exp(np.append(0.0, terms - reach)),
        np.exp(np.append(0.0, terms + reach)),
        np.append(np.nan, 2 * norm.sf(np.abs(terms / errors))),
    )


def _logit(design: Floats, gone: Floats, watched: Floats) -> tuple[Floats, Floats] | None:
    """Terms of a grouped logistic regression and their standard errors; None if undetermined.

    Newton's steps are taken here because libraries warn of perfect prediction whenever there are
    as many terms as cells, which is nothing wrong in a table.
    """
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    terms = np.linalg.lstsq(design, np.log((gone + 0.5) / (watched - gone + 0.5)), rcond=None)[0]
    for _ in range(100):
        rate = expit(design @ terms)
        information = (design.T * (watched * rate * (1 - rate))) @ design
        if np.linalg.cond(information) > _SINGULAR:
            return None
        step = np.linalg.solve(information, design.T @ (gone - watched * rate))
        terms = terms + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            return terms, np.sqrt(np.diag(np.linalg.inv(information)))
    return None
