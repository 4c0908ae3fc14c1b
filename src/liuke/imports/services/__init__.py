"""All writes of imports: take a file in, check it, run it, stop it."""

from liuke.imports.services.checking import check_import
from liuke.imports.services.forgetting import forget_rows
from liuke.imports.services.intake import choose_meaning, discard_import, first_rows, start_import
from liuke.imports.services.running import run_import, stop_import
from liuke.imports.services.work import is_worked_on

__all__ = [
    "check_import",
    "choose_meaning",
    "discard_import",
    "first_rows",
    "forget_rows",
    "is_worked_on",
    "run_import",
    "start_import",
    "stop_import",
]
