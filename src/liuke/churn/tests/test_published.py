"""The figures published for Online Retail (UCI 352), from the purchases of the file itself."""

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from liuke.churn.rules.history import State, Version, history
from liuke.churn.rules.kinds import NEVER, Purchases, parse, to_day
from liuke.churn.rules.months import Month, month_table

FILE = (
    Path(__file__).resolve().parents[4]
    / "../shared/data/online_retail_uci/online_retail_541909.parquet"
)
AS_OF = to_day(date(2011, 12, 9))
LONG_AGO = to_day(date(1900, 1, 1))

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the Online Retail file is not here")


@cache
def purchases() -> Purchases:
    """Days with a positive line of a known customer."""
    lines = pq.read_table(FILE, columns=["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"])
    sold = pc.and_(pc.greater(lines["Quantity"], 0), pc.greater(lines["UnitPrice"], 0))
    lines = lines.filter(pc.and_(sold, pc.is_valid(lines["CustomerID"])))
    table = np.unique(
        np.column_stack(
            [
                lines["CustomerID"].to_numpy(),
                lines["InvoiceDate"].to_numpy().astype("M8[D]").astype(np.int64),
            ]
        ),
        axis=0,
    )
    return Purchases(table[:, 0], table[:, 1])


def months(rule: str) -> dict[str, Month]:
    crossings = history(purchases(), [Version(LONG_AGO, parse(rule))], AS_OF)[1]
    return {row.month: row for row in month_table(purchases(), crossings, AS_OF)}


def test_newly_lost_and_recovered_month_by_month() -> None:
    rows = list(months("days:60,90").values())[-10:]
    assert [row.month for row in rows][::9] == ["2011-03", "2011-12"]
    assert [row.newly_lost for row in rows] == [409, 273, 344, 389, 304, 434, 391, 333, 278, 76]
    assert [row.recovered for row in rows] == [51, 88, 128, 157, 172, 163, 320, 285, 334, 84]


def test_where_everybody_stands_at_the_end() -> None:
    clocks, _crossings = history(purchases(), [Version(LONG_AGO, parse("days:60,90"))], AS_OF)
    counts = np.bincount(clocks.state).tolist()
    assert len(clocks.subject) == 4338
    assert counts == [4338 - 513 - 1449, 513, 1449]
    end = months("days:60,90")["2011-12"]
    assert (end.customers, end.at_risk_end, end.lost_end) == (4338, 513, 1449)
    assert end.partial


def test_the_stocks_that_follow_from_dates_are_those_that_follow_from_crossings() -> None:
    for rule in ("visits:1,2,3", "period:3,1,2", "rhythm:.5,.9,.98"):
        clocks, crossings = history(purchases(), [Version(LONG_AGO, parse(rule))], AS_OF)
        last = month_table(purchases(), crossings, AS_OF)[-1]
        assert (
            last.lost_end
            == (clocks.dates.lost <= AS_OF).sum()
            == (clocks.state == State.LOST).sum()
        )
        assert last.at_risk_end == (clocks.state == State.AT_RISK).sum()
        assert (clocks.dates.lost < NEVER).all()
