"""Files of every kind and encoding, whole and broken."""

import gzip
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liuke.imports.readers import recognising
from liuke.imports.readers.errors import Unreadable
from liuke.imports.readers.staging import preview, stage
from liuke.imports.services.kinds.customer_shape import SHAPE

CHINESE = "客户编号,日期,金额\n王海涛,2011-03-04,120.50\n李静的汽车修理厂,2011-03-05,80\n"
TRADITIONAL = "客戶編號,日期,金額\n王海濤與張國華,2011-03-04,120\n臺灣汽車維修廠,2011-03-05,80\n"
LATIN = "customer;date;amount\nJosé Müller;2011-03-04;12,50\nFrançoise Lefèvre;2011-03-05;8,00\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]
)
def test_chinese_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    seen = preview(_file(tmp_path, CHINESE.encode(encoding)))
    assert seen.columns == ["客户编号", "日期", "金额"]
    assert seen.sample[1] == ("李静的汽车修理厂", "2011-03-05", "80")


@pytest.mark.parametrize(
    ("text", "encoding"), [(TRADITIONAL * 5, "big5"), (LATIN, "cp1252"), (LATIN, "latin-1")]
)
def test_other_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    seen = preview(_file(tmp_path, text.encode(encoding)))
    assert seen.sample[0][0] == text.splitlines()[1].replace(",", ";").split(";")[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter(tmp_path: Path, delimiter: str) -> None:
    text = 'a,b,c\n1,"x, y; z",3\n4,"line\nbreak",6\n'.replace(",", delimiter)
    text = text.replace(f"x{delimiter} y", "x, y")
    seen = preview(_file(tmp_path, text.encode()))
    assert seen.columns == ["a", "b", "c"]
    assert seen.sample[1] == ("4", "line\nbreak", "6")


def test_titles_above_the_table_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    seen = preview(_file(tmp_path, "2011年销售明细,,\n,,\nc,d,e\n1,2,3\n,,\n4,5,6\n".encode()))
    assert seen.columns == ["c", "d", "e"]
    assert seen.sample == [("1", "2", "3"), ("4", "5", "6")]


TWO_ROWS = """客户信息表,,,,,
序号,客户,,联系方式,,备注
,编号,姓名,手机,邮箱,
1,K1,王海涛,13800136027,a@b.com,老客户
2,K2,李静,13800136028,,
"""


def test_a_header_in_two_rows_is_read_as_one(tmp_path: Path) -> None:
    seen = preview(_file(tmp_path, TWO_ROWS.encode("gbk")))
    assert seen.columns == [
        "序号", "客户 · 编号", "客户 · 姓名", "联系方式 · 手机", "联系方式 · 邮箱", "备注",
    ]  # fmt: skip
    assert seen.sample[0] == ("1", "K1", "王海涛", "13800136027", "a@b.com", "老客户")
    found = recognising.read(SHAPE, seen.columns, seen.sample)
    assert found.columns == {
        "客户 · 编号": "code", "客户 · 姓名": "name", "联系方式 · 手机": "mobile",
        "联系方式 · 邮箱": "email", "备注": "note",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "姓名,手机,备注\n王海涛,13800136027,好\n李静,,\n",
        "姓名,,备注\n王海涛,男,好\n李静,女,\n",
        "姓名,手机,\n王海涛,13800136027,好\n李静,13800136028,\n",
    ],
)
def test_a_first_row_of_data_is_no_second_header(tmp_path: Path, text: str) -> None:
    seen = preview(_file(tmp_path, text.encode()))
    assert seen.sample[0][0] == "王海涛"


def test_what_a_merged_cell_says_counts_for_each_of_its_rows(tmp_path: Path) -> None:
    book = _workbook([
        ["客户名单", None, None],
        ["业务员", "姓名", "手机"],
        ["林", "王海涛", "13800136027"],
        [None, "李静", "13800136028"],
        [None, "赵四", None],
        ["赵", "钱五", "13800136029"],
    ])  # fmt: skip
    sheet = book.active
    assert sheet is not None
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A5")
    other = book.create_sheet("other")
    other.append(["x"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    seen = preview(path)
    assert seen.columns == ["业务员", "姓名", "手机"]
    assert [row[0] for row in seen.sample] == ["林", "林", "林", "赵"]
    assert [row[2] for row in seen.sample][2] is None


def test_columns_without_a_name_or_with_the_same_get_their_own(tmp_path: Path) -> None:
    seen = preview(_file(tmp_path, b"date,date,\n1,2,3\n"))
    assert seen.columns == ["date", "date (2)", "Column 3"]


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    _workbook([["客户", "日期", "金额"], ["00123", datetime(2011, 3, 4, 8, 26), 2.55]]).save(path)
    seen = preview(path)
    assert seen.columns == ["客户", "日期", "金额"]
    assert seen.sample == [("00123", "2011-03-04 08:26:00", "2.55")]


def test_a_formula_without_a_result_is_named(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    _workbook([["a", "b"], ["x", 1], ["y", "=B2*2"]]).save(path)
    with pytest.raises(Unreadable, match="Row 3, column B holds a formula"):
        preview(path)


def test_parquet_keeps_every_digit(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    table = pa.table(
        {
            "customer": pa.array([17850.0, None], pa.float64()),
            "date": pa.array([datetime(2011, 3, 4, 8, 26), None], pa.timestamp("ms")),
            "price": pa.array([0.1, 1234567.891], pa.float64()),
            "id": pa.array([9007199254740993, 1], pa.int64()),
        }
    )
    pq.write_table(table, path)
    assert preview(path).sample == [
        ("17850", "2011-03-04 08:26:00.000", "0.1", "9007199254740993"),
        (None, None, "1234567.891", "1"),
    ]


def test_packed_text(tmp_path: Path) -> None:
    assert preview(_file(tmp_path, gzip.compress(CHINESE.encode()))).columns[0] == "客户编号"


def test_staging_counts_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    source = _file(tmp_path, b"a,b\n1,2\n\n3,4\n5,6,7\n")
    staged = stage(source, tmp_path / "rows.parquet", lambda _rows: None)
    table = pq.read_table(tmp_path / "rows.parquet").to_pydict()
    assert staged.rows == 3
    assert table["row"] == [2, 4, 5]
    assert table["wide"] == [False, False, True]


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty"),
    "only white space": (b"  \n \n", "The file is empty"),
    "only a header": (b"customer,date,amount\n", "no rows"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not a table"),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
    "damaged UTF-8": (
        (CHINESE * 20).encode() + "客户\n".encode()[:2] + b"\n" + CHINESE.encode(),
        "cannot be read as utf-8",
    ),
    "cut off inside a character": (CHINESE.encode() + "客".encode()[:2], "cut off"),
    "quotation mark never closed": (b'a,b\n1,2\n3,"x\n4,5\n', "row 3 is never closed"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_refused_with_its_reason(tmp_path: Path, kind: str) -> None:
    content, message = BROKEN[kind]
    with pytest.raises(Unreadable, match=message):
        stage(_file(tmp_path, content), tmp_path / "rows.parquet", lambda _rows: None)
    assert not (tmp_path / "rows.parquet").exists()


def _half_workbook() -> bytes:
    buffer = io.BytesIO()
    _workbook([["a", "b"], *([number, "x" * 20] for number in range(500))]).save(buffer)
    return buffer.getvalue()


def _half_parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(5000))}), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "whole",
    [_half_workbook, _half_parquet, lambda: gzip.compress(CHINESE.encode() * 500)],
    ids=["xlsx", "parquet", "gz"],
)
def test_a_half_written_file_is_refused(tmp_path: Path, whole: Any) -> None:
    content = whole()
    source = _file(tmp_path, content[: len(content) // 2])
    with pytest.raises(Unreadable, match="cut off"):
        stage(source, tmp_path / "rows.parquet", lambda _rows: None)


def test_a_workbook_beyond_the_memory_limit_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.LIUKE_IMPORT_MEMORY_MB = 0
    path = tmp_path / "orders.xlsx"
    _workbook([["a", "b"], *([number, "x"] for number in range(3000))]).save(path)
    settings.LIUKE_IMPORT_MEMORY_MB = 0
    with pytest.raises(Unreadable, match="Save the sheet as CSV"):
        preview(path)


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "source"
    path.write_bytes(content)
    return path


def _workbook(lines: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    return book
