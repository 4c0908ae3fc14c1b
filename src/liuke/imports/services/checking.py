"""The dry run: everything the run would do, counted, with nothing written."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation
from duckdb import DuckDBPyConnection

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.readers import rejects
from liuke.imports.readers.judging import judge
from liuke.imports.readers.mapping import Meaning, check_meaning
from liuke.imports.readers.parsing import parse, settle
from liuke.imports.readers.staging import stage
from liuke.imports.readers.workbench import define_macros
from liuke.imports.rules import CHECKABLE, Status
from liuke.imports.services import records
from liuke.imports.services.recording import (
    Tally,
    Waiting,
    existing_customers,
    next_orders,
    record,
)
from liuke.imports.services.work import (
    Progress,
    only_worker,
    opened_workbench,
    rows_of,
    silent,
    source_of,
    workbench_of,
)
from liuke.sales.queries import recorded_under

NUMBERS = 500


def check_import(*, actor: User | None, run_id: int, progress: Progress = silent) -> ImportRun:
    """Read and judge the whole file, and foresee what running it would record."""
    require(actor, Act.IMPORT)
    run = ImportRun.objects.get(pk=run_id)
    if run.status not in CHECKABLE or run.position:
        return run
    with only_worker(run), translation.override(run.language):
        _mark(run, Status.CHECKING)
        try:
            if run.is_of_orders:
                check_meaning(run.mapping, run.columns)
            _prepare(run, progress)
            (_foresee if run.is_of_orders else records.foresee)(run, actor, progress)
        except Exception as failure:
            _fail(run, failure)
            raise
        _mark(run, Status.CHECKED)
    return run


def _prepare(run: ImportRun, progress: Progress) -> None:
    """Stage the file once, judge it anew; the workbench appears whole or not at all."""

    def staged_so_far(rows: int) -> None:
        ImportRun.objects.filter(pk=run.pk).update(rows=rows)
        progress("read", rows, 0)

    if not rows_of(run).exists():
        staged = stage(source_of(run), rows_of(run), staged_so_far)
        run.rows, run.columns = staged.rows, staged.columns
    progress("judge", 0, run.rows)
    draft = run.folder / "draft.duckdb"
    draft.unlink(missing_ok=True)
    meaning, counts, places = (_judged if run.is_of_orders else records.judged)(run, draft)
    workbench_of(run).unlink(missing_ok=True)
    draft.replace(workbench_of(run))
    run.meaning = meaning.as_dict()
    run.total = places
    run.counts = {"rows": run.rows, **counts}


def _judged(run: ImportRun, path: Path) -> tuple[Meaning, dict[str, Any], int]:
    with opened_workbench(run, path) as connection:
        define_macros(connection)
        meaning = settle(connection, rows_of(run), run.columns, run.mapping)
        parse(connection, rows_of(run), run.columns, meaning, records.frame_now())
        counts = asdict(judge(connection, meaning))
    return meaning, counts, counts.pop("places")


def _foresee(run: ImportRun, actor: User | None, progress: Progress) -> None:
    tally = Tally()
    clashes: list[tuple[int, str, str]] = []
    with opened_workbench(run) as connection:
        tally.new_customers = _new_customers(connection)
        after = 0
        while orders := next_orders(connection, after):
            after = orders[-1].place
            clashes += _compare(connection, run, actor, orders, tally)
            progress("check", after, run.total)
        rejects.put_out(connection, clashes)
        run.counts |= tally.as_dict() | said_about_rejects(connection, run)
        rejects.write_rejects(connection, rows_of(run), run.columns, run.mapping, run.rejects_file)


def said_about_rejects(connection: DuckDBPyConnection, run: ImportRun) -> dict[str, Any]:
    """Counts by reason and the first errors; needs `rejects.put_out` before."""
    reasons = rejects.reasons(connection)
    return {
        "rejected": sum(item["rows"] for item in reasons),
        "reasons": reasons,
        "errors": [asdict(error) for error in rejects.first_errors(connection, run.mapping)],
    }


def _new_customers(connection: DuckDBPyConnection) -> int:
    cursor = connection.cursor().execute("SELECT DISTINCT customer FROM orders")
    new = 0
    while batch := cursor.fetchmany(NUMBERS):
        codes = [code for (code,) in batch]
        new += len(codes) - len(existing_customers(codes))
    return new


def _compare(
    connection: DuckDBPyConnection,
    run: ImportRun,
    actor: User | None,
    orders: list[Waiting],
    tally: Tally,
) -> list[tuple[int, str, str]]:
    """Only orders whose number is known can turn out otherwise than new; those are tried."""
    recorded: set[tuple[str, str]] = set()
    numbers = sorted({order.number for order in orders})
    for start in range(0, len(numbers), NUMBERS):
        recorded |= set(recorded_under(numbers[start : start + NUMBERS]))
    places = {order.place for order in orders if (order.number, order.kind) in recorded}
    known = [order for order in orders if order.place in places]
    tally.count([order for order in orders if order.place not in places])
    if not known:
        return []
    with transaction.atomic():
        outcome = record(
            actor=actor, connection=connection, meaning=run.mapping, orders=known, origin="check"
        )
        transaction.set_rollback(True)
    tally.count(outcome.created)
    tally.unchanged += outcome.unchanged
    return outcome.clashes


def _mark(run: ImportRun, status: Status) -> None:
    run.status = status
    run.error = ""
    run.save()


def _fail(run: ImportRun, failure: Exception) -> None:
    run.status = Status.FAILED
    run.error = " ".join(failure.messages) if isinstance(failure, Refused) else repr(failure)
    run.save()
