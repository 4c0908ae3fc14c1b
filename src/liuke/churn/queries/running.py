"""The clocks that run, for many customers at once."""

from collections.abc import Collection

from liuke.churn.models import Clock
from liuke.churn.rules.history import State


def best_clocks(customer_ids: Collection[int]) -> dict[int, Clock]:
    """Customer → the running clock that stays safe the longest, for one chunk."""
    rows = Clock.objects.filter(customer__in=customer_ids).exclude(state=State.RETIRED)
    return {row.customer_id: row for row in rows.order_by("at_risk_at")}
