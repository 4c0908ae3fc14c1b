"""What a purchase is. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
YEAR = timedelta(days=365)


class OrderKind(models.TextChoices):
    SALE = "sale", _("Order")
    VISIT = "visit", _("Visit")
    RETURN = "return", _("Return")


def line_amount(quantity: Decimal, price: Decimal) -> Decimal:
    """Money of one line, rounded to the cent, half up as on an invoice."""
    return (quantity * price).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a customer's orders come to. Values are net of returns.

    `year` covers the twelve months up to the last purchase day: what a year with this customer
    is worth, whether the customer is still here or already lost.
    """

    days: int
    first: date | None
    last: date | None
    total: Decimal
    year: Decimal


def worth(orders: Sequence[tuple[date, Decimal, bool]]) -> Worth:
    """From (day, total, is a purchase) of one customer's orders and returns."""
    days = {day for day, _total, is_purchase in orders if is_purchase}
    total = sum((amount for _day, amount, _purchase in orders), Decimal())
    if not days:
        return Worth(0, None, None, total, Decimal())
    last = max(days)
    year = sum((amount for day, amount, _purchase in orders if day > last - YEAR), Decimal())
    return Worth(len(days), min(days), last, total, year)


def usual_split(main: int, helpers: Mapping[int, int | None], each: int) -> dict[int, int]:
    """Person → percent of a sale: helpers get what was said for them, else `each`.

    The main share is the owner's, and never smaller than that of a helper nobody spoke about.
    """
    most = 100 // (len(helpers) + 1)
    given = {
        pk: min(each, most) if said is None else said for pk, said in helpers.items() if pk != main
    }
    given = {pk: percent for pk, percent in given.items() if percent > 0}
    while sum(given.values()) > 99:
        # What several people were promised apart can be more than there is.
        largest = max(given, key=lambda pk: (given[pk], pk))
        given[largest] -= 1
    given = {pk: percent for pk, percent in given.items() if percent > 0}
    return {main: 100 - sum(given.values()), **given}


def amounts(total: Decimal, split: Mapping[int, int], main: int) -> dict[int, Decimal]:
    """Person → money: rounded to the cent for helpers, and the rest for who has the main share."""
    parts = {
        pk: (total * percent / 100).quantize(CENT, ROUND_HALF_UP)
        for pk, percent in split.items()
        if pk != main
    }
    return {main: total - sum(parts.values(), Decimal()), **parts}
