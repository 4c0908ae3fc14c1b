"""Cells as people write them give the same value, whatever they look like."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.core import text
from liuke.imports.readers import cells
from liuke.imports.readers.declare import Field, Key, Reading, Shape, Type
from liuke.imports.readers.parsing import Frame
from liuke.imports.readers.workbench import define_macros, workbench

SHAPE = Shape(
    name="x", label="x", hint="x", icon="x",
    fields=(
        Field("name", "name", (), Type.NAME, 120),
        Field("mobile", "mobile", (), Type.PHONES),
        Field("email", "email", (), Type.EMAILS),
        Field("day", "day", (), Type.DATE, past=True),
        Field("level", "level", (), Type.CHOICE, choices={"A": ("a", "a级")}),
        Field("note", "note", (), Type.NOTE, 50),
    ),
    keys=(Key("name", "name", ("name",)),),
)  # fmt: skip
Bench = tuple[DuckDBPyConnection, Path]
FIELDS = [each.name for each in SHAPE.fields]
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WRITTEN = st.sampled_from(
    [
        "{0}", "+86 {0}", "86{0}", "{0}.0", "{1}-{2}-{3}", "{1} {2} {3}", "({1}){2}{3}",
        "\uff0b86{0}", "{4}",
    ]
)  # fmt: skip
DAY = st.dates(date(1930, 1, 1), date(2025, 12, 31))
SAID = st.sampled_from(
    [
        "{0:%Y-%m-%d}",
        "{0:%Y/%m/%d}",
        "{0.year}年{0.month}月{0.day}日",
        "{0:%Y%m%d}",
        "{0.year}.{0.month}.{0.day}",
    ]
)
NAME = st.text("王李张海涛建国伟", min_size=2, max_size=4)
QUICK = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("cells")
    with workbench(folder / "cells.duckdb", 200) as connection:
        define_macros(connection)
        connection.execute(cells.MACROS)
        yield connection, folder


@QUICK
@given(st.lists(st.tuples(MOBILE, WRITTEN, DAY, SAID, NAME), min_size=1, max_size=20))
def test_every_spelling_reads_as_the_same_value(
    bench: Bench, rows: list[tuple[str, str, date, str, str]]
) -> None:
    written = [
        (name + "先生", _spelt(mobile, how), None, said.format(day), "a级", None)
        for mobile, how, day, said, name in rows
    ]
    found, notices = _read(bench, written)
    assert not notices
    assert [(each["name"], each["day"]) for each in found] == [
        (name, day) for _mobile, _how, day, _said, name in rows
    ]
    assert [[text.phone(value) for value in each["mobile"]] for each in found] == [
        [f"+86{mobile}"] for mobile, *_rest in rows
    ]


@QUICK
@given(st.lists(MOBILE, min_size=1, max_size=4, unique=True), st.sampled_from("、/;；,，|\n"))
def test_several_numbers_in_one_cell_are_several(
    bench: Bench, mobiles: list[str], mark: str
) -> None:
    found, notices = _read(bench, [("王海", mark.join(mobiles), None, None, None, None)])
    assert found[0]["mobile"] == mobiles
    assert not notices


@given(st.lists(st.tuples(*[st.one_of(st.none(), st.text(max_size=30))] * 6), max_size=10))
@QUICK
def test_whatever_stands_in_a_cell_no_row_is_lost(
    bench: Bench, rows: list[tuple[str | None, ...]]
) -> None:
    counted = _judge(bench, rows).execute(
        "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM rejects)"
    )
    assert counted.fetchall()[0][0] <= len(rows)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (("王海", "1.38E+10", None, None, None, None), "cut:mobile"),
        (("王海", "不详", None, None, None, None), "phone:mobile"),
        (("王海", None, "没有", None, None, None), "email:email"),
        (("王海", None, None, "2026-02-30", None, None), "date:day"),
        (("王海", None, None, None, "最好", None), "choice:level"),
        (("王海", None, None, None, None, "x" * 51), "long:note"),
        (("王海", None, None, None, None, "=1+1"), "formula:note"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_said(
    bench: Bench, cell: tuple[str | None, ...], problem: str
) -> None:
    found, notices = _read(bench, [cell])
    assert notices == [problem]
    assert found[0]["name"] == "王海"
    assert not any(found[0][name] for name in FIELDS[1:])


@pytest.mark.parametrize("total", ["合计", "总计：12 人", "小计 300", "Total", "Sum: 5"])
def test_totals_are_no_customers(bench: Bench, total: str) -> None:
    found, _notices = _read(
        bench, [("王海", None, None, None, None, None), (total, None, None, None, None, None)]
    )
    assert [each["name"] for each in found] == ["王海"]


def _spelt(mobile: str, how: str) -> str:
    as_float = f"{mobile[0]}.{mobile[1:]}E+10"
    return how.format(mobile, mobile[:3], mobile[3:7], mobile[7:], as_float)


def _read(
    bench: Bench, rows: Sequence[Sequence[str | None]]
) -> tuple[list[dict[str, Any]], list[str]]:
    connection = _judge(bench, rows)
    cursor = connection.execute(f"SELECT {', '.join(FIELDS)} FROM records ORDER BY row")  # noqa: S608
    found = [dict(zip(FIELDS, each, strict=True)) for each in cursor.fetchall()]
    notices = connection.execute("SELECT problem FROM notices ORDER BY row").fetchall()
    return found, [problem for (problem,) in notices]


def _judge(bench: Bench, rows: Sequence[Sequence[str | None]]) -> DuckDBPyConnection:
    connection, folder = bench
    for name in ("parsed", "records", "rejects", "notices"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    table = {
        "row": pa.array(range(len(rows)), pa.int64()),
        "wide": pa.array([False] * len(rows), pa.bool_()),
        **{f"c{at}": pa.array([row[at] for row in rows], pa.string()) for at in range(len(FIELDS))},
    }
    pq.write_table(pa.table(table), folder / "rows.parquet")
    reading = Reading({name: name for name in FIELDS}, key="name", date_order="ymd")
    frame = Frame("Asia/Shanghai", datetime(2026, 1, 1))
    cells.judge_records(connection, folder / "rows.parquet", FIELDS, SHAPE, reading, frame)
    return connection
