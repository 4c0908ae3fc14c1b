"""Which way a contact went, and what that says about the way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from liuke.core import clock
from liuke.core.errors import Refused
from liuke.customers.models import ContactPoint, Person
from liuke.customers.rules.contacts import Purpose, Result
from liuke.customers.services import require_open
from liuke.followups.models import Interaction
from liuke.followups.rules import USES, Direction, result_of

CHUNK = 500


def settle(rows: Sequence[Interaction]) -> None:
    """Check way and person of contacts to be recorded, and find the way where it is evident.

    Ours may only go where they are welcome; what came in says nothing about that.
    """
    points = _points_of({row.customer_id for row in rows})
    people = dict(
        Person.objects.filter(pk__in={row.person_id for row in rows if row.person_id}).values_list(
            "pk", "customer"
        )
    )
    named = set()
    for row in rows:
        known = points.get(row.customer_id, {})
        if row.person_id and people.get(row.person_id) != row.customer_id:
            raise Refused(_("This person no longer belongs to the customer. Reload the page."))
        if row.point_id is None:
            row.point_id = _only_way(row, known)
            continue
        if row.point_id not in known:
            raise Refused(_("This way to reach them no longer exists. Reload the page."))
        row.person_id = row.person_id or known[row.point_id][1]
        if row.direction == Direction.OUT and row.day >= clock.today():
            named.add(row.point_id)
    require_open(named, Purpose.SERVICE)


def results(rows: Sequence[Interaction]) -> dict[int, tuple[Result, date]]:
    """Way → what came of using it last, among these contacts."""
    found: dict[int, tuple[Result, date]] = {}
    for row in sorted(rows, key=lambda row: row.occurred_at):
        if row.point_id is not None:
            found[row.point_id] = result_of(row.outcome), row.day
    return found


# Way → its kind and the person it leads to.
Known = Mapping[int, tuple[str, int | None]]


def _points_of(customer_ids: set[int]) -> dict[int, dict[int, tuple[str, int | None]]]:
    found: dict[int, dict[int, tuple[str, int | None]]] = defaultdict(dict)
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        rows = ContactPoint.objects.filter(customer__in=ids[start : start + CHUNK])
        for customer, pk, kind, person in rows.values_list("customer", "pk", "kind", "person"):
            found[customer][pk] = kind, person
    return found


def _only_way(row: Interaction, known: Known) -> int | None:
    kinds = USES.get(row.channel, frozenset())
    fitting = [
        pk for pk, (kind, person) in known.items() if kind in kinds and person == row.person_id
    ]
    return fitting[0] if len(fitting) == 1 else None
