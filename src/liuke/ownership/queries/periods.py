"""Who had a customer, and why it changed."""

from django.db.models import QuerySet

from liuke.ownership.models import OwnerPeriod, Pool


def history_of(customer_id: int) -> QuerySet[OwnerPeriod]:
    """The owners of one customer, the present one first."""
    rows = OwnerPeriod.objects.filter(customer=customer_id)
    return rows.select_related("owner", "pool", "by").order_by("-started_at")


def has_pools() -> bool:
    """Whether a customer can be let go anywhere."""
    return Pool.objects.exists()
