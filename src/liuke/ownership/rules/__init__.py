"""Why a customer changes hands, and when it goes to the pool. No database, no clock."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    EARLIER = "earlier", _("Before the history began")
    RECORDED = "recorded", _("Recorded")
    ASSIGNED = "assigned", _("Assigned")
    RULE = "rule", _("By a rule")
    CLAIMED = "claimed", _("Claimed from the pool")
    RELEASED = "released", _("Released to the pool")
    RECYCLED = "recycled", _("No contact for too long")
    HANDED_OVER = "handover", _("Handed over")
    DECIDED = "decided", _("Conflict decided")
    MERGED = "merged", _("Merged")
    SHARED = "shared", _("Shared out")
    UNDONE = "undone", _("Taken back")


MOST_DAYS = 3650


class Hidden(models.TextChoices):
    """What somebody may not read before claiming."""

    CONTACT = "contact", _("Telephone")
    PLATE = "plate", _("Vehicle or asset")
    VALUE = "value", _("Value")
    OWNER = "owner", _("Last owner")


@dataclass(frozen=True, slots=True)
class Steps:
    """Who is told when: days before the owner's last day, and days the manager has then."""

    first: int = 7
    last: int = 1
    manager: int = 0
    extension: int = 14


# (stage, level) → days without a contact; a level without its own figure follows its stage.
Table = Mapping[tuple[str, str], int]


def days_of(table: Table, stage: str, level: str) -> int | None:
    """After how many days such a customer goes to the pool; None for never."""
    return table.get((stage, level), table.get((stage, "")))


def last_day(
    days: int, last_contact: date, extended_until: date | None, begun: date | None, first: int
) -> date:
    """The owner's last day: so many days after the contact, and never without the first warning.

    `begun` is the day from which the rules count.
    """
    due = last_contact + timedelta(days=days)
    if begun is not None:
        due = max(due, begun + timedelta(days=first))
    return due if extended_until is None else max(due, extended_until)


class Stance(StrEnum):
    """How far the way to the pool has come."""

    FIRST = "first"
    LAST = "last"
    MANAGER = "manager"


def stance(owners_last: date, steps: Steps, today: date) -> Stance | None:
    """Whose turn it is: nobody's, the owner's after a warning, or the manager's."""
    if steps.manager and today >= owners_last:
        return Stance.MANAGER
    if today >= owners_last - timedelta(days=steps.last):
        return Stance.LAST
    if today >= owners_last - timedelta(days=steps.first):
        return Stance.FIRST
    return None


def over_by(limit: int | None, have: int, more: int) -> bool:
    return limit is not None and have + more > limit


class Way(models.TextChoices):
    """By which rule the customers of one person go to several."""

    EVENLY = "evenly", _("Evenly, level by level")
    LOAD = "load", _("Most to whoever owns least")
    BRANCH = "branch", _("Evenly within the customer's branch")
    RULES = "rules", _("By the rules of assignment; evenly where none fits")


# How long the customers of somebody who left are watched.
WATCHED_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Portion:
    """A customer to be given away."""

    pk: int
    value: Decimal
    level: str = ""
    branch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who takes over: how many customers they own already, in which branch, and how many
    more they take (None: any number)."""

    pk: int
    owned: int = 0
    branch_id: int | None = None
    room: int | None = None


def spread(portions: Iterable[Portion], seats: Sequence[Seat], way: str) -> dict[int, int]:
    """Customer → who takes over; the same customers and seats always give the same.

    Whom nobody has room for is missing.
    """
    found: dict[int, int] = {}
    counts, values = Counter[int](), Counter[int]()
    of_level = Counter[tuple[int, str]]()
    for each in sorted(portions, key=lambda row: (row.level or "~", -row.value, row.pk)):
        free = [seat for seat in seats if seat.room is None or counts[seat.pk] < seat.room]
        near = [seat for seat in free if seat.branch_id == each.branch_id]
        able = near if way == Way.BRANCH and near else free
        if not able:
            break

        def burden(seat: Seat, level: str = each.level) -> tuple[int, ...]:
            mine = counts[seat.pk], values[seat.pk], seat.pk
            if way == Way.LOAD:
                return (seat.owned + counts[seat.pk], *mine)
            return (of_level[seat.pk, level], *mine)

        to = min(able, key=burden).pk
        found[each.pk] = to
        counts[to] += 1
        values[to] += int(each.value)
        of_level[to, each.level] += 1
    return found


def digest(plan: Mapping[int, int]) -> str:
    """What two people have to agree on before it happens: who gets whom."""
    text = ",".join(f"{pk}:{to}" for pk, to in sorted(plan.items()))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
