"""Two people on one customer: who should have it, and why. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Source(models.TextChoices):
    TYPING = "typing", _("Warning while typing")
    PAGE = "page", _("Customer page")
    PAIR = "pair", _("Two records of one customer")


class State(models.TextChoices):
    OPEN = "open", pgettext_lazy("conflict", "Waits for a decision")
    DECIDED = "decided", pgettext_lazy("conflict", "Decided")
    APPEALED = "appealed", pgettext_lazy("conflict", "Appealed")
    FINAL = "final", pgettext_lazy("conflict", "Finally decided")
    DROPPED = "dropped", pgettext_lazy("conflict", "Withdrawn")


PENDING = (State.OPEN, State.APPEALED)


class Verdict(models.TextChoices):
    STAYS = "stays", _("The owner keeps the customer")
    HELPS = "helps", _("The owner keeps the customer, the other one helps and has a share")
    MOVES = "moves", _("The customer goes to the other one")


class Ground(models.TextChoices):
    """Which rule the proposal follows."""

    SILENT = "silent", _("The owner has not spoken to the customer for too long; the other one has")
    OTHER_FIRST = "other", _("The other one recorded the customer first, and spoke to it in time")
    OWNER_FIRST = "owner", _("The owner recorded the customer first, and spoke to it in time")
    EQUAL = "equal", _("Neither was clearly first, and both have spoken to the customer")
    NOTHING = "nothing", _("The other one has not spoken to the customer")


@dataclass(frozen=True, slots=True)
class Terms:
    """Days that decide, and what helpers get of a sale if nobody says otherwise."""

    protection: int = 30
    silent: int = 90
    appeal: int = 7
    helper_percent: int = 20


@dataclass(frozen=True, slots=True)
class Side:
    """What the record says of one of the two: contacts are the days of real ones, ascending."""

    recorded_on: date | None = None
    owned_since: date | None = None
    contacts: Sequence[date] = ()
    orders: int = 0
    claims: int = 0

    @property
    def last_contact(self) -> date | None:
        return self.contacts[-1] if self.contacts else None

    def in_time(self, protection: int) -> bool:
        """Whether a contact within the days of protection followed the record."""
        if self.recorded_on is None:
            return False
        until = self.recorded_on + timedelta(days=protection)
        return any(self.recorded_on <= day <= until for day in self.contacts)

    def before(self, other: "Side") -> bool:
        """Whether this one was recorded earlier; in doubt it was not."""
        if self.recorded_on is None:
            return False
        return other.recorded_on is None or self.recorded_on < other.recorded_on


@dataclass(frozen=True, slots=True)
class Proposal:
    verdict: Verdict
    ground: Ground


def propose(owner: Side, other: Side, terms: Terms, today: date) -> Proposal:
    """What the record speaks for. The first rule that fits decides; in doubt the owner keeps it."""
    since = max(filter(None, (owner.last_contact, owner.owned_since)), default=None)
    silent = since is None or (today - since).days > terms.silent
    spoken = other.last_contact is not None and (today - other.last_contact).days <= terms.silent
    if silent and spoken:
        return Proposal(Verdict.MOVES, Ground.SILENT)
    if other.in_time(terms.protection) and other.before(owner):
        return Proposal(Verdict.MOVES, Ground.OTHER_FIRST)
    if not other.contacts:
        return Proposal(Verdict.STAYS, Ground.NOTHING)
    if owner.in_time(terms.protection) and owner.before(other):
        return Proposal(Verdict.STAYS, Ground.OWNER_FIRST)
    return Proposal(Verdict.HELPS, Ground.EQUAL)


# A case keeps what was known when it was opened; that many of the last contacts are enough.
KEPT_CONTACTS = 20


def to_json(side: Side) -> dict[str, Any]:
    """A side as a case keeps it."""
    kept = asdict(side)
    kept["contacts"] = list(side.contacts)[-KEPT_CONTACTS:]
    return kept


def from_json(kept: Mapping[str, Any]) -> Side:
    """A side as it was kept; after an erasure nothing of it is left."""

    def day(name: str) -> date | None:
        return date.fromisoformat(kept[name]) if kept.get(name) else None

    return Side(
        day("recorded_on"),
        day("owned_since"),
        [date.fromisoformat(each) for each in kept.get("contacts", ())],
        kept.get("orders", 0),
        kept.get("claims", 0),
    )
