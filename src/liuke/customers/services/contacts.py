"""Writes of single ways to reach a customer: the way, what came of it, what they agreed to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import Consent, ContactPoint, Customer, Person
from liuke.customers.queries import contacts as reads
from liuke.customers.rules import contacts as rules
from liuke.customers.rules.contacts import Given, Purpose
from liuke.customers.services import duplicates, points
from liuke.customers.services.completeness import settle_completeness
from liuke.customers.services.finding import reindex
from liuke.customers.services.locking import CHUNK, lock

FIELDS = ("kind", "value", "label", "preferred", "do_not_contact")


@dataclass(frozen=True, slots=True)
class NewConsent:
    """What somebody said about one way: yes or no to one purpose."""

    point_id: int
    purpose: str
    given: bool
    how: str
    on: date
    note: str = ""


@transaction.atomic
def save_point(
    *,
    actor: User,
    customer_id: int,
    values: Mapping[str, Any],
    point_id: int | None = None,
    person_id: int | None = None,
    anyway: str = "",
) -> ContactPoint:
    """Add a way to reach a customer or a person around it, or change one; the rest stays.

    `anyway` says why two customers share a mobile.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    customer = _locked(actor, customer_id)
    if point_id is None:
        person = None if person_id is None else customer.people.get(pk=person_id)
        point = ContactPoint(customer=customer, person=person)
    else:
        point = customer.contact_points.get(pk=point_id)
    if point_id is not None and "value" in values and point.kind in queries.PHONES:
        # Whoever sees it masked would write the mask over it.
        require(actor, Act.SEE_PHONES, customer)
    with _journaled(actor, customer, point.person):
        _fill(point, values)
        if point.preferred:
            _others(point).update(preferred=False)
        point.full_clean()
        point.save()
        duplicates.hold_mobile(actor, customer, anyway)
    return point


@transaction.atomic
def prefer_point(*, actor: User, customer_id: int, point_id: int) -> ContactPoint:
    """Let this be the way that is used first."""
    return save_point(
        actor=actor, customer_id=customer_id, point_id=point_id, values={"preferred": True}
    )


@transaction.atomic
def remove_point(*, actor: User, customer_id: int, point_id: int) -> None:
    """Take a way off. What somebody agreed or objected to by it has to stay provable."""
    require(actor, Act.EDIT_CUSTOMERS)
    customer = _locked(actor, customer_id)
    point = customer.contact_points.get(pk=point_id)
    if point.consents.exists():
        raise Refused(_("A consent is recorded for this. Mark it “do not contact” instead."))
    with _journaled(actor, customer, point.person):
        point.delete()
        duplicates.hold_mobile(actor, customer)


@transaction.atomic
def record_consents(*, actor: User | None, consents: Sequence[NewConsent]) -> None:
    """Record what people agreed to or took back; of each way and purpose the latest day counts."""
    require(actor, Act.EDIT_CUSTOMERS)
    for each in consents:
        if each.on > clock.today():
            raise ValidationError({"on": _("This day has not come yet.")})
    customer_of = _customers_of({each.point_id for each in consents})
    lock(set(customer_of.values()), viewer=actor)
    rows = [
        Consent(
            point_id=each.point_id,
            purpose=Purpose(each.purpose),
            given=each.given,
            how=Given(each.how),
            on=each.on,
            note=each.note.strip(),
            by=actor,
        )
        for each in consents
    ]
    _replace_consents(rows)
    Consent.objects.bulk_create(rows, batch_size=CHUNK)
    for given, verb in ((True, "consent.given"), (False, "consent.withdrawn")):
        changes = [
            Change(
                row,
                customer_of[row.point_id],
                after={"point": row.point_id, "purpose": row.purpose, "how": row.how, "on": row.on},
            )
            for row in rows
            if row.given == given
        ]
        journal.record(actor, verb, changes)


def note_results(results: Mapping[int, tuple[str, date]]) -> None:
    """Keep what came of using these ways last; only apps above call it, after a contact."""
    ids = sorted(results)
    for start in range(0, len(ids), CHUNK):
        rows = ContactPoint.objects.filter(pk__in=ids[start : start + CHUNK])
        known = rows.values_list("pk", "last_result_on")
        bulk.update(
            ContactPoint,
            ("last_result", "last_result_on"),
            ([*results[pk], pk] for pk, on in known if on is None or on <= results[pk][1]),
            key="id",
        )


def require_open(point_ids: Collection[int], purpose: str) -> None:
    """Refuse to use a way that its people do not want used for this."""
    for point in reads.with_consents(ContactPoint.objects.filter(pk__in=point_ids)):
        if reads.closed(point, purpose):
            raise Refused(
                _("%(value)s may not be used: they do not want it. Choose another way.")
                % {"value": point.value}
            )


def _fill(point: ContactPoint, values: Mapping[str, Any]) -> None:
    before = (point.kind, point.normalised)
    for field in FIELDS:
        if field in values:
            setattr(point, field, values[field])
    point.value = point.value.strip()
    rules.check(point.kind, point.value)
    point.normalised = rules.normalised(point.kind, point.value)
    point.preferred &= not point.do_not_contact
    if point.pk and before != (point.kind, point.normalised):
        if point.consents.exists():
            raise Refused(
                _("A consent is recorded for the old value. Add the new one beside it instead.")
            )
        point.last_result, point.last_result_on = "", None


def _others(point: ContactPoint) -> Any:
    same = ContactPoint.objects.filter(customer=point.customer, person=point.person)
    return same.exclude(pk=point.pk)


def _locked(actor: User, customer_id: int) -> Customer:
    customer = queries.visible_to(actor).select_for_update().get(pk=customer_id)
    require(actor, Act.EDIT_CUSTOMERS, customer)
    return customer


@contextmanager
def _journaled(actor: User, customer: Customer, person: Person | None) -> Iterator[None]:
    """What happens inside stands in the journal like an edit of the whole file.

    The version goes up, so that a form opened before does not put the old ways back.
    """
    before = points.lines(customer, person)
    yield
    now = points.lines(customer, person)
    reindex([customer.pk])
    settle_completeness([customer.pk])
    customer.version += 1
    customer.save(update_fields=["version"])
    after: dict[str, Any] = {"contact_points": now}
    subject, verb = (customer, "customer.updated") if person is None else (person, "person.updated")
    if person is None:
        after["version"] = customer.version
    journal.record(actor, verb, [Change(subject, customer.pk, {"contact_points": before}, after)])


def _customers_of(point_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    ids = sorted(point_ids)
    for start in range(0, len(ids), CHUNK):
        rows = ContactPoint.objects.filter(pk__in=ids[start : start + CHUNK])
        found |= rows.values_list("pk", "customer")
    if len(found) < len(ids):
        raise Refused(_("This way to reach them no longer exists. Reload the page."))
    return found


def _replace_consents(rows: Sequence[Consent]) -> None:
    """Decide which statement is in force: the one of the latest day, of one day the last said."""
    now, by_key = clock.now(), defaultdict(list)
    ids = sorted({row.point_id for row in rows})
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        for row in Consent.objects.filter(point__in=chunk, replaced_at=None):
            by_key[row.point_id, row.purpose].append(row)
    replaced = []
    for row in rows:
        by_key[row.point_id, row.purpose].append(row)
    for statements in by_key.values():
        *_older, last = sorted(statements, key=lambda row: row.on)
        for row in statements:
            if row is not last:
                row.replaced_at = now
                replaced += [row.pk] if row.pk else []
    for start in range(0, len(replaced), CHUNK):
        Consent.objects.filter(pk__in=replaced[start : start + CHUNK]).update(replaced_at=now)
