"""CSV files, workbooks and Parquet files as tables of either engine, whatever their encoding."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple, cast

import pyarrow as pa
from ibis import Table
from pyarrow import csv

from liuke_analytics.backends.layout import arranged
from liuke_analytics.encodings import Unreadable, in_utf8
from liuke_analytics.extras import need

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class File(NamedTuple):
    """The table, and the encoding it was decoded from if that was not UTF-8."""

    table: Table
    decoded_from: str | None


def read(connection: Any, path: Path, folder: Path) -> File:
    """`path` as a table of `connection`; columns of a CSV or the first sheet are all text.

    A CSV that is not UTF-8, or names no columns, is put right in a copy in `folder`, which must
    outlive the table; columns without names are 1, 2, 3 … Raises Unreadable for an empty or
    damaged file, MissingExtra for a workbook where nothing reads workbooks.
    """
    if _is_parquet(path):
        return File(connection.read_parquet(str(path)), None)
    if path.suffix.lower() in WORKBOOKS:
        path, encoding = _from_workbook(path, folder), None
    else:
        path, encoding = in_utf8(path, folder)
    path, delimiter = arranged(path, folder)
    if connection.name == "pyspark":
        options = {"header": True, "sep": delimiter, "escape": '"', "multiLine": True,
                   "inferSchema": False}  # fmt: skip
        return File(connection.read_csv(str(path), **options), encoding)
    table = connection.read_csv(
        str(path), all_varchar=True, header=True, delim=delimiter, quote='"', escape='"',
        null_padding=True, strict_mode=False, parallel=False,
    )  # fmt: skip
    return File(table, encoding)


def _from_workbook(path: Path, folder: Path) -> Path:
    """The first sheet as CSV."""
    excel = need("fastexcel", "report", "reading Excel workbooks")
    copy = Path(tempfile.mkdtemp(dir=folder)) / "sheet.csv"
    try:
        book = excel.read_excel(path)
        # Which row names the columns is found out as in any text.
        sheet = book.load_sheet(0, header_row=None, dtypes="string").to_arrow()
    except excel.FastExcelError as problem:
        raise Unreadable(
            "{name} cannot be read as a workbook: {problem}",
            name=path.name, problem=str(problem).strip().splitlines()[0],
        ) from problem  # fmt: skip
    if not sheet.num_rows:
        raise Unreadable("the file is empty")
    options = csv.WriteOptions(include_header=False)
    csv.write_csv(pa.Table.from_batches([sheet]), copy, options)
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
