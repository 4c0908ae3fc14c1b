"""Reads of imports."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.customers.models import Asset, Customer, Person
from liuke.followups.models import Interaction
from liuke.imports.models import ImportRun
from liuke.imports.readers.declare import Reading
from liuke.imports.readers.mapping import Meaning
from liuke.imports.rules import RESUMABLE
from liuke.sales.models import Order

# Where the rows of an import live: the rows, the customer of each, and that customer's name.
HOLDERS: dict[str, tuple[QuerySet[Any], str, str]] = {
    "customers": (Customer.objects.all(), "pk", "name"),
    "assets": (Asset.objects.all(), "customer", "customer__name"),
    "people": (Person.objects.all(), "customer", "customer__name"),
    "interactions": (Interaction.objects.all(), "customer", "customer__name"),
    "orders": (Order.objects.all(), "customer", "customer__name"),
}


def visible_to(viewer: User) -> QuerySet[ImportRun]:
    """One's own imports; all of them for whoever sees the whole firm."""
    runs = ImportRun.objects.select_related("created_by")
    return runs if reach_of(viewer).everything else runs.filter(created_by=viewer)


def unfinished(
    actor: User | None, digest: str, meaning: Meaning | Reading, except_id: int
) -> ImportRun | None:
    """This person's latest import of the same content, read in the same way, not at its end."""
    runs = ImportRun.objects.filter(
        created_by=actor, digest=digest, status__in=RESUMABLE, total__gt=0
    ).exclude(pk=except_id)
    return next((run for run in runs if _same(run, meaning)), None)


def _same(run: ImportRun, asked: Meaning | Reading) -> bool:
    """An order of dates that was not asked for is the one that the check found."""
    if run.is_of_orders != isinstance(asked, Meaning):
        return False
    settled = run.mapping if isinstance(asked, Meaning) else run.reading
    return settled == replace(asked, date_order=asked.date_order or settled.date_order)


def kept_of(run: ImportRun, limit: int = 200) -> list[dict[str, Any]]:
    """What undoing left because somebody has worked with it since: kind and customer."""
    kept = [pair for chunk in run.chunks.exclude(kept=[]) for pair in chunk.kept][:limit]
    owners: dict[tuple[str, int], tuple[int, str]] = {}
    for kind, (rows, customer, name) in HOLDERS.items():
        ids = [pk for each, pk in kept if each == kind]
        found = rows.filter(pk__in=ids).values_list("pk", customer, name)
        owners |= {(kind, pk): (owner, said) for pk, owner, said in found}
    return [
        {
            "kind": kind,
            "label": HOLDERS[kind][0].model._meta.verbose_name,
            "customer": owners[kind, pk][0],
            "name": owners[kind, pk][1],
        }
        for kind, pk in kept
        if (kind, pk) in owners
    ]


def clashes_of(run: ImportRun) -> list[tuple[int, str, str]]:
    return list(run.clashes.order_by("place", "kind").values_list("place", "kind", "message"))
