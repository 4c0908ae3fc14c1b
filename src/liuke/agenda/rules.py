"""What is due: its kinds, and in which order people meet it. No database, no clock."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    NEXT_STEP = "next_step", _("Agreed")
    CONTACT = "contact", _("Contact due")
    AT_RISK = "at_risk", _("At risk")
    LOST = "lost", _("Newly lost")
    POOL = "pool", _("To the pool soon")
    HANDED = "handed", _("New to you")
    ASKED = "asked", _("Asked by a colleague")


class Ending(models.TextChoices):
    DONE = "done", _("done")
    CONTACTED = "contacted", _("contacted")
    OVER = "over", _("no longer due")


# How often acting today changes what the customer does: an order of importance among kinds, not a
# measurement. A campaign with a holdout measures it; until then the stake decides within a kind.
CHANCE: dict[str, Decimal] = {
    Kind.NEXT_STEP: Decimal("0.50"),
    Kind.AT_RISK: Decimal("0.35"),
    Kind.LOST: Decimal("0.15"),
    Kind.CONTACT: Decimal("0.10"),
    Kind.POOL: Decimal("0.30"),
    Kind.HANDED: Decimal("0.40"),
    # Somebody stands before the customer and waits.
    Kind.ASKED: Decimal("0.60"),
}

LONGEST_SNOOZE = 60


def weight(kind: str, stake: Decimal) -> Decimal:
    """What acting is worth: the stake times the chance that it helps.

    One more than the stake, so that somebody without purchases still ranks by kind.
    """
    return (max(stake, Decimal()) + 1) * CHANCE[kind]


def comes_first_since(today: date) -> date:
    """What was agreed with the customer stands before everything that is only our own idea.

    From this day on; what was forgotten for longer has to win by what it is worth, or a year of
    broken promises would bury the one of this morning.
    """
    return today - timedelta(days=14)
