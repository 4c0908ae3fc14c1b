"""Files for spreadsheets, written row by row in flat memory: CSV and XLSX."""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.functional import Promise

from liuke.core.lists.files import FORMULA, harmless

# A sheet holds no more; the rest goes on the next one.
MOST_ROWS = 1_048_576
MOST_LETTERS = 32_767
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EPOCH = datetime(1899, 12, 30)
SECONDS = 86_400
PLAIN, BOLD, QUOTED, DAY, MOMENT = range(5)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Plain, bold heading, text that begins like a formula, day, moment.
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" quotePrefix="1"/>'
    '<xf xfId="0" numFmtId="14" applyNumberFormat="1"/>'
    '<xf xfId="0" numFmtId="22" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


class Sheet(Protocol):
    def write(self, line: Sequence[Any]) -> None: ...


@contextmanager
def opened(path: Path, kind: str) -> Iterator[Sheet]:
    """A new file of the kind "csv" or "xlsx" to write lines to; the first one is the heading."""
    with (_csv if kind == "csv" else _xlsx)(path) as sheet:
        yield sheet


class _Csv:
    def __init__(self, file: Any) -> None:
        self.writer = csv.writer(file)

    def write(self, line: Sequence[Any]) -> None:
        self.writer.writerow([harmless(_told(value)) for value in line])


class _Xlsx:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.sheets = 0
        self.rows = 0
        self.heading: Sequence[Any] = ()
        self.part: Any = None

    def write(self, line: Sequence[Any]) -> None:
        if self.part is None or self.rows == MOST_ROWS:
            self._next_sheet()
            if self.heading:
                self._row(self.heading, BOLD)
        style = PLAIN if self.heading else BOLD
        self.heading = self.heading or line
        self._row(line, style)

    def close(self) -> None:
        if self.part is None:
            self._next_sheet()
        self._end()
        for name, text in _around(self.sheets).items():
            self.archive.writestr(name, text)

    def _next_sheet(self) -> None:
        self._end()
        self.sheets, self.rows = self.sheets + 1, 0
        name = f"xl/worksheets/sheet{self.sheets}.xml"
        self.part = self.archive.open(name, "w", force_zip64=True)
        frozen = '<pane ySplit="1" topLeftCell="A2" state="frozen"/>'
        self._put(
            f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}'
            "</sheetView></sheetViews><sheetData>"
        )

    def _end(self) -> None:
        if self.part is not None:
            self._put("</sheetData></worksheet>")
            self.part.close()

    def _row(self, line: Sequence[Any], style: int) -> None:
        self.rows += 1
        self._put(f"<row>{''.join(_cells(line, style))}</row>")

    def _put(self, text: str) -> None:
        self.part.write(text.encode())


@contextmanager
def _csv(path: Path) -> Iterator[Sheet]:
    # The mark at the beginning tells Excel that the letters are UTF-8.
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        yield _Csv(file)


@contextmanager
def _xlsx(path: Path) -> Iterator[Sheet]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        sheet = _Xlsx(archive)
        yield sheet
        sheet.close()


def _cells(line: Iterable[Any], style: int) -> Iterator[str]:
    for given in line:
        value = _told(given)
        if value is None or value == "":
            yield "<c/>"
        elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            yield f"<c><v>{value}</v></c>"
        elif isinstance(value, datetime):
            yield f'<c s="{MOMENT}"><v>{_serial(value)}</v></c>'
        elif isinstance(value, date):
            yield f'<c s="{DAY}"><v>{(value - EPOCH.date()).days}</v></c>'
        else:
            text = str(value)[:MOST_LETTERS]
            # A cell of text is no formula, and with this style it does not become one by editing.
            shown = QUOTED if text.startswith(FORMULA) else style
            kept = escape(FORBIDDEN.sub("", text))
            yield f'<c s="{shown}" t="inlineStr"><is><t xml:space="preserve">{kept}</t></is></c>'


def _told(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.make_naive(value)
    return value


def _serial(moment: datetime) -> float:
    return round((moment - EPOCH).total_seconds() / SECONDS, 6)


def _around(sheets: int) -> dict[str, str]:
    """The parts that make sheets a workbook."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SHEET}.worksheet+xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{SHEET}.styles+xml"/>{typed}</Types>'
        ),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets>'
            "</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}'
            f'<Relationship Id="rId0" Type="{RELATIONS}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
        "xl/styles.xml": STYLES,
    }
