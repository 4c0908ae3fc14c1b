"""Reads of imports."""

from dataclasses import replace

from django.db.models import QuerySet

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.imports.models import ImportRun
from liuke.imports.readers.mapping import Meaning
from liuke.imports.rules import RESUMABLE


def visible_to(viewer: User) -> QuerySet[ImportRun]:
    """One's own imports; all of them for whoever sees the whole firm."""
    runs = ImportRun.objects.select_related("created_by")
    return runs if reach_of(viewer).everything else runs.filter(created_by=viewer)


def unfinished(
    actor: User | None, digest: str, meaning: Meaning, except_id: int
) -> ImportRun | None:
    """This person's latest import of the same content, read in the same way, not at its end."""
    runs = ImportRun.objects.filter(
        created_by=actor, digest=digest, status__in=RESUMABLE, total__gt=0
    ).exclude(pk=except_id)
    return next((run for run in runs if _same(run.mapping, meaning)), None)


def _same(settled: Meaning, asked: Meaning) -> bool:
    """An order of dates that was not asked for is the one that the check found."""
    return settled == replace(asked, date_order=asked.date_order or settled.date_order)


def clashes_of(run: ImportRun) -> list[tuple[int, str, str]]:
    return list(run.clashes.order_by("place", "kind").values_list("place", "kind", "message"))
