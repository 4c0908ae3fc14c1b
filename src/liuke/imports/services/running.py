"""The run: chunk by chunk, each one transaction that also says how far the run is."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.imports.models import Clash, ImportRun
from liuke.imports.queries import clashes_of
from liuke.imports.readers import rejects
from liuke.imports.rules import RUNNABLE, Status
from liuke.imports.services import records
from liuke.imports.services.checking import said_about_rejects
from liuke.imports.services.recording import Tally, next_orders, record
from liuke.imports.services.work import (
    Progress,
    discard_scratch,
    only_worker,
    opened_workbench,
    rows_of,
    silent,
)

COUNTED_BY_CHECK = ("rows", "without_customer", "customers", "first_day", "last_day", "skipped")


class Interrupted(Refused):
    """Somebody stopped this run, or another worker took it over; nothing is lost."""


def run_import(*, actor: User | None, run_id: int, progress: Progress = silent) -> ImportRun:
    """Record what the check accepted, from wherever an earlier run was cut off."""
    require(actor, Act.IMPORT)
    run = ImportRun.objects.get(pk=run_id)
    if run.status == Status.DONE:
        return run
    with only_worker(run), translation.override(run.language):
        run = _claim(actor, run_id)
        try:
            _record_rest(run, actor, progress)
        except Interrupted:
            return ImportRun.objects.get(pk=run_id)
        except Exception as failure:
            _fail(run, failure)
            raise
        discard_scratch(run)
    return run


@transaction.atomic
def stop_import(*, actor: User | None, run_id: int) -> ImportRun:
    """Let a run end after the chunk it is at; what is recorded stays, and it can be continued."""
    require(actor, Act.IMPORT)
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.status == Status.RUNNING:
        run.status = Status.STOPPED
        run.token = ""
        run.save(update_fields=["status", "token"])
        journal.record(actor, "import.stopped", [Change(run, after={"position": run.position})])
    return run


@transaction.atomic
def _claim(actor: User | None, run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.status not in RUNNABLE or not run.total:
        raise Refused(_("Check the file before it is imported."))
    if not run.position:
        kept = {key: run.counts[key] for key in COUNTED_BY_CHECK if key in run.counts}
        run.counts = kept | (Tally().as_dict() if run.is_of_orders else records.nothing_yet())
        journal.record(actor, "import.started", [Change(run, after={"name": run.name})])
    run.status = Status.RUNNING
    run.started_at = run.started_at or clock.now()
    run.token = uuid4().hex
    run.error = ""
    run.save()
    return run


def _record_rest(run: ImportRun, actor: User | None, progress: Progress) -> None:
    if run.is_of_orders:
        _record_orders(run, actor, progress)
    else:
        _record_records(run, actor, progress)
    _finish(run, actor)


def _record_records(run: ImportRun, actor: User | None, progress: Progress) -> None:
    shape = records.kind_of(run).shape_now()
    with opened_workbench(run) as connection, records.preparing(run) as ready:
        rows = records.next_rows(connection, shape, run.reading, run.position)
        ready.ask([row.values for row in rows])
        while rows:
            following = records.next_rows(connection, shape, run.reading, rows[-1].place)
            prepared = ready.answer()
            ready.ask([row.values for row in following])
            with transaction.atomic():
                counted = records.record_chunk(run, actor, rows, prepared)
                done = {name: run.counts.get(name, 0) + n for name, n in counted.items()}
                _advance(run, rows[-1].place, done)
            progress("record", run.position, run.total)
            rows = following
        records.put_out(connection, clashes_of(run))
        run.counts |= records.said_about_rejects(connection, run)
        rejects.write_rejects(connection, rows_of(run), run.columns, run.reading, run.rejects_file)


def _record_orders(run: ImportRun, actor: User | None, progress: Progress) -> None:
    with opened_workbench(run) as connection:
        while orders := next_orders(connection, run.position):
            with transaction.atomic():
                since = records.last_entry()
                outcome = record(
                    actor=actor,
                    connection=connection,
                    meaning=run.mapping,
                    orders=orders,
                    origin=f"import {run.pk}",
                )
                tally = Tally.from_dict(run.counts)
                tally.count(outcome.created)
                tally.unchanged += outcome.unchanged
                tally.new_customers += outcome.new_customers
                Clash.objects.bulk_create(
                    Clash(run=run, place=place, kind=kind, message=message)
                    for place, kind, message in outcome.clashes
                )
                records.keep_chunk(run, orders[-1].place, since, outcome.made)
                _advance(run, orders[-1].place, tally.as_dict())
            progress("record", run.position, run.total)
        rejects.put_out(connection, clashes_of(run))
        run.counts |= said_about_rejects(connection, run)
        rejects.write_rejects(connection, rows_of(run), run.columns, run.mapping, run.rejects_file)


def _advance(run: ImportRun, position: int, done: Mapping[str, Any]) -> None:
    """Move the run's position in the chunk's transaction; only the worker that holds it may."""
    counts = {**run.counts, **done}
    held = ImportRun.objects.filter(
        pk=run.pk, token=run.token, position=run.position, status=Status.RUNNING
    )
    if not held.update(position=position, counts=counts):
        raise Interrupted(_("The import was stopped."))
    run.position, run.counts = position, counts


@transaction.atomic
def _finish(run: ImportRun, actor: User | None) -> None:
    run.status = Status.DONE
    run.finished_at = clock.now()
    run.save()
    run.clashes.all().delete()
    after = {key: value for key, value in run.counts.items() if key not in ("errors", "samples")}
    journal.record(actor, "import.done", [Change(run, after=after)])


def _fail(run: ImportRun, failure: Exception) -> None:
    said = " ".join(failure.messages) if isinstance(failure, Refused) else repr(failure)
    ImportRun.objects.filter(pk=run.pk, token=run.token).update(status=Status.FAILED, error=said)
