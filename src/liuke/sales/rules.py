"""What a purchase is. No database, no clock."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")


class OrderKind(models.TextChoices):
    SALE = "sale", _("Order")
    VISIT = "visit", _("Visit")
    RETURN = "return", _("Return")


def line_amount(quantity: Decimal, price: Decimal) -> Decimal:
    """Money of one line, rounded to the cent, half up as on an invoice."""
    return (quantity * price).quantize(CENT, ROUND_HALF_UP)
