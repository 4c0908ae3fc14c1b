"""Merged cells of a workbook: what is written once counts for each of the rows it spans."""

import re
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import chain, pairwise
from pathlib import Path, PurePosixPath

import pyarrow as pa

SHEET = re.compile(r"<sheet\b[^>]*>")
RELATION = re.compile(r"<Relationship\b[^>]*>")
MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
BLOCK = 1 << 20
OVERLAP = 100


def filled_down(path: Path, position: int, sheet: pa.RecordBatch) -> pa.RecordBatch:
    """The sheet at a position of a workbook with its merged cells filled in downwards."""
    columns: dict[int, list[str | None]] = {}
    for column, first, last in _spans(path, position):
        if column >= sheet.num_columns or first >= sheet.num_rows:
            continue
        cells = columns.setdefault(column, sheet.column(column).to_pylist())
        for row in range(first + 1, min(last + 1, sheet.num_rows)):
            cells[row] = cells[row] or cells[first]
    if not columns:
        return sheet
    arrays = [
        pa.array(columns[at], pa.string()) if at in columns else sheet.column(at)
        for at in range(sheet.num_columns)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=sheet.schema.names)


def _spans(path: Path, position: int) -> Iterator[tuple[int, int, int]]:
    """Column, first and last row from 0, of the cells merged over several rows."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        name = _part_of(archive, position)
        if name not in archive.namelist():
            return
        seen = set()
        with archive.open(name) as file:
            blocks = chain((b"",), iter(partial(file.read, BLOCK), b""))
            for before, block in pairwise(blocks):
                for left, top, _right, bottom in MERGED.findall(before[-OVERLAP:] + block):
                    if top != bottom and (left, top) not in seen:
                        seen.add((left, top))
                        yield _number(left.decode()), int(top) - 1, int(bottom) - 1


def _part_of(archive: zipfile.ZipFile, position: int) -> str:
    """The file in the archive that holds the sheet."""
    sheets = SHEET.findall(archive.read("xl/workbook.xml").decode())
    relation = _attribute(sheets[position], "r:id")
    for each in RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode()):
        if _attribute(each, "Id") == relation:
            return str(PurePosixPath("xl") / _attribute(each, "Target").removeprefix("/xl/"))
    return ""


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
