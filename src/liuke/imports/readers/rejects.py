"""The rows that were left out: as first errors, as counts, and as a file to correct and retry."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _
from duckdb import DuckDBPyConnection

from liuke.imports.readers.parsing import quoted
from liuke.imports.readers.reasons import (
    NAMED,
    code_of,
    field_of,
    reason_text,
    remedy_text,
    summary_text,
)

FIRST = 50
BATCH = 5_000
# What a spreadsheet would run instead of show.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class Columns(Protocol):
    """Whatever knows the column of a field, or has none for it."""

    def column_of(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class RowError:
    row: int
    column: str
    value: str
    code: str
    reason: str
    remedy: str
    kept: bool = False


def put_out(connection: DuckDBPyConnection, conflicts: Sequence[tuple[int, str, str]]) -> None:
    """Add whole orders that met another order under their number: (place, kind, message)."""
    connection.execute("CREATE OR REPLACE TABLE clashes (place BIGINT, kind TEXT, message TEXT)")
    if conflicts:
        connection.executemany("INSERT INTO clashes VALUES (?, ?, ?)", conflicts)
    connection.execute(
        """
        CREATE OR REPLACE VIEW all_rejects AS
        SELECT row, problem, value, other, NULL AS message, false AS kept FROM rejects
        UNION ALL BY NAME
        SELECT row, 'conflict:order' AS problem, message, false AS kept
        FROM lines JOIN clashes USING (place, kind)
        """
    )


def reasons(connection: DuckDBPyConnection) -> list[dict[str, Any]]:
    """How many rows for each reason, the most frequent first."""
    rows = connection.execute(
        """
        SELECT split_part(problem, ':', 1) AS code, kept, count(*) AS n
        FROM all_rejects GROUP BY code, kept ORDER BY kept, n DESC, code
        """
    ).fetchall()
    return [
        {"code": code, "reason": summary_text(code), "rows": count, "kept": kept}
        for code, kept, count in rows
    ]


def first_errors(
    connection: DuckDBPyConnection, meaning: Columns, limit: int = FIRST
) -> list[RowError]:
    """The first rows that are wrong themselves; those left out beside them come after."""
    rows = connection.execute(
        """
        SELECT row, problem, value, other, message, kept FROM all_rejects
        ORDER BY kept, starts_with(problem, 'sibling'), row LIMIT ?
        """,
        [limit],
    ).fetchall()
    return [_row_error(meaning, *row) for row in rows]


def write_rejects(
    connection: DuckDBPyConnection,
    rows: Path,
    columns: Sequence[str],
    meaning: Columns,
    target: Path,
) -> int:
    """Write every row left out with row number, reason and remedy; no file when there is none."""
    draft = target.with_suffix(".draft")
    count = 0
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [_("Row"), _("Column"), _("Reason"), _("What to do"), *map(harmless, columns)]
        )
        for error, cells in _rejected(connection, rows, len(columns), meaning):
            said = [error.row, harmless(error.column), error.reason, error.remedy]
            writer.writerow([*said, *map(harmless, cells)])
            count += 1
    if count:
        draft.replace(target)
    else:
        draft.unlink()
        target.unlink(missing_ok=True)
    return count


def harmless(cell: str | None) -> str:
    """A cell that a spreadsheet shows instead of running it; plain negative numbers stay."""
    if not cell or not cell.startswith(DANGEROUS):
        return cell or ""
    if cell[0] in "+-" and cell[1:].replace(".", "", 1).replace(",", "").isdecimal():
        return cell
    return f"'{cell}"


def _rejected(
    connection: DuckDBPyConnection, rows: Path, width: int, meaning: Columns
) -> Iterator[tuple[RowError, Sequence[str | None]]]:
    cells = ", ".join(f"c{position}" for position in range(width))
    cursor = connection.execute(
        f"""
        SELECT row, problem, value, other, message, kept, {cells}
        FROM all_rejects JOIN read_parquet('{quoted(rows)}') USING (row)
        ORDER BY row
        """  # noqa: S608 - places of our own table and our own path
    )
    while batch := cursor.fetchmany(BATCH):
        for row, problem, value, other, message, kept, *cells_of_row in batch:
            yield _row_error(meaning, row, problem, value, other, message, kept), cells_of_row


def _row_error(
    meaning: Columns,
    row: int,
    problem: str,
    value: str | None,
    other: int | None,
    message: str | None,
    kept: bool,
) -> RowError:
    field = field_of(problem)
    reason = reason_text(problem, other)
    if message:
        reason = f"{reason}: {message}" if code_of(problem) in NAMED else message
    return RowError(
        row=row,
        column=meaning.column_of(field) if field else "",
        value=value or "",
        code=code_of(problem),
        reason=_("Recorded without this cell: %s") % reason if kept else reason,
        remedy="" if message and code_of(problem) not in NAMED else remedy_text(problem),
        kept=kept,
    )
