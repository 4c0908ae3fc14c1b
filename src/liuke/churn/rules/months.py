"""The monthly table: stocks and flows that follow from purchase days and crossings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from liuke.churn.rules.history import Cause, Crossings, State
from liuke.churn.rules.kinds import Days, Purchases, months_of

YEAR = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month. `customers` counts assets or, where there is none, customers.

    customers      that bought on or before the month's last day and are still in service
    settled        with a purchase day in the month
    newly_at_risk, newly_lost   reached the date within the month
    recovered      bought while lost
    returned       bought while at risk
    at_risk_end, lost_end       standing so at the end of the month's last day
    exposed        bought before the month and not lost when it began
    absent_year    of the base, without a purchase day in the twelve months ending with this one
    """

    month: str
    customers: int
    settled: int
    newly_at_risk: int
    newly_lost: int
    recovered: int
    returned: int
    at_risk_end: int
    lost_end: int
    exposed: int
    lost_start: int
    absent_year: int
    partial: bool

    @property
    def hazard(self) -> float | None:
        """Newly lost ÷ exposed."""
        return _ratio(self.newly_lost, self.exposed)

    @property
    def recovery_rate(self) -> float | None:
        """Recovered ÷ (lost at month start + newly lost)."""
        return _ratio(self.recovered, self.lost_start + self.newly_lost)

    @property
    def workshop_churn_rate(self) -> float | None:
        """The workshop's own ratio of a stock over a flow; it may pass 1, and is empty when
        nobody came."""
        return _ratio(self.absent_year, self.settled)


def month_table(purchases: Purchases, crossings: Crossings, today: np.int64) -> list[Month]:
    """One row per calendar month from the first purchase to the month of `today`."""
    keep = purchases.day <= today
    subject, day = purchases.subject[keep], purchases.day[keep]
    if not len(day):
        return []
    begin = int(months_of(day).min())
    size = int(months_of(np.array([today]))[0]) - begin + 1
    bought = months_of(day) - begin
    flows = _Flows(crossings, begin, size)
    first = np.append(True, subject[1:] != subject[:-1])
    gone = flows.count(flows.after == State.RETIRED)
    customers = np.cumsum(np.bincount(bought[first], minlength=size) - gone)
    lost_end = flows.stock(State.LOST)
    lost_start = np.append(0, lost_end[:-1])
    settled = np.bincount(_once_a_month(subject, bought), minlength=size)
    present = _present_in_year(subject, bought, size)
    retired = _retired_while_present(subject, bought, crossings, begin, size)
    columns: dict[str, Days] = {
        "customers": customers,
        "settled": settled,
        "newly_at_risk": flows.count(
            (flows.after == State.AT_RISK) & (flows.before == State.ACTIVE)
        ),
        "newly_lost": flows.count((flows.after == State.LOST) & (flows.before < State.LOST)),
        "recovered": flows.count(flows.purchase & (flows.before == State.LOST)),
        "returned": flows.count(flows.purchase & (flows.before == State.AT_RISK)),
        "at_risk_end": flows.stock(State.AT_RISK),
        "lost_end": lost_end,
        "exposed": np.append(0, customers[:-1]) - lost_start,
        "lost_start": lost_start,
        "absent_year": customers - (present - retired),
    }
    names = (np.arange(begin, begin + size)).astype("M8[M]").astype(str)
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [
        Month(name, **dict(zip(columns, row, strict=True)), partial=index == size - 1)
        for index, (name, row) in enumerate(zip(names.tolist(), rows, strict=True))
    ]


def together(tables: Iterable[Sequence[Month]]) -> list[Month]:
    """Tables of different segments as one: every count adds up, and the rates follow from them."""
    months: dict[str, Month] = {}
    for table in tables:
        for month in table:
            known = months.get(month.month)
            months[month.month] = month if known is None else _sum(known, month)
    return [months[name] for name in sorted(months)]


def _sum(one: Month, other: Month) -> Month:
    counts = (field.name for field in fields(Month) if field.name not in ("month", "partial"))
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in counts})


class _Flows:
    """Crossings by month."""

    def __init__(self, crossings: Crossings, begin: int, size: int) -> None:
        month = months_of(crossings.day) - begin
        keep = month < size
        self.month, self.size = month[keep], size
        self.before, self.after = crossings.before[keep], crossings.after[keep]
        self.purchase = crossings.cause[keep] == Cause.PURCHASE

    def count(self, chosen: NDArray[np.bool_]) -> Days:
        return np.bincount(self.month[chosen], minlength=self.size).astype(np.int64)

    def stock(self, state: State) -> Days:
        change = self.count(self.after == state) - self.count(self.before == state)
        return np.cumsum(change).astype(np.int64)


def _once_a_month(subject: Days, month: Days) -> Days:
    again = (subject[1:] == subject[:-1]) & (month[1:] == month[:-1])
    kept: Days = month[np.append(True, ~again)]
    return kept


def _present_in_year(subject: Days, month: Days, size: int) -> Days:
    """Per month, how many subjects have a purchase day in the twelve months ending with it."""
    followed = np.append(subject[1:] == subject[:-1], False)
    following = np.append(month[1:], size)
    # Each purchase covers its month and eleven more, or up to the next purchase that takes over.
    end = np.minimum(month + YEAR, size)
    end = np.where(followed, np.minimum(end, following), end)
    return np.cumsum(np.bincount(month, minlength=size + 1) - np.bincount(end, minlength=size + 1))[
        :size
    ]


def _retired_while_present(
    subject: Days, month: Days, crossings: Crossings, begin: int, size: int
) -> Days:
    """Of those counted present, how many had left service by the end of the month."""
    gone = crossings.after == State.RETIRED
    if not gone.any():
        return np.zeros(size, np.int64)
    who = crossings.subject[gone]
    left = months_of(crossings.day[gone]) - begin
    last = month[np.searchsorted(subject, who, side="right") - 1]
    end = np.minimum(last + YEAR, size)
    rows = left < end
    return np.cumsum(
        np.bincount(left[rows], minlength=size + 1) - np.bincount(end[rows], minlength=size + 1)
    )[:size]


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
