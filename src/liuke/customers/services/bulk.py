"""Many customers at once as files bring them: written past the ORM, found again, taken back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal, search, text
from liuke.core.announce import announce
from liuke.customers import queries
from liuke.customers.models import Asset, ContactPoint, Customer, CustomerState, PrimaryMobile
from liuke.customers.queries.contacts import own_points
from liuke.customers.rules import plate_key
from liuke.customers.rules.contacts import PointKind, normalised
from liuke.customers.services import duplicates
from liuke.customers.services import tags as tagging
from liuke.customers.services.fields import write_values
from liuke.customers.services.file import NewCustomer, branch_of, chunks
from liuke.customers.services.finding import reindex
from liuke.customers.services.locking import lock
from liuke.customers.services.points import NewContactPoint, line
from liuke.facts import AssetsChanged, CustomersMoved, CustomersRecorded

SUBJECT = Customer._meta.label_lower
ASSET = Asset._meta.label_lower
# The columns of a new customer whose value the caller may give.
GIVEN = (
    "kind",
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
SEARCHED = frozenset({"name", "code", "credit_code", "contact_points", "assets"})
BLANK = {"owner": None, "branch": None, "birth_date": None, "kind": "person"}
POINT = (
    "customer",
    "kind",
    "value",
    "normalised",
    "label",
    "preferred",
    "do_not_contact",
    "last_result",
)


class Prepared(NamedTuple):
    """What follows from a new customer alone; worked out without a database, in any process.

    How it is ordered and found, and its contact points in the order of POINT without the customer.
    """

    sort: str
    tokens: str
    points: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A new customer with its tags; `owner` and `branch` in `values` are ids."""

    customer: NewCustomer
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """What one customer gets: other values, further ways, tags, assets, fields of the profile."""

    customer_id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    contact_points: Sequence[NewContactPoint] = ()
    tags: Sequence[str] = ()
    assets: Sequence[tuple[str, str]] = ()
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Made:
    """The ids of what was written."""

    customers: Sequence[int] = ()
    assets: Sequence[int] = ()


def prepared(item: NewCustomer) -> Prepared:
    """The order of a customer, its tokens as `queries.search_tokens` gives them, and its ways."""
    values = item.values
    texts, places = [values["name"]], list[str]()
    numbers = [values.get("code", ""), values.get("credit_code", "")]
    for point in item.contact_points:
        group = places if point.kind == PointKind.ADDRESS else texts
        (numbers if point.kind in queries.PHONES else group).append(point.value)
    for name, serial in item.assets:
        texts.append(name)
        numbers.append(serial)
    tokens = text.document_tokens(filter(None, texts), filter(None, numbers), places)
    ways = list(_points(item.contact_points))
    return Prepared(text.sort_key(values["name"]), " ".join(tokens), ways)


@transaction.atomic
def create_many(
    *,
    actor: User | None,
    new: Sequence[NewRow],
    origin: str,
    ready: Sequence[Prepared] | None = None,
    shared: str = "",
) -> Made:
    """Record new customers with all that belongs to them; `ready` is what is worked out already.

    `shared` is why those with the mobile of another share it.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    if not new:
        return Made()
    ready = ready or [prepared(item.customer) for item in new]
    ids = bulk.reserve(Customer, len(new))
    _insert_customers(actor, ids, new, ready)
    branch = branch_of(actor)
    home = {"owner": None, "branch": branch.pk if branch else None}
    places = [
        (values["owner"], values["branch"])
        for item in new
        if (values := {**home, **item.customer.values})
    ]
    bulk.insert(CustomerState, *_blank_states(ids, places))
    points = [(pk, *way) for pk, each in zip(ids, ready, strict=True) for way in each.points]
    bulk.insert(ContactPoint, POINT, points)
    duplicates.hold_mobiles(_main_mobiles(points), actor, shared)
    write_values(
        actor,
        {pk: item.customer.said for pk, item in zip(ids, new, strict=True) if item.customer.said},
    )
    pairs = [
        (pk, asset) for pk, item in zip(ids, new, strict=True) for asset in item.customer.assets
    ]
    assets = _insert_assets(actor, pairs)
    _put_tags({pk: item.tags for pk, item in zip(ids, new, strict=True) if item.tags})
    search.add(
        queries.SEARCH_KIND,
        ((pk, each.tokens) for pk, each in zip(ids, ready, strict=True) if each.tokens),
    )
    journal.record_rows(
        actor,
        "customer.created",
        (
            (SUBJECT, pk, pk, None, _told(item.customer, origin))
            for pk, item in zip(ids, new, strict=True)
        ),
    )
    announce(CustomersRecorded(ids, by_id=None if actor is None else actor.pk))
    return Made(customers=ids, assets=assets)


@transaction.atomic
def update_many(
    *, actor: User | None, patches: Sequence[Patch], origin: str, shared: str = ""
) -> Made:
    """Give customers what their patch says; an entry in the journal for each that changed."""
    require(actor, Act.EDIT_CUSTOMERS)
    by_id = {patch.customer_id: patch for patch in patches}
    lock(by_id, actor, Act.EDIT_CUSTOMERS)
    before, after = {}, {}
    made = Made(customers=[], assets=[])
    for chunk in chunks(by_id):
        old = snapshots(chunk)
        set_values({pk: by_id[pk].values for pk in chunk}, old)
        further = _further_points(chunk, by_id)
        bulk.insert(ContactPoint, POINT, further)
        _hold_first_mobiles(further, actor, shared)
        said = write_values(actor, {pk: by_id[pk].said for pk in chunk if by_id[pk].said})
        _put_tags({pk: by_id[pk].tags for pk in chunk if by_id[pk].tags})
        pairs = [(pk, asset) for pk in chunk for asset in by_id[pk].assets]
        made.assets = [*made.assets, *_insert_assets(actor, pairs)]
        for pk, now in snapshots(chunk).items():
            was, new = journal.difference(old[pk], now)
            said_was, said_now = said.get(pk, ({}, {}))
            was, new = was | said_was, new | said_now
            if set(new) - {"version"}:
                before[pk], after[pk] = was, new
    told_of_changes(actor, before, after)
    made.customers = list(after)
    with_assets = [pk for pk, patch in by_id.items() if patch.assets]
    reindex_changed(after, with_assets)
    if with_assets:
        announce(AssetsChanged(with_assets))
    return made


def snapshots(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The values, contact points, tags and version of customers, as the journal writes them."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks(customer_ids):
        for row in Customer.objects.filter(pk__in=chunk).values("pk", "version", *GIVEN):
            found[row.pop("pk")] = {**row, "contact_points": [], "tags": []}
        for point in own_points().filter(customer__in=chunk).order_by("pk"):
            found[point.customer_id]["contact_points"].append(line(point))
        worn = Customer.tags.through.objects.filter(customer__in=chunk).order_by("tag__name")
        for pk, name in worn.values_list("customer", "tag__name"):
            found[pk]["tags"].append(name)
    return found


def _insert_customers(
    actor: User | None, ids: Sequence[int], new: Sequence[NewRow], ready: Sequence[Prepared]
) -> None:
    branch = branch_of(actor)
    blank = {**dict.fromkeys(GIVEN, ""), **BLANK, "branch": branch.pk if branch else None}
    at, by = clock.now(), actor.pk if actor else None
    bulk.insert(
        Customer,
        ("id", "name_sort", "version", "created_at", "created_by", *GIVEN),
        (
            (pk, each.sort, 1, at, by, *map((blank | dict(item.customer.values)).get, GIVEN))
            for pk, item, each in zip(ids, new, ready, strict=True)
        ),
    )


def _blank_states(
    ids: Sequence[int], places: Sequence[tuple[int | None, int | None]]
) -> tuple[list[str], Iterator[list[Any]]]:
    """The fields, and a row per customer: nothing known but owner and branch."""
    state = CustomerState()
    own = ("customer", "owner", "branch")
    fields = [each for each in CustomerState._meta.concrete_fields if each.name not in own]
    blank = [getattr(state, each.attname) for each in fields]
    rows = ([pk, *place, *blank] for pk, place in zip(ids, places, strict=True))
    return [*own, *(each.name for each in fields)], rows


def _told(item: NewCustomer, origin: str) -> dict[str, Any]:
    return {"name": item.values["name"], "code": item.values.get("code", ""), "origin": origin}


def _points(
    wanted: Iterable[NewContactPoint], known: Collection[tuple[str, str]] = ()
) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of POINT without the customer, at most one of them preferred."""
    seen, preferred = set(known), bool(known)
    for item in wanted:
        key = (item.kind, normalised(item.kind, item.value))
        if key[1] and key not in seen:
            seen.add(key)
            first = item.preferred and not preferred
            preferred |= first
            kept = item.label or ""
            yield (item.kind, item.value, key[1], kept, first, item.do_not_contact, "")


def _main_mobiles(points: Sequence[tuple[Any, ...]]) -> dict[int, str]:
    """Customer → the mobile it is known by, of rows in the order of POINT."""
    found: dict[int, str] = {}
    mobiles = [row for row in points if row[POINT.index("kind")] == ContactPoint.Kind.MOBILE]
    for row in sorted(mobiles, key=lambda each: not each[POINT.index("preferred")]):
        found.setdefault(row[0], row[POINT.index("normalised")])
    return found


def _hold_first_mobiles(points: Sequence[tuple[Any, ...]], actor: User | None, shared: str) -> None:
    """Who was known by no mobile is known by the one that came."""
    came = _main_mobiles(points)
    known = PrimaryMobile.objects.filter(customer__in=came).values_list("customer", flat=True)
    free = came.keys() - set(known)
    duplicates.hold_mobiles({pk: came[pk] for pk in free}, actor, shared)


def _further_points(chunk: Sequence[int], patches: Mapping[int, Patch]) -> list[tuple[Any, ...]]:
    known = defaultdict(set)
    rows = own_points().filter(customer__in=chunk)
    for pk, kind, value in rows.values_list("customer", "kind", "normalised"):
        known[pk].add((kind, value))
    return [(pk, *way) for pk in chunk for way in _points(patches[pk].contact_points, known[pk])]


def _insert_assets(
    actor: User | None, pairs: Sequence[tuple[int, tuple[str, str]]]
) -> Sequence[int]:
    if not pairs:
        return []
    ids = bulk.reserve(Asset, len(pairs))
    bulk.insert(
        Asset,
        ("id", "customer", "name", "serial", "serial_normalised"),
        (
            (pk, customer, name, serial, plate_key(serial))
            for pk, (customer, (name, serial)) in zip(ids, pairs, strict=True)
        ),
    )
    journal.record_rows(
        actor,
        "asset.created",
        (
            (ASSET, pk, customer, None, {"name": name, "serial": serial, "retired_on": None})
            for pk, (customer, (name, serial)) in zip(ids, pairs, strict=True)
        ),
    )
    return ids


def _put_tags(wanted: Mapping[int, Collection[str]]) -> None:
    if not wanted:
        return
    names = tagging.spelled(name for each in wanted.values() for name in each)
    ids = {name.lower(): pk for pk, name in tagging.ensure(names).items()}
    through = Customer.tags.through
    rows = {
        (pk, ids[name.lower()]) for pk, each in wanted.items() for name in tagging.spelled(each)
    }
    known = through.objects.filter(customer__in=wanted).values_list("customer", "tag")
    bulk.insert(through, ("customer", "tag"), sorted(rows - set(known)))


def set_values(
    wanted: Mapping[int, Mapping[str, Any]], old: Mapping[int, Mapping[str, Any]]
) -> None:
    """Write values of locked customers, those with the same fields in one statement."""
    groups: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
    for pk, values in wanted.items():
        row = {**values, "version": old[pk]["version"] + 1}
        if "name" in values:
            row["name_sort"] = text.sort_key(values["name"])
        groups[tuple(row)].append([*row.values(), pk])
    for fields, rows in groups.items():
        bulk.update(Customer, fields, rows, key="id")


def told_of_changes(
    actor: User | None, before: Mapping[int, Any], after: Mapping[int, Any]
) -> None:
    journal.record_rows(
        actor,
        "customer.updated",
        (
            (
                SUBJECT,
                pk,
                pk,
                {name: before[pk][name] for name in before[pk] if name != "version"},
                new,
            )
            for pk, new in after.items()
        ),
    )
    moved = [pk for pk, new in after.items() if {"owner", "branch"} & set(new)]
    if moved:
        announce(CustomersMoved(moved))


def reindex_changed(after: Mapping[int, Any], with_assets: Collection[int]) -> None:
    found = {pk for pk, new in after.items() if SEARCHED & set(new)} | set(with_assets)
    for chunk in chunks(found):
        reindex(chunk)
