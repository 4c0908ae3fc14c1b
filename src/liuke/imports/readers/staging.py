"""Every kind of file becomes one Parquet file of text cells with the source's row numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from liuke.imports.readers.errors import no_rows
from liuke.imports.readers.tables import Batch, open_table

SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Staged:
    columns: list[str]
    rows: int
    described: str


@dataclass(frozen=True, slots=True)
class Preview:
    columns: list[str]
    sample: list[tuple[str | None, ...]]
    described: str


def stage(source: Path, target: Path, progress: Callable[[int], None]) -> Staged:
    """Copy a file to `target`; it appears there whole or not at all. `progress` gets rows read."""
    table = open_table(source)
    draft = target.with_suffix(".draft")
    width = len(table.columns)
    schema = pa.schema(
        [("row", pa.int64()), ("wide", pa.bool_())]
        + [(f"c{position}", pa.string()) for position in range(width)]
    )
    count = 0
    with pq.ParquetWriter(draft, schema, compression="snappy") as writer:
        for batch in table.batches:
            writer.write_batch(_record_batch(batch, schema))
            count += len(batch.rows)
            progress(count)
    if not count:
        draft.unlink()
        raise no_rows()
    draft.replace(target)
    return Staged(list(table.columns), count, table.described)


def preview(source: Path) -> Preview:
    """The column names and the first rows, without reading the rest."""
    table = open_table(source)
    sample: list[tuple[str | None, ...]] = []
    for batch in islice(table.batches, 1):
        cells = [column.slice(0, SAMPLE).to_pylist() for column in batch.cells]
        sample = list(zip(*cells, strict=True))
    if not sample:
        raise no_rows()
    return Preview(list(table.columns), sample, table.described)


def _record_batch(batch: Batch, schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([batch.rows, batch.wide, *batch.cells], schema=schema)
