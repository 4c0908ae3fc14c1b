"""Whether a customer may be contacted at all."""

from collections.abc import Mapping

from django.db import transaction

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.announce import announce
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import ContactBlock
from liuke.customers.services.locking import lock
from liuke.facts import ContactUnblocked


def block_contact(*, actor: User | None, reasons: Mapping[int, str]) -> None:
    """Let nobody contact these customers any more, because they said so; once is enough."""
    require(actor, Act.FOLLOW_UP)
    known = set(queries.blocked(reasons))
    blocks = [
        ContactBlock(customer_id=pk, reason=reason[:200], created_by=actor)
        for pk, reason in reasons.items()
        if pk not in known
    ]
    ContactBlock.objects.bulk_create(blocks)
    journal.record(
        actor,
        "contact.blocked",
        [Change(row, row.customer_id, after={"reason": row.reason}) for row in blocks],
    )


@transaction.atomic
def unblock_contact(*, actor: User, customer_id: int) -> None:
    """Contacts are welcome again."""
    require(actor, Act.FOLLOW_UP)
    lock([customer_id], viewer=actor, act=Act.FOLLOW_UP)
    blocks = list(ContactBlock.objects.filter(customer=customer_id, lifted_at=None))
    ContactBlock.objects.filter(pk__in=[row.pk for row in blocks]).update(lifted_at=clock.now())
    journal.record(
        actor,
        "contact.unblocked",
        [Change(row, customer_id, before={"reason": row.reason}) for row in blocks],
    )
    announce(ContactUnblocked([customer_id]))
