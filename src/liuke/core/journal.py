"""The past: one row per write, in the writer's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from liuke.core import bulk, clock
from liuke.core.models import JournalEntry

Values = Mapping[str, Any] | None
Row = tuple[str, int, int | None, Values, Values]


class Actor(Protocol):
    """Whoever writes; None stands for the system itself (a tick)."""

    @property
    def pk(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One row's part of a write. `before` is None for a new row, `after` for a removed one."""

    subject: Model
    customer_id: int | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record(actor: Actor | None, verb: str, changes: Iterable[Change]) -> datetime:
    """Append one entry per change, in one statement; all have the moment that is returned."""
    rows = (
        (
            change.subject._meta.label_lower,
            change.subject.pk,
            change.customer_id,
            None if change.before is None else dict(change.before),
            None if change.after is None else dict(change.after),
        )
        for change in changes
    )
    return record_rows(actor, verb, rows)


def record_rows(actor: Actor | None, verb: str, rows: Iterable[Row]) -> datetime:
    """The same of rows that were never instances: kind, id, customer, before, after."""
    at, actor_id = clock.now(), None if actor is None else actor.pk
    bulk.insert(
        JournalEntry,
        ("at", "actor_id", "verb", "subject", "subject_id", "customer_id", "before", "after"),
        ((at, actor_id, verb, *row) for row in rows),
    )
    return at


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of two snapshots that differ, old values and new ones."""
    changed = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in changed}, {key: after[key] for key in changed}
