"""Finding rows by what people type: one table of tokens per kind, the same answers on both engines.

A kind ("customer") belongs to the app that owns the rows. Its migration says
`operations = [search.table("customer")]`, its services keep it with `index` and `remove`.
SQLite holds the tokens in FTS5, PostgreSQL in a tsvector under GIN; both take them raw, so no
language rule of an engine changes what is found.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Expression,
    F,
    Func,
    Model,
    QuerySet,
)
from django.db.models.sql.compiler import SQLCompiler

from liuke.core import text

CHUNK = 1000
# Of more rows than this one reads the wanted order and looks which of them are found.
FEW = 10_000

Row = TypeVar("Row", bound=Model)

_CREATE = {
    # Tokens are letters and figures only, which is all that the ascii tokenizer leaves alone.
    # Nobody asks where in a document a token stands: detail=none halves the index.
    "sqlite": (
        "CREATE VIRTUAL TABLE {table}"
        " USING fts5(tokens, tokenize='ascii', detail=none, columnsize=0)",
    ),
    "postgresql": (
        "CREATE TABLE {table} (id bigint PRIMARY KEY, tokens tsvector NOT NULL)",
        "CREATE INDEX ON {table} USING gin (tokens)",
    ),
}
# A row whose tokens did not change is not written: most edits leave the name as it is.
_REPLACE = {
    "sqlite": (
        "INSERT OR REPLACE INTO {table} (rowid, tokens)"
        " SELECT json_extract(value, '$[0]') AS number, json_extract(value, '$[1]') AS words"
        " FROM json_each(%s) WHERE words IS NOT"
        " (SELECT tokens FROM {table} AS known WHERE known.rowid = number)"
    ),
    "postgresql": (
        "INSERT INTO {table} AS known (id, tokens)"
        " SELECT (given->>0)::bigint, array_to_tsvector(string_to_array(given->>1, ' '))"
        " FROM json_array_elements(%s::json) AS given"
        " ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens"
        " WHERE known.tokens <> excluded.tokens"
    ),
}
_ADD = {
    "sqlite": "INSERT INTO {table} (rowid, tokens) VALUES (%s, %s)",
    "postgresql": "COPY {table} (id, tokens) FROM STDIN",
}
_REMOVE = {
    "sqlite": "DELETE FROM {table} WHERE rowid IN (SELECT value FROM json_each(%s))",
    "postgresql": (
        "DELETE FROM {table} WHERE id IN"
        " (SELECT value::bigint FROM json_array_elements_text(%s::json))"
    ),
}
# FTS5 only notes that a row is gone; merging its index is what lets go of the tokens.
_MERGE = {"sqlite": ("INSERT INTO {table} ({table}) VALUES ('optimize')",), "postgresql": ()}
# OFFSET 0 makes PostgreSQL search first and order afterwards. Left to itself it may walk an index
# of the wanted order in the hope of meeting 50 people called 王 soon: seconds instead of tenths.
_MATCH = {
    "sqlite": "(SELECT rowid FROM {table} WHERE {table} MATCH %s)",
    "postgresql": "(SELECT id FROM {table} WHERE tokens @@ %s::tsquery OFFSET 0)",
}
# The same the other way round: rows come in the wanted order, and each is looked up. Neither
# engine may turn it into a search first: SQLite by the sign, PostgreSQL by the comparison.
_HAS = {
    "sqlite": "+{field} IN (SELECT rowid FROM {table} WHERE {table} MATCH %s)",
    "postgresql": (
        "(EXISTS (SELECT 1 FROM {table} AS found"
        " WHERE found.id = {field} AND found.tokens @@ %s::tsquery)) IS TRUE"
    ),
}
_MORE_THAN_FEW = {
    "sqlite": "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH %s LIMIT %s)",
    "postgresql": (
        "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE tokens @@ %s::tsquery LIMIT %s) AS found"
    ),
}


def index(kind: str, documents: Mapping[int, set[str]]) -> None:
    """Let each row be found by these tokens (see `text.document_tokens`) and by no others."""
    rows = ([number, " ".join(sorted(documents[number]))] for number in sorted(documents))
    _execute_in_chunks(_REPLACE, kind, rows)


def add(kind: str, rows: Iterable[tuple[int, str]]) -> None:
    """Let new rows be found, whose tokens come joined by spaces; none of them is known yet."""
    sql = _ADD[connection.vendor].format(table=_quoted(kind, connection))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(sql, list(rows))


def remove(kind: str, ids: Iterable[int]) -> None:
    """Let these rows no longer be found."""
    _execute_in_chunks(_REMOVE, kind, sorted(ids))


def forget(kind: str, ids: Iterable[int]) -> None:
    """Let these rows no longer be found, nor their tokens be read from the database's file."""
    remove(kind, ids)
    _execute_all(_MERGE[connection.vendor], kind, connection)


def matching(kind: str, query: str) -> "Matching | None":
    """The ids of the rows that have all of the query: `filter(pk__in=matching(...))`.

    None for a blank query, which restricts nothing. A query of nothing but signs finds nothing.
    """
    return Matching(kind, text.query_tokens(query)) if query.strip() else None


def narrow(rows: QuerySet[Row], kind: str, query: str, field: str = "pk") -> QuerySet[Row]:
    """Those of `rows` whose `field` is found by the query; all of them for a blank one.

    Asks the database at once whether that is few or many: a rare word is looked up and what it
    finds sorted, a common one is compared with the rows in their order until a page is full.
    """
    found = matching(kind, query)
    if found is None:
        return rows
    if found.is_common():
        return rows.filter(Has(F(field), kind, found.tokens))
    return rows.filter(**{f"{field}__in": found})


def create_table(kind: str, connection: BaseDatabaseWrapper) -> None:
    """Make room for a kind."""
    _execute_all(_CREATE[connection.vendor], kind, connection)


def drop_table(kind: str, connection: BaseDatabaseWrapper) -> None:
    """Forget a kind."""
    _execute_all(("DROP TABLE {table}",), kind, connection)


def table(kind: str) -> RunPython:
    """The migration operation that makes room for a kind."""
    return RunPython(
        lambda apps, schema_editor: create_table(kind, schema_editor.connection),
        lambda apps, schema_editor: drop_table(kind, schema_editor.connection),
    )


class Matching(Expression):
    """A subquery of ids, written for whichever engine runs it."""

    output_field = BigIntegerField()

    def __init__(self, kind: str, tokens: Sequence[str]) -> None:
        super().__init__()
        self.kind = kind
        self.tokens = tuple(tokens)

    def is_common(self) -> bool:
        """Whether more than FEW rows have all the tokens."""
        if not self.tokens:
            return False
        sql = _MORE_THAN_FEW[connection.vendor].format(table=_quoted(self.kind, connection))
        with connection.cursor() as cursor:
            cursor.execute(sql, [_EXPRESSION[connection.vendor](self.tokens), FEW + 1])
            (count,) = cursor.fetchone()
        return bool(count > FEW)

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str, ...]]:
        """The subquery and its one parameter; EmptyResultSet when nothing can be found."""
        if not self.tokens:
            raise EmptyResultSet
        sql = _MATCH[connection.vendor].format(table=_quoted(self.kind, connection))
        return sql, (_EXPRESSION[connection.vendor](self.tokens),)


class Has(Func):
    """The condition that the row of this number has all the tokens, looked up row by row."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, field: F, kind: str, tokens: Sequence[str]) -> None:
        super().__init__(field)
        self.kind = kind
        self.tokens = tuple(tokens)

    def as_sql(  # type: ignore[override]  # there is one template of it
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """The condition, its parameters those of the field and the expression."""
        field, params = compiler.compile(self.source_expressions[0])
        table = _quoted(self.kind, connection)
        sql = _HAS[connection.vendor].format(table=table, field=field)
        return sql, (*params, _EXPRESSION[connection.vendor](self.tokens))


def _fts5(tokens: Iterable[str]) -> str:
    return " AND ".join(f'"{token}"' + "*" * text.is_beginning(token) for token in tokens)


def _tsquery(tokens: Iterable[str]) -> str:
    return " & ".join(f"'{token}'" + ":*" * text.is_beginning(token) for token in tokens)


_EXPRESSION: Final = {"sqlite": _fts5, "postgresql": _tsquery}


def _quoted(kind: str, connection: BaseDatabaseWrapper) -> str:
    if not re.fullmatch("[a-z][a-z_]{0,30}", kind):
        raise ValueError(f"a kind is a short lower-case word, not {kind!r}")
    return connection.ops.quote_name(f"search_{kind}")


def _execute_all(statements: Iterable[str], kind: str, connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(table=_quoted(kind, connection)))


def _execute_in_chunks(statements: Mapping[str, str], kind: str, rows: Iterable[Any]) -> None:
    """One statement per CHUNK rows, which travel as one JSON parameter: engines count those."""
    sql = statements[connection.vendor].format(table=_quoted(kind, connection))
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            cursor.execute(sql, [json.dumps(chunk, ensure_ascii=False)])


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
