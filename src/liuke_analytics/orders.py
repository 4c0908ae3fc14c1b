"""An order file as purchases: what each row says, and what was left out and why."""

import re
import time
from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import mul
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

# A longer run of digits is a number (seconds since 1970), unless it is a day and a time.
_YMD = r"^\s*(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?:\d{6}|\D.*)?$"
_OTHER = r"^\s*(\d{1,2})\D+(\d{1,2})\D+(\d{4}|\d{2})(?:\D.*)?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = r"(?i)\b(?:" + "|".join(_MONTHS) + ")"
# 1.234,56 and 12,5: one comma with other than three digits behind it, and no point after it.
_COMMA = r"^[^,]*\d,(?:\d{1,2}|\d{4,})\D*$"
_POINT = r"\.(?:\d{1,2}|\d{4,})\D*$"
_PARTS = {"ymd": (_YMD, 1, 2, 3), "dmy": (_OTHER, 3, 2, 1), "mdy": (_OTHER, 3, 1, 2)}
# Names as `_plain` leaves them.
_GUESSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("customer", "customerid", "custid", "customerno", "customercode",
                     "customername", "client", "clientid", "clientname", "member", "memberid",
                     "userid", "user", "buyer", "buyerid", "account", "accountid", "householdkey",
                     "householdid", "cid", "客户", "客户编号", "客户号", "客户代码", "客户编码",
                     "客户名称", "客户名", "客户id", "会员", "会员号", "会员编号", "会员卡号",
                     "会员id", "会员名称", "顾客", "买家", "买家昵称", "买家id", "用户", "用户id",
                     "客戶", "客戶編號", "客戶名稱", "會員", "會員編號", "id"),
        "date": ("date", "day", "orderdate", "invoicedate", "purchasedate", "transactiondate",
                 "saledate", "salesdate", "visitdate", "paymentdate", "txndate", "transdate",
                 "ordertime", "purchasetime", "paytime", "datetime", "timestamp", "time",
                 "orderedat", "purchasedat", "createdat", "日期", "下单日期", "订单日期",
                 "购买日期", "交易日期", "成交日期", "消费日期", "销售日期", "开单日期", "业务日期",
                 "付款日期", "下单时间", "订单时间", "付款时间", "支付时间", "交易时间",
                 "成交时间", "消费时间", "购买时间", "创建时间", "时间", "訂單日期", "購買日期",
                 "交易時間"),
        "amount": ("amount", "total", "totalamount", "orderamount", "netamount", "salesamount",
                   "linetotal", "grandtotal", "totalprice", "value", "sales", "salesvalue",
                   "revenue", "spend", "turnover", "dollars", "monetaryvalue", "payment", "金额",
                   "订单金额", "销售额", "销售金额", "成交金额", "交易金额", "消费金额", "实付金额",
                   "支付金额", "付款金额", "实收金额", "实收", "总额", "总金额", "总价", "合计",
                   "价税合计", "金額", "訂單金額", "銷售額"),
        "quantity": ("quantity", "qty", "units", "数量", "數量"),
        "price": ("price", "unitprice", "单价", "價格", "价格", "單價"),
    }
)  # fmt: skip
# What stands for nothing where a program had to write something.
_NOTHING = r"(?i)^(?:nan|null|none|n/?a|#n/a|\\n|<na>|-+)$"


_MEANINGS = {"customer": "客户", "date": "日期", "amount": "金额"}
TIMES = "*"


class Unclear(Said):
    """The file does not say something that must be known; the message says what to add."""


class Orders(NamedTuple):
    """Purchases of an engine and what became of the file's rows.

    `table` has customer (text), day (date) and, if there was such a column, amount (float).
    `left_out` counts rows by the codes of REASONS. `decoded_from` names an encoding other than
    UTF-8. `as_of` is the day everything is judged on. `columns` says which columns of the file
    were taken for customer, date and amount.
    """

    table: Table
    as_of: date
    rows: int
    left_out: Mapping[str, int]
    decoded_from: str | None
    columns: Mapping[str, str]


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

    A column is its name or its number from 1 on; `amount` may be two of them with a * between.
    Columns that are not named are guessed from what columns are usually called; without a
    column of money there is no amount. `as_of` left out is the last day on record that is not in
    the future. Raises Unclear for columns that are not there or dates that can be read two ways,
    NotEnoughData if nothing is left.
    """
    raw, decoded_from = read(connection, path, folder)
    named = column(raw, customer, "customer")
    dated = column(raw, day, "date")
    money = _amount_columns(raw, amount)
    table = raw.select(
        customer=_text(raw[named]),
        day=_day(raw, dated, date_order),
        **({"amount": reduce(mul, (_money(raw, name) for name in money))} if money else {}),
    )
    used = {"customer": named, "date": dated, **({"amount": TIMES.join(money)} if money else {})}
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
    return Orders(kept, as_of, sum(found.values()), left_out, decoded_from, used)


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
    """The column called `named` or with that number, or the one usually called like `meaning`.

    Raises Unclear where there is none.
    """
    if named is not None and named not in table.columns:
        if named.isdecimal() and 1 <= int(named) <= len(table.columns):
            return str(table.columns[int(named) - 1])
        raise Unclear(
            "there is no column {name!r}; there are: {columns}",
            name=named, columns=", ".join(table.columns),
        )  # fmt: skip
    found = named or _guess(table, meaning)
    if found is not None:
        return found
    if all(name.isdecimal() for name in table.columns):
        (first,) = table.limit(1).to_pyarrow().to_pylist()
        raise Unclear(
            "the file does not name its columns; say with --{meaning} NUMBER which is the "
            "{meaning}: {columns}",
            meaning=meaning, meaning_zh=_MEANINGS[meaning],
            columns=", ".join(f"{name} = {value}" for name, value in first.items()),
        )  # fmt: skip
    raise Unclear(
        "say which column is the {meaning} with --{meaning}: {columns}",
        meaning=meaning, meaning_zh=_MEANINGS[meaning], columns=", ".join(table.columns),
    )  # fmt: skip


def _amount_columns(table: Table, named: str | None) -> tuple[str, ...]:
    """Columns whose product is the money of a row; none where there is no money."""
    if named is not None:
        parts = [named] if named in table.columns else named.split(TIMES)
        return tuple(column(table, part.strip(), "amount") for part in parts)
    whole, number, each = (_guess(table, name) for name in ("amount", "quantity", "price"))
    if whole is None and number is not None and each is not None:
        return number, each
    found = whole or each
    return (found,) if found else ()


def _guess(table: Table, meaning: str) -> str | None:
    by_name: dict[str, str] = {_plain(name): name for name in reversed(table.columns)}
    return next((by_name[guess] for guess in _GUESSES[meaning] if guess in by_name), None)


def _plain(name: str) -> str:
    """A name without case, blanks, signs and unit: Order_Date, 金额（元）."""
    return re.sub(r"[\W_]+", "", re.sub(r"[(（].*", "", name)).lower()


def _text(value: Expr) -> Expr:
    """Names of customers; 17850.0 is the 17850 that a program took for a number with decimals."""
    text = value.cast("string").strip().re_replace(r"^(\d+)\.0$", r"\1")
    return ibis.ifelse(text.re_search(_NOTHING), None, text).nullif("")


def _money(table: Table, name: str) -> Expr:
    value = table[name]
    if not value.type().is_string():
        return value.cast("float64")
    if _decimal_comma(table, value):
        value = value.replace(".", "").replace(",", ".")
    # Currency signs and thousands separators are no part of the number; (5.00) is −5.00.
    plain = value.re_replace(r"^\s*\((.*)\)\s*$", r"-\1").re_replace(r"[^0-9.eE+\-]", "")
    return plain.try_cast("float64")


def _decimal_comma(table: Table, value: Expr) -> bool:
    seen = table.select(comma=value.re_search(_COMMA), point=value.re_search(_POINT))
    counted = seen.aggregate(comma=seen.comma.sum(), point=seen.point.sum()).to_pyarrow()
    comma, point = (counted[column][0].as_py() or 0 for column in ("comma", "point"))
    return bool(comma > point)


def _day(table: Table, name: str, order: str | None) -> Expr:
    value = table[name]
    if value.type().is_date() or value.type().is_timestamp():
        return value.cast("date")
    text = value.cast("string")
    named = table.select(month=text.re_search(_NAMED))
    if named.month.sum().to_pyarrow().as_py():
        for number, month in enumerate(_MONTHS, start=1):
            text = text.re_replace(rf"(?i)\b{month}[a-z]*\.?", str(number))
        # 3-Mar-2024 shows its order, and March 3, 2024 does.
        order = order or _named_order(table, value.cast("string"))
    return _parsed(text, order or _date_order(table, text, name))


def _named_order(table: Table, text: Expr) -> str:
    first = table.select(month=text.re_search(r"(?i)^\s*[a-z]")).month
    return "mdy" if first.sum().to_pyarrow().as_py() else "dmy"


def _parsed(text: Expr, order: str) -> Expr:
    pattern, year, month, day = _PARTS[order]
    parts = [
        text.re_extract(pattern, year),
        text.re_extract(pattern, month).lpad(2, "0"),
        text.re_extract(pattern, day).lpad(2, "0"),
    ]
    # Two digits of a year are of this century.
    whole = ibis.ifelse(parts[0].length() == 2, "20" + parts[0], parts[0])
    return (whole + "-" + parts[1] + "-" + parts[2]).try_cast("date")


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
