"""Writes of CustomerState: what apps above say about a customer, and the counts kept from it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from liuke.core import bulk, clock
from liuke.customers import queries
from liuke.customers.models import Customer, CustomerState, CustomerTally
from liuke.customers.rules import stage_of
from liuke.customers.rules.closing import CLOSED

CHUNK = 500
TALLY_FOR = timedelta(minutes=5)

# Who writes which columns of CustomerState; `set_state` accepts nothing else.
STATE_COLUMNS: dict[str, tuple[str, ...]] = {
    "place": ("owner", "branch"),
    "purchases": (
        "purchase_days",
        "first_purchase_on",
        "last_purchase_on",
        "value_total",
        "value_year",
    ),
    "churn": ("expected_at", "at_risk_at", "lost_at", "recovered_on", "clocks"),
    "completeness": ("completeness",),
    "contact": ("last_contact_on", "contact_due_at", "intent_until"),
    "closing": ("closed_on",),
    "ownership": ("pool_at", "pool"),
}


def set_state(kind: str, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Write one group of CustomerState columns for many customers; only apps above call it.

    Raises KeyError for a group without a writer, ValueError for columns of another group.
    """
    columns = STATE_COLUMNS[kind]
    for customer_id, row in values.items():
        if set(row) != set(columns):
            raise ValueError(f"state of {kind} is {columns}, not {tuple(row)} ({customer_id})")
    bulk.update(
        CustomerState,
        columns,
        ([*(row[name] for name in columns), pk] for pk, row in values.items()),
        key="customer",
    )


def settle_stages(customer_ids: Collection[int]) -> None:
    """Derive the stage of these customers anew, after purchases, intent or closing changed."""
    today, ids = clock.today(), list(customer_ids)
    for start in range(0, len(ids), CHUNK):
        rows = CustomerState.objects.filter(pk__in=ids[start : start + CHUNK])
        known = rows.values_list("pk", "stage", "purchase_days", "intent_until", "closed_on")
        derived = [
            (pk, stage, CLOSED if closed else stage_of(days, until is not None and until >= today))
            for pk, stage, days, until, closed in known
        ]
        bulk.update(
            CustomerState,
            ("stage",),
            ([str(now), pk] for pk, before, now in derived if before != now),
            key="customer",
        )


def keep_places(customer_ids: Collection[int]) -> None:
    """Reaction: lists know these customers under their present owner and branch."""
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        places = queries.places_of(ids[start : start + CHUNK])
        rows = ((pk, {"owner": owner, "branch": branch}) for pk, (owner, branch) in places.items())
        set_state("place", dict(rows))


def forget_contact_dates() -> None:
    """Let every next contact be worked out anew, because the firm changed how often."""
    CustomerState.objects.exclude(contact_due_at=None).update(contact_due_at=None)


@transaction.atomic
def keep_tally(now: datetime) -> None:
    """Tick: count where everybody stands, every few minutes and only for a large firm."""
    everybody, kept = Customer.objects.all(), CustomerTally.objects.all()
    large = queries.is_large(everybody)
    if large and kept.filter(counted_at__gt=now - TALLY_FOR).exists():
        return
    rows = queries.counted(everybody, clock.day_of(now), "owner", "branch") if large else []
    kept.delete()
    fields = ("owner", "branch", "stage", "standing", "customers", "value_year", "counted_at")
    bulk.insert(CustomerTally, fields, ([*row, now] for row in rows))
