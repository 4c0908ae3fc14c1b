"""Work that needs no database, done by another process beside this one."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import django
from django.utils.module_loading import import_string


class Helper:
    """Takes one piece of work at a time; the answer is fetched when it is needed."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def ask(self, work: Any) -> None:
        self._connection.send(work)

    def answer(self) -> Any:
        return self._connection.recv()


@contextmanager
def helper(function: str) -> Iterator[Helper]:
    """A process that answers each piece of work with `function` (its dotted path) of it.

    It ends with this process, however that dies: nobody holds its pipe any more.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Helper(ours)
    finally:
        ours.close()
        process.join()


def _serve(connection: "Connection[Any, Any]", function: str) -> None:
    django.setup()
    work = import_string(function)
    try:
        while True:
            connection.send(work(connection.recv()))
    except (EOFError, OSError):
        return
