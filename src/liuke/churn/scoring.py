"""The door to the statistics: who is still a customer, what they will buy and for how much.

No database. Days are whole numbers as in `rules.kinds`; weeks are the unit of the models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liuke.churn.rules.kinds import Days, to_date, to_day
from liuke_analytics.btyd import GammaGamma, Histories, MbgCnbdK, NotEnoughData
from liuke_analytics.rhythm import Rhythm, stay_away
from liuke_analytics.scorecard import (
    Measures,
    Purchases,
    ValueCard,
    judge_values,
    rolling_origin,
    tie,
)

Money = NDArray[np.float64]

HORIZON = 91
ORIGINS = 4
TOP = 100
Params = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted models, and how they would have done on past days; or why there is none.

    The model of value is refused by itself: then the average of a customer's own purchases serves.
    """

    params: dict[str, float] | None
    cards: list[dict[str, Any]]
    refusal: dict[str, Any] | None
    value_params: dict[str, float] | None
    value_refusal: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One customer's chances: P(still a customer), purchases within HORIZON, the next one; what a
    purchase brings and whether a model says so or only the average of the own purchases."""

    alive: float
    purchases: float
    next_on: date
    each: float
    modelled: bool

    @property
    def value(self) -> float:
        """Money expected within HORIZON."""
        return self.purchases * self.each


def fit(customers: Days, days: Days, amounts: Money, end: int) -> Fit:
    """Fit MBG/CNBD-k and Gamma-Gamma to purchases, all (purchases,), as known on `end`; judge them.

    Each scorecard stands on a past day, predicts from what was known then who buys nothing in the
    HORIZON days after it and what the others bring, and compares with what came.
    """
    histories = _histories(customers, days, end, amounts)
    value, refused = _valued(histories)
    try:
        model = MbgCnbdK.fit(histories)
    except NotEnoughData as no:
        return Fit(None, [], {"needed": no.needed, "have": no.have}, None, refused)
    cards = _cards(customers, days, amounts, end)
    return Fit(dict(model.params), cards, None, dict(value.params) if value else None, refused)


def outlook(
    params: Params,
    value_params: Params | None,
    purchases: Sequence[tuple[date, float]],
    today: date,
) -> Outlook:
    """What the models say of a customer with these purchase days and amounts, sorted, at least
    one."""
    first, last = to_day(purchases[0][0]), to_day(purchases[-1][0])
    repeats = float(len(purchases) - 1)
    recency, age = float(last - first) / 7, float(to_day(today) - first) / 7
    model = _model(params)
    beat = Rhythm.of(model)
    gap = float(np.ceil(beat.threshold(0.5, repeats, recency) * 7).item())
    return Outlook(
        float(model.p_alive(repeats, recency, age).item()),
        float(model.expected(HORIZON / 7, repeats, recency, age).item()),
        to_date(int(last) + max(1, min(int(gap), 36_500))),
        _each(value_params, [amount for _day, amount in purchases]),
        value_params is not None,
    )


def _each(params: Params | None, amounts: Sequence[float]) -> float:
    if params is None:
        return float(np.mean(amounts))
    # As in the fit: the first purchase is apart, and who bought once is like all.
    mean = float(np.mean(amounts[1:])) if len(amounts) > 1 else 0.0
    return float(_value_model(params).expected_value(len(amounts) - 1, mean).item())


def _valued(histories: Histories) -> tuple[GammaGamma | None, dict[str, Any] | None]:
    """The model of value, or why the own average must do: few, tied to frequency, no mean."""
    try:
        value = GammaGamma.fit(histories)
    except NotEnoughData as no:
        return None, {"why": "few", "needed": no.needed, "have": no.have}
    mean = np.nan_to_num(np.zeros(1) if histories.mean_value is None else histories.mean_value)
    each = histories.frequency[histories.row_of]
    rho = tie(each[mean > 0], mean[mean > 0])
    if rho is not None:
        return None, {"why": "tied", "rho": round(rho, 2)}
    if value.params["q"] <= 1:
        return None, {"why": "spread"}
    return value, None


def _value_model(params: Params) -> GammaGamma:
    return GammaGamma(
        model="gammagamma", params=dict(params), se={}, log_likelihood=0.0, customers=0
    )


def _model(params: Params) -> MbgCnbdK:
    return MbgCnbdK(model="mbgcnbdk", params=dict(params), se={}, log_likelihood=0.0, customers=0)


def _histories(customers: Days, days: Days, end: int, amounts: Money | None = None) -> Histories:
    when = days.astype("datetime64[D]")
    return Histories.from_purchases(customers, when, amounts, end=np.datetime64(int(end), "D"))


def _cards(customers: Days, days: Days, amounts: Money, end: int) -> list[dict[str, Any]]:
    models: dict[int, MbgCnbdK] = {}

    def predict(past: Purchases, day: int, _customers: Days) -> Any:
        histories = _histories(past.customer, past.day, day)
        try:
            models[day] = model = MbgCnbdK.fit(histories)
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
            "value": _value_card(models[origin.day], numbers, days, amounts, origin.day),
        }
        for origin in found
    ]


def _value_card(
    model: MbgCnbdK, customers: Days, days: Days, amounts: Money, day: int
) -> dict[str, Any] | None:
    """Money expected on a past day beside what came; None where nothing was to be expected."""
    known = days <= day
    histories = _histories(customers[known], days[known], day, amounts[known])
    value, _refused = _valued(histories)
    if value is None or histories.mean_value is None:
        return None
    x, t_x, age = histories.frequency, histories.recency, histories.age
    purchases = model.expected(HORIZON / 7, x, t_x, age)[histories.row_of]
    each = value.expected_value(x[histories.row_of], np.nan_to_num(histories.mean_value))
    who = np.unique(customers[known])

    def spent(after: int, until: int) -> Money:
        within = (days > after) & (days <= until) & np.isin(customers, who)
        place = np.searchsorted(who, customers[within])
        return np.bincount(place, amounts[within], minlength=len(who)).astype(np.float64)

    card = judge_values(purchases * each, spent(day, day + HORIZON), spent(day - HORIZON, day))
    return _value_figures(card)


def _value_figures(card: ValueCard) -> dict[str, Any]:
    def share(value: float | None) -> float | None:
        return None if value is None else round(value, 3)

    return {
        "expected": round(card.expected),
        "came": round(card.came),
        "repeat": round(card.repeat),
        "error": round(card.error, 2),
        "error_repeat": round(card.error_repeat, 2),
        "captured": share(card.captured),
        "captured_repeat": share(card.captured_repeat),
        "repeat_wins": card.repeat_wins,
        "groups": [
            [group.customers, round(group.expected, 2), round(group.came, 2)]
            for group in card.groups
        ],
    }


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
