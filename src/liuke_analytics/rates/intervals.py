"""Wilson's interval for one rate (1927), Newcombe's for the difference of two (1998, method 10)."""

from typing import NamedTuple

from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint


class Interval(NamedTuple):
    low: float
    high: float


class Rate(NamedTuple):
    """`value` is None when nobody was counted: no rate is not a rate of zero."""

    events: int
    total: int
    value: float | None
    interval: Interval


def rate(events: int, total: int, level: float = 0.95) -> Rate:
    """A rate with its Wilson interval; ValueError when the counts make no rate."""
    _check(events, total)
    if total == 0:
        return Rate(events, total, None, Interval(0.0, 1.0))
    low, high = proportion_confint(events, total, alpha=1 - level, method="wilson")
    return Rate(events, total, events / total, Interval(float(low), float(high)))


def difference_interval(
    events: int, total: int, other_events: int, other_total: int, level: float = 0.95
) -> Interval:
    """Newcombe's interval for events/total − other_events/other_total of independent groups."""
    _check(events, total)
    _check(other_events, other_total)
    if total == 0 or other_total == 0:
        return Interval(-1.0, 1.0)
    low, high = confint_proportions_2indep(
        events, total, other_events, other_total, method="newcomb", compare="diff", alpha=1 - level
    )
    return Interval(float(low), float(high))


def _check(events: int, total: int) -> None:
    if not 0 <= events <= total:
        raise ValueError(f"{events} of {total} is no rate")
