"""Rolling origin: stand on a past day, predict, look what came, move on. Never a random split."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liuke_analytics.logistic import logistic
from liuke_analytics.scorecard.measures import Scorecard, compare

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MIN_CUSTOMERS = 50


class Purchases(NamedTuple):
    """Customers as numbers 0, 1, 2 … and whole days; any order, both (purchases,)."""

    customer: Ints
    day: Ints


class Origin(NamedTuple):
    """One cut-off: who was known on that day, what was predicted for them, who did stay away in
    the horizon after it. The arrays have the shape (customers,)."""

    day: int
    customers: Ints
    predicted: Floats
    event: Ints
    scorecard: Scorecard


def rolling_origin(
    purchases: Purchases,
    predict: Callable[[Purchases, int, Ints], ArrayLike | None],
    *,
    horizon: int,
    origins: Sequence[int],
    top: int = 100,
) -> tuple[Origin, ...]:
    """Scorecards of `predict` on the days `origins`; event: no purchase in (day, day + horizon].

    predict(purchases up to the day, day, customers) returns one probability of staying away per
    customer, or None where it cannot tell yet. Baselines learn from the window that ended on the
    day, so they know no more than it. Origins with None, or with fewer than MIN_CUSTOMERS
    customers in that earlier window, are left out.
    """
    found = []
    for day in origins:
        seen = purchases.day <= day
        past = Purchases(purchases.customer[seen], purchases.day[seen])
        customers = np.unique(past.customer)
        event = _stayed_away(purchases, customers, day, horizon)
        base, recency = _baselines(past, day, horizon, customers)
        if base is None or recency is None:
            continue
        answer = predict(past, day, customers)
        if answer is None:
            continue
        told = np.asarray(answer, float)
        found.append(Origin(day, customers, told, event, compare(told, recency, base, event, top)))
    return tuple(found)


def recency_odds(learn_recency: ArrayLike, learn_event: ArrayLike, recency: ArrayLike) -> Floats:
    """The baseline: logistic in log(1 + days since the last purchase), learned, then told."""
    x, y = np.log1p(np.asarray(learn_recency, float)), np.asarray(learn_event, float)
    try:
        fitted = logistic(np.column_stack([np.ones(len(x)), x]), y, firth=True)
    except ArithmeticError:
        # All with the same recency: it tells them apart no better than the base rate does.
        return np.full(np.size(recency), (y.sum() + 0.5) / (len(y) + 1))
    told = np.column_stack([np.ones(np.size(recency)), np.log1p(np.asarray(recency, float))])
    odds: Floats = 1 / (1 + np.exp(-(told @ fitted.coefficients)))
    return odds


def _baselines(
    past: Purchases, day: int, horizon: int, customers: Ints
) -> tuple[Floats | None, Floats | None]:
    before = past.day <= day - horizon
    earlier = Purchases(past.customer[before], past.day[before])
    known = np.unique(earlier.customer)
    if len(known) < MIN_CUSTOMERS:
        return None, None
    event = _stayed_away(past, known, day - horizon, horizon)
    base = np.full(len(customers), (event.sum() + 0.5) / (len(event) + 1))
    recency = recency_odds(
        _days_since(earlier, known, day - horizon), event, _days_since(past, customers, day)
    )
    return base, recency


def _stayed_away(purchases: Purchases, customers: Ints, day: int, horizon: int) -> Ints:
    within = (purchases.day > day) & (purchases.day <= day + horizon)
    return (~np.isin(customers, purchases.customer[within])).astype(np.int64)


def _days_since(purchases: Purchases, customers: Ints, day: int) -> Ints:
    last = np.full(int(customers.max()) + 1, -1, np.int64)
    np.maximum.at(last, purchases.customer, purchases.day)
    return day - last[customers]
