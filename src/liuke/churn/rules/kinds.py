"""The kinds of churn rule. Each turns purchase days into three dates, for one or a million.

Days are numpy int64 counts since 1970-01-01. `Purchases` are sorted by subject, then day, and
distinct. A subject is an asset or, where a customer has none, the customer.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from liuke.churn.rules.rhythm import Learned, learn
from liuke.churn.rules.rhythm import spans as own_spans

Days = NDArray[np.int64]

# A clock without an expected date carries this instead, so that dates stay plain integers.
NEVER = np.int64(np.iinfo(np.int64).max)
LEAST_GAPS = 10


class Purchases(NamedTuple):
    """Purchase days of many subjects, sorted by (subject, day), each pair once. Shape: (n,)."""

    subject: Days
    day: Days


class Dates(NamedTuple):
    """For each purchase the three dates that follow unless another comes. Shape: (n,)."""

    expected: Days
    at_risk: Days
    lost: Days


class RuleError(ValueError):
    """A rule makes no sense; `field` and `wanted` say which number and what it may be."""

    def __init__(self, message: str, field: str = "", wanted: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class MissedVisits:
    """A visit is expected every `interval_months`; so many missed in a row mean a state."""

    kind: ClassVar[str] = "visits"
    interval_months: int = 6
    at_risk_after: int = 2
    lost_after: int = 3

    def __post_init__(self) -> None:
        _require(1 <= self.interval_months <= 60, "interval_months", "1–60")
        _require(1 <= self.at_risk_after <= 12, "at_risk_after", "1–12")
        _require(self.at_risk_after < self.lost_after <= 24, "lost_after", "> at_risk_after")

    def dates(self, purchases: Purchases) -> Dates:
        day = purchases.day
        return Dates(
            add_months(day, self.interval_months),
            add_months(day, self.interval_months * self.at_risk_after),
            add_months(day, self.interval_months * self.lost_after),
        )


@dataclass(frozen=True, slots=True)
class DaysWithoutOrder:
    """So many days after the last purchase day; without `expected` the clock has two dates."""

    kind: ClassVar[str] = "days"
    at_risk: int = 60
    lost: int = 90
    expected: int | None = None

    def __post_init__(self) -> None:
        _require(1 <= self.at_risk <= 3650, "at_risk", "1–3650")
        _require(self.at_risk < self.lost <= 7300, "lost", "> at_risk")
        _require(
            self.expected is None or 1 <= self.expected < self.at_risk, "expected", "< at_risk"
        )

    def dates(self, purchases: Purchases) -> Dates:
        day = purchases.day
        expected = np.full_like(day, NEVER) if self.expected is None else day + self.expected
        return Dates(expected, day + self.at_risk, day + self.lost)


@dataclass(frozen=True, slots=True)
class FixedPeriod:
    """Whole calendar periods (month, quarter, half-year, year) without a purchase."""

    kind: ClassVar[str] = "period"
    months: int = 12
    at_risk_after: int = 1
    lost_after: int = 2

    def __post_init__(self) -> None:
        _require(self.months in (1, 3, 6, 12), "months", "1, 3, 6, 12")
        _require(1 <= self.at_risk_after <= 12, "at_risk_after", "1–12")
        _require(self.at_risk_after < self.lost_after <= 24, "lost_after", "> at_risk_after")

    def dates(self, purchases: Purchases) -> Dates:
        period = months_of(purchases.day) // self.months

        def begin(later: int) -> Days:
            return first_days((period + later) * self.months)

        return Dates(begin(1), begin(1 + self.at_risk_after), begin(1 + self.lost_after))


@dataclass(frozen=True, slots=True)
class OwnRhythm:
    """The gap that this customer, while still there, exceeds only so often.

    It follows in closed form from the customer's purchases so far and from `k`, `r`, `alpha`
    (weeks), the rhythm learned from the whole segment when the rule was saved. Until a segment
    shows one (`k` is 0) its three spans (days) hold for everybody; they come from `segment_gaps`
    gaps of all its customers.
    """

    kind: ClassVar[str] = "rhythm"
    expected_q: float = 0.5
    at_risk_q: float = 0.9
    lost_q: float = 0.98
    segment_expected: int = 45
    segment_at_risk: int = 90
    segment_lost: int = 180
    segment_gaps: int = 0
    k: int = 0
    r: float = 0.0
    alpha: float = 0.0

    def __post_init__(self) -> None:
        _require(self.expected_q > 0, "expected_q", "0–1")
        _require(self.expected_q < self.at_risk_q, "expected_q", "< at_risk_q")
        _require(self.at_risk_q < self.lost_q, "lost_q", "> at_risk_q")
        _require(self.lost_q < 1, "lost_q", "0–1")
        _require(
            1 <= self.segment_expected < self.segment_at_risk < self.segment_lost,
            "segment_at_risk",
            "segment_expected < segment_at_risk < segment_lost",
        )
        _require(self.k >= 0, "k", "≥ 0")
        for name, value in (("r", self.r), ("alpha", self.alpha)):
            _require(0 < value < math.inf if self.k else value == 0, name, "> 0")

    @property
    def learned(self) -> Learned | None:
        """The segment's rhythm; None until its purchases show one."""
        return Learned(self.k, self.r, self.alpha) if self.k else None

    def dates(self, purchases: Purchases) -> Dates:
        subject, day = purchases
        if self.learned is None:
            spans = (self.segment_expected, self.segment_at_risk, self.segment_lost)
            return Dates(*(day + span for span in spans))
        shares = (self.expected_q, self.at_risk_q, self.lost_q)
        return Dates(*(day + span for span in own_spans(self.learned, shares, subject, day)))

    def fitted(self, purchases: Purchases, today: np.int64) -> "OwnRhythm":
        """The same rule with what these purchases, as known on `today`, say of their segment.

        Where they do not carry a rhythm, the usual days among all their gaps; below `LEAST_GAPS`
        of those nothing is claimed.
        """
        known = purchases.day <= today
        subject, day = purchases.subject[known], purchases.day[known]
        gaps = np.sort(np.diff(day)[subject[1:] == subject[:-1]]).tolist()
        if len(gaps) < LEAST_GAPS:
            return self
        expected = quantile(gaps, self.expected_q)
        at_risk = max(quantile(gaps, self.at_risk_q), expected) + 1
        lost = max(quantile(gaps, self.lost_q) + 1, at_risk + 1)
        found = learn(subject, day, today) or Learned(0, 0.0, 0.0)
        return replace(
            self,
            segment_expected=expected,
            segment_at_risk=at_risk,
            segment_lost=lost,
            segment_gaps=len(gaps),
            **found._asdict(),
        )


Rule = MissedVisits | DaysWithoutOrder | FixedPeriod | OwnRhythm
KINDS: dict[str, type[Rule]] = {
    kind.kind: kind for kind in (MissedVisits, DaysWithoutOrder, FixedPeriod, OwnRhythm)
}


def build(kind: str, params: Mapping[str, Any]) -> Rule:
    """The rule of a kind with these parameters. Raises RuleError when they make no sense."""
    if kind not in KINDS:
        raise RuleError(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
    rule = KINDS[kind]
    unknown = set(params) - {field.name for field in fields(rule)}
    if unknown:
        raise RuleError(f"{kind} has no {', '.join(sorted(unknown))}")
    for field in fields(rule):
        value = params.get(field.name, field.default)
        whole = isinstance(value, int) or (value is None and field.default is None)
        fits = whole or (field.type is float and isinstance(value, float))
        _require(fits, field.name, "a number" if field.type is float else "a whole number")
    return rule(**params)


def parse(text: str) -> Rule:
    """A rule as written on the command line.

    days:60,90 · visits:6,2,3 (months, missed, missed) · period:12,1,2 · rhythm:.5,.9,.98
    """
    kind, _colon, rest = text.partition(":")
    words = [word.strip() for word in rest.split(",") if word.strip()]
    try:
        made = KINDS[kind]
        readers = [float if field.type is float else int for field in fields(made)][: len(words)]
        numbers: list[Any] = [read(word) for read, word in zip(readers, words, strict=True)]
        return made(*numbers)
    except (KeyError, TypeError, ValueError) as problem:
        if isinstance(problem, RuleError):
            raise
        raise RuleError(
            f"{text!r} is not a rule. Write days:60,90 or visits:6,2,3 or period:12,1,2 "
            "or rhythm:.5,.9,.98"
        ) from None


def written(rule: Rule) -> str:
    """The opposite of `parse`; what is left to its default at the end is not written."""
    numbers = list(asdict(rule).values())
    defaults = [field.default for field in fields(rule)]
    always = 2 if isinstance(rule, DaysWithoutOrder) else 3
    while len(numbers) > always and numbers[-1] == defaults[len(numbers) - 1]:
        numbers.pop()
    return f"{rule.kind}:{','.join(map(str, numbers))}"


def knows_rhythm(rule: Rule) -> bool:
    """Whether there is nothing more for a rule to learn from its segment."""
    return not isinstance(rule, OwnRhythm) or rule.learned is not None


def params_of(rule: Rule) -> dict[str, Any]:
    return asdict(rule)


def quantile(gaps: list[int], q: float) -> int:
    """The smallest gap that at least a share `q` of the sorted gaps does not exceed."""
    return gaps[min(len(gaps), max(1, math.ceil(q * len(gaps) - 1e-9))) - 1]


def to_day(value: date) -> np.int64:
    return np.int64(value.toordinal() - _EPOCH)


def to_date(day: int | np.int64) -> date:
    return date.fromordinal(int(day) + _EPOCH)


def to_date_or_none(day: int | np.int64) -> date | None:
    return None if day == NEVER else to_date(day)


def months_of(days: Days) -> Days:
    """Calendar months since January 1970."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def first_days(months: Days) -> Days:
    """The first day of each month."""
    return months.astype("M8[M]").astype("M8[D]").astype(np.int64)


def add_months(days: Days, months: int) -> Days:
    """The same day so many months later; the month's last day where there is no such day."""
    start = months_of(days)
    target = start + months
    last = first_days(target + 1) - 1
    return np.minimum(first_days(target) + (days - first_days(start)), last)


_EPOCH = date(1970, 1, 1).toordinal()


def _require(holds: bool, name: str, wanted: str) -> None:
    if not holds:
        raise RuleError(f"{name} must be {wanted}", name, wanted)
