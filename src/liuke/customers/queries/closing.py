"""Who is set aside, and why."""

from django.db.models import Q

from liuke.customers.models import Closure, Customer


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
