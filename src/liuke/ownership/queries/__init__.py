"""Reads of whose customer it is, and was."""

from liuke.ownership.queries.periods import history_of

__all__ = ["history_of"]
