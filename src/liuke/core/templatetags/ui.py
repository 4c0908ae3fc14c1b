"""The parts of every screen as template tags; a misspelled argument raises."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from liuke.core import clock
from liuke.core.ui import assets, figures
from liuke.core.ui.churn_clock import Dates, clock_svg
from liuke.core.ui.fields import field_html
from liuke.core.ui.listing import filter_context, kept_inputs
from liuke.core.ui.pictures import spark_svg
from liuke.core.ui.texts import texts_for_scripts
from liuke.core.ui.toasts import toasts_of

register = template.Library()

EMPTY = SafeString("")
MEANINGS = ("", "safe", "risk", "lost", "accent")
CHARTS = ("months", "rhythm")
STATES = {
    "active": ("safe", gettext_lazy("Safe")),
    "at_risk": ("risk", gettext_lazy("At risk")),
    "lost": ("lost", gettext_lazy("Lost")),
    "recovered": ("back", gettext_lazy("Won back")),
    "none": ("none", gettext_lazy("No purchase yet")),
}


def _mean(mean: str) -> SafeString:
    if mean not in MEANINGS:
        message = f"mean={mean!r} is not one of {', '.join(filter(None, MEANINGS))}"
        raise ValueError(message)
    return format_html(' data-mean="{}"', mean) if mean else EMPTY


def _icon(name: str) -> SafeString:
    return assets.icon_svg(name) if name else EMPTY


def _count(n: figures.Number | None) -> SafeString:
    return EMPTY if n is None else format_html('<span class="n">{}</span>', figures.number_text(n))


@register.simple_tag
def asset(name: str, required: bool = True) -> str:
    """The address of a built file: {% asset "app.js" %}."""
    return assets.asset_url(name, required=required)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon; give a label when it stands without a word."""
    return assets.icon_svg(name, label, css)


@register.simple_tag
def text_for_scripts() -> SafeString:
    """The words the scripts need, as JSON."""
    return json_script(texts_for_scripts(), "lk-text")


@register.simple_tag
def num(n: figures.Number | None, digits: int | None = None) -> str:
    """1234567 → 1,234,567; None → —."""
    return figures.number_text(n, digits)


@register.simple_tag
def percent(x: figures.Number | None, digits: int = 1) -> str:
    """0.29 → 29.0%; None → —."""
    return figures.percent_text(x, digits)


@register.simple_tag
def money(amount: figures.Number | None, currency: str = "", short: bool = False) -> SafeString:
    """¥12,400; `short=True` for large sums; without a currency the firm's own."""
    return figures.money_html(amount, currency, short=short)


@register.simple_tag
def day(moment: date | datetime | None, today: date | None = None) -> SafeString:
    """A short date, its year only when it is not the current one."""
    return figures.day_html(moment, today or clock.today())


@register.simple_tag
def month(month: str) -> str:
    """2026-11 in words."""
    return figures.month_text(month)


@register.simple_tag
def dot(state: str) -> SafeString:
    """The churn state as mark and word."""
    css, word = STATES[state]
    return format_html('<span class="lk-dot" data-state="{}">{}</span>', css, word)


@register.simple_tag
def churn_clock(
    last: date | datetime | None,
    expected: date | datetime | None,
    at_risk: date | datetime | None,
    lost: date | datetime | None,
    today: date | None = None,
    big: bool = False,
) -> SafeString:
    """The three dates on one line; nothing while the customer has no clock."""
    if last is None or at_risk is None or lost is None:
        return EMPTY
    dates = Dates(
        last=figures.as_day(last),
        expected=figures.as_day(expected) if expected else None,
        at_risk=figures.as_day(at_risk),
        lost=figures.as_day(lost),
        today=today or clock.today(),
    )
    return clock_svg(dates, big=big)


@register.simple_tag
def level(name: str | None) -> SafeString:
    """A customer's level; nothing without one."""
    if not name:
        return EMPTY
    said = gettext("Level %(level)s") % {"level": name}
    return format_html(
        '<span class="lk-level" data-level="{0}" title="{1}">'
        '<span aria-hidden="true">{0}</span><span class="u-sr">{1}</span></span>',
        name,
        said,
    )


@register.simple_tag
def who(name: str | None, large: bool = False) -> SafeString:
    """A colleague: first character in a circle, and the name."""
    if not name:
        return SafeString(figures.NOTHING)
    return format_html(
        '<span class="lk-who"><span class="lk-face{}" aria-hidden="true">{}</span>{}</span>',
        " lk-face--lg" if large else "",
        str(name)[0].upper(),
        name,
    )


@register.simple_tag
def tag(text: str, mean: str = "", icon: str = "") -> SafeString:
    """A small label; the meaning never by colour alone."""
    return format_html('<span class="lk-tag"{}>{}{}</span>', _mean(mean), _icon(icon), text)


def editable(shown: str, url: str, at: str, label: str, target: str = "") -> SafeString:
    """A cell that a click exchanges for its own small form, in place or in the dialog `target`."""
    return format_html(
        '<button class="lk-cell__open" type="button" hx-get="{}" hx-target="{}" '
        'hx-swap="innerHTML" hx-select="unset" hx-select-oob="unset" hx-push-url="false">{}'
        '<span class="u-sr">{}</span></button>',
        url,
        target or f"#{at}",
        shown or figures.NOTHING,
        label,
    )


def cell(content: str, at: str) -> SafeString:
    """What `editable` and its form take turns in."""
    return format_html('<span class="lk-cell" id="{}">{}</span>', at, content)


@register.simple_tag
def chip(
    label: str, href: str, on: bool = False, n: figures.Number | None = None, icon: str = ""
) -> SafeString:
    """A filter that is on or off, as a link."""
    return format_html(
        '<a class="lk-chip" href="{}"{}>{}{}{}</a>',
        href,
        SafeString(' aria-current="true"') if on else "",
        _icon(icon),
        label,
        _count(n),
    )


@register.simple_tag
def ring(done: int, total: int) -> SafeString:
    """How much of a day's work is done, as a ring with both figures."""
    said = gettext("%(done)s of %(total)s done") % {
        "done": figures.number_text(done),
        "total": figures.number_text(total),
    }
    return format_html(
        '<svg class="lk-ring" viewBox="0 0 104 104" role="img" aria-label="{0}">'
        '<circle class="track" cx="52" cy="52" r="44"/>'
        '{1}<text x="52" y="56">{2}</text><text x="52" y="74">/ {3}</text></svg>',
        said,
        _arc(done, total) if done else EMPTY,
        figures.number_text(done),
        figures.number_text(total),
    )


def _arc(done: int, total: int) -> SafeString:
    return format_html(
        '<circle class="done" cx="52" cy="52" r="44" pathLength="{0}" '
        'stroke-dasharray="{1} {0}" transform="rotate(-90 52 52)"/>',
        total,
        done,
    )


@register.simple_tag
def fig(
    name: str,
    value: Any,
    unit: str = "",
    note: str = "",
    href: str = "",
    spark: Sequence[float] | None = None,
    tip: str = "",
) -> SafeString:
    """One figure of a row of figures; `tip` is its definition."""
    inside = format_html(
        '<span class="lk-fig__name"{}>{}{}</span>'
        '<span class="lk-fig__value">{}{}</span><span class="lk-fig__note">{}</span>{}',
        format_html(' title="{}"', tip) if tip else "",
        name,
        assets.icon_svg("info-circle", tip) if tip else "",
        value,
        format_html("<small>{}</small>", unit) if unit else "",
        note,
        spark_svg(spark or ()),
    )
    if href:
        return format_html('<a class="lk-fig" href="{}">{}</a>', href, inside)
    return format_html('<div class="lk-fig">{}</div>', inside)


@register.simple_tag
def field(bound_field: BoundField, hint: str = "", label: str = "") -> SafeString:
    """A form field with label, hint or error."""
    return field_html(bound_field, hint, label)


@register.inclusion_tag("core/parts/bottom_bar.html")
def bottom_bar(nav: Iterable[Iterable[Any]]) -> dict[str, Any]:
    """The first four screens and "more", on phones."""
    entries = [entry for group in nav for entry in group]
    return {"items": entries[:4], "more_current": any(entry.current for entry in entries[4:])}


@register.inclusion_tag("core/parts/chart.html")
def chart(kind: str, data: Any, id: str, label: str, size: str = "") -> dict[str, Any]:
    """A chart of `data`, its finding in words as `label`; the kinds are in frontend/src/js."""
    if kind not in CHARTS:
        message = f"No chart of kind {kind!r}, only {', '.join(CHARTS)}"
        raise ValueError(message)
    return {
        "kind": kind, "data": data, "id": id, "data_id": f"{id}-data", "label": label, "size": size,
    }  # fmt: skip


@register.inclusion_tag("core/parts/chart_tools.html")
def chart_tools(id: str, name: str, table: bool = True) -> dict[str, Any]:
    """The buttons "as table" and "download" of the chart with this id."""
    return {"id": id, "name": name, "table": table}


@register.simple_tag(takes_context=True)
def kept_query(context: Context, own: str | Iterable[Any]) -> SafeString:
    """The rest of the address as hidden fields; `own` is what the form sets itself."""
    return kept_inputs(context["request"].GET, own)


@register.inclusion_tag("core/list/filter_field.html", takes_context=True)
def filter_field(context: Context, spec: Any) -> dict[str, Any]:
    """The field of one available filter."""
    return filter_context(context["request"].GET, spec)


@register.simple_tag
def message_toasts(messages: Iterable[Message] | None) -> SafeString:
    """The waiting messages as JSON for the scripts."""
    return json_script(toasts_of(messages or ()), "lk-messages")


@register.simple_block_tag(takes_context=True)
def panel_tools(context: Context, content: str) -> str:
    """Buttons in the head of the panel around this block; write it first in the panel."""
    context.render_context["panel_tools"] = content
    return ""


@register.simple_block_tag(takes_context=True)
def panel(
    context: Context,
    content: str,
    title: str,
    sub: str = "",
    tools: str = "",
    accent: bool = False,
    id: str = "",
    flush: bool = False,
    css: str = "",
) -> SafeString:
    """A panel whose title says the finding; `flush` for tables that reach the edge."""
    tools = tools or context.render_context.get("panel_tools", "") or ""
    context.render_context["panel_tools"] = ""
    names = ["lk-panel", "lk-panel--accent" if accent else "", css]
    return format_html(
        '<section class="{}"{}><div class="lk-panel__head"><div><h2>{}</h2>{}</div>{}</div>'
        '<div class="lk-panel__body{}">{}</div></section>',
        " ".join(filter(None, names)),
        format_html(' id="{}"', id) if id else "",
        title,
        format_html('<p class="sub">{}</p>', sub) if sub else "",
        format_html('<div class="lk-charttools">{}</div>', tools) if tools else "",
        " u-flush" if flush else "",
        content,
    )


@register.simple_block_tag
def empty(content: str, icon: str, title: str, text: str = "") -> SafeString:
    """Nothing here: what was achieved or is missing, and in the block the next act."""
    return format_html(
        '<div class="lk-empty">{}<p class="u-strong">{}</p>{}'
        '<div class="lk-now__act">{}</div></div>',
        _icon(icon),
        title,
        format_html("<p>{}</p>", text) if text else "",
        content,
    )


@register.simple_block_tag
def note(content: str, mean: str = "", icon: str = "info-circle") -> SafeString:
    """A remark beside the matter; with mean="lost" it is announced as an alert."""
    return format_html(
        '<div class="lk-note"{}{}>{}<div>{}</div></div>',
        _mean(mean),
        SafeString(' role="alert"') if mean == "lost" else "",
        _icon(icon),
        content,
    )


@register.simple_block_tag(takes_context=True)
def mass_bar(context: Context, content: str) -> str:
    """What can be done with the selected rows of the list; its buttons are in the block."""
    with context.push(content=content):
        values = {str(key): value for key, value in context.flatten().items()}
        return render_to_string("core/list/mass.html", values)
