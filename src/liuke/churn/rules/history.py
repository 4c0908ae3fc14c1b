"""Dated crossings: a pure function of purchases, rules and today.

Because it is pure, recording a purchase, running the tick late or twice, and rebuilding
everything cannot disagree: each asks this function again.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liuke.churn.rules.kinds import NEVER, Dates, Days, Purchases, Rule

Codes = NDArray[np.int8]


class State(IntEnum):
    """Ordered from well to bad; RETIRED is an asset out of service, watched no longer."""

    ACTIVE = 0
    AT_RISK = 1
    LOST = 2
    RETIRED = 3


class Cause(IntEnum):
    """What moved the state. The order is the order within one day."""

    TIME = 0
    RULE = 1
    PURCHASE = 2
    RETIREMENT = 3


class Version(NamedTuple):
    """A rule and the first day on which it decides; the first version also decides before."""

    valid_from: np.int64
    rule: Rule


class Crossings(NamedTuple):
    """Changes of state, sorted by (subject, day, cause). All arrays of shape (n,)."""

    subject: Days
    day: Days
    before: Codes
    after: Codes
    cause: Codes
    version: Days


class Clocks(NamedTuple):
    """One row per subject: purchase days, the running three dates and the state today."""

    subject: Days
    first: Days
    last: Days
    purchase_days: Days
    dates: Dates
    state: Codes
    version: Days


class _Spans(NamedTuple):
    """Stretches of time under one purchase and one rule version, in order."""

    subject: Days
    start: Days
    end: Days
    """The last day on which time may still move the state within this stretch."""
    dates: Dates
    by_purchase: NDArray[np.bool_]
    version: Days


def history(
    purchases: Purchases,
    versions: Sequence[Version],
    today: np.int64,
    retired: Days | None = None,
) -> tuple[Clocks, Crossings]:
    """Every clock and every crossing up to and including `today`.

    `retired` holds, for each row of `purchases`, the day its subject left service or NEVER.
    On one day time comes first, then purchases: who buys on the very day of the loss was lost
    and recovered. A rule version decides from its first day on and never rewrites the past.
    """
    until = np.full_like(purchases.day, NEVER) if retired is None else retired
    keep = (purchases.day <= today) & (purchases.day <= until)
    purchases, until = Purchases(purchases.subject[keep], purchases.day[keep]), until[keep]
    spans = _spans(purchases, versions, np.minimum(today, until))
    closing = _state_on(spans.dates, spans.end)
    parts = [*_by_time(spans, closing), *_by_start(spans, closing)]
    last = _last_of_each(spans.subject)
    gone = last[_until_of(spans, purchases, until)[last] <= today]
    parts.append(
        Crossings(
            spans.subject[gone],
            _until_of(spans, purchases, until)[gone],
            closing[gone],
            np.full(len(gone), State.RETIRED, np.int8),
            np.full(len(gone), Cause.RETIREMENT, np.int8),
            spans.version[gone],
        )
    )
    state = closing[last].copy()
    state[np.isin(last, gone)] = State.RETIRED
    clocks = _clocks(purchases, spans, last, state)
    return clocks, _sorted(parts)


def _spans(purchases: Purchases, versions: Sequence[Version], horizon: Days) -> _Spans:
    """Cut the time after each purchase where the next one comes or another version decides."""
    subject, day = purchases
    followed = np.append(subject[1:] == subject[:-1], False)[: len(subject)]
    following = np.where(followed, np.append(day[1:], NEVER)[: len(day)], NEVER)
    pieces = []
    for index, version in enumerate(versions):
        begin = np.int64(np.iinfo(np.int64).min) if index == 0 else version.valid_from
        end = versions[index + 1].valid_from - 1 if index + 1 < len(versions) else NEVER
        start = np.maximum(day, begin)
        # Up to and including the next purchase's day, but not the next version's.
        stop = np.minimum(np.minimum(following, end), horizon)
        rows = np.flatnonzero(start <= stop)
        dates = version.rule.dates(purchases)
        pieces.append(
            _Spans(
                subject[rows],
                start[rows],
                stop[rows],
                Dates(*(column[rows] for column in dates)),
                start[rows] == day[rows],
                np.full(len(rows), index, np.int64),
            )
        )
    return _ordered(pieces)


def _ordered(pieces: Sequence[_Spans]) -> _Spans:
    subject = np.concatenate([piece.subject for piece in pieces])
    start = np.concatenate([piece.start for piece in pieces])
    by_purchase = np.concatenate([piece.by_purchase for piece in pieces])
    # A version that begins on a purchase's day speaks before the purchase does.
    order = np.lexsort((by_purchase, start, subject))
    return _Spans(
        subject[order],
        start[order],
        np.concatenate([piece.end for piece in pieces])[order],
        Dates(
            *(
                np.concatenate([piece.dates[column] for piece in pieces])[order]
                for column in range(3)
            )
        ),
        by_purchase[order],
        np.concatenate([piece.version for piece in pieces])[order],
    )


def _state_on(dates: Dates, day: Days) -> Codes:
    """The state on a day if nothing is bought until then."""
    return ((day >= dates.at_risk).astype(np.int8) + (day >= dates.lost)).astype(np.int8)


def _by_time(spans: _Spans, closing: Codes) -> list[Crossings]:
    """Dates that were reached inside a stretch; a state a version begins with is not reached."""
    opening = np.where(spans.by_purchase, State.ACTIVE, _state_on(spans.dates, spans.start))
    parts = []
    for state, reached in ((State.AT_RISK, spans.dates.at_risk), (State.LOST, spans.dates.lost)):
        rows = np.flatnonzero((opening < state) & (closing >= state))
        parts.append(_crossings(spans, rows, reached[rows], state - 1, state, Cause.TIME))
    return parts


def _by_start(spans: _Spans, closing: Codes) -> list[Crossings]:
    """What a purchase or a new version does to the state in which the stretch before ended."""
    if not len(spans.subject):
        return []
    follows = np.append(False, spans.subject[1:] == spans.subject[:-1])
    before = np.append(np.int8(0), closing[:-1])
    opening = np.where(spans.by_purchase, State.ACTIVE, _state_on(spans.dates, spans.start))
    moved = follows & (before != opening)
    parts = []
    for cause, chosen in (
        (Cause.PURCHASE, moved & spans.by_purchase),
        (Cause.RULE, moved & ~spans.by_purchase),
    ):
        rows = np.flatnonzero(chosen)
        parts.append(_crossings(spans, rows, spans.start[rows], before[rows], opening[rows], cause))
    return parts


def _crossings(
    spans: _Spans,
    rows: NDArray[np.intp],
    day: Days,
    before: Codes | int,
    after: Codes | int,
    cause: Cause,
) -> Crossings:
    size = len(rows)
    return Crossings(
        spans.subject[rows],
        day,
        np.broadcast_to(np.asarray(before, np.int8), size),
        np.broadcast_to(np.asarray(after, np.int8), size),
        np.full(size, cause, np.int8),
        spans.version[rows],
    )


def _sorted(parts: Sequence[Crossings]) -> Crossings:
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    together = Crossings._make(columns)
    order = np.lexsort((together.after, together.cause, together.day, together.subject))
    return Crossings._make(column[order] for column in together)


def _last_of_each(subject: Days) -> NDArray[np.intp]:
    return np.flatnonzero(np.append(subject[1:] != subject[:-1], True)[: len(subject)])


def _until_of(spans: _Spans, purchases: Purchases, until: Days) -> Days:
    if not len(purchases.subject):
        return until
    return until[np.searchsorted(purchases.subject, spans.subject)]


def _clocks(purchases: Purchases, spans: _Spans, last: NDArray[np.intp], state: Codes) -> Clocks:
    firsts = np.flatnonzero(np.diff(purchases.subject, prepend=-1))
    lasts = _last_of_each(purchases.subject)
    return Clocks(
        purchases.subject[firsts],
        purchases.day[firsts],
        purchases.day[lasts],
        np.diff(np.append(firsts, len(purchases.subject))).astype(np.int64),
        Dates(*(column[last] for column in spans.dates)),
        state,
        spans.version[last],
    )
