"""The page: one HTML file that needs nothing else, for the owner first, the statistician last."""

import math
from html import escape

import numpy as np

from liuke_analytics.report import charts
from liuke_analytics.report.analysis import Analysis
from liuke_analytics.report.parts import Words, amount, refused, table, weeks
from liuke_analytics.report.trust import definitions, numbers, trust
from liuke_analytics.report.words import words

_DAYS_A_WEEK = 7
_NAMED = 3
_IN_DAYS = 9
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
th,td{padding:.4em .6em;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
.do b{display:block}.sure{color:var(--soft);font-size:.92rem}
th{font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg{width:100%;height:auto;display:block}svg text{font-size:12px;fill:var(--soft)}
svg text.in{fill:#fff;font-size:14px}svg line{stroke:var(--line)}
svg line.ideal{stroke:var(--soft);stroke-dasharray:5 4}
svg text.end{text-anchor:end}
.bar{display:flex;height:34px;border-radius:4px;overflow:hidden}.bar i{min-width:2px}
.wide th,.wide td,.list td:nth-child(2){white-space:nowrap}
.score tbody tr:not(.new) td{color:var(--soft)}.score tr.new td{border-top:2px solid var(--line)}
.legend span{white-space:nowrap}.legend i{display:inline-block;width:.9em;height:.9em;
margin:0 .3em 0 .8em;vertical-align:-.1em}
dt{font-weight:600;margin-top:.7em}dd{margin:0;max-width:75ch}
@media(max-width:640px){body{padding:1rem}.chart svg{min-width:600px}
.list thead{display:none}.list tr{display:block;
padding:.7em 0;border-bottom:1px solid var(--line)}.list td{display:flex;gap:1em;border:0;
padding:.15em 0;justify-content:space-between;text-align:right;white-space:normal}
.list td::before{content:attr(data-l);color:var(--soft);text-align:left;flex:none}
.list td:first-child{font-weight:600}.list:not(.sums) td:last-child{display:block;text-align:left}
.list:not(.sums) td:last-child::before{content:none}}
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
        trust(analysis, say),
        _left_out(analysis, say),
        numbers(analysis, say),
        definitions(analysis, say),
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
    columns = say["comma"].join(
        f"{say[meaning]} = {name}" for meaning, name in analysis.orders.columns.items()
    )
    read = say["columns"].format(columns=columns)
    told = f'<p class="facts">{escape(facts)}<br>{escape(read)}</p>'
    return f"<h1>{escape(say['title'])}</h1>{told}"


def _actions(analysis: Analysis, say: Words) -> str:
    none = analysis.rhythm is None
    acts = _nothing(analysis, say) if none else _advice(analysis, say)
    items = "".join(f"<li><b>{escape(act)}</b>{escape(reason)}</li>" for act, reason in acts)
    sure = "" if none else say["between"].join(_sure(analysis, say))
    told = f'<p class="sure">{escape(sure)}</p>' if sure else ""
    return f'<section class="do"><h2>{escape(say["do"])}</h2><ol>{items}</ol>{told}</section>'


def _nothing(analysis: Analysis, say: Words) -> list[tuple[str, str]]:
    why = ""
    if analysis.model_refused is not None:
        why = refused(say["do_nothing"], analysis.model_refused, say)
    return [(say["act_nothing"], why), (say["act_collect"], say["do_collect"])]


def _advice(analysis: Analysis, say: Words) -> list[tuple[str, str]]:
    """What to do, each with its reason, the most urgent first."""
    who, counts = analysis.customers, analysis.counts()
    horizon = round(analysis.horizon_days / _DAYS_A_WEEK)
    rows = analysis.at_risk()
    acts = []
    if len(rows):
        names = say["comma"].join(who.name[row] for row in rows[:_NAMED])
        reason = say["do_call"]
        if analysis.model is not None:
            key = "do_worth" if analysis.value else "do_orders"
            worth, told = (float(np.nansum(column[rows])) for column in (who.worth, who.outlook()))
            reason += say["between"] + say[key].format(worth=amount(worth), told=amount(told))
        acts.append((say["act_call"].format(number=f"{len(rows):,}", names=names), reason))
    else:
        acts.append((say["act_nobody"], say["do_nobody"]))
    if counts["lost"]:
        act = say["act_lost"].format(number=f"{counts['lost']:,}")
        acts.append((act, say["do_lost"].format(weeks=horizon)))
    if counts["quiet"]:
        acts.append((say["act_quiet"].format(number=f"{counts['quiet']:,}"), say["do_quiet"]))
    once = float((who.purchases == 1).mean())
    if once >= 0.3:
        acts.append((say["act_once"], say["do_once"].format(share=f"{once:.0%}")))
    if counts["active"]:
        act = say["act_wait"].format(number=f"{counts['active']:,}")
        acts.append((act, say["do_wait"]))
    return acts


def _sure(analysis: Analysis, say: Words) -> list[str]:
    if not analysis.origins:
        return [say["do_unchecked"]]
    last = analysis.origins[-1]
    card = last.scorecard
    sure = say["do_sure"].format(
        day=np.datetime64(last.day, "D"),
        total=card.model.top.total,
        hits=card.model.top.events,
        weeks=round(analysis.horizon_days / _DAYS_A_WEEK),
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
            f"{who.alive[row]:.0%}" if math.isfinite(who.alive[row]) else "—",
            amount(float(who.worth[row])),
            _why(analysis, int(row), say),
        ]
        for row in rows[:listed]
    ]
    note = ""
    if len(rows) > listed:
        note = say["list_more"].format(shown=f"{listed:,}", total=f"{len(rows):,}")
    if analysis.value_refused:
        note += " " + refused(say["money_refused"], analysis.value_refused, say)
    elif not analysis.money:
        note += " " + say["no_money"]
    listing = table(
        [say[head] for head in heads], body, numbers={2, 3, 4}, caption=note.strip(), kind="list"
    )
    return f"<h2>{escape(say['list'])}</h2>{listing}"


def _why(analysis: Analysis, row: int, say: Words) -> str:
    who = analysis.customers
    gap, limit, silent = (
        float(column[row]) for column in (who.gap_mean, who.threshold_weeks, who.silent_weeks)
    )
    # Short waits in days; one unit for all three, so that they compare.
    in_days = limit < _IN_DAYS
    if who.purchases[row] == 1:
        key = "reason_once"
    else:
        key = "reason_often" if gap < 1.5 / _DAYS_A_WEEK else "reason_usual"
    number = (lambda wait: f"{wait * _DAYS_A_WEEK:.0f}") if in_days else weeks
    # A wait that is over by less than the figures show must not look like none.
    if number(limit) == number(silent):
        number = (lambda wait: f"{wait * _DAYS_A_WEEK:.0f}") if in_days else "{:.1f}".format
    unit = say["days" if in_days else "weeks"]
    return say[key].format(
        gap=f"{number(gap)} {unit}".strip() if math.isfinite(gap) else "",
        limit=f"{number(limit)} {unit}",
        silent=f"{number(silent)} {unit}",
    )


def _now(analysis: Analysis, say: Words) -> str:
    counts = analysis.counts()
    parts = [f"<h2>{escape(say['now'])}</h2>"]
    if counts:
        parts.append(charts.share_bar([(say[state], number) for state, number in counts.items()]))
    if analysis.model is not None:
        parts.append(_costs(analysis, say))
    months = [(f"{row.month:%Y-%m}", row.new, row.returning) for row in analysis.months]
    parts.append(f"<h3>{escape(say['months'])}</h3>")
    parts.append(charts.stacked_months(months, say["new"], say["returning"], say["months"]))
    parts.append(f'<p class="note">{escape(say["unfinished"])}</p>')
    return "".join(parts)


def _costs(analysis: Analysis, say: Words) -> str:
    """What each state is expected to bring in a year, and what it would if all were still there."""
    who = analysis.customers
    body = []
    for state, number in analysis.counts().items():
        rows = analysis.rows(state)
        alive = f"{who.alive[rows].mean():.0%}" if number else "—"
        sums = (float(np.nansum(column[rows])) for column in (who.outlook(), who.worth))
        body.append([say[state], f"{number:,}", alive, *map(amount, sums)])
    kind = "money" if analysis.value else "orders"
    heads = ("state", "customer_number", "alive_mean", f"expect_{kind}", f"worth_{kind}")
    return table(
        [say[head] for head in heads],
        body,
        numbers={1, 2, 3, 4},
        caption=say["costs"],
        kind="list sums",
    )


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
        parts.append(table([say["reason"], say["rows"]], body, numbers={1}, caption=told))
    else:
        parts.append(f"<p>{escape(say['left_nothing'].format(rows=f'{orders.rows:,}'))}</p>")
    if orders.decoded_from:
        parts.append(f"<p>{escape(say['decoded'].format(encoding=orders.decoded_from))}</p>")
    parts.append(f'<p class="note">{escape(say["merged"])}</p>')
    return "".join(parts)
