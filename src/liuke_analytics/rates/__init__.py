"""Rates with what belongs to them: numerator, denominator, interval, shrinkage and corrections.

Counts are whole numbers, rates shares between 0 and 1, intervals two-sided at `level`.
"""

from liuke_analytics.rates.drift import Drift, drift
from liuke_analytics.rates.intervals import difference_interval
from liuke_analytics.rates.shrinkage import Prior, fit_prior, shrink
from liuke_analytics.rates.tables import Pooled, discoveries, mantel_haenszel
from liuke_analytics.wilson import Interval, Rate, rate

__all__ = [
    "Drift",
    "Interval",
    "Pooled",
    "Prior",
    "Rate",
    "difference_interval",
    "discoveries",
    "drift",
    "fit_prior",
    "mantel_haenszel",
    "rate",
    "shrink",
]
