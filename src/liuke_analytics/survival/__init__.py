"""How long it takes until something happens, when not everybody has been watched to the end."""

from liuke_analytics.survival.aalen_johansen import AalenJohansen
from liuke_analytics.survival.kaplan_meier import KaplanMeier, LogRank, log_rank
from liuke_analytics.survival.returns import ReturnCurve, return_curves

__all__ = [
    "AalenJohansen",
    "KaplanMeier",
    "LogRank",
    "ReturnCurve",
    "log_rank",
    "return_curves",
]
