"""All writes of imports: take a file in, check it, run it, stop it, undo it."""

from liuke.imports.services.checking import check_import
from liuke.imports.services.forgetting import forget_rows
from liuke.imports.services.intake import (
    choose_kind,
    choose_meaning,
    choose_reading,
    discard_import,
    first_rows,
    start_import,
)
from liuke.imports.services.kinds import KINDS
from liuke.imports.services.looking import look
from liuke.imports.services.running import run_import, stop_import
from liuke.imports.services.undoing import undo_import
from liuke.imports.services.work import is_worked_on

__all__ = [
    "KINDS",
    "check_import",
    "choose_kind",
    "choose_meaning",
    "choose_reading",
    "discard_import",
    "first_rows",
    "forget_rows",
    "is_worked_on",
    "look",
    "run_import",
    "start_import",
    "stop_import",
    "undo_import",
]
