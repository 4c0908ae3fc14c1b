"""From cells to values: every row gets its values, or the name of what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from duckdb import DuckDBPyConnection

from liuke.imports.readers.mapping import Field, Meaning
from liuke.imports.readers.moments import evidence_of, moment, order_of, spoken
from liuke.imports.readers.numbers import Decimals, decimals_of, number

EARLIEST = datetime(1980, 1, 1)
CODES = (Field.CUSTOMER, Field.ORDER, Field.PRODUCT)
TEXTS = (Field.DESCRIPTION, Field.NAME, Field.PHONE, Field.STATUS)
MONEY = (Field.AMOUNT, Field.QUANTITY, Field.PRICE)
LONGEST = {
    Field.CUSTOMER: 60,
    Field.ORDER: 54,
    Field.PRODUCT: 60,
    Field.DESCRIPTION: 200,
    Field.NAME: 120,
    Field.PHONE: 120,
    Field.STATUS: 120,
}
# What a till or shop writes beside an order that came to nothing; a part given back stays a sale.
UNDONE = "退款|退货|取消|作废|关闭|撤销|未付款|待付款|cancel|refund|void|unpaid|failed"
PARTLY = "部分|未退|无退|partial|no refund|unrefunded|^(0|否|no|false)$"
LARGEST = {Field.AMOUNT: "1e11", Field.QUANTITY: "1e9", Field.PRICE: "1e11"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the cells alone do not say: the firm's zone and its wall time now."""

    zone: str
    now: datetime


def settle(
    connection: DuckDBPyConnection, rows: Path, columns: Sequence[str], meaning: Meaning
) -> Meaning:
    """Decide over the whole column whether day or month comes first.

    Raises Unclear when only a person can know.
    """
    if meaning.date_order:
        return meaning
    column = f"c{columns.index(meaning.date)}"
    order = order_of(evidence_of(connection, f"read_parquet('{quoted(rows)}')", column))
    return replace(meaning, date_order=order.value)


def parse(
    connection: DuckDBPyConnection,
    rows: Path,
    columns: Sequence[str],
    meaning: Meaning,
    frame: Frame,
) -> None:
    """Create the table `parsed`: one line per row of the file with values and `problem`."""
    place = {field: f"c{columns.index(column)}" for field, column in meaning.columns()}
    table = f"read_parquet('{quoted(rows)}')"
    decimals = {
        field: decimals_of(connection, table, place[field]) for field in MONEY if field in place
    }
    connection.execute(
        f"""
        CREATE TABLE parsed AS
        SELECT *, {_value()} AS value FROM (
            SELECT *, {_problem(place, meaning)} AS problem, {_zero(meaning)} AS zero,
                   try_cast(round(quantity::DECIMAL(20, 3) * price, 2) AS DECIMAL(18, 2)) AS money
            FROM (
                SELECT *, {_values(meaning, decimals, frame.zone)}
                FROM (
                    SELECT *, {spoken("raw_date", meaning.date_order)} AS spoken_
                    FROM (SELECT row, wide, {_cells(place)} FROM {table})
                )
            )
        )
        """,  # noqa: S608 - built from places and our own field names only
        {"latest": datetime.combine(frame.now, time.max), "earliest": EARLIEST},
    )


def quoted(text: Path | str) -> str:
    return str(text).replace("'", "''")


def _cells(place: dict[Field, str]) -> str:
    empty = "NULL::VARCHAR"
    cells = {field: f"cell({place[field]})" if field in place else empty for field in Field}
    return ", ".join(f"{cell} AS raw_{field}" for field, cell in cells.items())


def _values(meaning: Meaning, decimals: dict[Field, Decimals], zone: str) -> str:
    values = [f"code(raw_{field}) AS {field}_" for field in CODES]
    values += [f"raw_{field} AS {field}_" for field in TEXTS]
    values.append(f"{moment('spoken_', zone)} AS happened")
    numbers = {field: number(f"raw_{field}", decimals[field]) for field in decimals}
    if meaning.amount:
        amount = numbers[Field.AMOUNT]
        values.append(f"CASE WHEN {amount} < 0 THEN -1 ELSE 1 END AS sign")
        values.append(f"{amount} AS read_amount")
        quantity, price = f"CASE WHEN {amount} < 0 THEN -1 ELSE 1 END", f"round(abs({amount}), 2)"
    else:
        count, each = numbers[Field.QUANTITY], numbers[Field.PRICE]
        values.append(f"{count} AS read_quantity, {each} AS read_price")
        quantity = f"round({count} * CASE WHEN {each} < 0 THEN -1 ELSE 1 END, 3)"
        price = f"round(abs({each}), 4)"
    values.append(f"try_cast({quantity} AS DECIMAL(18, 3)) AS quantity")
    values.append(f"try_cast({price} AS DECIMAL(18, 4)) AS price")
    return ", ".join(values)


def _problem(place: dict[Field, str], meaning: Meaning) -> str:
    """The first thing wrong with a row, as code:field; NULL when nothing is."""
    tests = [
        ("wide", "wide:"),
        *((f"is_formula(raw_{field})", f"formula:{field}") for field in place),
        *(
            (f"length({field}_) > {longest}", f"long:{field}")
            for field, longest in LONGEST.items()
            if field in place
        ),
        *_undone(place),
        ("raw_date IS NULL", "empty:date"),
        ("happened IS NULL", "date:date"),
        ("happened > $latest", "future:date"),
        ("happened < $earliest", "early:date"),
    ]
    for field in MONEY:
        if field in place:
            tests += [
                (f"raw_{field} IS NULL", f"empty:{field}"),
                (f"regexp_matches(raw_{field}, '[%％]')", f"percent:{field}"),
                (f"read_{field} IS NULL", f"number:{field}"),
                (f"abs(read_{field}) >= {LARGEST[field]}", f"huge:{field}"),
            ]
    if not meaning.amount:
        tests.append(("read_quantity < 0 AND read_price < 0", "signs:quantity"))
        tests.append(("abs(read_quantity::DOUBLE * read_price::DOUBLE) >= 1e12", "huge:quantity"))
    cases = " ".join(f"WHEN {test} THEN '{name}'" for test, name in tests)
    return f"CASE {cases} END"


def _undone(place: dict[Field, str]) -> list[tuple[str, str]]:
    if Field.STATUS not in place:
        return []
    said = "lower(raw_status)"
    undone = f"regexp_matches({said}, '{UNDONE}') AND NOT regexp_matches({said}, '{PARTLY}')"
    # What came back as goods stands in the file with a minus and is a return.
    undone = f"coalesce(quantity, 1) > 0 AND {undone}"
    return [(undone, "undone:status")]


def _zero(meaning: Meaning) -> str:
    """Rows of a sale that carry no money: left out alone, the rest of the order is as true."""
    if meaning.kind == "visit":
        return "''"
    if meaning.amount:
        return "CASE WHEN price = 0 THEN 'zero:amount' ELSE '' END"
    return (
        "CASE WHEN price = 0 THEN 'zero:price' WHEN quantity = 0 THEN 'zero:quantity' ELSE '' END"
    )


def _value() -> str:
    cases = " ".join(f"WHEN '{field}' THEN raw_{field}" for field in Field)
    return f"CASE split_part(coalesce(problem, zero), ':', 2) {cases} END"
