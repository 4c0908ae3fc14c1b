"""The page: one HTML file that needs nothing else, for the owner first, the statistician last."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

import numpy as np

from liuke_analytics.btyd import Fitted
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.report import charts
from liuke_analytics.report.analysis import Analysis
from liuke_analytics.report.words import words
from liuke_analytics.scorecard import Measures

Words = Mapping[str, str]
_DAYS_A_WEEK = 7
_NAMED = 3
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6875;--line:#d9dfe5;--paper:#fff;
--tint:#f3f6f9}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a3afbb;--line:#3a4550;--paper:#161c22;
--tint:#1f2730}}
body{font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",
sans-serif;color:var(--ink);background:var(--paper);max-width:1000px;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.2rem;margin:2.2em 0 .6em}p{max-width:70ch}
.facts,.legend,caption,.note{color:var(--soft);font-size:.9rem;text-align:left}
.do{background:var(--tint);border-left:5px solid #d98a1f;padding:.6rem 1.2rem;border-radius:4px}
.do h2{margin-top:.4em}.do li{margin:.6em 0;max-width:75ch}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}caption{margin-bottom:.4em}
th:nth-child(2),td:nth-child(2){white-space:nowrap}
th,td{padding:.4em .6em;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--soft)}
svg text.in{fill:#fff;font-size:14px}svg line{stroke:var(--line)}
svg line.ideal{stroke:var(--soft);stroke-dasharray:5 4}
.legend i{display:inline-block;width:.9em;height:.9em;margin:0 .3em 0 .8em;vertical-align:-.1em}
dt{font-weight:600;margin-top:.7em}dd{margin:0;max-width:75ch}
@media print{body{padding:0;max-width:none}.scroll{overflow:visible}}
"""


def page(analysis: Analysis, listed: int, language: str) -> str:
    """The whole page in "en" or "zh", with the first `listed` customers at risk."""
    say = words(language)
    parts = [
        _head(analysis, say),
        _actions(analysis, say),
        _list(analysis, listed, say),
        _now(analysis, say),
        _trust(analysis, say),
        _left_out(analysis, say),
        _numbers(analysis, say),
        _definitions(analysis, say),
    ]
    code = "zh-Hans" if language == "zh" else language
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(say['title'])}</title><style>{_STYLE}</style></head><body>"
        f"{''.join(parts)}</body></html>\n"
    )


def _head(analysis: Analysis, say: Words) -> str:
    who = analysis.customers
    facts = say["facts"].format(
        customers=f"{len(who.name):,}",
        purchases=f"{analysis.purchases:,}",
        first=who.first.min(),
        as_of=analysis.orders.as_of,
    )
    return f'<h1>{escape(say["title"])}</h1><p class="facts">{escape(facts)}</p>'


def _actions(analysis: Analysis, say: Words) -> str:
    sentences = _nothing(analysis, say) if analysis.rhythm is None else _advice(analysis, say)
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<section class="do"><h2>{escape(say["do"])}</h2><ol>{items}</ol></section>'


def _nothing(analysis: Analysis, say: Words) -> list[str]:
    if analysis.model_refused is None:
        return [say["do_collect"]]
    return [_refused(say["do_nothing"], analysis.model_refused, say), say["do_collect"]]


def _advice(analysis: Analysis, say: Words) -> list[str]:
    who, counts = analysis.customers, analysis.counts()
    weeks = round(analysis.horizon_days / _DAYS_A_WEEK)
    rows = analysis.at_risk()
    sentences = []
    if len(rows):
        worth = float(np.nansum(who.worth[rows]))
        names = ", ".join(who.name[row] for row in rows[:_NAMED])
        first = say["do_call"].format(number=f"{len(rows):,}")
        key = "do_worth" if analysis.value else "do_orders"
        sentences.append(f"{first} {say[key].format(worth=_amount(worth), names=names)}")
    else:
        sentences.append(say["do_nobody"])
    if counts["lost"]:
        sentences.append(say["do_lost"].format(number=f"{counts['lost']:,}", weeks=weeks))
    unlikely = int(((who.state == 0) & (who.alive < 0.5)).sum())
    if counts["active"] > unlikely:
        sentences.append(say["do_wait"].format(number=f"{counts['active'] - unlikely:,}"))
    if unlikely:
        sentences.append(say["do_unlikely"].format(number=f"{unlikely:,}"))
    once = float((who.purchases == 1).mean())
    if once >= 0.3:
        sentences.append(say["do_once"].format(share=f"{once:.0%}"))
    return [*sentences, *_sure(analysis, weeks, say)]


def _sure(analysis: Analysis, weeks: int, say: Words) -> list[str]:
    if not analysis.origins:
        return [say["do_unchecked"]]
    last = analysis.origins[-1]
    card = last.scorecard
    sure = say["do_sure"].format(
        day=np.datetime64(last.day, "D"),
        total=card.model.top.total,
        hits=card.model.top.events,
        weeks=weeks,
        base=f"{card.events / card.cases:.0%}",
    )
    lost = sum(origin.scorecard.recency_wins for origin in analysis.origins)
    total = len(analysis.origins)
    if lost * 2 >= total:
        return [sure, say["do_recency"].format(lost=lost, total=total)]
    return [sure, say["do_beats"].format(won=total - lost, total=total)]


def _list(analysis: Analysis, listed: int, say: Words) -> str:
    rows = analysis.at_risk()
    if not len(rows):
        return ""
    who = analysis.customers
    heads = ["customer", "last", "bought", "alive",
             "worth_money" if analysis.value else "worth_orders", "why"]  # fmt: skip
    body = [
        [
            who.name[row],
            str(who.last[row]),
            f"{who.purchases[row]:,}",
            f"{who.alive[row]:.0%}",
            _amount(float(who.worth[row])),
            _why(analysis, int(row), say),
        ]
        for row in rows[:listed]
    ]
    note = ""
    if len(rows) > listed:
        note = say["list_more"].format(shown=f"{listed:,}", total=f"{len(rows):,}")
    if analysis.value_refused:
        note += " " + _refused(say["money_refused"], analysis.value_refused, say)
    elif not analysis.money:
        note += " " + say["no_money"]
    table = _table([say[head] for head in heads], body, numbers={2, 3, 4}, caption=note.strip())
    return f"<h2>{escape(say['list'])}</h2>{table}"


def _why(analysis: Analysis, row: int, say: Words) -> str:
    who = analysis.customers
    key = "reason_once" if who.purchases[row] == 1 else "reason_usual"
    return say[key].format(
        gap=_weeks(float(who.gap_mean[row])),
        limit=_weeks(float(who.threshold_weeks[row])),
        silent=_weeks(float(who.silent_weeks[row])),
    )


def _now(analysis: Analysis, say: Words) -> str:
    counts = analysis.counts()
    parts = [f"<h2>{escape(say['now'])}</h2>"]
    if counts:
        parts.append(charts.share_bar([(say[state], number) for state, number in counts.items()]))
        legend = " ".join(
            f'<i style="background:{colour}"></i>{escape(say[state])} {number:,}'
            for (state, number), colour in zip(counts.items(), charts.STATES, strict=True)
        )
        parts.append(f'<p class="legend">{legend}</p>')
    months = [(f"{row.month:%Y-%m}", row.new, row.returning) for row in analysis.months]
    parts.append(f"<h3>{escape(say['months'])}</h3>")
    parts.append(charts.stacked_months(months, say["new"], say["returning"], say["months"]))
    parts.append(f'<p class="note">{escape(say["unfinished"])}</p>')
    return "".join(parts)


def _trust(analysis: Analysis, say: Words) -> str:
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
            body.append([*opening, say[name], *_measured(getattr(card, name))])
    last = analysis.origins[-1]
    chart = charts.calibration(last.predicted, last.event, say["calibration"])
    table = _table([say[head] for head in heads], body, numbers={1, 2, 4, 5, 6, 7, 8, 9})
    note = f'<p class="note">{escape(say["calibration"])}</p>'
    return f"{title}<p>{escape(how)}</p>{table}{note}{chart}{_kept(analysis, say)}"


def _measured(row: Measures) -> list[str]:
    return [
        f"{row.log_loss:.4f}",
        f"{row.brier:.4f}",
        _signed(row.intercept),
        "—" if row.slope is None else f"{row.slope:.2f}",
        "—" if row.auc is None else f"{row.auc:.3f}",
        f"{row.top.events:,} / {row.top.total:,}",
    ]


def _kept(analysis: Analysis, say: Words) -> str:
    if not analysis.coverage:
        return ""
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
    return _table(heads, body, numbers={1, 2, 3}, caption=say["coverage"])


def _left_out(analysis: Analysis, say: Words) -> str:
    orders = analysis.orders
    parts = [f"<h2>{escape(say['left_out'])}</h2>"]
    used = orders.rows - sum(orders.left_out.values())
    if orders.left_out:
        told = say["left_rows"].format(used=f"{used:,}", rows=f"{orders.rows:,}")
        body = [
            [say[reason].format(as_of=orders.as_of), f"{rows:,}"]
            for reason, rows in orders.left_out.items()
        ]
        parts.append(_table([say["reason"], say["rows"]], body, numbers={1}, caption=told))
    else:
        parts.append(f"<p>{escape(say['left_nothing'].format(rows=f'{orders.rows:,}'))}</p>")
    if orders.decoded_from:
        parts.append(f"<p>{escape(say['decoded'].format(encoding=orders.decoded_from))}</p>")
    parts.append(f'<p class="note">{escape(say["merged"])}</p>')
    return "".join(parts)


def _numbers(analysis: Analysis, say: Words) -> str:
    parts = [f"<h2>{escape(say['numbers'])}</h2>"]
    fitted = (model for model in (analysis.model, analysis.value) if model is not None)
    parts.extend(_parameters(model, say) for model in fitted)
    for name, refusal in (
        ("MBG/CNBD-k, MBG/NBD", analysis.model_refused),
        ("Gamma-Gamma", analysis.value_refused),
    ):
        if refusal is not None:
            told = _refused(say["refused"], refusal, say, model=name)
            parts.append(f"<p>{escape(told)}</p>")
    return "".join(parts)


def _parameters(model: Fitted, say: Words) -> str:
    body = [[name, f"{value:.4g}", f"{model.se[name]:.2g}"] for name, value in model.params.items()]
    caption = say["fit"].format(
        model=model.model, ll=f"{model.log_likelihood:,.1f}", customers=f"{model.customers:,}"
    )
    heads = [say["parameter"], say["estimate"], say["se"]]
    return _table(heads, body, numbers={1, 2}, caption=caption)


def _definitions(analysis: Analysis, say: Words) -> str:
    named = [
        ("at_risk", "def_at_risk"),
        ("lost", "def_lost"),
        ("alive", "def_alive"),
        ("worth_money", "def_worth"),
        ("log_loss", "def_log_loss"),
        ("brier", "def_brier"),
        ("calibration_short", "def_calibration"),
        ("top", "def_top"),
    ]
    model = analysis.model.model if analysis.model else "—"
    items = "".join(
        f"<dt>{escape(say[term])}</dt>"
        f"<dd>{escape(say[text].format(as_of=analysis.orders.as_of, model=model))}</dd>"
        for term, text in named
    )
    return f"<h2>{escape(say['definitions'])}</h2><dl>{items}</dl>"


def _refused(sentence: str, refusal: NotEnoughData, say: Words, **named: str) -> str:
    what = say.get(refusal.what, refusal.what)
    return sentence.format(
        what=what, needed=f"{refusal.needed:,}", have=f"{refusal.have:,}", **named
    )


def _table(
    heads: Sequence[str],
    body: Iterable[Sequence[str]],
    *,
    numbers: set[int],
    caption: str = "",
) -> str:
    def cell(tag: str, index: int, text: str) -> str:
        kind = ' class="n"' if index in numbers else ""
        return f"<{tag}{kind}>{escape(text)}</{tag}>"

    top = "".join(cell("th", index, head) for index, head in enumerate(heads))
    rows = "".join(
        f"<tr>{''.join(cell('td', index, text) for index, text in enumerate(row))}</tr>"
        for row in body
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll"><table>{title}<thead><tr>{top}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _amount(value: float) -> str:
    if not math.isfinite(value):
        return "—"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def _weeks(value: float) -> str:
    if not math.isfinite(value):
        return "—"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _signed(value: float | None) -> str:
    return "—" if value is None else f"{value:+.2f}"
