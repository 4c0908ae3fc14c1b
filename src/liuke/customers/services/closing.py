"""Setting customers aside with a reason, and opening them again."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers.models import Closure, Customer
from liuke.customers.rules.closing import Reopened
from liuke.customers.services.file import chunks
from liuke.customers.services.locking import lock
from liuke.customers.services.many import Batch, undo_batch
from liuke.customers.services.state import set_state, settle_stages
from liuke.facts import CustomersClosed

CLOSED, REOPENED = "customer.closed", "customer.reopened"


@transaction.atomic
def close_customers(
    *,
    actor: User | None,
    customer_ids: Collection[int],
    reason: str,
    note: str = "",
    until: date | None = None,
) -> Batch:
    """Set customers aside until a day, or for good; whoever is set aside already stays so.

    Nothing is due about them and no pool waits for them; what they bought counts as ever.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    today = clock.today()
    if until is not None and until <= today:
        raise Refused(_("The day to try again has to lie ahead."))
    lock(customer_ids, actor, Act.EDIT_CUSTOMERS)
    closed: set[int] = set()
    for chunk in chunks(customer_ids):
        closed |= set(_open(chunk).values_list("customer", flat=True))
    new = sorted(set(customer_ids) - closed)
    after = {"closing": reason, "note": note[:200], "until": until}
    at = journal.record(actor, CLOSED, (Change(Customer(pk=pk), pk, after=after) for pk in new))
    by = None if actor is None else actor.pk
    bulk.insert(
        Closure,
        ("customer", "reason", "note", "closed_on", "until", "by", "closed_at", "reopened"),
        ((pk, reason, note[:200], today, until, by, at, "") for pk in new),
    )
    _settle(new)
    _tell(new)
    return Batch(len(new), at)


@transaction.atomic
def reopen_customers(*, actor: User | None, customer_ids: Collection[int]) -> Batch:
    """Open customers again; whoever is not set aside does not count."""
    require(actor, Act.EDIT_CUSTOMERS)
    lock(customer_ids, actor, Act.EDIT_CUSTOMERS)
    ids, at = _reopen(actor, customer_ids, Reopened.BY_HAND)
    _tell(ids)
    return Batch(len(ids), at)


def reopen_buyers(customer_ids: Collection[int]) -> None:
    """Reaction: whoever bought since is set aside no longer; those who answer next settle it."""
    bought = [
        pk
        for chunk in chunks(customer_ids)
        for pk in _open(chunk)
        .filter(customer__state__last_purchase_on__gt=F("closed_on"))
        .values_list("customer", flat=True)
    ]
    if bought:
        _reopen(None, bought, Reopened.BOUGHT)


def settle_closures(customer_ids: Collection[int]) -> None:
    """Reaction: lists know who is set aside, after records changed hands."""
    _settle(customer_ids)


def reopen_due(now: datetime) -> None:
    """Tick: the day has come to try again."""
    due = Closure.objects.filter(reopened_at=None, until__lte=clock.day_of(now))
    for chunk in chunks(_those(due)):
        with transaction.atomic():
            lock(chunk)
            ids, _at = _reopen(None, chunk, Reopened.DUE)
            _tell(ids)


@transaction.atomic
def undo_many(*, actor: User, at: datetime) -> int:
    """Take back what this person did to many at that moment: fields, closing and opening."""
    count = undo_batch(actor=actor, at=at)
    closed = _those(Closure.objects.filter(by=actor, closed_at=at, reopened_at=None))
    ended = Closure.objects.filter(reopened_by=actor, reopened_at=at, reopened=Reopened.BY_HAND)
    opened = _those(ended)
    lock({*closed, *opened})
    _reopen(actor, closed, Reopened.UNDONE)
    back: list[int] = []
    for chunk in chunks(opened):
        taken = set(_open(chunk).values_list("customer", flat=True))
        back += sorted(set(chunk) - taken)
    for chunk in chunks(back):
        ended.filter(customer__in=chunk).update(reopened_at=None, reopened_by=None, reopened="")
    journal.record(actor, CLOSED, (Change(Customer(pk=pk), pk) for pk in back))
    _settle(back)
    _tell([*closed, *back])
    return count + len(closed) + len(back)


def _tell(customer_ids: Collection[int]) -> None:
    if customer_ids:
        announce(CustomersClosed(customer_ids))


def _reopen(
    actor: User | None, customer_ids: Collection[int], why: Reopened
) -> tuple[list[int], datetime]:
    rows = [row for chunk in chunks(customer_ids) for row in _open(chunk)]
    changes = (
        Change(
            Customer(pk=row.customer_id),
            row.customer_id,
            before={"closing": row.reason, "note": row.note, "until": row.until},
            after={"closing": why},
        )
        for row in rows
    )
    at = journal.record(actor, REOPENED, changes)
    for chunk in chunks(row.pk for row in rows):
        Closure.objects.filter(pk__in=chunk).update(reopened_at=at, reopened_by=actor, reopened=why)
    found = [row.customer_id for row in rows]
    _settle(found)
    return found, at


def _settle(customer_ids: Collection[int]) -> None:
    """Since when each of these customers is set aside, as lists know it."""
    for chunk in chunks(customer_ids):
        since = dict(_open(chunk).values_list("customer", "closed_on"))
        set_state("closing", {pk: {"closed_on": since.get(pk)} for pk in chunk})
        settle_stages(chunk)


def _open(customer_ids: Collection[int]) -> QuerySet[Closure]:
    return Closure.objects.filter(customer__in=customer_ids, reopened_at=None)


def _those(rows: QuerySet[Closure]) -> list[int]:
    return sorted(rows.values_list("customer", flat=True))
