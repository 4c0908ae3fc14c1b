"""The DuckDB file in which one import is parsed and judged, within its share of memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from liuke.imports.readers import moments, numbers

# cell: without what spreadsheets wrap around a value, NULL when empty. code: what names something.
MACROS = r"""
CREATE MACRO edges(x) AS trim(x,
    ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279));
CREATE MACRO unwrapped(x) AS
    CASE WHEN starts_with(x, '="') AND ends_with(x, '"') AND length(x) > 2 THEN x[3:-2]
         WHEN starts_with(x, '''') THEN x[2:] ELSE x END;
CREATE MACRO cell(x) AS nullif(unwrapped(edges(x)), '');
CREATE MACRO code(x) AS
    CASE WHEN lower(x) IN ('null', 'none', 'nan', 'n/a', '#n/a', '(null)', '-', '--') THEN NULL
         ELSE x END;
CREATE MACRO is_formula(x) AS
    regexp_matches(x, '^[=@]') 
    OR (starts_with(x, '+') AND NOT regexp_matches(x, '^\+[\d\s().,-]*$'));
"""


@contextmanager
def workbench(path: Path, memory_mb: int) -> Iterator[DuckDBPyConnection]:
    """What does not fit into the memory limit goes to disk beside the file."""
    connection = duckdb.connect(
        str(path),
        config={
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": str(path.with_suffix(".tmp")),
            "threads": 2,
            "preserve_insertion_order": False,
            "python_scan_all_frames": False,
            # Nothing is fetched or loaded while a firm's file is being read.
            "autoinstall_known_extensions": False,
        },
    )
    try:
        yield connection
    finally:
        connection.close()


def define_macros(connection: DuckDBPyConnection) -> None:
    for macros in (MACROS, numbers.MACROS, moments.MACROS):
        connection.execute(macros)
