"""The folder of one import: its source, its staged rows, its workbench, its lock."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from duckdb import DuckDBPyConnection

from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.readers.workbench import workbench

# What is being done, how far, of how many (0: not known yet).
Progress = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Nobody is watching."""


def source_of(run: ImportRun) -> Path:
    return run.folder / "source"


def rows_of(run: ImportRun) -> Path:
    return run.folder / "rows.parquet"


def workbench_of(run: ImportRun) -> Path:
    return run.folder / "work.duckdb"


@contextmanager
def opened_workbench(run: ImportRun, path: Path | None = None) -> Iterator[DuckDBPyConnection]:
    with workbench(path or workbench_of(run), settings.LIUKE_IMPORT_MEMORY_MB) as connection:
        yield connection


@contextmanager
def only_worker(run: ImportRun) -> Iterator[None]:
    """Refuse while another process works on this import.

    The operating system frees the lock when its process dies, however it dies; the token in the
    database guards against workers on other machines.
    """
    run.folder.mkdir(parents=True, exist_ok=True)
    with (run.folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("Another worker is busy with this import.")) from None
        yield


def is_worked_on(run: ImportRun) -> bool:
    """Whether a process on this machine holds the lock of this import."""
    try:
        with only_worker(run):
            return False
    except Refused:
        return True


def discard_scratch(run: ImportRun) -> None:
    """Everything but the rejects: a finished import keeps no copy of the firm's file."""
    for path in run.folder.iterdir():
        if path == run.rejects_file:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
