"""Parquet: read batch by batch, every value as text without losing a digit."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from liuke.imports.readers.errors import Unreadable, cut_off

BATCH = 65_536
NESTED = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary)


def columns_of(path: Path) -> list[str]:
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def batches(path: Path) -> Iterator[list[pa.Array]]:
    try:
        with _opened(path) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                yield [_as_text(column) for column in batch.columns]
    except (pa.ArrowInvalid, OSError):
        raise cut_off() from None


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, pre_buffer=False, memory_map=False)
    except (pa.ArrowInvalid, OSError):
        raise cut_off() from None


def _as_text(values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
        kind = values.type
    if any(is_kind(kind) for is_kind in NESTED):
        raise Unreadable(_("A column of the file holds lists or bytes. Export plain columns only."))
    if pa.types.is_floating(kind):
        return _floats(values)
    return values.cast(pa.string())


def _floats(values: pa.Array) -> pa.Array:
    """17850.0 → 17850: a whole number with a gap in its column is stored as a float."""
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
    return pc.replace_substring_regex(values.cast(pa.string()), r"^(-?\d+)\.0$", r"\1")
