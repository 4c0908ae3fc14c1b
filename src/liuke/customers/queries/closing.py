"""Who is set aside, and why."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from liuke.customers.models import Closure, Customer, CustomerState
from liuke.customers.queries import blocks_in_force


def closure_of(customer: Customer) -> Closure | None:
    """Why this customer is set aside; asked only where it is."""
    if customer.state.closed_on is None:
        return None
    rows = Closure.objects.filter(customer=customer, reopened_at=None)
    return rows.select_related("by").first()


def closed_for(reason: str) -> Q:
    """The condition on customers that they are set aside for this reason."""
    rows = Closure.objects.filter(reopened_at=None, reason=reason)
    return Q(pk__in=rows.values("customer"))


def unsought(customer_ids: Collection[int]) -> set[int]:
    """Those of a chunk for whom nothing is due: nobody may contact them, or they are set aside."""
    rows = CustomerState.objects.filter(pk__in=customer_ids)
    blocked = blocks_in_force(OuterRef("pk"))
    return set(
        rows.filter(Q(closed_on__isnull=False) | Exists(blocked)).values_list("pk", flat=True)
    )
