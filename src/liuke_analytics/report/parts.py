"""Tables and figures as text, shared by the sections of the page."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from liuke_analytics.errors import NotEnoughData

Words = Mapping[str, str]


def refused(sentence: str, refusal: NotEnoughData, say: Words, **named: str) -> str:
    """`sentence` with what is missing, in words."""
    what = say.get(refusal.what, refusal.what)
    return sentence.format(
        what=what, needed=f"{refusal.needed:,}", have=f"{refusal.have:,}", **named
    )


def table(
    heads: Sequence[str],
    body: Iterable[Sequence[str]],
    *,
    numbers: set[int],
    caption: str = "",
    kind: str = "",
) -> str:
    """An HTML table, columns in `numbers` to the right.

    `kind`: "list" becomes cards on a telephone, "wide" scrolls there, "wide score" is grouped.
    """

    def cell(tag: str, index: int, text: str) -> str:
        right = ' class="n"' if index in numbers else ""
        # On a telephone a list has no head: each cell says what it is.
        label = (
            f' data-l="{escape(heads[index])}"' if kind.startswith("list") and tag == "td" else ""
        )
        return f"<{tag}{right}{label}>{escape(text)}</{tag}>"

    def row(texts: Sequence[str]) -> str:
        # A row that begins with something begins a group.
        begins = ' class="new"' if kind.endswith("score") and texts[0] else ""
        cells = (cell("td", index, text) for index, text in enumerate(texts))
        return f"<tr{begins}>{''.join(cells)}</tr>"

    top = "".join(cell("th", index, head) for index, head in enumerate(heads))
    rows = "".join(map(row, body))
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll"><table class="{kind}">{title}<thead><tr>{top}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def amount(value: float) -> str:
    """Money or purchases; a dash where unknown."""
    if not math.isfinite(value):
        return "—"
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:,.1f}"


def weeks(value: float) -> str:
    """Weeks, to a tenth below ten."""
    if not math.isfinite(value):
        return "—"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def signed(value: float | None) -> str:
    """A number with its sign; a dash where unknown."""
    return "—" if value is None else f"{value:+.2f}"
