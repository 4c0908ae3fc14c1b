"""How much is known of each customer, kept so that lists sort by it."""

from collections.abc import Collection
from datetime import datetime

from liuke.core import bulk
from liuke.customers.models import ContactPoint, Customer, CustomerState
from liuke.customers.queries.fields import completeness_of, fields, values_of_fields

CHUNK = 500
AT_ONCE = 100_000


def settle_completeness(customer_ids: Collection[int]) -> None:
    """Work out anew how much is known of these customers, set-wise."""
    specs, ids = fields(), sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        columns = ("kind", *(spec.column for spec in specs if spec.column))
        known = completeness_of(
            list(Customer.objects.filter(pk__in=chunk).only(*columns)),
            specs,
            values_of_fields(chunk, specs),
            reachable(chunk),
        )
        bulk.update(
            CustomerState,
            ("completeness",),
            ([percent, pk] for pk, percent in known.items()),
            key="customer",
        )


def forget_completeness() -> None:
    """Let everybody be worked out anew by the tick, because the fields changed."""
    CustomerState.objects.exclude(completeness=None).update(completeness=None)


def weigh_profiles(now: datetime) -> None:
    """Tick: whoever has no figure gets one."""
    waiting = CustomerState.objects.filter(completeness=None)
    settle_completeness(list(waiting.values_list("pk", flat=True)[:AT_ONCE]))


def reachable(customer_ids: Collection[int]) -> set[int]:
    """Those of a chunk whom some way to reach them is known of."""
    points = ContactPoint.objects.filter(customer__in=customer_ids)
    return set(points.values_list("customer", flat=True))
