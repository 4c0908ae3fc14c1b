"""Everything of one person goes to others in one act."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts import services as accounts
from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import services as agenda
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import bulk, clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.customers.queries import values_of
from liuke.ownership import queries
from liuke.ownership.models import HandedCustomer, Handover
from liuke.ownership.rules import Reason
from liuke.ownership.services.clocks import CHUNK
from liuke.ownership.services.periods import give


@transaction.atomic
def hand_over(
    *,
    actor: User,
    leaver_id: int,
    receivers: Mapping[int, int],
    note: str = "",
    leaves: bool = False,
) -> Handover:
    """Give customers of one person to others, with what is open about them; all or nothing.

    Who `leaves` may not sign in any more, and must not keep a customer.
    """
    require(actor, Act.HAND_OVER)
    leaver = queries.owners_in_reach(actor).filter(pk=leaver_id).first()
    if leaver is None or not receivers:
        raise Refused(_("There is nothing to hand over."))
    able = {each.pk for each in queries.receivers_for(actor, leaver)}
    if not set(receivers.values()) <= able:
        raise Refused(_("Somebody of them may not take over customers. Choose somebody else."))
    customers.lock(receivers, actor, Act.HAND_OVER)
    ids = sorted(receivers)
    if _owned_of(leaver, ids) < len(ids):
        raise Refused(_("Some of these customers changed hands meanwhile. Look at it again."))
    if leaves and Customer.objects.filter(owner=leaver).count() > len(ids):
        raise Refused(
            _("%(name)s would keep customers. Hand over all of them first.") % {"name": leaver}
        )
    give(actor=actor, owners=receivers, reason=Reason.HANDED_OVER, note=note.strip()[:200])
    made = Handover.objects.create(
        leaver=leaver, by=actor, at=clock.now(), note=note.strip()[:200], left=leaves
    )
    _keep(made, receivers, ids)
    agenda.pass_on(actor=actor, from_id=leaver.pk, customer_ids=None if leaves else ids)
    after = {"leaver": leaver.pk, "customers": len(ids), "left": leaves}
    journal.record(actor, "customers.handed_over", [Change(made, after=after)])
    if leaves and leaver.is_active:
        accounts.deactivate_user(actor=actor, username=leaver.username)
    return made


def _keep(made: Handover, receivers: Mapping[int, int], ids: Sequence[int]) -> None:
    """What was handed over, and a first thing to do for each of the new owners."""
    today, before = clock.today(), made.leaver.name
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        values = values_of(chunk)
        bulk.insert(
            HandedCustomer,
            ("handover", "customer", "receiver", "value_year"),
            ((made.pk, pk, receivers[pk], values.get(pk, Decimal())) for pk in chunk),
        )
        why = {"before": before, "handover": made.pk}
        agenda.put(
            Kind.HANDED,
            {pk: Due(str(made.pk), today, values.get(pk, Decimal()), why) for pk in chunk},
        )


def _owned_of(leaver: User, ids: Sequence[int]) -> int:
    return sum(
        Customer.objects.filter(owner=leaver, pk__in=ids[start : start + CHUNK]).count()
        for start in range(0, len(ids), CHUNK)
    )
