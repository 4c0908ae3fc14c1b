"""Dates as people write them, read set-wise. Day or month first is decided over the column."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from duckdb import DuckDBPyConnection

from liuke.imports.readers.errors import Unclear

YEAR_LAST = r"^\d{1,2}-\d{1,2}-(\d{4}|\d{2})(\s|$)"
HALF_DAY = r"(AM|PM|上午|下午|凌晨|晚上)"
PLAIN = r"^\d{4}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?$"
ZONE = r":\d{2}(\.\d+)?\s*(Z|[+-]\d{2}(:?\d{2})?)$"
WORDED = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y", "%d-%B-%Y")
WORDED_FORMATS = [f"{day}{time}" for day in WORDED for time in (" %H:%M:%S", " %H:%M", "")]

# uniform: 2011年3月4日 8时26分 → 2011-3-4 8:26, 04.03.2011 → 04-03-2011; order not yet decided.
# moment_*: the firm's wall time, NULL when it is no date.
MACROS = rf"""
CREATE MACRO uniform(x) AS
    trim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        translate(x, '０１２３４５６７８９：／－．　,年月时時点分', '0123456789:/-.  --::::'),
        '\s*[日号秒]\s*', ' ', 'g'),
        '^(\d{{1,4}})[-/.]\s?(\d{{1,2}})[-/.]\s?(\d{{1,4}})', '\1-\2-\3'),
        '(\d)T(\d)', '\1 \2'),
        '{HALF_DAY}\s*([\d:.]+)', '\2 \1', 'i'),
        ':(\s|$)|\s+', '\1 ', 'g'));
CREATE MACRO year_first(u, parts) AS
    regexp_replace(regexp_replace(regexp_replace(u,
        '^(\d{{1,2}})-(\d{{1,2}})-(\d{{4}})(\s|$)', parts),
        '^(\d{{1,2}})-(\d{{1,2}})-([7-9]\d)(\s|$)', '19' || parts),
        '^(\d{{1,2}})-(\d{{1,2}})-(\d{{2}})(\s|$)', '20' || parts);
CREATE MACRO plain_moment(u) AS
    CASE WHEN regexp_matches(u, '{PLAIN}') THEN try_cast(u AS TIMESTAMP) END;
CREATE MACRO half_day_moment(u) AS
    plain_moment(trim(regexp_replace(u, '{HALF_DAY}', '', 'i')))
    + CASE WHEN regexp_matches(u, 'PM|下午|晚上', 'i') AND regexp_matches(u, ' 0?([1-9]|1[01]):')
           THEN INTERVAL '12 hours'
           WHEN regexp_matches(u, 'AM|上午|凌晨', 'i') AND regexp_matches(u, ' 12:')
           THEN INTERVAL '-12 hours' ELSE INTERVAL '0 hours' END;
CREATE MACRO odd_moment(u, zone) AS
    CASE WHEN regexp_matches(u, '^[1-9]\d{{4}}(\.\d+)?$')
         THEN TIMESTAMP '1899-12-30' + to_seconds(round(try_cast(u AS DOUBLE) * 86400)::BIGINT)
         WHEN regexp_matches(u, '^\d{{8}}(\d{{4}}(\d{{2}})?)?$')
         THEN try_strptime(u, ['%Y%m%d', '%Y%m%d%H%M', '%Y%m%d%H%M%S'])
         WHEN regexp_matches(u, '^\d{{8}} \d{{1,2}}:\d{{2}}(:\d{{2}})?$')
         THEN try_strptime(u, ['%Y%m%d %H:%M', '%Y%m%d %H:%M:%S'])
         WHEN regexp_matches(u, '^\d{{4}}-.*{ZONE}')
         THEN timezone(zone, try_cast(u AS TIMESTAMPTZ))
         WHEN regexp_matches(u, '{HALF_DAY}', 'i') THEN half_day_moment(u)
         WHEN regexp_matches(u, '[A-Za-z]{{3}}') THEN try_strptime(u, {WORDED_FORMATS}) END;
CREATE MACRO spoken_date(x, parts) AS
    CASE WHEN regexp_matches(x, '^\d{{4}}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$')
         THEN x ELSE year_first(uniform(x), parts) END;
CREATE MACRO moment(u, zone) AS coalesce(plain_moment(u), odd_moment(u, zone));
"""


class DateOrder(StrEnum):
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


# Where day, month and year stand in the three groups of a date whose year is last or short.
PARTS = {
    DateOrder.DAY_FIRST: r"\3-\2-\1\4",
    DateOrder.MONTH_FIRST: r"\3-\1-\2\4",
    DateOrder.YEAR_FIRST: r"\1-\2-\3\4",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the numbers and marks of dates with the year last or in two digits say."""

    rows: int = 0
    first_above_12: int = 0
    second_above_12: int = 0
    first_above_31: int = 0
    dotted: int = 0
    example: str = ""


def evidence_of(connection: DuckDBPyConnection, table: str, column: str) -> Evidence:
    row = connection.execute(
        rf"""
        SELECT count(*),
               count(*) FILTER (split_part(u, '-', 1)::INT > 12),
               count(*) FILTER (split_part(u, '-', 2)::INT > 12),
               count(*) FILTER (split_part(u, '-', 1)::INT > 31),
               count(*) FILTER (contains(x, '.')),
               coalesce(min(x), '')
        FROM (SELECT {column} AS x, uniform({column}) AS u FROM {table}
              WHERE NOT regexp_matches({column}, '^\s*(\d{{4}}[-/.年]|\d{{5}})'))
        WHERE regexp_matches(u, '{YEAR_LAST}')
        """  # noqa: S608 - a place in our own table, not a name from the file
    ).fetchall()[0]
    return Evidence(*row)


def order_of(found: Evidence) -> DateOrder:
    """Raises Unclear when every value fits both readings: guessing would be wrong half the time."""
    if not found.rows:
        return DateOrder.YEAR_FIRST
    if found.first_above_31:
        return DateOrder.YEAR_FIRST
    if found.first_above_12 != found.second_above_12:
        day_first = found.first_above_12 > found.second_above_12
        return DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    if found.dotted == found.rows:
        return DateOrder.DAY_FIRST
    raise Unclear(
        _("Dates like “%s” can be read in two ways. Say whether the day or the month comes first.")
        % found.example
    )


def spoken(column: str, order: str) -> str:
    """SQL for a cell in one way of writing; a step of its own, as it is the slow part."""
    return f"spoken_date({column}, '{PARTS[DateOrder(order)]}')"


def moment(spoken_column: str, zone: str) -> str:
    """SQL for what `spoken` made as the firm's wall time, NULL when it is no date."""
    return f"moment({spoken_column}, '{zone}')"
