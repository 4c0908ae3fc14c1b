"""Excel workbooks. Formulas count with their saved result; one without is refused by row."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import fastexcel
import pyarrow as pa
from django.conf import settings
from django.utils.translation import gettext as _

from liuke.imports.readers.errors import Unreadable, cut_off, no_rows, nothing_in_it
from liuke.imports.readers.merged import filled_down

# A sheet is held in memory as a whole, so its unpacked XML is limited; the factor is an estimate.
UNPACKED_PER_MEMORY = 2
BLOCK = 1 << 20
FORMULA = re.compile(
    rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


def read_workbook(path: Path) -> pa.RecordBatch:
    """The first sheet that has rows, every cell as text, empty rows kept for their numbers."""
    _refuse_too_large(path)
    try:
        reader = fastexcel.read_excel(path)
        for position, name in enumerate(reader.sheet_names):
            sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            if sheet.height:
                if hole := _formula_without_value(path):
                    raise _without_value(*hole)
                return filled_down(path, position, sheet.to_arrow())
    except fastexcel.FastExcelError as failure:
        raise _not_readable(path, failure) from None
    raise nothing_in_it() if not reader.sheet_names else no_rows()


def _refuse_too_large(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            largest = max((item.file_size for item in archive.infolist()), default=0)
    except zipfile.BadZipFile:
        with path.open("rb") as file:
            if file.read(2) == b"PK":
                raise cut_off() from None
        return  # An old .xls; it cannot exceed 65,536 rows.
    limit = settings.LIUKE_IMPORT_MEMORY_MB * UNPACKED_PER_MEMORY << 20
    if largest > limit:
        raise Unreadable(
            _(
                "The workbook is too large to be read at once (%(size)s MB unpacked, limit "
                "%(limit)s MB). Save the sheet as CSV; a CSV file may have any size."
            )
            % {"size": largest >> 20, "limit": limit >> 20}
        )


def _not_readable(path: Path, failure: Exception) -> Unreadable:
    with path.open("rb") as file:
        protected = file.read(4) == b"\xd0\xcf\x11\xe0"
    if protected or "password" in str(failure).lower():
        return Unreadable(
            _("The workbook is protected or damaged. Save it without a password as XLSX.")
        )
    return cut_off()


def _formula_without_value(path: Path) -> tuple[str, int] | None:
    """The first cell whose formula was never calculated: it would silently read as empty."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        sheets = sorted(name for name in archive.namelist() if "/worksheets/sheet" in name)
        for name in sheets[:1]:
            with archive.open(name) as file:
                for window in _windows(file):
                    if found := FORMULA.search(window):
                        return found[1].decode(), int(found[2])
    return None


def _windows(file: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while block := file.read(BLOCK):
        window = tail + block
        if b"<f" in window:
            yield window
        tail = window[-4096:]


def _without_value(column: str, row: int) -> Unreadable:
    return Unreadable(
        _(
            "Row %(row)s, column %(column)s holds a formula without a result. Open the file in "
            "Excel, save it, and retry; or paste the column as values."
        )
        % {"row": row, "column": column}
    )
