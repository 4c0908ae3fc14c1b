"""Customers set aside: why, and how that ends. No database, no clock."""

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# The stage of who is set aside, beside the four that follow from purchases and intent.
CLOSED = "closed"
CLOSED_WORD = pgettext_lazy("stage", "Closed")
# Offered in the forms: how many months until somebody tries again; none is never.
MONTHS = (3, 6, 12, 24)


class CloseReason(models.TextChoices):
    NO_NEED = "no_need", _("No need any more")
    ELSEWHERE = "elsewhere", _("Buys elsewhere")
    GONE = "gone", _("Moved away or out of business")
    UNREACHABLE = "unreachable", _("Cannot be reached")
    UNFIT = "unfit", _("Does not fit our offer")
    OTHER = "other", _("Another reason")


class Reopened(models.TextChoices):
    """Why a customer is no longer set aside; blank while it is."""

    BY_HAND = "by_hand", _("by somebody")
    DUE = "due", _("time to try again")
    BOUGHT = "bought", _("bought again")
    UNDONE = "undone", _("taken back")
    MERGED = "merged", _("became part of another")


def bought_since(closed_on: date, last_purchase: date | None) -> bool:
    """Whoever buys after being set aside is set aside no longer."""
    return last_purchase is not None and last_purchase > closed_on


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
