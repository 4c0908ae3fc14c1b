"""Phone numbers that are masked until somebody says what for."""

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.core import journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import ContactPoint
from liuke.customers.services.locking import lock

SHORTEST_REASON = 2


@transaction.atomic
def reveal_phones(*, actor: User, customer_id: int, reason: str) -> list[ContactPoint]:
    """The full numbers of a customer, for a reason that the journal keeps with the name."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Say what you need the number for."))
    lock([customer_id], viewer=actor)
    customer = queries.visible_to(actor).get(pk=customer_id)
    shown = list(customer.contact_points.filter(kind__in=queries.PHONES))
    change = Change(customer, customer_id, after={"reason": reason.strip()[:200]})
    journal.record(actor, "phone.revealed", [change])
    return shown
