"""The door to the statistics: who is still a customer and what they will buy. No database.

Days are whole numbers as in `rules.kinds`; weeks are the unit of the models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from liuke.churn.rules.kinds import Days, to_date, to_day
from liuke_analytics.btyd import Histories, MbgCnbdK, NotEnoughData
from liuke_analytics.report.analysis import stay_away
from liuke_analytics.rhythm import Rhythm
from liuke_analytics.scorecard import Measures, Purchases, rolling_origin

HORIZON = 91
ORIGINS = 4
TOP = 100
Params = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted model, and how it would have done on past days; or why there is none."""

    params: dict[str, float] | None
    cards: list[dict[str, Any]]
    refusal: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One customer's chances: P(still a customer), purchases within HORIZON, the next one."""

    alive: float
    purchases: float
    next_on: date


def fit(customers: Days, days: Days, end: int) -> Fit:
    """Fit MBG/CNBD-k to purchase days, both (purchases,), as known on `end`, and judge it.

    Each scorecard stands on a past day, predicts from what was known then who buys nothing in the
    HORIZON days after it, and compares with what came.
    """
    try:
        model = MbgCnbdK.fit(_histories(customers, days, end))
    except NotEnoughData as refused:
        return Fit(None, [], {"needed": refused.needed, "have": refused.have})
    return Fit(dict(model.params), _cards(customers, days, end), None)


def outlook(params: Params, purchase_days: Sequence[date], today: date) -> Outlook:
    """What the model says of a customer with these purchase days, sorted, at least one."""
    first, last = to_day(purchase_days[0]), to_day(purchase_days[-1])
    repeats = float(len(purchase_days) - 1)
    recency, age = float(last - first) / 7, float(to_day(today) - first) / 7
    model = _model(params)
    beat = Rhythm.of(model)
    gap = float(np.ceil(beat.threshold(0.5, repeats, recency) * 7).item())
    return Outlook(
        float(model.p_alive(repeats, recency, age).item()),
        float(model.expected(HORIZON / 7, repeats, recency, age).item()),
        to_date(int(last) + max(1, min(int(gap), 36_500))),
    )


def _model(params: Params) -> MbgCnbdK:
    return MbgCnbdK(model="mbgcnbdk", params=dict(params), se={}, log_likelihood=0.0, customers=0)


def _histories(customers: Days, days: Days, end: int) -> Histories:
    when = days.astype("datetime64[D]")
    return Histories.from_purchases(customers, when, end=np.datetime64(int(end), "D"))


def _cards(customers: Days, days: Days, end: int) -> list[dict[str, Any]]:
    def predict(past: Purchases, day: int, _customers: Days) -> Any:
        histories = _histories(past.customer, past.day, day)
        try:
            model = MbgCnbdK.fit(histories)
        except NotEnoughData:
            return None
        return stay_away(model, Rhythm.of(model), histories, HORIZON)

    begin = int(days.min())
    past = [end - HORIZON * back for back in range(ORIGINS, 0, -1)]
    origins = [day for day in past if day - begin >= 2 * HORIZON]
    numbers = np.unique(customers, return_inverse=True)[1].astype(np.int64)
    found = rolling_origin(
        Purchases(numbers, days), predict, horizon=HORIZON, origins=origins, top=TOP
    )
    return [
        {
            "day": to_date(origin.day).isoformat(),
            "customers": origin.scorecard.cases,
            "stayed_away": origin.scorecard.events,
            "recency_wins": bool(origin.scorecard.recency_wins),
            "model": _figures(origin.scorecard.model),
            "recency": _figures(origin.scorecard.recency),
            "base_rate": _figures(origin.scorecard.base_rate),
        }
        for origin in found
    ]


def _figures(measures: Measures) -> dict[str, float | int | None]:
    return {
        "log_loss": round(measures.log_loss, 4),
        "brier": round(measures.brier, 4),
        "intercept": None if measures.intercept is None else round(measures.intercept, 3),
        "slope": None if measures.slope is None else round(measures.slope, 3),
        "auc": None if measures.auc is None else round(measures.auc, 3),
        "hits": measures.top.events,
        "top": measures.top.total,
    }
