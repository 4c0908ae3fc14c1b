"""Newcombe's interval for the difference of two rates (1998, method 10)."""

from statsmodels.stats.proportion import confint_proportions_2indep

from liuke_analytics.wilson import Interval, check


def difference_interval(
    events: int, total: int, other_events: int, other_total: int, level: float = 0.95
) -> Interval:
    """Newcombe's interval for events/total − other_events/other_total of independent groups.

    ValueError when the counts make no rate; nobody on one side leaves everything possible.
    """
    check(events, total)
    check(other_events, other_total)
    if total == 0 or other_total == 0:
        return Interval(-1.0, 1.0)
    low, high = confint_proportions_2indep(
        events, total, other_events, other_total, method="newcomb", compare="diff", alpha=1 - level
    )
    return Interval(float(low), float(high))
