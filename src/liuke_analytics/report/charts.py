"""Charts as inline SVG: no script, nothing fetched, readable in print and by screen readers."""

from collections.abc import Sequence
from html import escape

import numpy as np

from liuke_analytics.arrays import Floats, Ints

WIDTH, HEIGHT = 720, 240
_LEFT, _BOTTOM, _TOP = 48, 28, 12
STATES = ("#2f7d5b", "#8a94a0", "#d98a1f", "#b3423a")
_NEW, _RETURNING = "#9db8d9", "#2f5d94"


def share_bar(parts: Sequence[tuple[str, int]]) -> str:
    """One bar cut into counted parts, with its legend."""
    total = max(1, sum(count for _, count in parts))
    said = ", ".join(f"{label} {count:,}" for label, count in parts)
    coloured = list(zip(parts, STATES, strict=True))
    cells = "".join(
        f'<i style="flex:{count};background:{colour}" title="{escape(label)}: {count:,}"></i>'
        for (label, count), colour in coloured
    )
    legend = " ".join(
        f'<span><i style="background:{colour}"></i>{escape(label)} {count:,} '
        f"({count / total:.0%})</span>"
        for (label, count), colour in coloured
    )
    return (
        f'<div class="bar" role="img" aria-label="{escape(said)}">{cells}</div>'
        f'<p class="legend">{legend}</p>'
    )


def stacked_months(
    months: Sequence[tuple[str, int, int]], new: str, returning: str, title: str
) -> str:
    """Bars per month, returning below, new on top; (label, new, returning)."""
    most = max(1, *(a + b for _, a, b in months))
    step = (WIDTH - _LEFT) / max(1, len(months))
    high = HEIGHT - _TOP - _BOTTOM
    cells = _grid(most)
    every = max(1, -(-len(months) // 12))
    for index, (label, first, again) in enumerate(months):
        x = _LEFT + index * step
        low, top = high * again / most, high * first / most
        base = _TOP + high
        words = f"{label}: {new} {first:,}, {returning} {again:,}"
        cells.append(
            f"<g><title>{escape(words)}</title>"
            f'<rect x="{x + 1:.1f}" y="{base - low:.1f}" width="{max(1, step - 2):.1f}" '
            f'height="{low:.1f}" fill="{_RETURNING}"/>'
            f'<rect x="{x + 1:.1f}" y="{base - low - top:.1f}" width="{max(1, step - 2):.1f}" '
            f'height="{top:.1f}" fill="{_NEW}"/></g>'
        )
        if index % every == 0:
            cells.append(f'<text x="{x:.1f}" y="{HEIGHT - 8}">{escape(label)}</text>')
    legend = (
        f'<p class="legend"><i style="background:{_RETURNING}"></i>{escape(returning)} '
        f'<i style="background:{_NEW}"></i>{escape(new)}</p>'
    )
    return f'<div class="scroll chart">{_svg(HEIGHT, cells, title)}</div>{legend}'


def calibration(predicted: Floats, event: Ints, title: str, across: str, upwards: str) -> str:
    """Ten groups by predicted probability: predicted across, what came upwards."""
    size = HEIGHT + 60
    high = size - _TOP - 20 - _BOTTOM
    order = np.argsort(predicted, kind="stable")
    points = [
        (float(predicted[part].mean()), float(event[part].mean()), len(part))
        for part in np.array_split(order, 10)
        if len(part)
    ]
    cells = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        y, x = _TOP + high * (1 - tick), _LEFT + high * tick
        cells.append(f'<line x1="{_LEFT}" x2="{_LEFT + high}" y1="{y:.1f}" y2="{y:.1f}"/>')
        cells.append(f'<text x="4" y="{y + 4:.1f}">{tick:.0%}</text>')
        cells.append(f'<text x="{x - 12:.1f}" y="{_TOP + high + 18}">{tick:.0%}</text>')
    cells.append(
        f'<line class="ideal" x1="{_LEFT}" y1="{_TOP + high}" x2="{_LEFT + high}" y2="{_TOP}"/>'
    )
    for said, came, number in points:
        cells.append(
            f'<circle cx="{_LEFT + high * said:.1f}" cy="{_TOP + high * (1 - came):.1f}" r="6" '
            f'fill="{_RETURNING}"><title>{said:.0%} → {came:.0%} ({number:,})</title></circle>'
        )
    bottom = _TOP + high + 36
    cells.append(f'<text x="{_LEFT + high}" y="{bottom}" class="end">{escape(across)} →</text>')
    cells.append(f'<text x="{_LEFT + 6}" y="{_TOP + 10}">↑ {escape(upwards)}</text>')
    return _svg(size, cells, title, width=_LEFT + high + 24)


def _grid(most: int) -> list[str]:
    high = HEIGHT - _TOP - _BOTTOM
    cells = []
    for part in (0, 0.5, 1):
        y = _TOP + high * (1 - part)
        cells.append(f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        cells.append(f'<text x="4" y="{y + 4:.1f}">{most * part:,.0f}</text>')
    return cells


def _svg(height: int, cells: Sequence[str], said: str, width: int = WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(said)}" '
        f'style="max-width:{width}px">{"".join(cells)}</svg>'
    )
