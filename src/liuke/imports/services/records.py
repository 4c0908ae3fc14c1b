"""Records of any declared kind: a file judged, foreseen, and recorded a chunk at a time."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from duckdb import DuckDBPyConnection

from liuke.accounts.models import User
from liuke.core import clock
from liuke.core.beside import helper
from liuke.core.models import JournalEntry
from liuke.imports.models import Clash, ImportChunk, ImportRun
from liuke.imports.readers import cells, rejects
from liuke.imports.readers.cells import judge_records, settle_dates
from liuke.imports.readers.declare import Reading, Shape, Type
from liuke.imports.readers.parsing import Frame
from liuke.imports.readers.workbench import define_macros
from liuke.imports.services.kinds import KINDS
from liuke.imports.services.kinds.kind import Action, Made, RecordKind, Row, Step
from liuke.imports.services.work import Progress, opened_workbench, rows_of

CHUNK = 2000
SAMPLES = 20
# From this many rows on a second process is worth its start.
WORTH_A_HELPER = 20_000
COUNTED = (Action.NEW, Action.CHANGE, Action.SAME, Action.LEFT)


class Ready(Protocol):
    """Whoever prepares rows: this process, or one beside it."""

    def ask(self, work: Any) -> None: ...

    def answer(self) -> Any: ...


class _Here:
    """No helper: the next chunk is prepared when it is recorded."""

    def ask(self, work: Any) -> None:
        return None

    def answer(self) -> None:
        return None


def kind_of(run: ImportRun) -> RecordKind:
    return KINDS[run.kind]


def judged(run: ImportRun, path: Path) -> tuple[Reading, dict[str, Any], int]:
    """Judge the staged file into a workbench at `path`: the settled reading, counts, places."""
    shape = kind_of(run).shape_now()
    with opened_workbench(run, path) as connection:
        define_macros(connection)
        connection.execute(cells.MACROS)
        reading = settle_dates(connection, rows_of(run), run.columns, shape, run.reading)
        found = judge_records(connection, rows_of(run), run.columns, shape, reading, frame_now())
    return reading, {"skipped": found.skipped}, found.places


def nothing_yet() -> dict[str, int]:
    return {action.value: 0 for action in COUNTED}


def frame_now() -> Frame:
    zone = timezone.get_default_timezone()
    return Frame(timezone.get_default_timezone_name(), timezone.make_naive(clock.now(), zone))


def foresee(run: ImportRun, actor: User | None, progress: Progress) -> None:
    """Count and sample what recording would do, with nothing written."""
    kind, counts = kind_of(run), Counter[str]()
    shape = kind.shape_now()
    samples: dict[str, list[dict[str, Any]]] = {"new": [], "change": []}
    clashes: list[tuple[int, str, str]] = []
    with opened_workbench(run) as connection:
        after = 0
        while rows := next_rows(connection, shape, run.reading, after):
            after = rows[-1].place
            steps = kind.plan(actor, rows, run.reading)
            counts.update(step.action.value for step in steps)
            counts["twins"] += sum(step.code == "twin" for step in steps)
            clashes += clashes_of(steps)
            _sample(samples, steps)
            progress("check", after, run.total)
        put_out(connection, clashes)
        run.counts |= {action.value: counts[action.value] for action in COUNTED}
        run.counts |= {"twins": counts["twins"], "samples": samples}
        run.counts |= said_about_rejects(connection, run)
        rejects.write_rejects(connection, rows_of(run), run.columns, run.reading, run.rejects_file)


def record_chunk(
    run: ImportRun, actor: User | None, rows: Sequence[Row], prepared: Sequence[Any] | None
) -> Counter[str]:
    """Plan anew and record, with all that undoing and the error file need; in a transaction."""
    kind, origin = kind_of(run), f"import {run.pk}"
    since = last_entry()
    try:
        with transaction.atomic():
            steps = kind.plan(actor, rows, run.reading)
            made = kind.write(actor, steps, prepared, run.reading, origin)
    except IntegrityError:
        # Somebody recorded the same number between the look and the write; now it is seen.
        with transaction.atomic():
            steps = kind.plan(actor, rows, run.reading)
            made = kind.write(actor, steps, prepared, run.reading, origin)
    keep_chunk(run, rows[-1].place, since, made)
    Clash.objects.bulk_create(
        Clash(run=run, place=place, kind=problem, message=message)
        for place, problem, message in clashes_of(steps)
    )
    return Counter(step.action.value for step in steps)


def keep_chunk(run: ImportRun, place: int, since: int, made: Made) -> None:
    """Remember what a chunk wrote, for the day it is undone."""
    ImportChunk.objects.create(
        run=run,
        place=place,
        since=since,
        until=last_entry(),
        created={name: list(ids) for name, ids in made.created.items() if ids},
        changed={name: list(ids) for name, ids in made.changed.items() if ids},
    )


def last_entry() -> int:
    return JournalEntry.objects.aggregate(last=Max("pk"))["last"] or 0


def next_rows(
    connection: DuckDBPyConnection, shape: Shape, reading: Reading, after: int, limit: int = CHUNK
) -> list[Row]:
    """The next rows of the queue with their values; empty cells are not in them."""
    cursor = connection.execute(
        "SELECT * FROM records WHERE place > ? AND place <= ? ORDER BY place",
        [after, after + limit],
    )
    names = [each[0] for each in cursor.description][3:]
    zone = timezone.get_default_timezone()
    moments = {each.name for each in shape.fields if each.type is Type.MOMENT}
    found = []
    for place, number, key, *cells_of_row in cursor.fetchall():
        values = {name: cell for name, cell in zip(names, cells_of_row, strict=True) if cell}
        for name in moments & set(values):
            moment: datetime = values[name]
            values[name] = moment.replace(tzinfo=zone)
        found.append(Row(place, number, key or "", values))
    return found


@contextmanager
def preparing(run: ImportRun) -> Iterator[Ready]:
    """Whoever prepares this run's rows: worth another process only for many, on several cores."""
    prepare = kind_of(run).prepare
    rest = run.total - run.position
    if prepare is None or rest < WORTH_A_HELPER or (os.cpu_count() or 1) < 2:
        yield _Here()
        return
    with helper(f"{prepare.__module__}.prepare_all") as beside:
        yield beside


def clashes_of(steps: Sequence[Step]) -> list[tuple[int, str, str]]:
    """(place, problem, message) of refused rows, and of cells left out, which have a ~ before."""
    found = [
        (step.row.place, f"{step.code}:{step.about}", step.message)
        for step in steps
        if step.action is Action.REFUSED
    ]
    found += [
        (step.row.place, f"~{notice}", step.remarks.get(notice, ""))
        for step in steps
        for notice in dict.fromkeys(step.notices)
    ]
    return found


def put_out(connection: DuckDBPyConnection, clashes: Sequence[tuple[int, str, str]]) -> None:
    """The view of all rows refused, and of those recorded without some cell (`kept`)."""
    connection.execute("CREATE OR REPLACE TABLE clashes (place BIGINT, kind TEXT, message TEXT)")
    if clashes:
        connection.executemany("INSERT INTO clashes VALUES (?, ?, ?)", clashes)
    connection.execute(
        """
        CREATE OR REPLACE VIEW all_rejects AS
        SELECT row, problem, value, other, NULL AS message, false AS kept FROM rejects
        UNION ALL BY NAME
        SELECT row, ltrim(kind, '~') AS problem, nullif(message, '') AS message,
               starts_with(kind, '~') AS kept
        FROM records JOIN clashes USING (place)
        UNION ALL BY NAME
        SELECT row, problem, value, true AS kept FROM notices
        WHERE row NOT IN (SELECT row FROM records JOIN clashes USING (place)
                          WHERE NOT starts_with(kind, '~'))
        """
    )


def said_about_rejects(connection: DuckDBPyConnection, run: ImportRun) -> dict[str, Any]:
    """Counts by reason, refused apart from recorded without a cell, and the first of them."""
    reasons = rejects.reasons(connection)
    return {
        "rejected": sum(item["rows"] for item in reasons if not item["kept"]),
        "noticed": sum(item["rows"] for item in reasons if item["kept"]),
        "reasons": reasons,
        "errors": [asdict(error) for error in rejects.first_errors(connection, run.reading)],
    }


def _sample(samples: dict[str, list[dict[str, Any]]], steps: Sequence[Step]) -> None:
    for step in steps:
        kept = samples.get(step.action.value)
        if kept is not None and len(kept) < SAMPLES:
            kept.append(
                {
                    "row": step.row.number,
                    "name": str(step.row.values.get("name", step.row.key)),
                    "customer": step.other,
                    "changes": [[name, *pair] for name, pair in step.changes.items()],
                }
            )
