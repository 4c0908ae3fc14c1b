"""Brings a file into DuckDB as text: one row a record, one column a field."""

from pathlib import Path

import duckdb
import fastexcel

from liuke_analytics.linkage.fields import FIELDS, Columns, Unusable

SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".ods")
SHOWN = 3
ENCODING_PROBE = 1 << 20


def read(con: duckdb.DuckDBPyConnection, path: Path, id_column: str, columns: Columns) -> int:
    """Fills the table `source` (rid, id, fields) in the order of the file; returns its rows."""
    relation = _relation(con, path)
    names = {_clean(name): name for name in relation.columns}
    wanted = [id_column, *(column for group in columns.values() for column in group)]
    unknown = [column for column in wanted if _clean(column) not in names]
    if unknown:
        raise Unusable(f"{path.name} has no column {', '.join(unknown)}; it has {', '.join(names)}")
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
    try:
        relation.query(
            "file",
            "create temp table source as "
            f"select row_number() over () as rid, {', '.join(select)} from file",
        )
    except duckdb.Error as problem:
        raise Unusable(_said(path, problem)) from problem
    return _checked(con, path, id_column)


def _relation(con: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    if not path.stat().st_size:
        raise Unusable(f"{path.name} is empty; it needs a header line and at least one row")
    try:
        if path.suffix.lower() == ".parquet":
            return con.read_parquet(str(path))
        if path.suffix.lower() in SPREADSHEETS:
            sheet = fastexcel.read_excel(path).load_sheet(0, dtypes="string")
            return con.from_arrow(sheet.to_arrow())
        return con.read_csv(str(path), header=True, all_varchar=True, sample_size=20000)
    except (duckdb.Error, fastexcel.FastExcelError) as problem:
        raise Unusable(_said(path, problem)) from problem


def _checked(con: duckdb.DuckDBPyConnection, path: Path, id_column: str) -> int:
    rows, ids, distinct = con.execute(
        "select count(*), count(id), count(distinct id) from source"
    ).fetchall()[0]
    if not rows:
        raise Unusable(f"{path.name} has a header but no rows")
    if ids < rows:
        first = con.execute("select min(rid) from source where id is null").fetchall()[0][0]
        raise Unusable(
            f"{rows - ids} rows have no {id_column} (the first is row {first}); "
            "fill it in or choose another --id"
        )
    if distinct < rows:
        twice = con.execute(
            "select id from source group by id having count(*) > 1 order by id limit ?", [SHOWN]
        ).fetchall()
        raise Unusable(
            f"{id_column} must be different in every row, but {', '.join(row[0] for row in twice)} "
            "stand more than once; choose another --id or number the rows"
        )
    return int(rows)


def _said(path: Path, problem: Exception) -> str:
    if not _is_utf8(path):
        return (
            f"{path.name} is not in UTF-8; save it as UTF-8 (in Excel: “CSV UTF-8”) and try again"
        )
    first = str(problem).strip().splitlines()[0]
    return f"{path.name} cannot be read as a table: {first}"


def _is_utf8(path: Path) -> bool:
    if path.suffix.lower() in {".parquet", *SPREADSHEETS}:
        return True
    with path.open("rb") as file:
        while block := file.readline(ENCODING_PROBE):
            try:
                block.decode()
            except UnicodeDecodeError:
                return False
    return True


def _clean(name: str) -> str:
    return name.strip().lstrip("\ufeff").casefold()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(column: str) -> str:
    return f"nullif(trim({column}::varchar), '')"
