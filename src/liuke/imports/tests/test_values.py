"""Dates and numbers as people write them."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from liuke.imports.readers import moments, numbers
from liuke.imports.readers.errors import Unclear
from liuke.imports.readers.moments import DateOrder
from liuke.imports.readers.numbers import Decimals
from liuke.imports.readers.workbench import define_macros


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as opened:
        define_macros(opened)
        yield opened


FOURTH_OF_MARCH = [
    "2011-03-04",
    "2011/3/4",
    "2011.3.4",
    "2011年3月4日",
    "20110304",
    "40606",
    "04.03.2011",
    "4/3/2011",
    "04/03/11",
    "4-Mar-2011",
    "Mar 4, 2011",
    "２０１１／３／４",
    "2011-03-04T00:00:00",
    "2011-03-03T16:00:00Z",
]
WITH_TIME = [
    "2011-03-04 15:05",
    "2011-03-04T15:05:00.000",
    "2011年3月4日 15时5分",
    "2011/3/4 下午3:05",
    "4/3/2011 3:05 PM",
    "20110304150500",
    "2011-03-04 15:05:00+08:00",
    "2011-03-04T15:05:00+0800",
]


@pytest.mark.parametrize("text", FOURTH_OF_MARCH)
def test_a_date_in_many_ways(connection: DuckDBPyConnection, text: str) -> None:
    assert _moment(connection, text) == datetime(2011, 3, 4)


@pytest.mark.parametrize("text", WITH_TIME)
def test_a_time_in_many_ways(connection: DuckDBPyConnection, text: str) -> None:
    assert _moment(connection, text) == datetime(2011, 3, 4, 15, 5)


@pytest.mark.parametrize(
    "text",
    ["2011-02-30", "2011-13-01", "31/31/2011", "yesterday", "2011-03", "3", "2011-03-04 25:00"],
)
def test_what_is_no_date(connection: DuckDBPyConnection, text: str) -> None:
    assert _moment(connection, text) is None


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["13/1/2011", "2/1/2011"], DateOrder.DAY_FIRST),
        (["1/13/2011", "2/1/2011"], DateOrder.MONTH_FIRST),
        (["04.03.2011"], DateOrder.DAY_FIRST),
        (["2011-03-04"], DateOrder.YEAR_FIRST),
        (["99-03-04", "99-03-05"], DateOrder.YEAR_FIRST),
    ],
)
def test_the_whole_column_decides(
    connection: DuckDBPyConnection, values: list[str], order: DateOrder
) -> None:
    assert _order(connection, values) == order


def test_dates_that_fit_both_readings_are_asked_about(connection: DuckDBPyConnection) -> None:
    with pytest.raises(Unclear, match="two ways"):
        _order(connection, ["3/4/2011", "5/6/2011"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.56", "1234.56"),
        ("¥1,234", "1234"),
        ("￥12.50元", "12.50"),
        ("１２．５", "12.5"),
        ("(12.5)", "-12.5"),
        ("12.5-", "-12.5"),
        ("+5", "5"),
        ("1 234", "1234"),
        ("1.5E3", "1500"),
        (".5", "0.5"),
        ("5%", None),
        ("abc", None),
        ("1,23,4", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_numbers(connection: DuckDBPyConnection, text: str, value: str | None) -> None:
    assert _number(connection, text, Decimals.POINT) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", "1234.56"), ("12,5", "12.5"), ("1.234", "1234"), ("1,2.3", None)],
)
def test_numbers_with_a_decimal_comma(
    connection: DuckDBPyConnection, text: str, value: str | None
) -> None:
    assert _number(connection, text, Decimals.COMMA) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        (["1.234,56", "1.234"], Decimals.COMMA),
        (["12,5", "7"], Decimals.COMMA),
        (["1,234.56", "1,234"], Decimals.POINT),
        (["1.234"], Decimals.POINT),
        (["1,234"], Decimals.POINT),
    ],
)
def test_point_or_comma_is_decided_over_the_column(
    connection: DuckDBPyConnection, values: list[str], decimals: Decimals
) -> None:
    _column(connection, values)
    assert numbers.decimals_of(connection, "sample", "x") == decimals


def _moment(connection: DuckDBPyConnection, text: str) -> datetime | None:
    found: datetime | None = _read(
        connection, moments.moment(moments.spoken("x", "dmy"), "Asia/Shanghai"), text
    )
    return found


def _number(connection: DuckDBPyConnection, text: str, decimals: Decimals) -> Decimal | None:
    found: Decimal | None = _read(connection, numbers.number("x", decimals), text)
    return found


def _read(connection: DuckDBPyConnection, sql: str, text: str) -> Any:
    query = f"SELECT {sql} FROM (SELECT ? AS x)"  # noqa: S608 - our own SQL is what is tested
    return connection.execute(query, [text]).fetchall()[0][0]


def _order(connection: DuckDBPyConnection, values: list[str]) -> DateOrder:
    _column(connection, values)
    return moments.order_of(moments.evidence_of(connection, "sample", "x"))


def _column(connection: DuckDBPyConnection, values: list[str]) -> None:
    connection.execute("CREATE OR REPLACE TABLE sample (x TEXT)")
    connection.executemany("INSERT INTO sample VALUES (?)", [[value] for value in values])
