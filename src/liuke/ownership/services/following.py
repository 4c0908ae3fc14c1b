"""The history that every owner change leaves, whatever way it took."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from liuke.core import bulk, clock
from liuke.customers.models import Customer
from liuke.facts import CustomersMoved, CustomersRecorded
from liuke.ownership.models import OwnerPeriod, Pool
from liuke.ownership.rules import Reason
from liuke.ownership.services.clocks import CHUNK, settle_pools

# Two changes in one moment stand one after the other all the same.
TICK = timedelta(microseconds=1)
BEGUN = ("customer", "owner", "pool", "started_at", "reason", "note", "by")


def follow(fact: CustomersMoved | CustomersRecorded) -> None:
    """Reaction: the history of owners and the way to the pool, as the customers stand now."""
    ids = sorted(fact.customer_ids)
    for start in range(0, len(ids), CHUNK):
        _follow_chunk(ids[start : start + CHUNK], fact)
    if Pool.objects.exists():
        settle_pools(ids)


def _follow_chunk(ids: Sequence[int], fact: CustomersMoved | CustomersRecorded) -> None:
    owners: dict[int, int | None] = dict(
        Customer.objects.filter(pk__in=ids).values_list("pk", "owner")
    )
    known: dict[int, OwnerPeriod] = {}
    back: Mapping[int, int | None] = {}
    reason, note = Reason.RECORDED.value, ""
    if isinstance(fact, CustomersMoved):
        known = _open_periods(ids)
        reason, note = fact.reason, fact.note
        back = _pools_before(ids) if reason == Reason.UNDONE else fact.pools
    now = clock.now()
    ended, begun = [], []
    for pk, owner_id in owners.items():
        before = known.get(pk)
        pool_id = back.get(pk) if owner_id is None else None
        if before is None:
            begun.append((pk, owner_id, pool_id, now, reason, note, fact.by_id))
        elif before.owner_id != owner_id or (pool_id is not None and before.pool_id != pool_id):
            at = max(now, before.started_at + TICK)
            ended.append((at, before.pk))
            begun.append((pk, owner_id, pool_id, at, reason, note, fact.by_id))
    bulk.update(OwnerPeriod, ("ended_at",), ended, key="id")
    bulk.insert(OwnerPeriod, BEGUN, begun)


def _open_periods(ids: Collection[int]) -> dict[int, OwnerPeriod]:
    rows = OwnerPeriod.objects.filter(customer__in=ids, ended_at=None)
    return {row.customer_id: row for row in rows}


def _pools_before(ids: Collection[int]) -> dict[int, int | None]:
    """Where a customer waited before the change that is taken back."""
    rows = OwnerPeriod.objects.filter(customer__in=ids, ended_at__isnull=False)
    return dict(rows.order_by("ended_at").values_list("customer", "pool"))
