"""Possible duplicates on screens: the tabs of the review, runs of merges, and filters of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from liuke.accounts.models import User
from liuke.core.lists import Filter
from liuke.customers.models import MergeRun
from liuke.customers.queries import visible_to
from liuke.customers.queries.duplicates import pairs_of
from liuke.customers.queries.intents import CLASSES, counted, left_by, twins
from liuke.customers.queries.merge_runs import runs_of

RECENT = 5


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of merges with what it left, by class: words, count and the list behind it."""

    run: MergeRun
    left: Sequence[tuple[str, int, str]]


def tabs(viewer: User, chosen: str) -> list[tuple[Any, str, bool, int]]:
    """Pairs split by what they come to: words, address, whether it is open, how many."""
    counts = counted(pairs_of(viewer))
    every = (_("All"), "?", not chosen, sum(counts.values()))
    return [every, *((CLASSES[key], f"?of={key}", key == chosen, counts[key]) for key in CLASSES)]


def runs(viewer: User) -> list[RunLine]:
    """The last runs."""
    return [RunLine(run, _left(viewer, run)) for run in runs_of(viewer)[:RECENT]]


def filters(viewer: User) -> list[Filter]:
    """How figures of the review lead to the customers behind them."""
    return [
        Filter(
            "twins", _lazy("Possible duplicates"), "text", lambda value: twins(viewer, value),
            says=_of_twins, listed=False,
        ),
        Filter(
            "merged", _lazy("Left by a run of merges"), "text", left_by,
            says=_of_run, listed=False,
        ),
    ]  # fmt: skip


def _of_twins(value: str) -> str:
    return str(CLASSES.get(value, value))


def _of_run(value: str) -> str:
    run, _colon, name = value.partition(":")
    return f"{run} · {CLASSES[name]}" if name in CLASSES else run


def _left(viewer: User, run: MergeRun) -> list[tuple[str, int, str]]:
    if run.state == MergeRun.State.UNDONE:
        return []
    here = reverse("customers")
    found = []
    for key, label in CLASSES.items():
        value = f"{run.pk}:{key}"
        count = visible_to(viewer).filter(left_by(value)).count()
        found.append((str(label), count, f"{here}?merged={value}"))
    return [each for each in found if each[1]]
