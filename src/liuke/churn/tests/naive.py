"""Churn worked out the slow way: by walking through every single day. The tests' oracle.

Nothing here shares code with `churn.rules`: dates are dates, and every figure is counted.
"""

import calendar
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from scipy.stats import beta

from liuke.churn.rules.history import Cause, State
from liuke.churn.rules.kinds import (
    DaysWithoutOrder,
    FixedPeriod,
    MissedVisits,
    OwnRhythm,
    Rule,
)

DAY = timedelta(days=1)


class Move(NamedTuple):
    on: date
    before: State
    after: State
    cause: Cause
    version: int


@dataclass
class Life:
    """What became of one asset or customer: its moves and how it stood each evening."""

    bought: list[date]
    retired: date | None = None
    moves: list[Move] = field(default_factory=list)
    evenings: dict[date, State] = field(default_factory=dict)
    dates: tuple[date | None, date, date] | None = None
    version: int = 0

    @property
    def state(self) -> State:
        return self.evenings[max(self.evenings)]

    def stood(self, evening: date) -> State | None:
        """None before the first purchase."""
        return self.evenings.get(evening)


def live(
    bought: Sequence[date],
    versions: Sequence[tuple[date, Rule]],
    today: date,
    retired: date | None = None,
) -> Life | None:
    """Walk from the first purchase to today; None for who never bought in service."""
    end = min(today, retired or today)
    life = Life(sorted({day for day in bought if day <= end}), retired)
    if not life.bought:
        return None
    state: State | None = None
    day = life.bought[0]
    while day <= today:
        version = in_force(versions, day)
        if state is not None and state != State.RETIRED:
            state = _time(life, day, state, version, versions[version][1])
        if day in life.bought:
            if state not in (None, State.ACTIVE):
                life.moves.append(Move(day, state, State.ACTIVE, Cause.PURCHASE, version))
            state = State.ACTIVE
            life.dates = dates_after(versions[version][1], _until(life.bought, day))
            life.version = version
        if day == retired:
            life.moves.append(Move(day, state, State.RETIRED, Cause.RETIREMENT, version))
            state = State.RETIRED
        life.evenings[day] = state
        day += DAY
    return life


def _time(life: Life, day: date, state: State, version: int, rule: Rule) -> State:
    if version != life.version:
        life.version = version
        life.dates = dates_after(rule, _until(life.bought, day - DAY))
        _expected, at_risk, lost = life.dates
        under = State((day >= at_risk) + (day >= lost))
        if under != state:
            life.moves.append(Move(day, state, under, Cause.RULE, version))
        return under
    _expected, at_risk, lost = life.dates
    if state == State.ACTIVE and day >= at_risk:
        life.moves.append(Move(day, State.ACTIVE, State.AT_RISK, Cause.TIME, version))
        state = State.AT_RISK
    if state == State.AT_RISK and day >= lost:
        life.moves.append(Move(day, State.AT_RISK, State.LOST, Cause.TIME, version))
        state = State.LOST
    return state


def in_force(versions: Sequence[tuple[date, Rule]], day: date) -> int:
    """The last version that has begun; before any has, the first."""
    return max([i for i, (begins, _rule) in enumerate(versions) if begins <= day], default=0)


def dates_after(rule: Rule, bought: Sequence[date]) -> tuple[date | None, date, date]:
    """Expected, at risk and lost after the last of these purchases."""
    last = bought[-1]
    match rule:
        case DaysWithoutOrder():
            expected = None if rule.expected is None else last + rule.expected * DAY
            return expected, last + rule.at_risk * DAY, last + rule.lost * DAY
        case MissedVisits():
            every = rule.interval_months
            return (
                later(last, every),
                later(last, every * rule.at_risk_after),
                later(last, every * rule.lost_after),
            )
        case FixedPeriod():
            begin = date(last.year, (last.month - 1) // rule.months * rule.months + 1, 1)
            return (
                later(begin, rule.months),
                later(begin, rule.months * (1 + rule.at_risk_after)),
                later(begin, rule.months * (1 + rule.lost_after)),
            )
        case OwnRhythm():
            first, second, third = rhythm_spans(rule, bought)
            return last + first * DAY, last + second * DAY, last + third * DAY


def rhythm_spans(rule: OwnRhythm, bought: Sequence[date]) -> tuple[int, int, int]:
    """(alpha + t_x) · B / (1 - B) in days, B the quantile of Beta(k, r + k·x), rising."""
    if not rule.k:
        return rule.segment_expected, rule.segment_at_risk, rule.segment_lost
    x, t_x = len(bought) - 1, (bought[-1] - bought[0]).days / 7
    spans: list[int] = []
    for q in (rule.expected_q, rule.at_risk_q, rule.lost_q):
        b = float(beta.ppf(q, rule.k, rule.r + rule.k * x))
        gap = min(math.ceil((rule.alpha + t_x) * b / (1 - b) * 7 - 1e-6), 36_500)
        spans.append(max(gap, spans[-1] + 1 if spans else 1))
    return spans[0], spans[1], spans[2]


def later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_rows(lives: Sequence[Life], today: date) -> list[Mapping[str, object]]:
    """The monthly table, every column counted subject by subject."""
    lives = [life for life in lives if life.bought]
    if not lives:
        return []
    return [
        _month(lives, first, min(last, today), last >= today or _same_month(first, today))
        for first, last in months_between(min(life.bought[0] for life in lives), today)
    ]


def _month(lives: Sequence[Life], first: date, last: date, partial: bool) -> Mapping[str, object]:
    eve = first - DAY
    in_service = [life for life in lives if _base(life, last)]
    flows = [move for life in lives for move in life.moves if first <= move.on <= last]
    year = later(first, -11)

    def moved(before: set[State], after: State, *causes: Cause) -> int:
        return sum(
            move.before in before and move.after == after and move.cause in causes for move in flows
        )

    anyhow = (Cause.TIME, Cause.RULE)
    return {
        "month": f"{first:%Y-%m}",
        "customers": len(in_service),
        "settled": sum(_bought(life, first, last) for life in lives),
        "newly_at_risk": moved({State.ACTIVE}, State.AT_RISK, *anyhow),
        "newly_lost": moved({State.ACTIVE, State.AT_RISK}, State.LOST, *anyhow),
        "recovered": moved({State.LOST}, State.ACTIVE, Cause.PURCHASE),
        "returned": moved({State.AT_RISK}, State.ACTIVE, Cause.PURCHASE),
        "at_risk_end": sum(life.stood(last) == State.AT_RISK for life in lives),
        "lost_end": sum(life.stood(last) == State.LOST for life in lives),
        "exposed": sum(life.stood(eve) in (State.ACTIVE, State.AT_RISK) for life in lives),
        "lost_start": sum(life.stood(eve) == State.LOST for life in lives),
        "absent_year": sum(not _bought(life, year, last) for life in in_service),
        "partial": partial,
    }


def _base(life: Life, evening: date) -> bool:
    return life.bought[0] <= evening and life.stood(evening) != State.RETIRED


def _bought(life: Life, first: date, last: date) -> bool:
    return any(first <= day <= last for day in life.bought)


def _until(bought: Sequence[date], day: date) -> list[date]:
    return [each for each in bought if each <= day]


def _same_month(a: date, b: date) -> bool:
    return (a.year, a.month) == (b.year, b.month)


def months_between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first and last day of each calendar month from one day to the other."""
    begin = first.replace(day=1)
    while begin <= last:
        following = later(begin, 1)
        yield begin, following - DAY
        begin = following
