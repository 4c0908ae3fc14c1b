"""Which traits go with leaving: penalised logistic regression, differences in risk, corrected."""

from liuke_analytics.factors.effects import Factor, Factors, factors
from liuke_analytics.logistic import Logistic, logistic

__all__ = ["Factor", "Factors", "Logistic", "factors", "logistic"]
