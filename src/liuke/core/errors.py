"""Refusals that a person can act on. Edges turn them into messages; nothing is half written."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError


class Refused(ValidationError):
    """The act is not possible now; the message says what to do instead."""


class Stale(Refused):
    """Somebody changed the row since it was read; `changes` says what, field by field."""

    def __init__(self, message: str, changes: Sequence[Any], version: int):
        super().__init__(message)
        self.changes = changes
        self.current_version = version
