"""How far it can be trusted: scorecards, calibration, coverage, parameters, definitions."""

import math
from html import escape

import numpy as np

from liuke_analytics.btyd import Fitted
from liuke_analytics.report import charts
from liuke_analytics.report.analysis import Analysis
from liuke_analytics.report.parts import Words, refused, signed, table
from liuke_analytics.scorecard import Measures

_Z95 = 1.96
NAMES = {
    "mbgcnbdk": "MBG/CNBD-k",
    "mbgnbd": "MBG/NBD",
    "gammagamma": "Gamma-Gamma",
}


def trust(analysis: Analysis, say: Words) -> str:
    """The section that holds what was said of past days beside what came."""
    title = f"<h2>{escape(say['trust'])}</h2>"
    if not analysis.origins:
        return f"{title}<p>{escape(say['trust_none'])}</p>"
    how = say["trust_how"].format(number=len(analysis.origins), days=analysis.horizon_days)
    heads = ["day", "known", "away", "answer", "log_loss", "brier", "intercept", "slope", "auc",
             "top"]  # fmt: skip
    body = []
    for origin in analysis.origins:
        card = origin.scorecard
        for name in ("model", "recency", "base_rate"):
            opening = ["", "", ""]
            if name == "model":
                share = f"{card.events:,} ({card.events / card.cases:.0%})"
                opening = [str(np.datetime64(origin.day, "D")), f"{card.cases:,}", share]
            row = getattr(card, name)
            best = " ★" if row.log_loss == min(part.log_loss for part in card[:3]) else ""
            body.append([*opening, say[name] + best, *_measured(row)])
    last = analysis.origins[-1]
    chart = charts.calibration(
        last.predicted, last.event, say["calibration"], say["predicted"], say["came"]
    )
    cards = table(
        [say[head] for head in heads], body, numbers={1, 2, 4, 5, 6, 7, 8, 9}, kind="wide score"
    )
    note = f'<p class="note">{escape(say["calibration"])}</p>'
    return f"{title}<p>{escape(how)}</p>{cards}{note}{chart}{_kept(analysis, say)}"


def _measured(row: Measures) -> list[str]:
    return [
        f"{row.log_loss:.4f}",
        f"{row.brier:.4f}",
        signed(row.intercept),
        "—" if row.slope is None else f"{row.slope:.2f}",
        "—" if row.auc is None else f"{row.auc:.3f}",
        f"{row.top.events:,} / {row.top.total:,}",
    ]


def _kept(analysis: Analysis, say: Words) -> str:
    if not analysis.coverage:
        return f'<p class="note">{escape(say["coverage_none"])}</p>'
    body = [
        [
            str(row.known) if row.known == row.known_to else f"{row.known}–{row.known_to or '…'}",
            f"{row.gaps:,}",
            f"{row.share:.1%}",
            f"{row.lower:.1%} – {row.upper:.1%}",
        ]
        for row in analysis.coverage
    ]
    heads = [say[head] for head in ("gaps_known", "gaps", "within", "interval")]
    cards = table(heads, body, numbers={1, 2, 3}, caption=say["coverage"], kind="wide")
    return f'{cards}<p class="note">{escape(say["coverage_how"])}</p>'


def numbers(analysis: Analysis, say: Words) -> str:
    """Parameters with errors, and why a model is missing."""
    parts = [f"<h2>{escape(say['numbers'])}</h2>"]
    fitted = (model for model in (analysis.model, analysis.value) if model is not None)
    parts.extend(_parameters(model, say) for model in fitted)
    for name, refusal in (
        ("MBG/CNBD-k, MBG/NBD", analysis.model_refused),
        ("Gamma-Gamma", analysis.value_refused),
    ):
        if refusal is not None:
            told = refused(say["refused"], refusal, say, model=name)
            parts.append(f"<p>{escape(told)}</p>")
    return "".join(parts)


def _parameters(model: Fitted, say: Words) -> str:
    body = [
        [name, f"{value:.4g}", f"{model.se[name]:.2g}", _interval(value, model.se[name])]
        for name, value in model.params.items()
    ]
    caption = say["fit"].format(
        model=NAMES[model.model],
        ll=f"{model.log_likelihood:,.1f}",
        customers=f"{model.customers:,}",
    )
    heads = [say["parameter"], say["estimate"], say["se"], say["interval"]]
    return table(heads, body, numbers={1, 2, 3}, caption=caption, kind="wide")


def _interval(value: float, error: float) -> str:
    """95 %, from the error of the logarithm: parameters are positive."""
    if not (value > 0 and error > 0):
        return "—"
    factor = math.exp(_Z95 * error / value)
    return f"{value / factor:.4g} – {value * factor:.4g}"


def definitions(analysis: Analysis, say: Words) -> str:
    """What every word of the page means, and where it comes from."""
    named = [
        ("active", "def_active"),
        ("quiet", "def_quiet"),
        ("at_risk", "def_at_risk"),
        ("lost", "def_lost"),
        ("alive", "def_alive"),
        ("worth_money", "def_worth"),
        ("log_loss", "def_log_loss"),
        ("brier", "def_brier"),
        ("calibration_short", "def_calibration"),
        ("auc", "def_auc"),
        ("top", "def_top"),
        ("sources", "def_sources"),
    ]
    model = NAMES[analysis.model.model] if analysis.model else "—"
    items = "".join(
        f"<dt>{escape(say[term])}</dt>"
        f"<dd>{escape(say[text].format(as_of=analysis.orders.as_of, model=model))}</dd>"
        for term, text in named
    )
    return f"<h2>{escape(say['definitions'])}</h2><dl>{items}</dl>"
