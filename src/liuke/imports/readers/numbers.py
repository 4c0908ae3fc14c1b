"""Numbers as people write them, read set-wise. Point or comma is decided over the whole column."""

from enum import StrEnum

from duckdb import DuckDBPyConnection

PLAIN = r"^-?\d{1,18}(\.\d{1,12})?$"
NARROW = "translate(x, '０１２３４５６７８９．，－−＋（）％￥', '0123456789.,--+()%¥')"
DECORATION = r"[\s\x{00a0}\x{2009}\x{202f}\x{3000}''’¥$€£元]|RMB|CNY|USD|EUR|GBP|HKD"
COMMA_IS_DECIMAL = (
    r"^-?(\d{1,3}(\.\d{3})+,\d+|\d+,\d{1,2}|\d+,\d{4,}|\d{4,},\d+|0,\d+|\d{1,3}(\.\d{3}){2,})$"
)
POINT_IS_DECIMAL = (
    r"^-?(\d{1,3}(,\d{3})+\.\d+|\d*\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+|0\.\d+|\d{1,3}(,\d{3}){2,})$"
)

# bare: without currency, spaces and accountants' signs. number_*: NULL when it is no number.
MACROS = rf"""
CREATE MACRO bare(x) AS
    regexp_replace(regexp_replace(regexp_replace(
        regexp_replace({NARROW}, '{DECORATION}', '', 'gi'),
        '^\+', ''), '^\((.*)\)$', '-\1'), '^(\d[\d.,]*)-$', '-\1');
CREATE MACRO as_decimal(x) AS
    CASE WHEN regexp_matches(x, '^-?(\d+\.?\d*|\.\d+)$') THEN try_cast(x AS DECIMAL(38, 12))
         WHEN regexp_matches(x, '^-?\d+(\.\d+)?[eE][+-]?\d{{1,2}}$')
         THEN try_cast(try_cast(x AS DOUBLE) AS DECIMAL(38, 12)) END;
CREATE MACRO number_point(x) AS
    CASE WHEN regexp_matches(x, '{PLAIN}') THEN try_cast(x AS DECIMAL(38, 12))
         ELSE as_decimal(CASE WHEN regexp_matches(bare(x), '^-?\d{{1,3}}(,\d{{3}})+(\.\d*)?$')
                              THEN replace(bare(x), ',', '') ELSE bare(x) END) END;
CREATE MACRO number_comma(x) AS
    CASE WHEN regexp_matches(x, '^-?\d{{1,18}}$') THEN try_cast(x AS DECIMAL(38, 12))
         ELSE as_decimal(replace(
             CASE WHEN regexp_matches(bare(x), '^-?\d{{1,3}}(\.\d{{3}})+(,\d*)?$')
                  THEN replace(bare(x), '.', '')
                  WHEN contains(bare(x), '.') THEN 'two kinds of marks' ELSE bare(x) END,
             ',', '.')) END;
"""


class Decimals(StrEnum):
    POINT = "point"
    COMMA = "comma"


def decimals_of(connection: DuckDBPyConnection, table: str, column: str) -> Decimals:
    """1.234,56 or 1,234.56: what the unmistakable values of the column say; else the point."""
    comma, point = connection.execute(
        f"""
        SELECT count(*) FILTER (regexp_matches(x, '{COMMA_IS_DECIMAL}')),
               count(*) FILTER (regexp_matches(x, '{POINT_IS_DECIMAL}'))
        FROM (SELECT bare({column}) AS x FROM {table}
              WHERE regexp_matches({column}, '[.,．，]'))
        """  # noqa: S608 - a place in our own table, not a name from the file
    ).fetchall()[0]
    return Decimals.COMMA if comma > point else Decimals.POINT


def number(column: str, decimals: Decimals) -> str:
    """SQL for a cell as a number, NULL when it is none."""
    return f"number_{decimals}({column})"
