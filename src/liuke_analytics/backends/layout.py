"""How a text file sets its cells apart, and whether its first line names the columns."""

import csv
import io
import re
import tempfile
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
    """The file, or a copy in `folder` with a line of names and a delimiter; and the delimiter.

    Columns of a file without names are called 1, 2, 3 … Cells that only blanks set apart come
    with tabs, where every line has as many of them.
    """
    with _text(path) as file:
        lines = list(islice((line for line in file if line.strip()), _LOOKED_AT))
    if not lines:
        return path, _DELIMITERS[0]
    delimiter = max(_DELIMITERS, key=lines[0].count)
    cells = {len(line.split()) for line in lines}
    blanks = delimiter not in lines[0] and len(cells) == 1 and max(cells) > 1
    first = lines[0].split() if blanks else next(csv.reader(lines[:1], delimiter=delimiter))
    nameless = any(_VALUE.fullmatch(cell) for cell in first)
    if not blanks and not nameless:
        return path, delimiter
    copy = Path(tempfile.mkdtemp(dir=folder)) / "arranged.csv"
    delimiter = "\t" if blanks else delimiter
    with _text(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        if nameless:
            target.write(delimiter.join(str(place + 1) for place in range(len(first))) + "\n")
        for line in source:
            target.write(delimiter.join(line.split()) + "\n" if blanks else line)
    return copy, delimiter


def _text(path: Path) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened(path), encoding="utf-8-sig", errors="replace", newline="")
