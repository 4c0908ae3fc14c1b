"""Giving customers to people and to pools, with the reason."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.customers import services as customers
from liuke.customers.services import Batch
from liuke.facts import CustomersMoved
from liuke.ownership.services.following import follow

NOWHERE: Mapping[int, int] = MappingProxyType({})


@transaction.atomic
def give(
    *,
    actor: User | None,
    owners: Mapping[int, int | None],
    reason: str,
    note: str = "",
    pools: Mapping[int, int] = NOWHERE,
) -> Batch:
    """Give each customer to a person, a pool or nobody, for a reason; theirs already do not count.

    The actor gives what is in sight, to people in sight; the system (None) gives everything.
    """
    require(actor, Act.ASSIGN)
    wanted = {pk for pk in owners.values() if pk is not None}
    if actor is not None and not _all_in_sight(actor, wanted):
        raise Refused(_("You may not give customers to this person."))
    customers.lock(owners, actor, Act.ASSIGN)
    batch = customers.set_owners(actor=actor, owners=owners, reason=reason, note=note, pools=pools)
    if pools:
        by = None if actor is None else actor.pk
        # Who had no owner before is moved by the pool alone, which the customer file knows nothing
        # of; for the others this changes nothing any more.
        follow(CustomersMoved(list(pools), by, reason, note, pools))
    return batch


def _all_in_sight(actor: User, people: Collection[int]) -> bool:
    return people_visible_to(actor).filter(pk__in=people).count() == len(people)
