"""What a score is worth, always beside what needs no model: the base rate and plain recency."""

from liuke_analytics.scorecard.measures import Measures, Scorecard, compare, measures
from liuke_analytics.scorecard.rolling import Origin, Purchases, recency_odds, rolling_origin

__all__ = [
    "Measures",
    "Origin",
    "Purchases",
    "Scorecard",
    "compare",
    "measures",
    "recency_odds",
    "rolling_origin",
]
