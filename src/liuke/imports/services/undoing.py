"""The way back: a run is undone chunk by chunk, as far as nobody has worked with it since."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers.services import taking_back as customers
from liuke.customers.services.people import remove_people
from liuke.followups.services import remove_interactions
from liuke.imports.models import ImportChunk, ImportRun
from liuke.imports.rules import Status
from liuke.imports.services.work import Progress, discard_scratch, only_worker, silent
from liuke.sales.services import remove_orders

Undone = tuple[list[int], list[int]]


def _orders(actor: User | None, ids: Collection[int], chunk: ImportChunk) -> Undone:
    reason = _("The import was undone.")
    return remove_orders(actor=actor, order_ids=ids, until=chunk.until, reason=reason)


def _interactions(actor: User | None, ids: Collection[int], chunk: ImportChunk) -> Undone:
    return remove_interactions(actor=actor, interaction_ids=ids, until=chunk.until)


def _people(actor: User | None, ids: Collection[int], chunk: ImportChunk) -> Undone:
    return remove_people(actor=actor, person_ids=ids, until=chunk.until)


def _assets(actor: User | None, ids: Collection[int], chunk: ImportChunk) -> Undone:
    """A new customer that stays keeps what was recorded with it."""
    kept = [pk for name, pk in chunk.kept if name == "customers"]
    return customers.remove_assets(actor=actor, asset_ids=ids, until=chunk.until, except_of=kept)


def _customers(actor: User | None, ids: Collection[int], chunk: ImportChunk) -> Undone:
    return customers.remove_many(actor=actor, customer_ids=ids, until=chunk.until)


# What rests on others goes first.
REMOVE: dict[str, Callable[[User | None, Collection[int], ImportChunk], Undone]] = {
    "orders": _orders,
    "interactions": _interactions,
    "people": _people,
    "customers": _customers,
    "assets": _assets,
}


def undo_import(*, actor: User | None, run_id: int, progress: Progress = silent) -> ImportRun:
    """Take back what a run recorded, the last chunk first; cut off, it goes on where it was."""
    require(actor, Act.IMPORT)
    run = ImportRun.objects.get(pk=run_id)
    if run.status == Status.UNDONE:
        return run
    with only_worker(run), translation.override(run.language):
        run = _claim(actor, run_id)
        total = run.chunks.count()
        waiting = run.chunks.filter(undone_at=None).order_by("-place")
        for place in list(waiting.values_list("place", flat=True)):
            _undo_chunk(actor, run, place)
            progress("undo", run.chunks.exclude(undone_at=None).count(), total)
        _finish(actor, run)
        discard_scratch(run)
    return run


@transaction.atomic
def _claim(actor: User | None, run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if not run.may_be_undone:
        raise Refused(_("Nothing of this import can be undone."))
    if run.status != Status.UNDOING:
        journal.record(actor, "import.undoing", [Change(run, after={"name": run.name})])
        run.counts = {**run.counts, "removed": 0, "restored": 0, "kept": 0}
    run.status = Status.UNDOING
    run.token = ""
    run.error = ""
    run.save()
    return run


@transaction.atomic
def _undo_chunk(actor: User | None, run: ImportRun, place: int) -> None:
    chunk = run.chunks.select_for_update().get(place=place)
    if chunk.undone_at is not None:
        return
    counts: dict[str, Any] = dict(run.counts)
    for name, ids in chunk.changed.items():
        restored, kept = customers.restore_many(
            actor=actor, customer_ids=ids, since=chunk.since, until=chunk.until
        )
        counts["restored"] += len(restored)
        chunk.kept += [[name, pk] for pk in kept]
    for name, remove in REMOVE.items():
        if ids := chunk.created.get(name):
            removed, kept = remove(actor, ids, chunk)
            counts["removed"] += len(removed)
            chunk.kept += [[name, pk] for pk in kept]
    counts["kept"] += len(chunk.kept)
    chunk.undone_at = clock.now()
    chunk.save()
    run.counts = counts
    run.save(update_fields=["counts"])


@transaction.atomic
def _finish(actor: User | None, run: ImportRun) -> None:
    run.status = Status.UNDONE
    run.save(update_fields=["status"])
    after = {name: run.counts[name] for name in ("removed", "restored", "kept")}
    journal.record(actor, "import.undone", [Change(run, after=after)])
