"""The monthly table: stocks and flows that follow from purchase days and crossings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import NamedTuple

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


class Figure(IntEnum):
    """What a month's row is summed from. All but the flows are changes of a stock."""

    CUSTOMERS = 0
    SETTLED = 1
    NEWLY_AT_RISK = 2
    NEWLY_LOST = 3
    RECOVERED = 4
    RETURNED = 5
    AT_RISK_END = 6
    LOST_END = 7
    PRESENT = 8
    """With a purchase day in the twelve months ending with this one, and still in service."""


STOCKS = (Figure.CUSTOMERS, Figure.AT_RISK_END, Figure.LOST_END, Figure.PRESENT)


class Changes(NamedTuple):
    """By how much somebody moves a figure in a month. Months count from January 1970; they may
    lie ahead, because who bought now is absent a year from now. All arrays of shape (n,)."""

    who: Days
    month: Days
    figure: Days
    by: Days


def month_table(purchases: Purchases, crossings: Crossings, today: np.int64) -> list[Month]:
    """One row per calendar month from the first purchase to the month of `today`."""
    return table(changes(purchases, crossings, today), today)


def changes(purchases: Purchases, crossings: Crossings, today: np.int64) -> Changes:
    """What each subject adds to the monthly table. Everything adds up: over subjects to any
    selection of them, over months to the stocks."""
    keep = purchases.day <= today
    subject, month = purchases.subject[keep], months_of(purchases.day[keep])
    first = np.append(True, subject[1:] != subject[:-1])[: len(subject)]
    once = first | np.append(True, month[1:] != month[:-1])[: len(month)]
    subject, month, first = subject[once], month[once], first[once]
    moved, gone = months_of(crossings.day), crossings.after == State.RETIRED
    # Each month with a purchase covers eleven more; within them the next one takes over.
    followed = np.append(subject[1:] == subject[:-1], False)[: len(subject)]
    continued = followed & (np.append(month[1:], 0)[: len(month)] - month <= YEAR)
    begins = ~np.append(False, continued)[: len(month)]
    until = month + YEAR
    last = np.searchsorted(subject, crossings.subject[gone], side="right") - 1
    until[last] = np.minimum(until[last], moved[gone])
    parts = [
        _part(subject[first], month[first], Figure.CUSTOMERS, 1),
        _part(subject, month, Figure.SETTLED, 1),
        _part(subject[begins], month[begins], Figure.PRESENT, 1),
        _part(subject[~continued], until[~continued], Figure.PRESENT, -1),
    ]
    for figure, by, chosen in _flows(crossings):
        parts.append(_part(crossings.subject[chosen], moved[chosen], figure, by))
    return Changes(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def table(found: Changes, today: np.int64) -> list[Month]:
    """The monthly table from what everybody adds to it."""
    settled = found.month[(found.figure == Figure.SETTLED) & (found.by > 0)]
    if not len(settled):
        return []
    begin = int(settled.min())
    size = int(months_of(np.array([today]))[0]) - begin + 1
    keep = (found.month >= begin) & (found.month < begin + size)
    sums = np.zeros((len(Figure), size), np.int64)
    np.add.at(sums, (found.figure[keep], found.month[keep] - begin), found.by[keep])
    for stock in STOCKS:
        np.cumsum(sums[stock], out=sums[stock])
    customers, present = sums[Figure.CUSTOMERS], sums[Figure.PRESENT]
    lost_start = np.append(0, sums[Figure.LOST_END][:-1])
    columns: dict[str, Days] = {
        **{figure.name.lower(): sums[figure] for figure in Figure if figure != Figure.PRESENT},
        "exposed": np.append(0, customers[:-1]) - lost_start,
        "lost_start": lost_start,
        "absent_year": customers - present,
    }
    names = (np.arange(begin, begin + size)).astype("M8[M]").astype(str)
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [
        Month(name, **dict(zip(columns, row, strict=True)), partial=index == size - 1)
        for index, (name, row) in enumerate(zip(names.tolist(), rows, strict=True))
    ]


# How one change is written in what is kept of a customer.
_WRITTEN = np.dtype([("month", "<i2"), ("figure", "<i2"), ("by", "<i4")])


def written(found: Changes) -> dict[int, bytes]:
    """Who → their changes in as few bytes as they need; those that cancel out are left away."""
    order = np.lexsort((found.figure, found.month, found.who))
    who, month, figure, by = (column[order] for column in found)
    if not len(who):
        return {}
    differs = (np.diff(who) != 0) | (np.diff(month) != 0) | (np.diff(figure) != 0)
    first = np.flatnonzero(np.append(True, differs))
    sums = np.add.reduceat(by, first)
    first, sums = first[sums != 0], sums[sums != 0]
    rows = np.empty(len(first), _WRITTEN)
    rows["month"], rows["figure"], rows["by"] = month[first], figure[first], sums
    starts = np.flatnonzero(np.append(True, np.diff(who[first]) != 0)[: len(first)])
    data, size = rows.tobytes(), _WRITTEN.itemsize
    ends = np.append(starts[1:], len(first))[: len(starts)]
    return {
        person: data[start * size : end * size]
        for person, start, end in zip(
            who[first][starts].tolist(), starts.tolist(), ends.tolist(), strict=True
        )
    }


def read(kept: Mapping[int, bytes]) -> Changes:
    """The reverse of `written`."""
    rows = np.frombuffer(b"".join(kept.values()), _WRITTEN)
    sizes = [len(data) // _WRITTEN.itemsize for data in kept.values()]
    who = np.repeat(np.array(list(kept), np.int64), sizes)
    return Changes(who, *(rows[name].astype(np.int64) for name in ("month", "figure", "by")))


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


def _part(who: Days, month: Days, figure: Figure, by: int) -> Changes:
    size = len(who)
    return Changes(who, month, np.full(size, figure, np.int64), np.full(size, by, np.int64))


def _flows(crossings: Crossings) -> Iterator[tuple[Figure, int, NDArray[np.bool_]]]:
    before, after = crossings.before, crossings.after
    purchase = crossings.cause == Cause.PURCHASE
    yield Figure.CUSTOMERS, -1, after == State.RETIRED
    yield Figure.NEWLY_AT_RISK, 1, (after == State.AT_RISK) & (before == State.ACTIVE)
    yield Figure.NEWLY_LOST, 1, (after == State.LOST) & (before < State.LOST)
    yield Figure.RECOVERED, 1, purchase & (before == State.LOST)
    yield Figure.RETURNED, 1, purchase & (before == State.AT_RISK)
    for figure, state in ((Figure.AT_RISK_END, State.AT_RISK), (Figure.LOST_END, State.LOST)):
        yield figure, 1, after == state
        yield figure, -1, before == state


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
