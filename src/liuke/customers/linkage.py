"""The only door from the customer file to the statistics of who is whom."""

from collections.abc import Iterator
from pathlib import Path

from liuke_analytics.linkage import dedupe, pairs
from liuke_analytics.linkage.fields import Columns
from liuke_analytics.linkage.likeness import alike, company_core, person_core

__all__ = ["alike", "company_core", "likely_pairs", "person_core"]


def likely_pairs(path: Path, columns: Columns, least: float) -> Iterator[pairs.Pair]:
    """Pairs of the ids in a file that may be one, the likeliest first."""
    return pairs.likely_pairs(dedupe.connect(), path, "id", columns, least=least)
