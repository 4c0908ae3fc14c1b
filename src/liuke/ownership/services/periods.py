"""Owner changes with their reason, and the history that every one of them leaves."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock
from liuke.core.errors import Refused
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.customers.services import Batch
from liuke.facts import CustomersMoved, CustomersRecorded
from liuke.ownership.models import OwnerPeriod
from liuke.ownership.rules import Reason

CHUNK = 500
# Two changes in one moment stand one after the other all the same.
TICK = timedelta(microseconds=1)


@transaction.atomic
def give(
    *, actor: User | None, owners: Mapping[int, int | None], reason: str, note: str = ""
) -> Batch:
    """Give each customer to a person, or to nobody, for a reason; theirs already do not count.

    The actor gives what is in sight, to people in sight; the system (None) gives everything.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    wanted = {pk for pk in owners.values() if pk is not None}
    if actor is not None and not _all_in_sight(actor, wanted):
        raise Refused(_("You may not give customers to this person."))
    customers.lock(owners, actor)
    return customers.set_owners(actor=actor, owners=owners, reason=reason, note=note)


def follow(fact: CustomersMoved | CustomersRecorded) -> None:
    """Reaction: the history of owners, as the customers stand now."""
    ids = sorted(fact.customer_ids)
    for start in range(0, len(ids), CHUNK):
        _follow_chunk(ids[start : start + CHUNK], fact)


def _follow_chunk(ids: Sequence[int], fact: CustomersMoved | CustomersRecorded) -> None:
    owners = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "owner"))
    known: dict[int, OwnerPeriod] = {}
    reason, note = Reason.RECORDED.value, ""
    if isinstance(fact, CustomersMoved):
        known = _open_periods(ids)
        reason, note = fact.reason, fact.note
    now = clock.now()
    ended, begun = [], []
    for pk, owner_id in owners.items():
        before = known.get(pk)
        if before is None:
            begun.append((pk, owner_id, now, reason, note, fact.by_id))
        elif before.owner_id != owner_id:
            at = _after(before, now)
            ended.append((at, before.pk))
            begun.append((pk, owner_id, at, reason, note, fact.by_id))
    bulk.update(OwnerPeriod, ("ended_at",), ended, key="id")
    bulk.insert(OwnerPeriod, BEGUN, begun)


BEGUN = ("customer", "owner", "started_at", "reason", "note", "by")


def _open_periods(ids: Collection[int]) -> dict[int, OwnerPeriod]:
    rows = OwnerPeriod.objects.filter(customer__in=ids, ended_at=None)
    return {row.customer_id: row for row in rows}


def _after(period: OwnerPeriod, now: datetime) -> datetime:
    return max(now, period.started_at + TICK)


def _all_in_sight(actor: User, people: Collection[Any]) -> bool:
    return people_visible_to(actor).filter(pk__in=people).count() == len(people)
