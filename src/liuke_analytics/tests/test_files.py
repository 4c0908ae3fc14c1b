"""Files as they come: short ones in old encodings, without names, with odd columns."""

import json
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner

from liuke_analytics.backends import connect, read
from liuke_analytics.backends.layout import arranged
from liuke_analytics.cli import main
from liuke_analytics.encodings import in_utf8
from liuke_analytics.orders import Unclear, column
from liuke_analytics.tests import published

SHORT = {
    "traditional": ("客戶,日期,金額\n王小明,2024-01-05,5\n", "big5"),
    "two words": ("姓名\n陳怡君\n", "big5"),
    "simplified": ("客户,日期,金额\n王小明,2024-01-05,5\n", "gb18030"),
    "one name": ("customer,date\n张伟,2024-01-05\n", "gb18030"),
    "company": ("客户,日期\n深圳市腾讯计算机系统有限公司,2024-01-05\n", "gb18030"),
    "German": ("customer,date\nMüller & Söhne,2024-01-05\n", "cp1252"),
    "French": ("client,date\nÉlodie Lefèvre,2024-01-05\n", "cp1252"),
}


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("name", sorted(SHORT))
def test_a_few_words_tell_the_encoding(tmp_path, name) -> None:
    text, encoding = SHORT[name]
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    copy, told = in_utf8(path, tmp_path)
    assert copy.read_text("utf-8") == text
    assert told is not None


def test_what_is_no_text_is_said(tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(bytes(20) + b"customer,date")
    assert "x.csv holds no text" in run("report", path, "--lang", "en", code=1)
    asked = ["--duration", "a", "--event", "b", "--lang", "zh"]
    assert "不是文本文件" in run("survival", path, *asked, code=2)


def test_cdnow_as_it_is_published_gives_the_published_figures(tmp_path) -> None:
    """Blanks between the cells and no line of names."""
    path = published.folder() / "CDNOW_sample.txt"
    said = run("fit", path, "--model", "bgnbd", "--customer", 2, "--date", 3, "--amount", 5,
               "--calibration-end", "1997-09-30", "--json")  # fmt: skip
    answer = json.loads(said)
    assert answer["log_likelihood"] == pytest.approx(-9582.4, abs=0.05)
    assert answer["params"]["alpha"] == pytest.approx(4.414, abs=1e-3)
    asked = run("report", path, "--out", tmp_path / "x.html", "--lang", "en", code=2)
    assert "1 = 00004, 2 = 0001, 3 = 19970101" in asked
    assert "2 = 0001" in run("report", path, "--customer", 2, "--lang", "zh", code=2)


@pytest.mark.parametrize(
    ("text", "names", "delimiter"),
    [
        ("a,b\n1,2\n", ("a", "b"), ","),
        ("7;2024-01-05\n8;2024-01-06\n", ("1", "2"), ";"),
        ("甲\t2024年1月5日\n", ("1", "2"), "\t"),
        ("￥5,x\n", ("1", "2"), ","),
        ("客户 日期\n甲 2024-01-05\n", ("客户", "日期"), "\t"),
        ("full name\nAnna\n", ("full name",), ","),
        ('"1","Anna, B."\n', ("1", "2"), ","),
    ],
    ids=["names", "semicolons", "Chinese date", "money", "blanks", "one column", "quoted"],
)
def test_where_names_are_missing_columns_have_numbers(tmp_path, text, names, delimiter) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    assert arranged(path, tmp_path)[1] == delimiter
    table = read(connect(), path, tmp_path).table
    assert table.columns == names
    rows = len(text.splitlines()) - (names[0] != "1")
    assert table.count().to_pyarrow().as_py() == rows


def test_titles_above_the_table_are_cut_off(tmp_path) -> None:
    book = openpyxl.Workbook()
    for row in (["销售明细表"], [], ["客户", "日期", "金额"], ["王芳", date(2024, 1, 5), 12.5]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    text = tmp_path / "x.csv"
    text.write_text("销售明细表,,\n导出时间：2024-12-31\n\n客户,日期,金额\n王芳,2024-01-05,12.5\n")
    for path in (tmp_path / "x.xlsx", text):
        figures = tmp_path / "x.json"
        run("report", path, "--out", tmp_path / "x.html", "--json", figures)
        told = json.loads(figures.read_text())
        assert (told["rows"], told["spend"], told["as_of"]) == (1, 12.5, "2024-01-05")


def test_a_column_by_number_also_where_there_are_names(tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("who,when\na,2024-01-05\n")
    table = read(connect(), path, tmp_path).table
    assert column(table, "2", "date") == "when"
    for wrong in ("0", "3"):
        with pytest.raises(Unclear, match="no column"):
            column(table, wrong, "date")


@pytest.mark.parametrize(
    ("head", "asked", "used", "spend"),
    [
        ("CustomerID,InvoiceDate,Quantity,UnitPrice", [], "Quantity*UnitPrice", 20.0),
        ("CustomerID,InvoiceDate,Quantity,UnitPrice", ["--amount", "UnitPrice"], "UnitPrice", 10.0),
        ("会员编号,交易时间,数量,金额（元）", [], "金额（元）", 10.0),
        ("买家,付款时间,数量,单价", ["--amount", "数量 * 单价"], "数量*单价", 20.0),
        ("Member_ID,Order Date,x*y,y", ["--amount", "x*y"], "x*y", 4.0),
    ],
)
def test_money_of_a_row(tmp_path, head, asked, used, spend) -> None:
    path, figures = tmp_path / "x.csv", tmp_path / "x.json"
    path.write_text(f"{head}\n17850.0,2024-01-05,2,5.5\n17850,2024-02-05,2,4.5\n17850,,3,1\n"
                    "NaN,2024-02-05,1,1\n")  # fmt: skip
    run("report", path, "--out", tmp_path / "x.html", "--json", figures, *asked)
    told = json.loads(figures.read_text())
    assert told["columns"]["amount"] == used
    assert told["customers"] == 1
    assert told["left_out"] == {"no_customer": 1, "no_date": 1}
    assert told["spend"] == pytest.approx(spend)
