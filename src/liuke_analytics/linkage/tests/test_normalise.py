"""One form for what people type."""

import csv
from pathlib import Path

import pytest

from liuke_analytics.linkage.dedupe import connect
from liuke_analytics.linkage.normalise import normalise
from liuke_analytics.linkage.reading import read


def normal(tmp_path: Path, field: str, *texts: str) -> list[dict[str, object]]:
    path = tmp_path / "file.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(texts))
    with connect() as con:
        read(con, path, "id", {field: ("text",)})
        normalise(con)
        found = con.execute("from normal order by rid")
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def values(tmp_path: Path, field: str, column: str, *texts: str) -> list[object]:
    return [row[column] for row in normal(tmp_path, field, *texts)]


def test_one_mobile_in_many_formats(tmp_path: Path) -> None:
    typed = (
        "13812345678", "+86 138 1234 5678", "138-1234-5678", "8613812345678", "0086-13812345678",
        "１３８１２３４５６７８", "13812345678.0", "手机:13812345678",
        "138 1234 5678 / 13900000000",
    )  # fmt: skip
    assert set(values(tmp_path, "mobile", "mobile", *typed)) == {"13812345678"}


def test_numbers_that_are_none(tmp_path: Path) -> None:
    assert set(values(tmp_path, "mobile", "mobile", "无", "0000000", "123", "1.38E+10")) == {None}


def test_landlines_keep_their_digits(tmp_path: Path) -> None:
    assert set(values(tmp_path, "mobile", "mobile", "010-88886666", "(010) 8888 6666")) == {
        "1088886666"
    }


def test_one_chinese_name(tmp_path: Path) -> None:
    typed = ("张伟明", "张 伟明", "張偉明", "张伟明先生", " 张伟明 总经理")
    assert set(values(tmp_path, "name", "full_name", *typed)) == {"张伟明"}


def test_a_title_leaves_the_surname(tmp_path: Path) -> None:
    rows = normal(tmp_path, "name", "王先生", "欧阳女士", "李总", "欧阳修远")
    assert [(row["sur"], row["giv"]) for row in rows] == [
        ("王", None), ("欧阳", None), ("李", None), ("欧阳", "修远"),
    ]  # fmt: skip


def test_english_names_in_any_order(tmp_path: Path) -> None:
    assert set(values(tmp_path, "name", "full_name", "Mr. John Smith", "SMITH, John")) == {
        "john smith"
    }


def test_codes_have_one_byte_a_character(tmp_path: Path) -> None:
    rows = normal(tmp_path, "company", "龙天电子", "Acme")
    assert [len(str(row["company_code"]).encode()) for row in rows] == [4, 4]


def test_one_company(tmp_path: Path) -> None:
    typed = (
        "龙天电子", "广州龙天电子有限责任公司", "龙天电子有限公司", "广州市龙天电子股份有限公司",
        "龍天電子（集团）有限公司", "龙天电子（广州）有限公司",
    )  # fmt: skip
    assert set(values(tmp_path, "company", "company", *typed)) == {"龙天电子"}


def test_a_place_that_is_the_name_stays(tmp_path: Path) -> None:
    assert values(tmp_path, "company", "company", "安康科技有限公司") == ["安康科技"]


def test_english_legal_forms(tmp_path: Path) -> None:
    assert set(
        values(tmp_path, "company", "company", "Acme Widgets Co., Ltd.", "ACME Widgets")
    ) == {"acme widgets"}


def test_one_address(tmp_path: Path) -> None:
    rows = normal(
        tmp_path,
        "address",
        "广州市天河区建设路354号3栋1018室",
        "天河区建设路354号 3栋 1018室",
        "广东省广州市天河区建设路３５４号3-1018",
        "广州市天河区建设路354号",
    )
    assert {row["place"] for row in rows} == {"建设路354"}
    assert {row["district"] for row in rows} == {"天河区"}
    assert [row["room"] for row in rows] == ["3-1018", "3-1018", "3-1018", None]


@pytest.mark.parametrize(
    "typed",
    ["1986-6-3", "1986/06/03", "19860603", "3.6.1986", "1986年6月3日"],
)
def test_one_birth_date(tmp_path: Path, typed: str) -> None:
    assert values(tmp_path, "birth_date", "birth_date", typed) == ["19860603"]


def test_one_email(tmp_path: Path) -> None:
    typed = (" Li.Wei@QQ.com ", "li.wei＠qq.com")
    assert set(values(tmp_path, "email", "email", *typed)) == {"li.wei@qq.com"}
