"""The figures of the report for programs; probabilities 0 to 1, days ISO, unknown is null."""

import math
from typing import Any

import numpy as np

from liuke_analytics.errors import NotEnoughData
from liuke_analytics.report.analysis import Analysis
from liuke_analytics.scorecard import Measures, Scorecard


def summary(analysis: Analysis, listed: int) -> dict[str, Any]:
    """Everything the page says; `listed` customers at risk, the most worth first."""
    orders, who = analysis.orders, analysis.customers
    expected = _number(float(who.expected.sum())) if analysis.model else None
    return {
        "as_of": orders.as_of.isoformat(),
        "rows": orders.rows,
        "left_out": dict(orders.left_out),
        "decoded_from": orders.decoded_from,
        "columns": dict(orders.columns),
        "customers": len(who.name),
        "purchases": analysis.purchases,
        "one_time_customers": int((who.purchases == 1).sum()),
        "spend": _number(float(who.spend.sum())) if analysis.money else None,
        "states": analysis.counts() or None,
        "model": analysis.model.as_dict() if analysis.model else None,
        "model_refused": _refused(analysis.model_refused),
        "rhythm": _rhythm(analysis),
        "value_model": analysis.value.as_dict() if analysis.value else None,
        "value_refused": _refused(analysis.value_refused),
        "expected_purchases_52_weeks": expected,
        "horizon_days": analysis.horizon_days,
        "scorecard": [
            {"day": _day(origin.day), **scorecard(origin.scorecard)} for origin in analysis.origins
        ],
        "coverage": [row._asdict() for row in analysis.coverage],
        "months": [
            {"month": f"{row.month:%Y-%m}", "new": row.new, "returning": row.returning}
            for row in analysis.months
        ],
        "at_risk": [customer(analysis, int(row)) for row in analysis.at_risk()[:listed]],
    }


def customer(analysis: Analysis, row: int) -> dict[str, Any]:
    """One line of the list."""
    who = analysis.customers
    return {
        "customer": who.name[row],
        "last_purchase": str(who.last[row]),
        "purchases": int(who.purchases[row]),
        "silent_weeks": _number(float(who.silent_weeks[row])),
        "threshold_weeks": _number(float(who.threshold_weeks[row])),
        "expected_day": str(who.due[row]),
        "at_risk_day": str(who.at_risk[row]),
        "lost_day": str(who.lost[row]),
        "p_alive": _number(float(who.alive[row])),
        "expected_purchases_52_weeks": _number(float(who.expected[row])),
        "value_per_purchase": _number(float(who.value[row])),
        "worth_per_year_if_kept": _number(float(who.worth[row])),
    }


def scorecard(card: Scorecard) -> dict[str, Any]:
    """A scorecard with its two baselines."""
    return {
        "customers": card.cases,
        "stayed_away": card.events,
        "recency_wins": card.recency_wins,
        "model": _measures(card.model),
        "recency": _measures(card.recency),
        "base_rate": _measures(card.base_rate),
    }


def _measures(row: Measures) -> dict[str, Any]:
    return {
        "log_loss": row.log_loss,
        "brier": row.brier,
        "calibration_intercept": row.intercept,
        "calibration_slope": row.slope,
        "auc": row.auc,
        "top_hits": row.top.events,
        "top": row.top.total,
    }


def _rhythm(analysis: Analysis) -> dict[str, float] | None:
    beat = analysis.rhythm
    return None if beat is None else {"k": beat.k, "r": beat.r, "alpha": beat.alpha}


def _refused(refusal: NotEnoughData | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    return {"what": refusal.what, "needed": refusal.needed, "have": refusal.have,
            "message": str(refusal)}  # fmt: skip


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _day(number: int) -> str:
    return str(np.datetime64(number, "D"))
