"""Relations between customers: kinds, how strong they are, and ties that became strong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MASK = "*"


class Strength(models.TextChoices):
    STRONG = "strong", pgettext_lazy("tie", "Strong")
    GENERAL = "general", pgettext_lazy("tie", "General")
    WEAK = "weak", pgettext_lazy("tie", "Weak")


@dataclass(frozen=True, slots=True)
class Seed:
    """A kind every firm starts with: what the one is to the other, and the other to the one."""

    first: str | Promise
    second: str | Promise
    strength: str


def _mutual(word: str | Promise, strength: str) -> Seed:
    return Seed(word, word, strength)


# Those between organizations, and between one and the people who work there.
OF_FIRMS = frozenset({"parent", "employer", "supplier", "partner"})
SEEDS: Mapping[str, Seed] = {
    "kin": _mutual(_("Kin"), Strength.STRONG),
    "master": Seed(_("Master"), _("Apprentice"), Strength.STRONG),
    "comrade": _mutual(_("Comrade in arms"), Strength.STRONG),
    "friend": _mutual(_("Close friend"), Strength.STRONG),
    "parent": Seed(_("Parent company"), _("Subsidiary"), Strength.STRONG),
    "employer": Seed(_("Employer"), _("Employee"), Strength.GENERAL),
    "supplier": Seed(_("Supplier"), _("Buyer"), Strength.GENERAL),
    "partner": _mutual(_("Business partner"), Strength.GENERAL),
    "colleague": _mutual(_("Colleague"), Strength.GENERAL),
    "classmate": _mutual(_("Classmate"), Strength.GENERAL),
    "neighbour": _mutual(_("Neighbour"), Strength.GENERAL),
    "town": _mutual(_("From the same town"), Strength.WEAK),
    "school": _mutual(_("From the same school"), Strength.WEAK),
}


def masked(name: str) -> str:
    """What of a name is shown to those who may not see the customer."""
    return f"{name[:1]}{MASK * 2}"


def turned_strong(history: Iterable[tuple[date, str]], first: date, last: date) -> bool:
    """Whether a tie that once was weak became strong between two days, and is so at the end.

    `history` are the days of change with the strength from then on, oldest first.
    """
    was_weak, became = False, None
    now = ""
    for on, strength in history:
        if on > last:
            break
        if strength == Strength.STRONG and now != Strength.STRONG:
            became = on
        was_weak |= strength == Strength.WEAK
        now = strength
    return was_weak and now == Strength.STRONG and became is not None and became >= first
