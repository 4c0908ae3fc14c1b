"""Many customers at once as files bring them: written past the ORM, found again, taken back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import transaction

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal, search, text
from liuke.core.announce import announce
from liuke.core.models import JournalEntry
from liuke.customers import queries
from liuke.customers.models import Asset, ContactPoint, Customer, CustomerState
from liuke.customers.queries.contacts import own_points
from liuke.customers.rules import plate_key
from liuke.customers.rules.contacts import normalised
from liuke.customers.services import tags as tagging
from liuke.customers.services.file import CHUNK, NewCustomer, branch_of, lock
from liuke.customers.services.finding import reindex
from liuke.customers.services.points import NewContactPoint, line
from liuke.facts import AssetsChanged, CustomersMoved

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


@dataclass(frozen=True, slots=True)
class Words:
    """How a customer is ordered and found; worked out without a database, in any process."""

    sort: str
    tokens: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """A new customer with its tags; `owner` and `branch` in `values` are ids."""

    customer: NewCustomer
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """What one customer gets: other values, further ways to reach them, tags and assets."""

    customer_id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    contact_points: Sequence[NewContactPoint] = ()
    tags: Sequence[str] = ()
    assets: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Made:
    """The ids of what was written."""

    customers: Sequence[int] = ()
    assets: Sequence[int] = ()


def words_of(item: NewCustomer) -> Words:
    """Order and search tokens of a customer as `queries.search_tokens` gives them."""
    values = item.values
    texts = [values["name"]]
    numbers = [values.get("code", ""), values.get("credit_code", "")]
    for point in item.contact_points:
        (numbers if point.kind in queries.PHONES else texts).append(point.value)
    for name, serial in item.assets:
        texts.append(name)
        numbers.append(serial)
    tokens = text.document_tokens(filter(None, texts), filter(None, numbers))
    return Words(text.sort_key(values["name"]), " ".join(sorted(tokens)))


@transaction.atomic
def create_many(
    *,
    actor: User | None,
    new: Sequence[NewRow],
    origin: str,
    words: Sequence[Words] | None = None,
) -> Made:
    """Record new customers with all that belongs to them; `words` if they are known already."""
    require(actor, Act.EDIT_CUSTOMERS)
    if not new:
        return Made()
    words = words or [words_of(item.customer) for item in new]
    ids = bulk.reserve(Customer, len(new))
    _insert_customers(actor, ids, new, words)
    branch = branch_of(actor)
    home = {"owner": None, "branch": branch.pk if branch else None}
    places = [
        (values["owner"], values["branch"])
        for item in new
        if (values := {**home, **item.customer.values})
    ]
    bulk.insert(CustomerState, *_blank_states(ids, places))
    points = [
        point
        for pk, item in zip(ids, new, strict=True)
        for point in _point_rows(pk, item.customer.contact_points)
    ]
    bulk.insert(ContactPoint, POINT, points)
    pairs = [
        (pk, asset) for pk, item in zip(ids, new, strict=True) for asset in item.customer.assets
    ]
    assets = _insert_assets(actor, pairs)
    _put_tags({pk: item.tags for pk, item in zip(ids, new, strict=True) if item.tags})
    search.add(
        queries.SEARCH_KIND,
        ((pk, each.tokens) for pk, each in zip(ids, words, strict=True) if each.tokens),
    )
    journal.record_rows(
        actor,
        "customer.created",
        (
            (SUBJECT, pk, pk, None, _told(item.customer, origin))
            for pk, item in zip(ids, new, strict=True)
        ),
    )
    return Made(customers=ids, assets=assets)


@transaction.atomic
def update_many(*, actor: User | None, patches: Sequence[Patch], origin: str) -> Made:
    """Give customers what their patch says; an entry in the journal for each that changed."""
    require(actor, Act.EDIT_CUSTOMERS)
    by_id = {patch.customer_id: patch for patch in patches}
    lock(by_id, actor, Act.EDIT_CUSTOMERS)
    before, after = {}, {}
    made = Made(customers=[], assets=[])
    for chunk in _chunks(by_id):
        old = snapshots(chunk)
        _set_values({pk: by_id[pk].values for pk in chunk}, old)
        bulk.insert(ContactPoint, POINT, _further_points(chunk, by_id))
        _put_tags({pk: by_id[pk].tags for pk in chunk if by_id[pk].tags})
        pairs = [(pk, asset) for pk in chunk for asset in by_id[pk].assets]
        made.assets = [*made.assets, *_insert_assets(actor, pairs)]
        for pk, now in snapshots(chunk).items():
            was, new = journal.difference(old[pk], now)
            if set(new) - {"version"}:
                before[pk], after[pk] = was, new
    _told_of_changes(actor, before, after)
    made.customers = list(after)
    with_assets = [pk for pk, patch in by_id.items() if patch.assets]
    _reindex_changed(after, with_assets)
    if with_assets:
        announce(AssetsChanged(with_assets))
    return made


@transaction.atomic
def restore_many(
    *, actor: User | None, customer_ids: Collection[int], since: int, until: int
) -> tuple[list[int], list[int]]:
    """Take back what entries `since`–`until` of the journal did to these customers.

    Only where all of it still stands; the others are the second answer.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    present = set(Customer.objects.filter(pk__in=customer_ids).values_list("pk", flat=True))
    lock(present)
    entries = JournalEntry.objects.filter(
        subject=SUBJECT,
        subject_id__in=present,
        pk__range=(since, until),
        verb="customer.updated",
    )
    done = {entry.subject_id: entry for entry in entries}
    old = snapshots(done)
    stands = {pk: entry for pk, entry in done.items() if _still(old[pk], entry.after or {})}
    values, tags, points = {}, {}, {}
    for pk, entry in stands.items():
        was, now = entry.before or {}, entry.after or {}
        values[pk] = {name: was[name] for name in was if name in GIVEN}
        tags[pk] = set(now.get("tags", ())) - set(was.get("tags", ()))
        points[pk] = set(now.get("contact_points", ())) - set(was.get("contact_points", ()))
    _set_values(values, old)
    _take_tags(tags)
    _take_points(points)
    before, after = {}, {}
    for pk, now in snapshots(stands).items():
        before[pk], after[pk] = journal.difference(old[pk], now)
    _told_of_changes(actor, before, after)
    _reindex_changed(after, ())
    return list(stands), sorted(set(customer_ids) - set(stands))


@transaction.atomic
def remove_many(
    *, actor: User | None, customer_ids: Collection[int], until: int
) -> tuple[list[int], list[int]]:
    """Remove customers about whom the journal says nothing after its entry `until`.

    What it says of rows that are gone again does not count. The others, with whom somebody has
    worked since, are the second answer.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    present = set(Customer.objects.filter(pk__in=customer_ids).values_list("pk", flat=True))
    lock(present)
    free = sorted(present - _worked_with(present, until))
    names = dict(Customer.objects.filter(pk__in=free).values_list("pk", "name"))
    removed = bulk.delete(Customer, free)
    search.remove(queries.SEARCH_KIND, removed)
    journal.record_rows(
        actor,
        "customer.removed",
        ((SUBJECT, pk, pk, {"name": names[pk]}, None) for pk in removed),
    )
    return removed, sorted(present - set(removed))


@transaction.atomic
def remove_assets(
    *, actor: User | None, asset_ids: Collection[int], until: int, except_of: Collection[int] = ()
) -> tuple[list[int], list[int]]:
    """Remove assets that the journal does not mention after its entry `until`.

    Those of the customers `except_of` stay with them and are in no answer.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    found = Asset.objects.filter(pk__in=asset_ids).exclude(customer__in=except_of)
    rows = {row.pk: row for row in found}
    lock({row.customer_id for row in rows.values()})
    since = JournalEntry.objects.filter(subject=ASSET, subject_id__in=rows, pk__gt=until)
    free = set(rows) - set(since.values_list("subject_id", flat=True))
    removed = bulk.delete(Asset, sorted(free))
    owners = {rows[pk].customer_id for pk in removed}
    journal.record_rows(
        actor,
        "asset.removed",
        (
            (
                ASSET,
                pk,
                rows[pk].customer_id,
                {"name": rows[pk].name, "serial": rows[pk].serial},
                None,
            )
            for pk in removed
        ),
    )
    if owners:
        reindex(owners)
        announce(AssetsChanged(owners))
    return removed, sorted(set(rows) - set(removed))


def snapshots(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The values, contact points, tags and version of customers, as the journal writes them."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks(customer_ids):
        for row in Customer.objects.filter(pk__in=chunk).values("pk", "version", *GIVEN):
            found[row.pop("pk")] = {**row, "contact_points": [], "tags": []}
        for point in own_points().filter(customer__in=chunk).order_by("pk"):
            found[point.customer_id]["contact_points"].append(line(point))
        worn = Customer.tags.through.objects.filter(customer__in=chunk).order_by("tag__name")
        for pk, name in worn.values_list("customer", "tag__name"):
            found[pk]["tags"].append(name)
    return found


def _insert_customers(
    actor: User | None, ids: Sequence[int], new: Sequence[NewRow], words: Sequence[Words]
) -> None:
    branch = branch_of(actor)
    blank = {**dict.fromkeys(GIVEN, ""), **BLANK, "branch": branch.pk if branch else None}
    at, by = clock.now(), actor.pk if actor else None
    bulk.insert(
        Customer,
        ("id", "name_sort", "version", "created_at", "created_by", *GIVEN),
        (
            (pk, each.sort, 1, at, by, *({**blank, **item.customer.values}[name] for name in GIVEN))
            for pk, item, each in zip(ids, new, words, strict=True)
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


def _point_rows(
    pk: int, wanted: Iterable[NewContactPoint], known: Collection[tuple[str, str]] = ()
) -> Iterator[tuple[Any, ...]]:
    seen, preferred = set(known), bool(known)
    for item in wanted:
        key = (item.kind, normalised(item.kind, item.value))
        if key[1] and key not in seen:
            seen.add(key)
            first = item.preferred and not preferred
            preferred |= first
            yield (
                pk,
                item.kind,
                item.value,
                key[1],
                item.label or "",
                first,
                item.do_not_contact,
                "",
            )


def _further_points(chunk: Sequence[int], patches: Mapping[int, Patch]) -> list[tuple[Any, ...]]:
    known = defaultdict(set)
    rows = own_points().filter(customer__in=chunk)
    for pk, kind, value in rows.values_list("customer", "kind", "normalised"):
        known[pk].add((kind, value))
    return [row for pk in chunk for row in _point_rows(pk, patches[pk].contact_points, known[pk])]


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


def _take_tags(taken: Mapping[int, Collection[str]]) -> None:
    off = defaultdict(list)
    for pk, names in taken.items():
        for name in names:
            off[name].append(pk)
    for name, customers in off.items():
        Customer.tags.through.objects.filter(tag__name=name, customer__in=customers).delete()


def _take_points(taken: Mapping[int, Collection[str]]) -> None:
    customers = [pk for pk, each in taken.items() if each]
    rows = own_points().filter(customer__in=customers)
    gone = [point.pk for point in rows if line(point) in taken[point.customer_id]]
    ContactPoint.objects.filter(pk__in=gone).delete()


def _set_values(
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


def _told_of_changes(
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


def _reindex_changed(after: Mapping[int, Any], with_assets: Collection[int]) -> None:
    found = {pk for pk, new in after.items() if SEARCHED & set(new)} | set(with_assets)
    for chunk in _chunks(found):
        reindex(chunk)


def _still(now: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a customer has the values that an entry left; its version may have moved on."""
    return all(
        _plain(now.get(name)) == _plain(value) for name, value in after.items() if name != "version"
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, list)) or value is None else str(value)


def _worked_with(customer_ids: Collection[int], until: int) -> set[int]:
    """Customers that the journal mentions after an entry, by themselves or by a row that exists."""
    entries = JournalEntry.objects.filter(customer_id__in=customer_ids, pk__gt=until)
    about: dict[str, dict[int, int]] = defaultdict(dict)
    for customer, subject, pk in entries.values_list("customer_id", "subject", "subject_id"):
        if customer is not None:
            about[subject][pk] = customer
    busy = set(about.pop(SUBJECT, ()))
    for subject, owners in about.items():
        model = apps.get_model(subject)
        there = model._default_manager.filter(pk__in=owners)
        busy |= {owners[pk] for pk in there.values_list("pk", flat=True)}
    return busy


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = iter(sorted(ids))
    while chunk := list(islice(ordered, CHUNK)):
        yield chunk
