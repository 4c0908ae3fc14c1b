"""Text tables: comma, semicolon, tab or bar; any usual encoding; packed or not."""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from liuke.imports.readers.encoding import encoding_of
from liuke.imports.readers.errors import Unreadable, cut_off
from liuke.imports.readers.formats import Format

DELIMITERS = ",;\t|"
SAMPLE_LINES = 60
LONGEST_CELL = 100_000
EXCEL_HINT = re.compile(r"^\ufeff?sep=(.)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextTable:
    path: Path
    packed: bool
    encoding: str
    delimiter: str
    hint_lines: int

    def rows(self) -> Iterator[Sequence[str]]:
        """Every row, the header included. Raises Unreadable with the row where it fails."""
        number = self.hint_lines
        with opened(self.path, self.packed) as file:
            text = io.TextIOWrapper(file, self.encoding, newline="")
            for _skipped in range(self.hint_lines):
                text.readline()
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            csv.field_size_limit(LONGEST_CELL)
            try:
                for row in reader:
                    number += 1
                    yield row
            except UnicodeDecodeError:
                raise _undecodable(number + 1, self.encoding) from None
            except csv.Error as failure:
                raise _malformed(number + 1, str(failure)) from None


def open_text_table(path: Path, kind: Format) -> TextTable:
    packed = kind == Format.PACKED_TEXT
    with opened(path, packed) as file:
        encoding = encoding_of(file)
        text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
        lines = list(islice(text, SAMPLE_LINES))
    hint = EXCEL_HINT.match(lines[0]) if lines else None
    if hint:
        return TextTable(path, packed, encoding, hint[1], 1)
    return TextTable(path, packed, encoding, _delimiter_of(lines), 0)


@contextmanager
def opened(path: Path, packed: bool) -> Iterator[BinaryIO]:
    opener = gzip.open if packed else open
    try:
        with cast(BinaryIO, opener(path, "rb")) as file:
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise cut_off() from None


def _delimiter_of(lines: Sequence[str]) -> str:
    """The one that cuts the most rows into the same number of cells, and that number large."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(lines, delimiter))


def _regularity(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row))
    if not widths:
        return 0.0, 0
    width, times = widths.most_common(1)[0]
    return (times / widths.total(), width) if width > 1 else (0.0, width)


def _undecodable(row: int, encoding: str) -> Unreadable:
    return Unreadable(
        _(
            "Row %(row)s cannot be read as %(encoding)s text. Save the file as UTF-8 "
            "(in Excel: “CSV UTF-8”) and retry."
        )
        % {"row": row, "encoding": encoding}
    )


def _malformed(row: int, failure: str) -> Unreadable:
    if "limit" in failure or "unexpected end" in failure:
        return Unreadable(
            _(
                "A quotation mark opened in row %(row)s is never closed. The file may be cut off: "
                "export it again, or close the mark."
            )
            % {"row": row}
        )
    return Unreadable(
        _(
            "The quotation marks in row %(row)s do not fit. Double the marks inside a cell, "
            "or export the file again."
        )
        % {"row": row}
    )
