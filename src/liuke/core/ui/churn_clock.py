"""The churn clock: one customer's way from the last purchase to being lost, as SVG.

Drawn in percentages, so no inline style is needed; scaled to the customer's own lost date,
so that rows compare by stage of leaving and not by days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from liuke.core.ui.figures import day_text

# Where the lost date stands: what lies beyond is the time after it.
SMALL_LOST = 85.0
BIG_LOST = 78.0
# The big clock on a phone, in pixels; elsewhere it is wider and its labels have more room.
NARROWEST = 330
# Width of a letter in the labels' type, Latin and Chinese, and the least space between two labels.
LETTER, IDEOGRAPH, APART = 6, 12.5, 6


@dataclass(frozen=True)
class Dates:
    """The dates of one clock."""

    last: date
    expected: date | None
    at_risk: date
    lost: date
    today: date


@dataclass(frozen=True)
class Shape:
    """Heights of one size of the clock, in pixels."""

    css: str
    lost_at: float
    zone: tuple[int, int]
    elapsed: tuple[int, int]
    radius: float
    hand: tuple[int, float]


SMALL = Shape("lk-clock", SMALL_LOST, (3, 8), (5, 4), 2.75, (14, 2))
BIG = Shape("lk-clock lk-clock--big", BIG_LOST, (5, 10), (8, 4), 4, (20, 3))


class Scale:
    """Days since the last purchase to percent of the width; time far beyond is compressed."""

    def __init__(self, dates: Dates, lost_at: float) -> None:
        self.dates = dates
        self.lost_at = lost_at
        self.whole = max((dates.lost - dates.last).days, 1)

    def __call__(self, day: date) -> float:
        share = (day - self.dates.last).days / self.whole
        if share <= 1:
            return max(share, 0) * self.lost_at
        # Approaches the right edge without reaching it, however long ago the loss was.
        return self.lost_at + (99 - self.lost_at) * (1 - 1 / share)


def clock_svg(dates: Dates, *, big: bool = False) -> SafeString:
    """The whole picture with its words for screen readers."""
    shape = BIG if big else SMALL
    years = big and any(day.year != dates.today.year for day in (dates.last, dates.lost))
    at = Scale(dates, shape.lost_at)
    parts = [*_zones(dates, at, shape), *_elapsed(dates, at, shape)]
    if dates.expected:
        parts.append(
            format_html(
                '<circle class="exp" cx="{}" cy="{}" r="{}"/>',
                _pc(at(dates.expected)),
                shape.hand[0] // 2,
                shape.radius,
            )
        )
    if big:
        parts += _labels(dates, at)
    parts += _hand(at(dates.today), shape)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}">{}</svg>',
        f"{shape.css} lk-clock--years" if years else shape.css,
        words(dates),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def words(dates: Dates) -> str:
    """What the picture says, for those who do not see it."""
    said = [gettext("Last purchase %(day)s") % {"day": _day(dates.last, dates)}]
    if dates.expected:
        said.append(gettext("expected %(day)s") % {"day": _day(dates.expected, dates)})
    said.append(gettext("at risk from %(day)s") % {"day": _day(dates.at_risk, dates)})
    said.append(gettext("lost from %(day)s") % {"day": _day(dates.lost, dates)})
    said.append(gettext("today is day %(n)s") % {"n": (dates.today - dates.last).days})
    # Translators: what stands between two parts of a list.
    return gettext(", ").join(said)


def _zones(dates: Dates, at: Scale, shape: Shape) -> Iterator[SafeString]:
    risk, lost = at(dates.at_risk), shape.lost_at
    y, height = shape.zone
    for css, start, end in (
        ("z-safe", 0.0, risk),
        ("z-risk", risk, lost),
        ("z-lost", lost, 100.0),
    ):
        yield _rect(css, start, end, y, height)


def _elapsed(dates: Dates, at: Scale, shape: Shape) -> Iterator[SafeString]:
    now, risk, lost = at(dates.today), at(dates.at_risk), shape.lost_at
    y, height = shape.elapsed
    for css, start, end in (
        ("e-safe", 0.0, min(now, risk)),
        ("e-risk", risk, min(now, lost)),
        ("e-lost", lost, now),
    ):
        if end > start:
            yield _rect(css, start, end, y, height)


def _hand(x: float, shape: Shape) -> Iterator[SafeString]:
    height, width = shape.hand
    for css, wide, round_by in (("edge", width + 2 * (width - 1), 0.0), ("now", width, width / 2)):
        yield format_html(
            '<rect class="{}" x="{}" y="0" width="{}" height="{}" rx="{}"'
            ' transform="translate({} 0)"/>',
            css, _pc(x), wide, height, round_by, -wide / 2,
        )  # fmt: skip


def _labels(dates: Dates, at: Scale) -> Iterator[SafeString]:
    marks = [(at(dates.last), gettext("Last purchase"), dates.last, "")]
    if dates.expected:
        marks.append((at(dates.expected), gettext("Expected"), dates.expected, ""))
    marks.append((at(dates.at_risk), gettext("At risk from"), dates.at_risk, "risk"))
    marks.append((at(dates.lost), gettext("Lost from"), dates.lost, "lost"))
    ends = [x for x, *_ in marks[1:]] + [100.0]
    free_from = 0.0
    for (x, text, day, mean), end in zip(marks, ends, strict=True):
        yield format_html('<line class="tick" x1="{0}" x2="{0}" y1="18" y2="24"/>', _pc(x))
        short = day_text(day, dates.today, year=False)
        width = max(_width(text), _width(short))
        if end - x >= width:
            anchor, free_from = "start", x + width
        elif x - free_from >= width:
            anchor, free_from = "end", x
        else:
            # No room on either side: the tick stays, the words for screen readers have the date.
            continue
        yield format_html(
            '<text x="{0}" y="40" text-anchor="{1}">{2}</text>'
            '<text class="day" x="{0}" y="59" text-anchor="{1}"{3}>{4}</text>',
            _pc(x),
            anchor,
            text,
            format_html(' data-mean="{}"', mean) if mean else "",
            short,
        )
        if day.year != dates.today.year:
            # Below the day: beside it, a long date would leave the picture.
            yield format_html(
                '<text x="{}" y="76" text-anchor="{}">{}</text>', _pc(x), anchor, day.year
            )


def _width(text: str) -> float:
    """How much of the big clock a text covers at least, in percent."""
    pixels = sum(LETTER if ord(letter) < 0x2E80 else IDEOGRAPH for letter in text)
    return (pixels + APART) / NARROWEST * 100


def _rect(css: str, start: float, end: float, y: int, height: int) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>',
        css, _pc(start), y, _pc(end - start), height,
    )  # fmt: skip


def _pc(x: float) -> str:
    return f"{x:.2f}%"


def _day(day: date, dates: Dates) -> str:
    return day_text(day, dates.today)
