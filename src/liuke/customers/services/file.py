"""Customers one by one or as they come from files: writes to the customer file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, journal, search, text
from liuke.core.announce import announce
from liuke.core.errors import Stale
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import (
    Asset,
    Child,
    ContactPoint,
    Customer,
    CustomerState,
)
from liuke.customers.queries.duplicates import is_number
from liuke.customers.queries.fields import completeness_of, fields, levels
from liuke.customers.rules import plate_key
from liuke.customers.services import duplicates, points
from liuke.customers.services import tags as tagging
from liuke.customers.services.completeness import settle_completeness
from liuke.customers.services.fields import write_values
from liuke.customers.services.finding import reindex
from liuke.customers.services.points import NewContactPoint
from liuke.facts import (
    CustomersMoved,
    CustomersRecorded,
    LevelsChanged,
)

CHUNK = 500

EDITABLE = (
    "name",
    "code",
    "level",
    "owner",
    "branch",
    "source",
    "note",
    "gender",
    "birth_date",
    "occupation",
    "industry",
    "size",
    "credit_code",
)


@dataclass(frozen=True, slots=True)
class NewChild:
    name: str = ""
    sex: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer among many: values, contact points, things we serve as (name, serial), and
    what is said in fields of the profile."""

    values: Mapping[str, Any]
    contact_points: Sequence[NewContactPoint] = ()
    assets: Sequence[tuple[str, str]] = ()
    said: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_customer(
    *,
    actor: User | None,
    values: Mapping[str, Any],
    contact_points: Sequence[NewContactPoint] = (),
    tags: Collection[str] = (),
    said: Mapping[str, Any] | None = None,
    children: Sequence[NewChild] = (),
    anyway: str = "",
) -> Customer:
    """Record a new customer; whoever records it owns it unless `values` names an owner.

    `said` are fields of the profile by their codes.
    Raises duplicates.Known for a customer that is recorded already: `anyway` is why it is another.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    if not anyway.strip() and not _has_key(values, contact_points):
        duplicates.ask_about_name(actor, values["name"])
    customer = Customer(
        **{"owner": actor, "branch": branch_of(actor), **values, "created_by": actor}
    )
    _check_and_save(customer, actor)
    CustomerState.objects.create(customer=customer, owner=customer.owner, branch=customer.branch)
    points.replace(customer, contact_points)
    duplicates.hold_mobile(actor, customer, anyway)
    if tags:
        tagging.set_on(customer, tags)
    _replace_children(customer, children)
    written = write_values(actor, {customer.pk: said or {}})
    settle_completeness([customer.pk])
    reindex([customer.pk])
    after = _snapshot(customer) | written.get(customer.pk, ({}, {}))[1]
    journal.record(actor, "customer.created", [Change(customer, customer.pk, after=after)])
    announce(CustomersRecorded([customer.pk], by_id=None if actor is None else actor.pk))
    return customer


@transaction.atomic
def update_customer(
    *,
    actor: User,
    customer_id: int,
    version: int,
    values: Mapping[str, Any],
    contact_points: Sequence[NewContactPoint] | None = None,
    tags: Collection[str] | None = None,
    said: Mapping[str, Any] | None = None,
    children: Sequence[NewChild] | None = None,
    anyway: str = "",
) -> Customer:
    """Change a customer as it was read at `version`; `said` are fields of the profile.

    `anyway` is why it shares another's mobile.

    Raises Stale, naming what changed meanwhile, when somebody else was faster.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    customer = queries.visible_to(actor).select_for_update().get(pk=customer_id)
    require(actor, Act.EDIT_CUSTOMERS, customer)
    was = copy(customer)
    if customer.version != version:
        raise Stale(
            _("Somebody else changed this customer while you were writing. Your text is kept."),
            queries.changes_since(customer, version),
            customer.version,
        )
    before = _snapshot(customer)
    for name in EDITABLE:
        if name in values:
            setattr(customer, name, values[name])
    if customer.owner_id != before["owner"]:
        require(actor, Act.ASSIGN, was)
    if contact_points is not None:
        # Whoever sees masked numbers would write the mask over them.
        require(actor, Act.SEE_PHONES, was)
    customer.version += 1
    _check_and_save(customer, actor, was.level)
    if contact_points is not None:
        points.replace(customer, contact_points)
        duplicates.hold_mobile(actor, customer, anyway)
    if tags is not None:
        tagging.set_on(customer, tags)
    if children is not None:
        _replace_children(customer, children)
    written = write_values(actor, {customer.pk: said or {}})
    settle_completeness([customer.pk])
    reindex([customer.pk])
    old, new = journal.difference(before, _snapshot(customer))
    said_before, said_now = written.get(customer.pk, ({}, {}))
    old, new = old | said_before, new | said_now
    journal.record(
        actor,
        "customer.updated",
        [Change(customer, customer.pk, before=old, after={**new, "version": customer.version})],
    )
    if {"owner", "branch"} & set(new):
        announce(CustomersMoved([customer.pk], by_id=actor.pk))
    if "level" in new:
        announce(LevelsChanged([customer.pk]))
    return customer


@transaction.atomic
def record_customers(
    *, actor: User | None, new: Sequence[NewCustomer], origin: str
) -> list[Customer]:
    """Record many new customers with what belongs to them, set-wise and in their order."""
    require(actor, Act.EDIT_CUSTOMERS)
    rows = [
        Customer(
            **{"branch": branch_of(actor), **item.values, "created_by": actor},
            name_sort=text.sort_key(item.values["name"]),
        )
        for item in new
    ]
    Customer.objects.bulk_create(rows, batch_size=CHUNK)
    ways, assets, documents = [], [], {}
    for row, item in zip(rows, new, strict=True):
        own_points = points.built(row, item.contact_points)
        own_assets = [
            Asset(customer=row, name=name, serial=serial, serial_normalised=plate_key(serial))
            for name, serial in item.assets
        ]
        documents[row.pk] = queries.search_tokens(row, own_points, own_assets)
        ways += own_points
        assets += own_assets
    bulk.create(ways)
    duplicates.hold_mobiles(main_mobiles(ways))
    bulk.create(assets)
    search.index(queries.SEARCH_KIND, documents)
    said = {row.pk: item.said for row, item in zip(rows, new, strict=True)}
    known = completeness_of(rows, fields(), said, {point.customer_id for point in ways})
    bulk.create(
        [
            CustomerState(
                customer=row,
                owner_id=row.owner_id,
                branch_id=row.branch_id,
                completeness=known[row.pk],
            )
            for row in rows
        ]
    )
    write_values(actor, {pk: mine for pk, mine in said.items() if mine})
    told = [{"name": row.name, "code": row.code, "origin": origin} for row in rows]
    changes = (Change(row, row.pk, after=after) for row, after in zip(rows, told, strict=True))
    journal.record(actor, "customer.created", changes)
    ids = [row.pk for row in rows]
    announce(CustomersRecorded(ids, by_id=None if actor is None else actor.pk))
    return rows


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """In key order, as many at a time as one statement takes."""
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def branch_of(actor: User | None) -> Any:
    """The branch a person works in; customers recorded there belong to it."""
    unit = actor.unit if actor is not None else None
    while unit is not None and unit.kind == "team":
        unit = unit.parent
    return unit if unit is not None and unit.kind == "branch" else None


def _check_and_save(customer: Customer, actor: User | None, level: str = "") -> None:
    """`level` is what the customer has now: it may stay, also when nobody else gets it."""
    if customer.level not in ("", level, *(row.name for row in levels())):
        raise ValidationError({"level": _("“%s” is not on the list.") % customer.level})
    customer.name_sort = text.sort_key(customer.name)
    try:
        customer.full_clean()
        with transaction.atomic():
            customer.save()
    except (ValidationError, IntegrityError):
        # Also somebody who recorded the same number between the check and the write.
        other = duplicates.taken(actor, _keys_of(customer))
        if other is not None:
            raise other from None
        raise


def _replace_children(customer: Customer, wanted: Sequence[NewChild]) -> None:
    now = [NewChild(*row) for row in customer.children.values_list("name", "sex", "birth_date")]
    if now == list(wanted):
        return
    rows = [
        Child(customer=customer, name=each.name.strip(), sex=each.sex, birth_date=each.birth_date)
        for each in wanted
    ]
    for row in rows:
        row.full_clean()
    customer.children.all().delete()
    Child.objects.bulk_create(rows)


def _keys_of(customer: Customer) -> dict[str, str]:
    """The numbers nobody else may have, as far as they are not this customer's already."""
    names = ("code", "credit_code")
    before = Customer.objects.filter(pk=customer.pk).values(*names).first() or {}
    return {
        name: getattr(customer, name)
        for name in names
        if getattr(customer, name) != before.get(name)
    }


def _has_key(values: Mapping[str, Any], points: Sequence[NewContactPoint]) -> bool:
    """Whether anything but the name says who it is."""
    return any(values.get(name) for name in ("code", "credit_code", "birth_date")) or any(
        point.value.strip() and point.kind != ContactPoint.Kind.ADDRESS for point in points
    )


def main_mobiles(points: Iterable[ContactPoint]) -> dict[int, str]:
    """Customer → the mobile it is known by: the preferred one, else the first."""
    found: dict[int, str] = {}
    mobiles = [point for point in points if point.kind == ContactPoint.Kind.MOBILE]
    for point in sorted(mobiles, key=lambda each: not each.preferred):
        if is_number(point.normalised):
            found.setdefault(point.customer_id, point.normalised)
    return found


def _snapshot(customer: Customer) -> dict[str, Any]:
    return {
        **model_to_dict(customer, fields=[*EDITABLE, "kind"]),
        "contact_points": points.lines(customer),
        "tags": tagging.named_on(customer),
        "children": [_child_text(row) for row in customer.children.all()],
    }


def _child_text(row: Child) -> str:
    born = row.birth_date.isoformat() if row.birth_date else ""
    return " ".join(filter(None, (row.name, row.sex, born)))
