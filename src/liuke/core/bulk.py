"""Many rows at once, past the ORM, whose model instances and SQL cost more than the writing.

For rows that nothing needs the new ids of. Constraints hold as always. PostgreSQL gets rows by
COPY, SQLite by one prepared statement; a batch of one is the same code as a batch of thousands.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    DateTimeField,
    Field,
    JSONField,
    Lookup,
    Model,
    ProtectedError,
    RestrictedError,
)
from django.db.models.sql.compiler import SQLCompiler

Prepare = Callable[[Any], Any] | None


@Field.register_lookup
class OneOf(Lookup[Any]):
    """`code__one_of=[…]`: as `in`, with all the texts or ids as one parameter, however many."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """The comparison, its parameters those of the column and the values."""
        column, params = self.process_lhs(compiler, connection)
        values = list(self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*params, values)
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return sql, (*params, json.dumps(values))


def insert(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values in the order of `fields`; a foreign key is the other row's id."""
    columns, prepared = _ready(model, fields, rows)
    if not prepared:
        return
    names = ", ".join(columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copying = cursor.copy(f"COPY {table} ({names}) FROM STDIN")
            with connection.wrap_database_errors, copying as copy:
                for row in prepared:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", prepared)  # noqa: S608


def reserve(model: type[Model], count: int) -> Sequence[int]:
    """Ids for so many new rows of a model, which nobody else gets; inside a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq",
            [count, table],
        )
        last = cursor.fetchone()
        if last is None:
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count]
            )
        end = last[0] if last else count
    return range(end - count + 1, end + 1)


def create(rows: Sequence[Model]) -> None:
    """Insert unsaved instances of one model, which stay without an id."""
    if rows:
        meta = rows[0]._meta
        fields = [field for field in meta.concrete_fields if field is not meta.auto_field]
        keys = [field.attname for field in fields]
        values = ([getattr(row, key) for key in keys] for row in rows)
        insert(type(rows[0]), [field.name for field in fields], values)


def update(
    model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]], *, key: str
) -> None:
    """Set `fields` of the row that each row of values names last, by its `key`."""
    columns, prepared = _ready(model, [*fields, key], rows)
    if not prepared:
        return
    *changed, known = columns
    table = connection.ops.quote_name(model._meta.db_table)
    changes = ", ".join(f"{column} = %s" for column in changed)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {changes} WHERE {known} = %s", prepared)  # noqa: S608


def delete(model: type[Model], ids: Sequence[int]) -> list[int]:
    """Delete these rows but those that others rest on; the ids that are gone."""
    if not ids:
        return []
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=ids).delete()
    except (ProtectedError, RestrictedError):
        if len(ids) == 1:
            return []
        half = len(ids) // 2
        return delete(model, ids[:half]) + delete(model, ids[half:])
    return list(ids)


def _ready(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[list[str], list[Sequence[Any]]]:
    """Quoted columns, and the rows as the driver takes them."""
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    columns = [connection.ops.quote_name(str(field.column)) for field in fields]
    prepares = [(at, prepare) for at, field in enumerate(fields) if (prepare := _prepare(field))]
    if not prepares:
        return columns, list(rows)
    prepared: list[Sequence[Any]] = []
    for row in rows:
        values = list(row)
        for at, prepare in prepares:
            values[at] = prepare(values[at])
        prepared.append(values)
    return columns, prepared


def _prepare(field: Field[Any, Any]) -> Prepare:
    if isinstance(field, DateTimeField):
        if connection.vendor == "postgresql":
            return None  # Its driver takes moments as they are.
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, JSONField):
        encode = (field.encoder or json.JSONEncoder)().encode
        return lambda value: None if value is None else encode(value)
    return None
