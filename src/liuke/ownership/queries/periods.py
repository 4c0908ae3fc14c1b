"""Who had a customer, and why it changed."""

from django.db.models import QuerySet

from liuke.ownership.models import OwnerPeriod


def history_of(customer_id: int) -> QuerySet[OwnerPeriod]:
    """The owners of one customer, the present one first."""
    rows = OwnerPeriod.objects.filter(customer=customer_id)
    return rows.select_related("owner", "by").order_by("-started_at")
