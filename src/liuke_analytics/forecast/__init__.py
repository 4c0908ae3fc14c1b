"""Will the quota be met? Open deals, deals not yet born and a common fate, simulated."""

from liuke_analytics.forecast.evaluate import Evaluation, crps, evaluate
from liuke_analytics.forecast.odds import Recalibration, recalibrate
from liuke_analytics.forecast.quota import Deals, Forecast, Unborn, shock_from_periods, simulate

__all__ = [
    "Deals",
    "Evaluation",
    "Forecast",
    "Recalibration",
    "Unborn",
    "crps",
    "evaluate",
    "recalibrate",
    "shock_from_periods",
    "simulate",
]
