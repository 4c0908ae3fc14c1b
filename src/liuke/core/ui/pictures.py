"""Small pictures without JavaScript."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT, MARGIN = 76.0, 28.0, 2.0


def spark_svg(values: Sequence[float]) -> SafeString:
    """A line of the recent values with a point at the last; decorative, the figure says it."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    spread = (high - low) or 1
    room = HEIGHT - 2 * MARGIN
    points = [
        (WIDTH * i / (len(values) - 1), HEIGHT - MARGIN - room * (v - low) / spread)
        for i, v in enumerate(values)
    ]
    return format_html(
        '<svg class="lk-spark" viewBox="0 0 76 28" aria-hidden="true">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        *(f"{part:.1f}" for part in points[-1]),
    )
