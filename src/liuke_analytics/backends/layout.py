"""How a text file sets its cells apart, and whether its first line names the columns."""

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from liuke_analytics.encodings import opened

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 20
_NUMBER = r"[-+(]?[¥￥$€£]?\d[\d.,]*\)?"
_DATE = r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*"
# What stands in a row of data, never as the name of a column.
_VALUE = re.compile(rf"\s*(?:{_NUMBER}|{_DATE})\s*")


def arranged(path: Path, folder: Path) -> tuple[Path, str]:
    """The file, or a copy in `folder` that begins with names; and what sets its cells apart.

    Titles above the table are cut off. Columns of a file without names are called 1, 2, 3 …
    Cells that only blanks set apart come with tabs, where every line has as many of them.
    """
    with _text(path) as file:
        lines = list(islice(file, _LOOKED_AT))
    delimiter = _delimiter(lines)
    blanks = delimiter is None

    def cells(line: str) -> list[str]:
        return line.split() if blanks else next(csv.reader([line], delimiter=delimiter or ","), [])

    # A title stands alone in its line.
    several = (place for place, line in enumerate(lines) if sum(map(bool, cells(line))) > 1)
    start = next(several, 0)
    first = cells(lines[start]) if lines else []
    nameless = any(_VALUE.fullmatch(cell) for cell in first)
    if not (blanks or nameless or start):
        return path, delimiter or ","
    copy = Path(tempfile.mkdtemp(dir=folder)) / "arranged.csv"
    mark = delimiter or "\t"
    with _text(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        if nameless:
            target.write(mark.join(str(place + 1) for place in range(len(first))) + "\n")
        for line in islice(source, start, None):
            target.write(mark.join(line.split()) + "\n" if blanks else line)
    return copy, mark


def _delimiter(lines: Sequence[str]) -> str | None:
    """What the first line that has one uses most; None where blanks do it."""
    for line in lines:
        mark = max(_DELIMITERS, key=line.count)
        if mark in line:
            return mark
    numbers = {len(line.split()) for line in lines if line.strip()}
    return None if len(numbers) == 1 and max(numbers) > 1 else _DELIMITERS[0]


def _text(path: Path) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened(path), encoding="utf-8-sig", errors="replace", newline="")
