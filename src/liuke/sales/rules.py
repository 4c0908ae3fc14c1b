"""What a purchase is. No database, no clock."""

from collections.abc import Sequence
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
