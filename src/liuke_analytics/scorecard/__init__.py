"""What a score is worth, always beside what needs no model: the base rate and plain recency."""

from liuke_analytics.scorecard.measures import Measures, Scorecard, compare, measures
from liuke_analytics.scorecard.rolling import Origin, Purchases, recency_odds, rolling_origin
from liuke_analytics.scorecard.values import TIED, Group, ValueCard, judge_values, tie

__all__ = [
    "TIED",
    "Group",
    "Measures",
    "Origin",
    "Purchases",
    "Scorecard",
    "ValueCard",
    "compare",
    "judge_values",
    "measures",
    "recency_odds",
    "rolling_origin",
    "tie",
]
