"""How a mapping fits the first rows of a file, beside each column: before anything is checked."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils.translation import gettext as _

from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.readers import cells
from liuke.imports.readers.cells import judge_records, settle_dates
from liuke.imports.readers.declare import Reading, Shape, mistakes
from liuke.imports.readers.mistakes import mistake_text
from liuke.imports.readers.reasons import summary_text
from liuke.imports.readers.staging import preview
from liuke.imports.readers.tables import unnamed
from liuke.imports.readers.workbench import define_macros, workbench
from liuke.imports.services.kinds import KINDS
from liuke.imports.services.records import frame_now
from liuke.imports.services.work import source_of

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column of the file: how its values look, and what is wrong with its choice.

    `blank`: it has no header and no values, as at the margin of a sheet.
    """

    name: str
    examples: Sequence[str]
    fault: str = ""
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    columns: Sequence[ColumnLook]
    faults: Sequence[str]


def look(run: ImportRun, reading: Reading) -> Look:
    """Every column with examples and, where the choice does not fit, why."""
    shape = KINDS[run.kind].shape_now()
    seen = preview(source_of(run))
    faults: dict[str, str] = {}
    general: list[str] = []
    wrong = mistakes(shape, reading, run.columns)
    for code, about in wrong:
        text = mistake_text(shape, reading, code, about)
        if code == "twice":
            faults.setdefault(about, text)
        else:
            general.append(text)
    if not wrong:
        try:
            faults |= _misread(run.columns, seen.sample, shape, reading)
        except Refused as refused:
            general += refused.messages
    nameless = unnamed(run.language, len(run.columns))
    columns = [
        ColumnLook(name, examples, faults.get(name, ""), not examples and name in nameless)
        for at, name in enumerate(run.columns)
        for examples in [_examples(seen.sample, at)]
    ]
    return Look(columns, general)


def _misread(
    columns: Sequence[str], sample: Sequence[Sequence[str | None]], shape: Shape, reading: Reading
) -> Mapping[str, str]:
    """Column → how many of its first values cannot be read, and the usual reason."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.parquet"
        table = {"row": range(len(sample)), "wide": [False] * len(sample)}
        arrays = {name: pa.array(values) for name, values in table.items()}
        for at in range(len(columns)):
            arrays[f"c{at}"] = pa.array([row[at] for row in sample], pa.string())
        pq.write_table(pa.table(arrays), rows)
        memory = settings.LIUKE_IMPORT_MEMORY_MB
        with workbench(Path(folder) / "look.duckdb", memory) as connection:
            define_macros(connection)
            connection.execute(cells.MACROS)
            settled = settle_dates(connection, rows, columns, shape, reading)
            judge_records(connection, rows, columns, shape, settled, frame_now())
            found = connection.execute(
                "SELECT problem FROM rejects UNION ALL SELECT problem FROM notices"
            ).fetchall()
    counts = Counter(problem for (problem,) in found)
    faults: dict[str, str] = {}
    for problem, count in counts.most_common():
        for column in reading.columns_of(problem.partition(":")[2]):
            text = _("%(count)s of the first %(rows)s rows: %(reason)s") % {
                "count": count,
                "rows": len(sample),
                "reason": summary_text(problem),
            }
            faults.setdefault(column, text)
    return faults


def _examples(sample: Sequence[Sequence[str | None]], at: int) -> list[str]:
    values = dict.fromkeys(
        cell.strip() for row in sample if (cell := row[at]) is not None and cell.strip()
    )
    return list(values)[:EXAMPLES]
