"""Acts on many customers at once: an entry in the journal for each, and the way back."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, Tag
from liuke.customers.queries.fields import levels
from liuke.customers.services import tags
from liuke.customers.services.file import CHUNK, chunks
from liuke.customers.services.locking import lock
from liuke.facts import CustomersMoved, LevelsChanged

UPDATED = "customer.updated"
UNDO_FOR = timedelta(minutes=30)
Values = Mapping[int, Any]
NO_POOLS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Why:
    """What the history of owners says about a change."""

    reason: str = "assigned"
    note: str = ""
    pools: Mapping[int, int] = default(default_factory=dict)


ASSIGNED = Why()


@dataclass(frozen=True, slots=True)
class Batch:
    """What an act on many came to: how many it changed, the moment to undo it by, and how many
    stayed as they are because nothing was found for them."""

    count: int
    at: datetime
    left: int = 0


@transaction.atomic
def assign_customers(*, actor: User, customer_ids: Collection[int], owner_id: int | None) -> Batch:
    """Give customers to a person of one's own scope, or to nobody; theirs already do not count."""
    require(actor, Act.ASSIGN)
    if owner_id is not None and not people_visible_to(actor).filter(pk=owner_id).exists():
        raise Refused(_("You may not give customers to this person."))
    lock(customer_ids, actor, Act.ASSIGN)
    before: dict[int, int | None] = {}
    for chunk in chunks(customer_ids):
        rows = Customer.objects.filter(pk__in=chunk).exclude(owner=owner_id)
        before |= rows.values_list("pk", "owner")
    return _changed(actor, "owner", before, dict.fromkeys(before, owner_id))


@transaction.atomic
def set_owners(
    *,
    actor: User | None,
    owners: Mapping[int, int | None],
    reason: str,
    note: str = "",
    pools: Mapping[int, int] = NO_POOLS,
) -> Batch:
    """Apps above only, which asked whether it may be: a new owner for each of locked customers."""
    before = {pk: owner for pk, owner in _owners_of(owners).items() if owner != owners[pk]}
    after = {pk: owners[pk] for pk in before}
    return _changed(actor, "owner", before, after, Why(reason, note, pools))


@transaction.atomic
def place_owners(*, owners: Mapping[int, int]) -> None:
    """Reactions only, which announce nothing: first owners of new customers, by the system.

    Whoever calls this lets everybody who hears of `CustomersMoved` know.
    """
    before: dict[int, int | None] = dict.fromkeys(owners)
    _written(None, "owner", before, owners)


@transaction.atomic
def tag_customers(
    *,
    actor: User,
    customer_ids: Collection[int],
    add: Collection[str] = (),
    remove: Collection[str] = (),
) -> Batch:
    """Put tags on customers and take others off; whoever has them so already does not count."""
    require(actor, Act.EDIT_CUSTOMERS)
    lock(customer_ids, actor, Act.EDIT_CUSTOMERS)
    more, fewer = set(tags.ensure(add).values()), {name.lower() for name in tags.spelled(remove)}
    before, after = {}, {}
    for pk, names in _tags_of(customer_ids).items():
        wanted = sorted({name for name in names if name.lower() not in fewer} | more)
        if wanted != names:
            before[pk], after[pk] = names, wanted
    return _changed(actor, "tags", before, after)


@transaction.atomic
def level_customers(*, actor: User, customer_ids: Collection[int], level: str) -> Batch:
    """Give customers a level of the firm's, or none; whoever has it already does not count."""
    require(actor, Act.EDIT_CUSTOMERS)
    if level and level not in {row.name for row in levels()}:
        raise Refused(_("There is no such level. An administrator can add it."))
    lock(customer_ids, actor, Act.EDIT_CUSTOMERS)
    now = _levels_of(customer_ids)
    before = {pk: name for pk, name in now.items() if name != level}
    return _changed(actor, "level", before, dict.fromkeys(before, level))


@transaction.atomic
def undo_batch(*, actor: User, at: datetime) -> int:
    """Take back what this person did to many at that moment, where nobody changed it since.

    What one has just given away may be out of sight already; it comes back all the same.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    if not clock.now() - UNDO_FOR <= at <= clock.now():
        raise Refused(_("It is too late to undo this. Change the customers again instead."))
    entries = JournalEntry.objects.filter(at=at, actor_id=actor.pk, verb=UPDATED)
    done = {entry.customer_id: entry for entry in entries if entry.customer_id is not None}
    lock(done)
    count = 0
    for field, now_of in (("owner", _owners_of), ("tags", _tags_of), ("level", _levels_of)):
        of_field = [pk for pk, entry in done.items() if field in (entry.after or {})]
        now = now_of(of_field)
        before = {pk: now[pk] for pk in of_field if now[pk] == (done[pk].after or {})[field]}
        after = {pk: (done[pk].before or {}).get(field) for pk in before}
        count += _changed(actor, field, before, after, Why("undone")).count
    return count


def _changed(
    actor: User | None, field: str, before: Values, after: Values, why: Why = ASSIGNED
) -> Batch:
    """Write one field of locked customers, and tell who else has to know."""
    at = _written(actor, field, before, after)
    if field == "owner":
        by = None if actor is None else actor.pk
        announce(CustomersMoved(list(after), by, why.reason, why.note, why.pools))
    if field == "level":
        announce(LevelsChanged(list(after)))
    return Batch(len(after), at)


def _written(actor: User | None, field: str, before: Values, after: Values) -> datetime:
    """One field of locked customers, and for each an entry that could be read alone."""
    SET[field](before, after)
    versions: dict[int, int] = {}
    for chunk in chunks(after):
        Customer.objects.filter(pk__in=chunk).update(version=F("version") + 1)
        versions |= Customer.objects.filter(pk__in=chunk).values_list("pk", "version")
    changes = (
        Change(
            Customer(pk=pk),
            pk,
            before={field: before[pk]},
            after={field: value, "version": versions[pk]},
        )
        for pk, value in after.items()
    )
    return journal.record(actor, UPDATED, changes)


def _set_column(column: str) -> Callable[[Values, Values], None]:
    def put(before: Values, after: Values) -> None:
        groups = defaultdict(list)
        for pk, value in after.items():
            groups[value].append(pk)
        for value, ids in groups.items():
            for chunk in chunks(ids):
                Customer.objects.filter(pk__in=chunk).update(**{column: value})

    return put


def _set_tags(before: Values, after: Values) -> None:
    through = Customer.tags.through
    put, off = defaultdict(list), defaultdict(list)
    for pk, names in after.items():
        for name in set(names) - set(before[pk]):
            put[name].append(pk)
        for name in set(before[pk]) - set(names):
            off[name].append(pk)
    ids = {name: pk for pk, name in tags.ensure([*put, *off]).items()}
    for name, customers in off.items():
        for chunk in chunks(customers):
            through.objects.filter(tag=ids[name], customer__in=chunk).delete()
    rows = [
        through(customer_id=pk, tag_id=ids[name])
        for name, customers in put.items()
        for pk in customers
    ]
    through.objects.bulk_create(rows, batch_size=CHUNK)


SET: dict[str, Callable[[Values, Values], None]] = {
    "owner": _set_column("owner"),
    "tags": _set_tags,
    "level": _set_column("level"),
}


def _owners_of(customer_ids: Collection[int]) -> dict[int, int | None]:
    owners: dict[int, int | None] = {}
    for chunk in chunks(customer_ids):
        owners |= Customer.objects.filter(pk__in=chunk).values_list("pk", "owner")
    return owners


def _levels_of(customer_ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(customer_ids):
        found |= Customer.objects.filter(pk__in=chunk).values_list("pk", "level")
    return found


def _tags_of(customer_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {pk: [] for pk in customer_ids}
    for chunk in chunks(customer_ids):
        rows = Tag.objects.filter(customers__in=chunk).values_list("customers", "name")
        for pk, name in rows:
            found[pk].append(name)
    return {pk: sorted(names) for pk, names in found.items()}
