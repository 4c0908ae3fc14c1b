"""CSV files, workbooks and Parquet files as tables of either engine, whatever their encoding."""

import codecs
import gzip
import io
import tempfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import pyarrow as pa
from charset_normalizer import from_bytes
from ibis import Table
from pyarrow import csv

from liuke_analytics.extras import need
from liuke_analytics.saying import Said

_BLOCK = 1 << 20
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_DELIMITERS = (",", ";", "\t", "|")
_MARKS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Unreadable(Said):
    """The file is no CSV, Excel or Parquet file; the message says why."""


class File(NamedTuple):
    """The table, and the encoding it was decoded from if that was not UTF-8."""

    table: Table
    decoded_from: str | None


def read(connection: Any, path: Path, folder: Path) -> File:
    """`path` as a table of `connection`; columns of a CSV or the first sheet are all text.

    A CSV that is not UTF-8 is decoded into a copy in `folder`, which must outlive the table.
    """
    if _is_parquet(path):
        return File(connection.read_parquet(str(path)), None)
    if path.suffix.lower() in WORKBOOKS:
        path, encoding = _from_workbook(path, folder), None
    else:
        path, encoding = in_utf8(path, folder)
    delimiter = _delimiter(path)
    if connection.name == "pyspark":
        options = {"header": True, "sep": delimiter, "escape": '"', "multiLine": True}
        return File(connection.read_csv(str(path), **options), encoding)
    table = connection.read_csv(
        str(path), all_varchar=True, header=True, delim=delimiter, quote='"', escape='"',
        null_padding=True, strict_mode=False, parallel=False,
    )  # fmt: skip
    return File(table, encoding)


def in_utf8(path: Path, folder: Path) -> tuple[Path, str | None]:
    """`path` itself and None if it is UTF-8; else a decoded copy in `folder`, and from what.

    Raises Unreadable for an empty file and for a damaged zipped one.
    """
    try:
        encoding = _encoding(path)
        return (path, None) if encoding is None else (_decoded(path, encoding, folder), encoding)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise Unreadable(
            "{name} cannot be read as a table: {problem}", name=path.name, problem=problem
        ) from problem


def _from_workbook(path: Path, folder: Path) -> Path:
    """The first sheet as CSV."""
    excel = need("fastexcel", "report", "reading Excel workbooks")
    copy = Path(tempfile.mkdtemp(dir=folder)) / "sheet.csv"
    try:
        sheet = excel.read_excel(path).load_sheet(0, dtypes="string").to_arrow()
    except excel.FastExcelError as problem:
        raise Unreadable(
            "{name} cannot be read as a workbook: {problem}",
            name=path.name, problem=str(problem).strip().splitlines()[0],
        ) from problem  # fmt: skip
    if not sheet.num_rows:
        raise Unreadable("the file is empty")
    csv.write_csv(pa.Table.from_batches([sheet]), copy)
    return copy


def keep(connection: Any, table: Table, folder: Path) -> Table:
    """`table`, computed once and not again for every question asked of it."""
    if connection.name == "pyspark":
        return cast(Table, table.cache())
    copy = Path(tempfile.mkdtemp(dir=folder)) / "kept.parquet"
    table.to_parquet(copy)
    return cast(Table, connection.read_parquet(str(copy)))


def _is_parquet(path: Path) -> bool:
    if path.is_dir():
        return True
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _bytes(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if zipped else path.open("rb")


def _encoding(path: Path) -> str | None:
    """None for UTF-8, else the most likely encoding."""
    with _bytes(path) as file:
        block = file.read(_BLOCK)
        if not block.strip():
            raise Unreadable("the file is empty")
        for mark, name in _MARKS.items():
            if block.startswith(mark):
                return name
        decoder = codecs.getincrementaldecoder("utf-8")()
        while block:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return _guess(block)
            block = file.read(_BLOCK)
        return None


def _guess(block: bytes) -> str:
    # Whole lines with something foreign in them tell more than pages of plain digits.
    telling = [line for line in block.splitlines() if not line.isascii()][:2000]
    sample = b"\n".join(telling)
    best = from_bytes(sample, cp_isolation=["gb18030", "big5", "cp1252"]).best()
    return best.encoding if best else "gb18030"


def _decoded(path: Path, encoding: str, folder: Path) -> Path:
    copy = Path(tempfile.mkdtemp(dir=folder)) / "decoded.csv"
    with _bytes(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        text = io.TextIOWrapper(source, encoding=encoding, errors="replace", newline="")
        while chunk := text.read(_BLOCK):
            target.write(chunk)
    return copy


def _delimiter(path: Path) -> str:
    with _bytes(path) as file:
        head = file.readline(_BLOCK).decode("utf-8-sig", "replace")
    return max(_DELIMITERS, key=head.count)
