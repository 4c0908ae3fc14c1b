"""Writes of what keeps a customer where it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from liuke.core import bulk, clock
from liuke.customers.models import Hold

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Held:
    """Why a customer is held; without a day until it is let go."""

    reason: str
    until: date | None = None


def set_holds(source: str, wanted: Mapping[int, Held | None]) -> None:
    """Apps above only: hold these customers for one reason of this source, or let them go.

    Asking twice changes nothing.
    """
    ids = list(wanted)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = Hold.objects.filter(source=source, customer__in=chunk, lifted_at=None)
        known = {row.customer_id: row for row in rows}
        now = clock.now()
        over, new = [], []
        for pk in chunk:
            before, held = known.get(pk), wanted[pk]
            same = before and held and (before.reason, before.until) == (held.reason, held.until)
            if before is not None and not same:
                over.append((now, before.pk))
            if held is not None and not same:
                new.append((pk, source, held.reason, held.until, now))
        bulk.update(Hold, ("lifted_at",), over, key="id")
        bulk.insert(Hold, ("customer", "source", "reason", "until", "created_at"), new)
