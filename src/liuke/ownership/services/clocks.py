"""The clock that leads to the pool, and its warnings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from liuke.agenda import services as agenda
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import clock
from liuke.customers import services as customers
from liuke.ownership import queries
from liuke.ownership.models import Pool, RecycleRule, RecycleSteps
from liuke.ownership.queries.recycling import Routes, Standing
from liuke.ownership.rules import Stance, Steps, Table, days_of, stance

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules of the firm, read once for many customers."""

    table: Table
    steps: Steps
    begun: date | None
    routes: Routes


def terms() -> Terms:
    """The rules as they stand now."""
    row = RecycleSteps.objects.first()
    since = row.since if row is not None else None
    return Terms(
        queries.recycling.table(), queries.recycling.steps_of(row), since,
        queries.recycling.routes(),
    )  # fmt: skip


def refresh_pools(customer_ids: Collection[int]) -> None:
    """Reaction: when each of these customers would go to the pool, and who is warned.

    Where nobody goes there by itself, it costs one question.
    """
    if RecycleRule.objects.exists():
        settle_pools(customer_ids)


def settle_pools(customer_ids: Collection[int]) -> None:
    """As `refresh_pools`, and who waits in which pool, whether there are rules or not."""
    ids = sorted(customer_ids)
    known = terms()
    for start in range(0, len(ids), CHUNK):
        _refresh_chunk(ids[start : start + CHUNK], known, clock.today())


def _refresh_chunk(ids: Sequence[int], known: Terms, today: date) -> None:
    standings = queries.recycling.standings(ids, today)
    ways = queries.recycling.routed(ids, known.routes) if known.table else {}
    lasts = {pk: owners_last_day(each, known, pk in ways) for pk, each in standings.items()}
    customers.set_state(
        "ownership",
        {
            pk: {"pool_at": _pool_day(lasts[pk], ways.get(pk), known), "pool": each.pool_id}
            for pk, each in standings.items()
        },
    )
    agenda.put(
        Kind.POOL,
        {
            pk: _warning(each, lasts[pk], ways.get(pk), known, today)
            for pk, each in standings.items()
        },
    )


def owners_last_day(each: Standing, known: Terms, goes_somewhere: bool) -> date | None:
    """The last day before the manager or the pool; None where no rule leads there."""
    days = days_of(known.table, each.stage, each.level)
    if each.owner_id is None or days is None or not goes_somewhere:
        return None
    return each.last_day(days, known.begun, known.steps.first)


def _manager_of(pool: Pool | None) -> int | None:
    managers = [] if pool is None else [each for each in pool.managers.all() if each.is_active]
    return managers[0].pk if managers else None


def _pool_day(last: date | None, pool: Pool | None, known: Terms) -> date | None:
    """Without a manager there is nobody to ask before the pool."""
    if last is None or _manager_of(pool) is None:
        return last
    return last + timedelta(days=known.steps.manager)


def _warning(
    each: Standing, last: date | None, pool: Pool | None, known: Terms, today: date
) -> Due | None:
    if last is None or pool is None:
        return None
    manager = _manager_of(pool)
    steps = known.steps if manager is not None else Steps(known.steps.first, known.steps.last)
    turn = stance(last, steps, today)
    if turn is None:
        return None
    of_manager = turn == Stance.MANAGER
    begun = {
        Stance.FIRST: last - timedelta(days=steps.first),
        Stance.LAST: last - timedelta(days=steps.last),
        Stance.MANAGER: last,
    }[turn]
    return Due(
        f"{last.isoformat()}:{turn.value}",
        begun,
        Decimal(str(each.value)),
        {
            "pool_at": _pool_day(last, pool, known), "last": each.contact, "pool": pool.name,
            "manager": of_manager,
        },
        assignee_id=manager if of_manager else None,
    )  # fmt: skip


def hold(source: str, wanted: Mapping[int, customers.Held | None]) -> None:
    """Apps above: keep customers from the pool for a reason, or let them go; see `set_holds`."""
    customers.set_holds(source, wanted)
    refresh_pools(wanted)
