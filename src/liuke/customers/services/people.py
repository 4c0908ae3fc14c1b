"""Writes of the people around customers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.core.models import JournalEntry
from liuke.customers import queries
from liuke.customers.models import Customer, Person, PersonRole
from liuke.customers.rules.people import BuyingRole
from liuke.customers.services import points
from liuke.customers.services.finding import reindex
from liuke.customers.services.locking import CHUNK, lock
from liuke.customers.services.points import NewContactPoint

FIELDS = (
    "name",
    "position",
    "function",
    "concern",
    "concern_note",
    "birth_date",
    "note",
    "left_on",
    "known_as",
)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody around a customer: values, buying roles, ways to reach them."""

    customer_id: int
    values: Mapping[str, Any]
    roles: Collection[str] = ()
    contact_points: Sequence[NewContactPoint] = ()


@transaction.atomic
def record_people(*, actor: User | None, new: Sequence[NewPerson]) -> list[Person]:
    """Record people around customers, set-wise and in their order."""
    require(actor, Act.EDIT_CUSTOMERS)
    lock({each.customer_id for each in new}, viewer=actor, act=Act.EDIT_CUSTOMERS)
    rows = [Person(customer_id=each.customer_id, **each.values) for each in new]
    for row in rows:
        _check(actor, row)
    Person.objects.bulk_create(rows, batch_size=CHUNK)
    roles, ways = [], []
    for row, each in zip(rows, new, strict=True):
        roles += [PersonRole(person=row, role=role) for role in _known(each.roles)]
        ways += points.built(Customer(pk=each.customer_id), each.contact_points, row)
    bulk.create(roles)
    bulk.create(ways)
    ids = sorted({each.customer_id for each in new})
    for start in range(0, len(ids), CHUNK):
        reindex(ids[start : start + CHUNK])
    changes = [
        Change(row, row.customer_id, after={"name": row.name, "roles": _known(each.roles)})
        for row, each in zip(rows, new, strict=True)
    ]
    journal.record(actor, "person.added", changes)
    return rows


@transaction.atomic
def save_person(
    *,
    actor: User,
    customer_id: int,
    values: Mapping[str, Any],
    roles: Collection[str] | None = None,
    contact_points: Sequence[NewContactPoint] | None = None,
    person_id: int | None = None,
) -> Person:
    """Add somebody around a customer, or change what is known of them; the rest stays."""
    require(actor, Act.EDIT_CUSTOMERS)
    if person_id is None:
        new = NewPerson(customer_id, values, roles or (), contact_points or ())
        return record_people(actor=actor, new=[new])[0]
    lock([customer_id], viewer=actor, act=Act.EDIT_CUSTOMERS)
    person = Person.objects.select_related("customer").get(pk=person_id, customer=customer_id)
    before = _snapshot(person)
    for field in FIELDS:
        if field in values:
            setattr(person, field, values[field])
    _check(actor, person)
    person.save()
    if roles is not None:
        person.buying_roles.all().delete()
        bulk.create([PersonRole(person=person, role=role) for role in _known(roles)])
    if contact_points is not None:
        points.replace(person.customer, contact_points, person)
    reindex([customer_id])
    old, now = journal.difference(before, _snapshot(person))
    journal.record(actor, "person.updated", [Change(person, customer_id, old, now)])
    return person


@transaction.atomic
def remove_person(*, actor: User, customer_id: int, person_id: int) -> None:
    """Take off somebody who was recorded by mistake; who left keeps a day instead."""
    require(actor, Act.EDIT_CUSTOMERS)
    lock([customer_id], viewer=actor, act=Act.EDIT_CUSTOMERS)
    person = Person.objects.select_related("customer").get(pk=person_id, customer=customer_id)
    if person.contact_points.filter(consents__isnull=False).exists():
        raise Refused(_("A consent is recorded with this person. Say since when they left."))
    change = Change(Person(pk=person.pk), customer_id, before=_snapshot(person))
    person.delete()
    reindex([customer_id])
    journal.record(actor, "person.removed", [change])


@transaction.atomic
def remove_people(
    *, actor: User | None, person_ids: Collection[int], until: int
) -> tuple[list[int], list[int]]:
    """Take off people that the journal does not mention after its entry `until`.

    The second answer are those that somebody has changed since, or who gave a consent.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    rows = {row.pk: row for row in Person.objects.filter(pk__in=person_ids)}
    ids = {row.customer_id for row in rows.values()}
    lock(ids)
    since = JournalEntry.objects.filter(
        subject=Person._meta.label_lower, subject_id__in=rows, pk__gt=until
    )
    agreed = Person.objects.filter(pk__in=rows, contact_points__consents__isnull=False)
    kept = {*since.values_list("subject_id", flat=True), *agreed.values_list("pk", flat=True)}
    removed = sorted(set(rows) - kept)
    journal.record(
        actor,
        "person.removed",
        [
            Change(Person(pk=pk), rows[pk].customer_id, before={"name": rows[pk].name})
            for pk in removed
        ],
    )
    Person.objects.filter(pk__in=removed).delete()
    reindex(ids)
    return removed, sorted(kept)


def _check(actor: User | None, person: Person) -> None:
    person.name = person.name.strip()
    person.full_clean(exclude=["customer", "known_as"])
    known_as = person.known_as_id
    if known_as == person.customer_id:
        raise ValidationError({"known_as": _("Choose another customer.")})
    if actor is None or known_as is None:
        return
    if not queries.visible_to(actor).filter(pk=known_as).exists():
        raise Refused(_("A customer no longer exists. Reload the page."))


def _known(roles: Collection[str]) -> list[str]:
    """The roles once each, in the usual order."""
    given = {BuyingRole(role) for role in roles}
    return [role.value for role in BuyingRole if role in given]


def _snapshot(person: Person) -> dict[str, Any]:
    given = person.buying_roles.values_list("role", flat=True)
    return {
        **model_to_dict(person, fields=FIELDS),
        "roles": _known(given),
        "contact_points": points.lines(person.customer, person),
    }
