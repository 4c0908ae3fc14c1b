"""Duplicates in bulk: the whole file against itself, pairs kept for people."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Q

from liuke.customers.linkage import likely_pairs
from liuke.customers.models import ContactPoint, Customer, DuplicatePair
from liuke.customers.rules import Kind
from liuke.customers.services.duplicates import keep_pairs

PIECE = 20_000
BATCH = 500
LEAST = 0.5
WAYS = {
    ContactPoint.Kind.MOBILE: "mobile",
    ContactPoint.Kind.EMAIL: "email",
    ContactPoint.Kind.ADDRESS: "address",
}
COLUMNS = ("name", "company", *WAYS.values(), "birth_date", "id_number")
SCHEMA = pa.schema([(name, pa.string()) for name in ("id", *COLUMNS)])


def find_duplicates(least: float = LEAST) -> int:
    """Look for customers that are one, in all of the file; the number of pairs kept.

    Pairs that people decided before stay decided.
    """
    if not Customer.objects.exists():
        return 0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "customers.parquet"
        _write(path)
        columns = {name: (name,) for name in COLUMNS}
        found = (
            (int(one), int(other), probability, reasons)
            for one, other, probability, reasons in likely_pairs(path, columns, least)
        )
        count = 0
        while batch := list(islice(found, BATCH)):
            count += keep_pairs(batch, DuplicatePair.Source.SEARCH)
    return count


def _write(path: Path) -> None:
    with pq.ParquetWriter(path, SCHEMA) as file:
        for rows in _pieces():
            file.write_table(pa.Table.from_pylist(rows, SCHEMA))


def _pieces() -> Iterator[list[dict[str, str]]]:
    last = 0
    while True:
        found = Customer.objects.filter(pk__gt=last).order_by("pk")[:PIECE]
        fields = ("pk", "kind", "name", "birth_date", "credit_code")
        rows = {pk: rest for pk, *rest in found.values_list(*fields)}
        if not rows:
            return
        records = {pk: _record(pk, *rest) for pk, rest in rows.items()}
        within = Q(customer__gt=last, customer__lte=max(rows), person=None)
        points = ContactPoint.objects.filter(within, kind__in=WAYS).order_by("-preferred", "pk")
        for pk, kind, value in points.values_list("customer", "kind", "value"):
            if pk in records:
                records[pk].setdefault(WAYS[ContactPoint.Kind(kind)], value)
        yield list(records.values())
        last = max(rows)


def _record(pk: int, kind: str, name: str, birth_date: object, code: str) -> dict[str, str]:
    record = {"id": str(pk), "company" if kind == Kind.ORGANIZATION else "name": name}
    if birth_date:
        record["birth_date"] = str(birth_date)
    return record | ({"id_number": code} if code else {})
