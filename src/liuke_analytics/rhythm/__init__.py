"""A threshold for every customer from the customer's own gaps, with a stated false-alarm rate."""

from liuke_analytics.rhythm.away import stay_away
from liuke_analytics.rhythm.coverage import Coverage, coverage
from liuke_analytics.rhythm.threshold import QUANTILES, Dates, Rhythm

__all__ = ["QUANTILES", "Coverage", "Dates", "Rhythm", "coverage", "stay_away"]
