"""An order file as purchases: what each row says, and what was left out and why."""

import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import ibis
import numpy as np
from ibis import Expr, Table

from liuke_analytics.arrays import AnyArray, Days, Floats, Ints
from liuke_analytics.backends import keep, read
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.saying import Said

# In the order in which they are asked; a row is left out for the first that holds.
REASONS = ("no_customer", "no_date", "later", "no_amount", "negative_amount")
DATE_ORDERS = ("ymd", "dmy", "mdy")

_YMD = r"^\s*(\d{4})\D?(\d{1,2})\D?(\d{1,2})"
_OTHER = r"^\s*(\d{1,2})\D(\d{1,2})\D(\d{4})"
_PARTS = {"ymd": (_YMD, 1, 2, 3), "dmy": (_OTHER, 3, 2, 1), "mdy": (_OTHER, 3, 1, 2)}
_GUESSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("customer", "customer_id", "customerid", "cust_id", "client", "client_id",
                     "user_id", "id", "客户", "客户编号", "客户号", "客户名称", "会员", "会员号"),
        "date": ("date", "day", "order_date", "orderdate", "invoicedate", "invoice_date",
                 "purchase_date", "transaction_date", "datetime", "timestamp", "time", "日期",
                 "下单日期", "订单日期", "购买日期", "下单时间", "时间"),
        "amount": ("amount", "total", "value", "sales", "revenue", "spend", "dollars", "price",
                   "monetary_value", "金额", "订单金额", "销售额", "总额", "实付金额"),
    }
)  # fmt: skip


_MEANINGS = {"customer": "客户", "date": "日期", "amount": "金额"}


class Unclear(Said):
    """The file does not say something that must be known; the message says what to add."""


class Orders(NamedTuple):
    """Purchases of an engine and what became of the file's rows.

    `table` has customer (text), day (date) and, if there was such a column, amount (float).
    `left_out` counts rows by the codes of REASONS. `decoded_from` names an encoding other than
    UTF-8. `as_of` is the day everything is judged on.
    """

    table: Table
    as_of: date
    rows: int
    left_out: Mapping[str, int]
    decoded_from: str | None


class Purchases(NamedTuple):
    """One row per customer and day: customer as position in `names`, sorted by customer, day."""

    names: AnyArray
    customer: Ints
    day: Days
    amount: Floats | None


def read_orders(
    connection: Any,
    path: Path,
    folder: Path,
    *,
    customer: str | None = None,
    day: str | None = None,
    amount: str | None = None,
    as_of: date | None = None,
    date_order: str | None = None,
) -> Orders:
    """Read `path` with an engine's `connection`; `folder` holds copies and must outlive them.

    Columns that are not named are guessed from what columns are usually called; without a
    column of money there is no amount. `as_of` left out is the last day on record that is not in
    the future. Raises Unclear for columns that are not there or dates that can be read two ways,
    NotEnoughData if nothing is left.
    """
    raw, decoded_from = read(connection, path, folder)
    named = column(raw, customer, "customer")
    dated = column(raw, day, "date")
    money = None
    if amount is not None or _guess(raw, "amount") is not None:
        money = column(raw, amount, "amount")
    table = raw.select(
        customer=_text(raw[named]),
        day=_day(raw, dated, date_order),
        **({"amount": _money(raw[money])} if money else {}),
    )
    table = keep(connection, table, folder)
    if as_of is None:
        as_of = _last_day(table)
    judged = table.mutate(reason=_reason(table, as_of))
    counts = judged.group_by("reason").aggregate(rows=judged.count()).to_pyarrow().to_pylist()
    found = {row["reason"]: row["rows"] for row in counts}
    if not found.get("used"):
        left_out = {reason: found[reason] for reason in REASONS if reason in found}
        raise NotEnoughData("usable rows", needed=1, have=0, left_out=left_out)
    kept = judged.filter(judged.reason == "used").drop("reason")
    left_out = {reason: found[reason] for reason in REASONS if reason in found}
    return Orders(kept, as_of, sum(found.values()), left_out, decoded_from)


def merged(orders: Orders) -> Purchases:
    """Purchases of one customer on one day as one, in memory."""
    table = orders.table
    sums = {"amount": table.amount.sum()} if "amount" in table.columns else {}
    days = table.group_by("customer", "day").aggregate(**sums).order_by("customer", "day")
    found = days.to_pyarrow()
    names, codes = np.unique(
        np.asarray(found["customer"].to_numpy(zero_copy_only=False), dtype=object).astype(str),
        return_inverse=True,
    )
    when = found["day"].to_numpy(zero_copy_only=False).astype("datetime64[D]")
    order = np.lexsort((when, codes))
    amount = found["amount"].to_numpy(zero_copy_only=False).astype(float) if sums else None
    return Purchases(
        names, codes[order].astype(np.int64), when[order], None if amount is None else amount[order]
    )


def column(table: Table, named: str | None, meaning: str) -> str:
    """The column called `named`, or the one that is usually called like `meaning`."""
    if named is not None and named not in table.columns:
        raise Unclear(
            "there is no column {name!r}; there are: {columns}",
            name=named, columns=", ".join(table.columns),
        )  # fmt: skip
    found = named or _guess(table, meaning)
    if found is None:
        raise Unclear(
            "say which column is the {meaning} with --{meaning}: {columns}",
            meaning=meaning, meaning_zh=_MEANINGS[meaning], columns=", ".join(table.columns),
        )  # fmt: skip
    return found


def _guess(table: Table, meaning: str) -> str | None:
    by_name: dict[str, str] = {
        name.strip().lower().replace(" ", "_"): name for name in table.columns
    }
    return next((by_name[guess] for guess in _GUESSES[meaning] if guess in by_name), None)


def _text(value: Expr) -> Expr:
    return value.cast("string").strip().nullif("")


def _money(value: Expr) -> Expr:
    if not value.type().is_string():
        return value.cast("float64")
    # Currency signs and thousands separators are no part of the number; (5.00) is −5.00.
    plain = value.re_replace(r"^\s*\((.*)\)\s*$", r"-\1").re_replace(r"[^0-9.eE+\-]", "")
    return plain.try_cast("float64")


def _day(table: Table, name: str, order: str | None) -> Expr:
    value = table[name]
    if value.type().is_date() or value.type().is_timestamp():
        return value.cast("date")
    text = value.cast("string")
    return _parsed(text, order or _date_order(table, text, name))


def _parsed(text: Expr, order: str) -> Expr:
    pattern, year, month, day = _PARTS[order]
    parts = [
        text.re_extract(pattern, year),
        text.re_extract(pattern, month).lpad(2, "0"),
        text.re_extract(pattern, day).lpad(2, "0"),
    ]
    return (parts[0] + "-" + parts[1] + "-" + parts[2]).try_cast("date")


def _date_order(table: Table, text: Expr, name: str) -> str:
    other = table.select(
        ymd=text.re_search(_YMD),
        first=text.re_extract(_OTHER, 1).try_cast("int32"),
        second=text.re_extract(_OTHER, 2).try_cast("int32"),
    )
    seen = (
        other.aggregate(
            ymd=other.count(where=other.ymd),
            other=other["first"].count(),
            first=other["first"].max(),
            second=other["second"].max(),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    if seen["ymd"] >= seen["other"]:
        return "ymd"
    if seen["first"] > 12 >= seen["second"]:
        return "dmy"
    if seen["second"] > 12 >= seen["first"]:
        return "mdy"
    raise Unclear("dates in {name!r} can be read two ways: add --date-order dmy or mdy", name=name)


def _last_day(table: Table) -> date:
    # The package has no clock of the product; the machine's is what a file in hand is read by.
    today = date.fromtimestamp(time.time())
    found: date | None = table.filter(table.day <= today).day.max().to_pyarrow().as_py()
    return found or today


def _reason(table: Table, as_of: date) -> Expr:
    cases = [
        (table.customer.isnull(), "no_customer"),
        (table.day.isnull(), "no_date"),
        (table.day > as_of, "later"),
    ]
    if "amount" in table.columns:
        nothing = table.amount.isnull() | table.amount.isnan()
        cases += [(nothing, "no_amount"), (table.amount < 0, "negative_amount")]
    return ibis.cases(*cases, else_="used")
