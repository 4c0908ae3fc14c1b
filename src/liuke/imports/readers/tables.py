"""One shape for every kind of file: column names, then batches of text cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.utils import translation
from django.utils.translation import gettext as _

from liuke.imports.readers import columnar
from liuke.imports.readers.delimited import TextTable, open_text_table
from liuke.imports.readers.errors import Unreadable, nothing_in_it
from liuke.imports.readers.formats import Format, format_of
from liuke.imports.readers.headers import header_of
from liuke.imports.readers.workbook import read_workbook

BATCH = 10_000
HEADER_WITHIN = 20
MOST_COLUMNS = 400


@dataclass(frozen=True, slots=True)
class Batch:
    """`rows`: the row numbers as a spreadsheet shows them; `wide`: more cells than columns."""

    rows: pa.Array
    wide: pa.Array
    cells: Sequence[pa.Array]


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[str]
    described: str
    batches: Iterator[Batch]


def open_table(path: Path) -> Table:
    """Raises Unreadable for what is no table, is cut off or has nothing in it."""
    kind = format_of(path)
    if kind == Format.COLUMNS:
        return Table(_names(columnar.columns_of(path)), kind, _columnar_batches(path))
    if kind == Format.WORKBOOK:
        return _from_workbook(read_workbook(path))
    return _from_text(open_text_table(path, kind))


def _columnar_batches(path: Path) -> Iterator[Batch]:
    start = 1
    for cells in columnar.batches(path):
        count = len(cells[0])
        rows = pa.array(range(start, start + count), pa.int64())
        yield Batch(rows, pa.repeat(pa.scalar(False), count), cells)
        start += count


def _from_workbook(sheet: pa.RecordBatch) -> Table:
    first = [list(row.values()) for row in sheet.slice(0, HEADER_WITHIN).to_pylist()]
    start, header = header_of(first)
    header += [""] * (sheet.num_columns - len(header))
    return Table(_names(header), Format.WORKBOOK, _workbook_batches(sheet, start))


def _workbook_batches(sheet: pa.RecordBatch, start: int) -> Iterator[Batch]:
    for offset in range(start, sheet.num_rows, BATCH):
        part = sheet.slice(offset, BATCH)
        rows = pa.array(range(offset + 1, offset + 1 + part.num_rows), pa.int64())
        filled = pa.repeat(pa.scalar(False), part.num_rows)
        cells = [column.cast(pa.string()) for column in part.columns]
        for column in cells:
            filled = pc.or_(filled, pc.is_valid(column))
        kept = [pc.filter(column, filled) for column in cells]
        rows = pc.filter(rows, filled)
        yield Batch(rows, pa.repeat(pa.scalar(False), len(rows)), kept)


def _from_text(table: TextTable) -> Table:
    first = list(islice(table.rows(), HEADER_WITHIN))
    if not any(map(any, first)):
        raise nothing_in_it()
    start, header = header_of(first)
    names = _names(header)
    described = f"CSV · {table.encoding.upper()} · {_spoken(table.delimiter)}"
    return Table(names, described, _text_batches(table, start, len(names)))


def _text_batches(table: TextTable, skip: int, width: int) -> Iterator[Batch]:
    numbered = enumerate(table.rows(), start=table.hint_lines + 1)
    body = islice(numbered, skip, None)
    while chunk := list(islice(body, BATCH)):
        kept = [(number, row) for number, row in chunk if any(row) and "".join(row).strip()]
        rows = pa.array([number for number, _row in kept], pa.int64())
        wide = pa.array(
            [len(row) > width and any(row[width:]) for _number, row in kept], pa.bool_()
        )
        fitted = [row if len(row) == width else _fitted(row, width) for _number, row in kept]
        columns = zip(*fitted, strict=True) if fitted else ([] for _name in range(width))
        yield Batch(rows, wide, [pa.array(column, pa.string()) for column in columns])


def _fitted(row: Sequence[str], width: int) -> Sequence[str | None]:
    return (*row[:width], *(None,) * (width - len(row)))


def unnamed(language: str, count: int) -> set[str]:
    """What the columns without a header are called, in the language of who took the file in."""
    with translation.override(language):
        return {_("Column %s") % position for position in range(1, count + 1)}


def _names(header: Sequence[str]) -> list[str]:
    """Every column gets a name of its own, so that a person can choose it."""
    if not header:
        raise nothing_in_it()
    if len(header) > MOST_COLUMNS:
        raise Unreadable(_("The file has more than %s columns. Export fewer.") % MOST_COLUMNS)
    names: list[str] = []
    for position, raw in enumerate(header, start=1):
        name = " ".join(raw.replace("\ufeff", "").split()) or _("Column %s") % position
        same = sum(1 for other in names if other == name or other.startswith(f"{name} ("))
        names.append(f"{name} ({same + 1})" if name in names else name)
    return names


def _spoken(delimiter: str) -> str:
    words = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}
    return words.get(delimiter, delimiter)
