"""Everything a person needs in view while talking to one customer."""

from datetime import date
from typing import Any

from liuke.accounts.models import User
from liuke.agenda import queries as agenda
from liuke.customers.models import Customer
from liuke.customers.queries import blocked
from liuke.desk.queries.around import reach
from liuke.desk.queries.listing import state_of
from liuke.desk.queries.today import Line, lines
from liuke.followups import queries as followups
from liuke.followups.rules import Outcome


def briefing(viewer: User, customer: Customer, today: date) -> dict[str, Any]:
    """Why now, how to reach them, what was said last, and whether a contact is welcome today."""
    items = list(agenda.future_of(customer.pk))
    for item in items:
        item.customer = customer
    said = list(followups.contacts_of(customer.pk)[:3])
    return {
        "today": today,
        "state": state_of(customer, today),
        "due": _due(lines(items, today), today),
        "said": said,
        "reach": reach(viewer, customer, today),
        "blocked": blocked([customer.pk]).get(customer.pk, ""),
        "spoken_today": followups.contacted_today(customer.pk, today),
        "in_month": followups.count_in_month(customer.pk, today),
        "results": [
            (str(number), outcome.value, outcome.label)
            for number, outcome in enumerate(Outcome, start=1)
        ],
    }


def _due(found: list[Line], today: date) -> list[Line]:
    return [each for each in found if each.item.due_on <= today]
