"""What Hypothesis draws in the tests of churn: rules, purchases and how purchases are written."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from hypothesis import strategies as st

from liuke.churn.rules.history import Cause, Clocks, Crossings, State, Version
from liuke.churn.rules.kinds import (
    NEVER,
    DaysWithoutOrder,
    FixedPeriod,
    MissedVisits,
    OwnRhythm,
    Purchases,
    Rule,
    to_date,
    to_date_or_none,
    to_day,
)
from liuke.churn.tests.naive import Life, Move

# Two leap days, three turns of the year and every length of month lie in these days.
BEGIN = date(2023, 11, 20)
SPAN = 900


@st.composite
def visits(draw: st.DrawFn) -> MissedVisits:
    at_risk = draw(st.integers(1, 3))
    return MissedVisits(draw(st.integers(1, 4)), at_risk, draw(st.integers(at_risk + 1, 5)))


@st.composite
def without_order(draw: st.DrawFn) -> DaysWithoutOrder:
    at_risk = draw(st.integers(1, 90))
    expected = draw(st.none() | st.integers(1, at_risk - 1)) if at_risk > 1 else None
    return DaysWithoutOrder(at_risk, at_risk + draw(st.integers(1, 90)), expected)


@st.composite
def periods(draw: st.DrawFn) -> FixedPeriod:
    at_risk = draw(st.integers(1, 3))
    months = draw(st.sampled_from([1, 3, 6, 12]))
    return FixedPeriod(months, at_risk, at_risk + draw(st.integers(1, 3)))


@st.composite
def rhythms(draw: st.DrawFn) -> OwnRhythm:
    low, middle, high = draw(
        st.sampled_from([(0.5, 0.9, 0.98), (0.25, 0.5, 0.75), (0.1, 0.7, 0.9), (0.3, 0.6, 0.99)])
    )
    spans = sorted(draw(st.sets(st.integers(1, 120), min_size=3, max_size=3)))
    learned = (draw(st.integers(1, 6)), draw(st.floats(0.3, 9)), draw(st.floats(0.1, 40)))
    return OwnRhythm(low, middle, high, *spans, 50, *draw(st.sampled_from([(), learned])))


RULES = st.one_of(visits(), without_order(), periods(), rhythms())


def days(begin: date = BEGIN, span: int = SPAN) -> st.SearchStrategy[date]:
    return st.integers(0, span).map(lambda later: begin + timedelta(days=later))


@st.composite
def versions(draw: st.DrawFn, most: int = 3) -> list[tuple[date, Rule]]:
    begins = sorted(draw(st.sets(days(), min_size=1, max_size=most)))
    return [(day, draw(RULES)) for day in begins]


# Someone's purchase days: scattered, or at a rhythm of their own.
RHYTHMIC = st.tuples(days(), st.lists(st.integers(1, 40), min_size=3, max_size=14)).map(
    lambda drawn: [drawn[0] + timedelta(days=int(n)) for n in np.cumsum([0, *drawn[1]])]
)
BUYING = st.lists(days(), max_size=8, unique=True) | RHYTHMIC


@st.composite
def customer_lives(draw: st.DrawFn) -> tuple[list[date], date | None]:
    """Purchase days, and the day the asset left service if it did."""
    return draw(BUYING), draw(st.none() | days())


def as_arrays(
    lives: Sequence[tuple[Sequence[date], date | None]],
) -> tuple[Purchases, np.ndarray]:
    rows = sorted(
        {(number, to_day(day)) for number, (bought, _r) in enumerate(lives) for day in bought}
    )
    table = np.array(rows, np.int64).reshape(-1, 2)
    ends = np.array([NEVER if r is None else to_day(r) for _b, r in lives], np.int64)
    return Purchases(table[:, 0], table[:, 1]), ends[table[:, 0]]


def as_versions(drawn: Sequence[tuple[date, Rule]]) -> list[Version]:
    return [Version(to_day(day), rule) for day, rule in drawn]


def moves_of(crossings: Crossings, subject: int) -> list[Move]:
    """One subject's crossings as the oracle writes them."""
    columns = (column.tolist() for column in crossings)
    return [
        Move(to_date(day), State(before), State(after), Cause(cause), version)
        for who, day, before, after, cause, version in zip(*columns, strict=True)
        if who == subject
    ]


def clock_of(clocks: Clocks, subject: int) -> tuple[object, ...] | None:
    """(first, last, purchase days, three dates, state, version) of one subject."""
    rows = np.flatnonzero(clocks.subject == subject)
    if not len(rows):
        return None
    (row,) = rows.tolist()
    return (
        to_date(clocks.first[row]),
        to_date(clocks.last[row]),
        int(clocks.purchase_days[row]),
        tuple(to_date_or_none(column[row]) for column in clocks.dates),
        State(clocks.state[row]),
        int(clocks.version[row]),
    )


def clock_by_walking(life: Life | None) -> tuple[object, ...] | None:
    """The same of a life that was walked through."""
    if life is None:
        return None
    return (
        life.bought[0],
        life.bought[-1],
        len(life.bought),
        life.dates,
        life.state,
        life.version,
    )
