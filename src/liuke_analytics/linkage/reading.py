"""Brings a file into DuckDB as text: one row a record, one column a field."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

from liuke_analytics.encodings import in_utf8
from liuke_analytics.extras import need
from liuke_analytics.linkage.fields import FIELDS, Columns, Unusable

SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".ods")
SHOWN = 3
# Name of a mark (bought, intent) to the column that says so.
Marks = Mapping[str, str]
UNMARKED = ("", "-", "no", "n", "none", "false", "否", "无", "没有", "未")


def read(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    id_column: str,
    columns: Columns,
    marks: Marks | None = None,
) -> int:
    """Fills the table `source` (rid, id, fields) in the order of the file; returns its rows.

    With `marks` it also says of each row whether it is marked so.
    """
    with tempfile.TemporaryDirectory() as folder:
        _load(con, _relation(con, path, Path(folder)), path, id_column, columns, marks or {})
    return _checked(con, path, id_column)


def _load(
    con: duckdb.DuckDBPyConnection,
    relation: duckdb.DuckDBPyRelation,
    path: Path,
    id_column: str,
    columns: Columns,
    marks: Marks,
) -> None:
    names = {_clean(name): name for name in relation.columns}
    wanted = [id_column, *(column for group in columns.values() for column in group)]
    wanted += marks.values()
    unknown = [column for column in wanted if _clean(column) not in names]
    if unknown:
        raise Unusable(
            "{name} has no column {unknown}; it has {columns}",
            name=path.name, unknown=", ".join(unknown), columns=", ".join(names),
        )  # fmt: skip
    quoted = {column: _quoted(names[_clean(column)]) for column in wanted}
    select = [f"{_text(quoted[id_column])} as id"]
    for field in FIELDS:
        parts = [_text(quoted[column]) for column in columns.get(field, ())]
        joined = f"concat_ws(' ', {', '.join(parts)})" if parts else "null"
        select.append(f"nullif({joined}, '')::varchar as {field}")
    # First and last column of a name stay apart: a missing one must not shift the other.
    parts = [_text(quoted[column]) for column in columns.get("name", ())]
    apart = len(parts) > 1
    given = f"nullif(concat_ws(' ', {', '.join(parts[:-1])}), '')" if apart else "null"
    select += [
        f"{given}::varchar as name_given",
        f"{parts[-1] if apart else 'null'}::varchar as name_last",
    ]
    select += [f"{_is_marked(quoted[column])} as {name}" for name, column in marks.items()]
    try:
        relation.query(
            "file",
            "create temp table source as "
            f"select row_number() over () as rid, {', '.join(select)} from file",
        )
    except duckdb.Error as problem:
        raise _unreadable(path, problem) from problem


def _relation(con: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> duckdb.DuckDBPyRelation:
    if not path.stat().st_size:
        raise Unusable(
            "{name} is empty; it needs a header line and at least one row", name=path.name
        )
    if path.suffix.lower() in SPREADSHEETS:
        return _sheet(con, path)
    copy = path
    try:
        if path.suffix.lower() == ".parquet":
            return con.read_parquet(str(path))
        # What is not UTF-8 is decoded into a copy first.
        copy, _encoding = in_utf8(path, folder)
        return con.read_csv(str(copy), header=True, all_varchar=True, sample_size=20000)
    except duckdb.Error as problem:
        raise _unreadable(path, problem, copy) from problem


def _sheet(con: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    excel = need("fastexcel", "dedupe", "reading Excel workbooks")
    try:
        sheet = excel.read_excel(path).load_sheet(0, dtypes="string")
    except excel.FastExcelError as problem:
        raise _unreadable(path, problem) from problem
    return con.from_arrow(sheet.to_arrow())


def _checked(con: duckdb.DuckDBPyConnection, path: Path, id_column: str) -> int:
    rows, ids, distinct = con.execute(
        "select count(*), count(id), count(distinct id) from source"
    ).fetchall()[0]
    if not rows:
        raise Unusable("{name} has a header but no rows", name=path.name)
    if ids < rows:
        first = con.execute("select min(rid) from source where id is null").fetchall()[0][0]
        raise Unusable(
            "{rows:,} rows have no {column} (the first is row {first}); fill it in or choose "
            "another --id",
            rows=rows - ids, column=id_column, first=first,
        )  # fmt: skip
    if distinct < rows:
        twice = con.execute(
            "select id from source group by id having count(*) > 1 order by id limit ?", [SHOWN]
        ).fetchall()
        raise Unusable(
            "{column} must be different in every row, but {values} stand more than once; choose "
            "another --id or number the rows",
            column=id_column, values=", ".join(row[0] for row in twice),
        )  # fmt: skip
    return int(rows)


def _unreadable(path: Path, problem: Exception, copy: Path | None = None) -> Unusable:
    said = str(problem).replace(str(copy or path), path.name)
    return Unusable(
        "{name} cannot be read as a table: {problem}",
        name=path.name, problem=said.strip().splitlines()[0],
    )  # fmt: skip


def _clean(name: str) -> str:
    return name.strip().lstrip("\ufeff").casefold()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_marked(column: str) -> str:
    text = f"lower(trim({column}::varchar))"
    amount = f"try_cast({text} as double)"
    return f"coalesce({text} not in {UNMARKED} and {amount} is distinct from 0, false)"


def _text(column: str) -> str:
    return f"nullif(trim({column}::varchar), '')"
