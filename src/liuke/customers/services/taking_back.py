"""What a file did to customers, taken back set-wise where nobody has worked with it since."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import transaction

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, journal, search
from liuke.core.announce import announce
from liuke.core.models import JournalEntry
from liuke.customers import queries
from liuke.customers.models import Asset, ContactPoint, Customer
from liuke.customers.queries.contacts import own_points
from liuke.customers.queries.fields import fields, values_of_fields
from liuke.customers.rules.fields import FieldOf, as_json, from_json
from liuke.customers.services import duplicates
from liuke.customers.services.bulk import (
    ASSET,
    GIVEN,
    SUBJECT,
    reindex_changed,
    set_values,
    snapshots,
    told_of_changes,
)
from liuke.customers.services.fields import write_values
from liuke.customers.services.finding import reindex
from liuke.customers.services.locking import lock
from liuke.customers.services.points import line
from liuke.facts import AssetsChanged


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
    old, specs = snapshots(done), _profile_in(done.values())
    for pk, said in _said(done, specs).items():
        old[pk] |= said
    stands = {pk: entry for pk, entry in done.items() if _still(old[pk], entry.after or {})}
    values, tags, points = {}, {}, {}
    for pk, entry in stands.items():
        was, now = entry.before or {}, entry.after or {}
        values[pk] = {name: was[name] for name in was if name in GIVEN}
        tags[pk] = set(now.get("tags", ())) - set(was.get("tags", ()))
        points[pk] = set(now.get("contact_points", ())) - set(was.get("contact_points", ()))
    set_values(values, old)
    write_values(
        actor,
        {
            pk: {code: from_json(spec, was[code]) for code, spec in specs.items() if code in was}
            for pk, entry in stands.items()
            if (was := entry.before or {})
        },
    )
    _take_tags(tags)
    _take_points(points)
    before, after = {}, {}
    said_now = _said(stands, specs)
    for pk, now in snapshots(stands).items():
        now |= said_now.get(pk, {})
        before[pk], after[pk] = journal.difference(old[pk], now)
    told_of_changes(actor, before, after)
    reindex_changed(after, ())
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
    numbers = duplicates.let_go(free)
    removed = bulk.delete(Customer, free)
    duplicates.hold_anew(set(free) - set(removed))
    duplicates.pass_on(numbers)
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


def _profile_in(entries: Iterable[JournalEntry]) -> dict[str, FieldOf]:
    """The fields of the profile that these entries changed."""
    named = {name for entry in entries for name in entry.after or {}} - set(GIVEN)
    return {spec.code: spec for spec in fields(archived=True) if spec.code in named}


def _said(customer_ids: Collection[int], specs: Mapping[str, FieldOf]) -> dict[int, dict[str, Any]]:
    """Customer → what it says in these fields, as the journal has it."""
    if not specs:
        return {}
    found = values_of_fields(customer_ids, list(specs.values()))
    return {pk: {code: as_json(said.get(code)) for code in specs} for pk, said in found.items()}


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
    duplicates.hold_anew(customers)


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
