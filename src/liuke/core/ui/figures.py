"""Money, counts, shares and days as people write them here."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from string import ascii_letters

from babel import Locale, numbers
from django.conf import settings
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from liuke.core import clock

NOTHING = "—"
MINUS = "\N{MINUS SIGN}"

Number = int | float | Decimal


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def locale() -> Locale:
    """Babel's locale for the active language."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


def number_text(n: Number | None, digits: int | None = None) -> str:
    """Thousands separated; `digits` decimals, or as many as the number has."""
    if n is None:
        return NOTHING
    if digits is not None:
        n = round(Decimal(str(n)), digits)
    elif isinstance(n, Decimal):
        n = n.normalize()
    text = f"{abs(n):,f}" if isinstance(n, Decimal) else f"{abs(n):,}"
    return MINUS + text if n < 0 else text


def percent_text(share: Number | None, digits: int = 1) -> str:
    """A share between 0 and 1 as a percentage."""
    return NOTHING if share is None else f"{number_text(Decimal(str(share)) * 100, digits)}%"


def money_html(amount: Number | None, currency: str = "", *, short: bool = False) -> SafeString:
    """The symbol small before the figure; `short` writes 46.2 万 instead of 462,000."""
    if amount is None:
        return SafeString(NOTHING)
    code = currency or settings.LIUKE_CURRENCY
    exact = Decimal(str(amount))
    size = abs(exact)
    if short:
        figure = numbers.format_compact_decimal(size, locale=locale(), fraction_digits=1)
        figure = re.sub(r"(?<=\d)(?=[万亿])", " ", figure)
    else:
        places = 0 if size == size.to_integral_value() else numbers.get_currency_precision(code)
        figure = number_text(size, places)
    return format_html(
        '<span class="lk-money">{}<small>{}</small>{}</span>',
        MINUS if exact < 0 else "",
        symbol(code),
        figure,
    )


def symbol(code: str) -> str:
    """The sign of a currency; the firm's own needs no letters to tell it from others."""
    full: str = numbers.get_currency_symbol(code, locale=locale())
    own = full.lstrip(ascii_letters) if code == settings.LIUKE_CURRENCY else ""
    return own or full


def as_day(moment: date | datetime) -> date:
    """The calendar day in the firm's zone."""
    return clock.day_of(moment) if isinstance(moment, datetime) else moment


def day_text(day: date, today: date, *, year: bool | None = None) -> str:
    """A short date; the year is left out when it is the current one."""
    with_year = day.year != today.year if year is None else year
    # Translators: Django date formats of a short date, with and without its year.
    pattern = gettext("j M Y") if with_year else gettext("j M")
    return formats.date_format(day, pattern)


def month_text(month: str) -> str:
    """2026-11 → Nov 2026, 2026 年 11 月."""
    first = date.fromisoformat(f"{month}-01")
    # Translators: the format of a month, as Django's date formats go.
    return formats.date_format(first, gettext("M Y"))


def day_html(moment: date | datetime | None, today: date) -> SafeString:
    """A <time> with the short date."""
    if moment is None:
        return SafeString(NOTHING)
    day = as_day(moment)
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), day_text(day, today))
