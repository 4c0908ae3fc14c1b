"""All figures of the report, without a word of text."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from liuke_analytics import rhythm
from liuke_analytics.arrays import Days, Floats, Ints
from liuke_analytics.btyd import GammaGamma, Histories, Lifetime, MbgCnbdK, MbgNbd
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.features import features
from liuke_analytics.orders import Orders, Purchases, merged
from liuke_analytics.rhythm import Coverage, Rhythm, stay_away
from liuke_analytics.scorecard import Origin, rolling_origin
from liuke_analytics.scorecard import Purchases as Rows

Q = 0.9
YEAR_WEEKS = 52
ORIGINS = 4
STATES = ("active", "quiet", "at_risk", "lost")
"""Quiet: within the limit of a customer without a rhythm, but more likely gone than not."""
_EVEN = 0.5
_DAYS_A_WEEK = 7


class Customers(NamedTuple):
    """One entry per customer, all (customers,); unknown figures are nan, unknown days NaT.

    state: 0 active, 1 at risk, 2 lost. alive: P(still a customer). expected: purchases in the
    next year. value: what one purchase is worth. worth: purchases a year × value *if* the
    customer is still there (purchases alone without money): what is lost if nobody calls.
    threshold_weeks: gap that is exceeded once in ten while still there.
    """

    name: list[str]
    first: Days
    last: Days
    purchases: Ints
    gap_mean: Floats
    silent_weeks: Floats
    spend: Floats
    state: Ints
    due: Days
    at_risk: Days
    lost: Days
    threshold_weeks: Floats
    alive: Floats
    expected: Floats
    value: Floats
    worth: Floats

    def outlook(self) -> Floats:
        """What the next year is expected to bring, gone or not: money, else purchases; as worth."""
        money = np.isfinite(self.value).any()
        brought: Floats = self.expected * self.value if money else self.expected
        return brought


class Month(NamedTuple):
    """Distinct buyers of a month, by whether they bought for the first time."""

    month: date
    new: int
    returning: int


@dataclass(frozen=True)
class Analysis:
    """Everything the page and the summary say."""

    orders: Orders
    purchases: int
    customers: Customers
    money: bool
    months: tuple[Month, ...]
    model: Lifetime | None
    model_refused: NotEnoughData | None
    rhythm: Rhythm | None
    value: GammaGamma | None
    value_refused: NotEnoughData | None
    horizon_days: int
    origins: tuple[Origin, ...]
    coverage: tuple[Coverage, ...]

    def at_risk(self) -> Ints:
        """Customers at risk, the most worth first."""
        rows = np.flatnonzero(self.customers.state == 1)
        worth = np.nan_to_num(self.customers.worth[rows], nan=-1.0)
        order = np.lexsort((self.customers.silent_weeks[rows], -worth))
        return rows[order]

    def counts(self) -> dict[str, int]:
        """How many are in each of STATES; nobody is in any without a rhythm."""
        if self.rhythm is None:
            return {}
        return {state: len(self.rows(state)) for state in STATES}

    def rows(self, state: str) -> Ints:
        """Places of the customers in one of STATES, ascending."""
        who = self.customers
        quiet = (who.state == 0) & (who.alive < _EVEN)
        within = {
            "active": (who.state == 0) & ~quiet,
            "quiet": quiet,
            "at_risk": who.state == 1,
            "lost": who.state == 2,
        }
        return np.flatnonzero(within[state])


def analyse(orders: Orders) -> Analysis:
    """Fit, judge and list. Models that the data cannot carry are refused, not guessed."""
    # Matrices of four parameters: several threads only wait for each other.
    with threadpool_limits(1, user_api="blas"):
        return _analysed(orders, merged(orders))


def _analysed(orders: Orders, bought: Purchases) -> Analysis:
    end = np.datetime64(orders.as_of, "D")
    histories = Histories.from_purchases(bought.customer, bought.day, bought.amount, end=end)
    model, refused = _fitted(histories)
    beat = _rhythm(model, histories)
    value, value_refused = _valued(histories)
    first, last = int(bought.day.min().astype(int)), int(end.astype(int))
    horizon = _horizon(last - first)
    return Analysis(
        orders=orders,
        purchases=len(bought.customer),
        customers=_customers(orders, bought, histories, model, beat, value, end),
        money=bought.amount is not None,
        months=_months(bought),
        model=model,
        model_refused=refused,
        rhythm=beat,
        value=value,
        value_refused=value_refused,
        horizon_days=horizon,
        origins=_scored(bought, first, last, horizon),
        coverage=_coverage(bought, first, last, horizon),
    )


def _fitted(histories: Histories) -> tuple[MbgCnbdK | MbgNbd | None, NotEnoughData | None]:
    try:
        return MbgCnbdK.fit(histories), None
    except NotEnoughData:
        pass
    try:
        return MbgNbd.fit(histories), None
    except NotEnoughData as refused:
        return None, refused


def _rhythm(model: Lifetime | None, histories: Histories) -> Rhythm | None:
    """That of the model; where leaving cannot be told apart, gaps may still be known."""
    if model is not None:
        return Rhythm(model.params.get("k", 1.0), model.params["r"], model.params["alpha"])
    try:
        return Rhythm.fit(histories)
    except NotEnoughData:
        return None


def _valued(histories: Histories) -> tuple[GammaGamma | None, NotEnoughData | None]:
    if histories.mean_value is None:
        return None, None
    try:
        return GammaGamma.fit(histories), None
    except NotEnoughData as refused:
        return None, refused


def _horizon(span: int) -> int:
    """Thirteen weeks where a year is on record, shorter in shorter files."""
    return min(91, max(7, span // 4))


def _customers(
    orders: Orders,
    bought: Purchases,
    histories: Histories,
    model: Lifetime | None,
    beat: Rhythm | None,
    value: GammaGamma | None,
    end: np.datetime64,
) -> Customers:
    # Both are sorted the same way: by the customer's name.
    known = features(orders.table, orders.as_of).to_pyarrow().to_pydict()
    order = np.argsort(np.array(known["customer"], dtype=str), kind="stable")
    column = {name: [values[index] for index in order] for name, values in known.items()}
    x, t_x, age = (
        part[histories.row_of] for part in (histories.frequency, histories.recency, histories.age)
    )
    number = len(order)
    nothing = np.full(number, np.nan)
    never = np.full(number, np.datetime64("NaT"), dtype="datetime64[D]")
    first, last = (np.array(column[name], "datetime64[D]") for name in ("first_day", "last_day"))
    silent = (end - last).astype(float) / _DAYS_A_WEEK
    due = risk = lost = never
    state, threshold = np.zeros(number, np.int64), nothing
    if beat is not None:
        due, risk, lost = beat.dates(x, t_x, last)
        state = (end >= risk).astype(np.int64) + (end >= lost)
        threshold = beat.threshold(Q, x, t_x)
    alive = expected = nothing
    if model is not None:
        alive = model.p_alive(x, t_x, age)
        expected = model.expected(YEAR_WEEKS, x, t_x, age)
    each = nothing
    if value is not None and histories.mean_value is not None:
        each = value.expected_value(x, np.nan_to_num(histories.mean_value))
        each = np.where(np.isfinite(each), each, np.nan)
    if_there = np.divide(expected, alive, out=np.full(number, np.nan), where=alive > 1e-9)
    return Customers(
        name=[str(bought.names[index]) for index in range(number)],
        first=first,
        last=last,
        purchases=np.array(column["purchases"], np.int64),
        gap_mean=np.array(column["gap_mean"], float) / _DAYS_A_WEEK,
        silent_weeks=silent,
        spend=np.array(column["spend"], float) if "spend" in column else nothing,
        state=state,
        due=due,
        at_risk=risk,
        lost=lost,
        threshold_weeks=threshold,
        alive=alive,
        expected=expected,
        value=each,
        worth=if_there * each if value is not None else if_there,
    )


def _months(bought: Purchases) -> tuple[Month, ...]:
    month = bought.day.astype("datetime64[M]")
    # Sorted by customer and day, so a customer's first row is the first purchase.
    opening = np.append(True, bought.customer[1:] != bought.customer[:-1])
    rows = np.unique(np.column_stack([month.astype(np.int64), bought.customer]), axis=0)
    low = int(month.min().astype(int))
    size = int(month.max().astype(int)) - low + 1
    buyers = np.bincount(rows[:, 0] - low, minlength=size)
    new = np.bincount(month[opening].astype(np.int64) - low, minlength=size)
    return tuple(
        Month(
            np.datetime64(low + index, "M").astype("datetime64[D]").item(),
            int(new[index]),
            int(buyers[index] - new[index]),
        )
        for index in range(size)
    )


def _scored(bought: Purchases, first: int, last: int, horizon: int) -> tuple[Origin, ...]:
    def predict(past: Rows, day: int, customers: Ints) -> Floats | None:
        histories = Histories.from_purchases(
            past.customer, past.day.astype("datetime64[D]"), end=np.datetime64(day, "D")
        )
        model, _ = _fitted(histories)
        beat = _rhythm(model, histories)
        if model is None or beat is None:
            return None
        return stay_away(model, beat, histories, horizon)

    days = [last - horizon * back for back in range(ORIGINS, 0, -1)]
    origins = [day for day in days if day - first >= 2 * horizon]
    rows = Rows(bought.customer, bought.day.astype(np.int64))
    return rolling_origin(rows, predict, horizon=horizon, origins=origins)


def _coverage(bought: Purchases, first: int, last: int, horizon: int) -> tuple[Coverage, ...]:
    """The promise "nine times in ten", kept or not in the second half of the record."""
    middle = np.datetime64((first + last) // 2, "D")
    try:
        past = Histories.from_purchases(bought.customer, bought.day, end=middle)
    except NotEnoughData:
        return ()
    beat = _rhythm(_fitted(past)[0], past)
    if beat is None:
        return ()
    until = np.datetime64(last, "D")
    return tuple(rhythm.coverage(beat, bought.customer, bought.day, Q, since=middle, end=until))
