"""What waits in the pools, for whom, and on which terms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery

from liuke.accounts.models import Unit, User
from liuke.core import clock
from liuke.core.scoping import Scope
from liuke.customers.models import ContactPoint, Customer
from liuke.customers.queries import hide_phones
from liuke.ownership.models import OwnerPeriod, Pool
from liuke.ownership.rules import Hidden, Reason

PAGE = 50
TELEPHONES = (ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE)


def pools_open_to(viewer: User) -> list[Pool]:
    """The pools from which this person may claim: everybody's, those of the own branch, and
    those that the person manages."""
    pools = list(Pool.objects.select_related("branch").prefetch_related("managers"))
    if not pools or viewer.scope == Scope.ALL:
        return pools
    path = _units_above(viewer)
    return [
        pool
        for pool in pools
        if pool.branch_id is None or pool.branch_id in path or viewer in pool.managers.all()
    ]


def waiting(pools: Collection[Pool]) -> QuerySet[Customer]:
    """The customers in these pools; nobody waits who is closed."""
    ids = [pool.pk for pool in pools]
    return Customer.objects.filter(state__pool__in=ids, state__closed_on=None, owner=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One customer of a pool as one may see it before claiming; None is hidden."""

    pk: int
    name: str
    level: str
    stage: str
    last_purchase: date | None
    since: datetime
    pool: Pool
    value: Decimal | None
    asset: str | None
    telephone: str | None
    last_owner: str | None


@dataclass(frozen=True, slots=True)
class PoolPage:
    rows: Sequence[Waiting]
    total: int
    more: bool


def pool_page(viewer: User, pools: Collection[Pool], number: int = 1) -> PoolPage:
    """Who waits, the most valuable first; what a pool hides never leaves the database's side."""
    known = {pool.pk: pool for pool in pools}
    found = waiting(pools)
    rows = (
        with_past(found)
        .select_related("state")
        .prefetch_related("assets", "contact_points")
        .order_by("-state__value_year", "pk")
    )
    start = (number - 1) * PAGE
    shown = list(rows[start : start + PAGE + 1])
    hide_phones(viewer, shown)
    return PoolPage(
        [_waiting(row, known[row.state.pool or 0]) for row in shown[:PAGE]],
        found.count(),
        len(shown) > PAGE,
    )


def with_past(found: QuerySet[Customer]) -> QuerySet[Customer]:
    """The same customers with `last_owner` and `since`, when they came to the pool."""
    periods = OwnerPeriod.objects.filter(customer=OuterRef("pk"))
    last = periods.filter(owner__isnull=False).order_by("-started_at").values("owner__name")[:1]
    since = periods.filter(ended_at=None).values("started_at")[:1]
    return found.annotate(last_owner=Subquery(last), since=Subquery(since))


def _waiting(row: Customer, pool: Pool) -> Waiting:
    hides = set(pool.hidden)
    things = [str(asset) for asset in row.assets.all() if asset.retired_on is None]
    numbers = [point.value for point in row.contact_points.all() if point.kind in TELEPHONES]
    annotated = vars(row)
    return Waiting(
        row.pk,
        row.name,
        row.level,
        row.state.get_stage_display(),
        row.state.last_purchase_on,
        annotated["since"],
        pool,
        None if Hidden.VALUE in hides else row.state.value_year,
        None if Hidden.PLATE in hides else next(iter(things), ""),
        None if Hidden.CONTACT in hides else next(iter(numbers), ""),
        None if Hidden.OWNER in hides else annotated["last_owner"] or "",
    )


def claims_from(pools: Collection[Pool], most: int = 8) -> QuerySet[OwnerPeriod]:
    """Who claimed whom, the latest first: the order in which people came is the record's."""
    before = OwnerPeriod.objects.filter(
        customer=OuterRef("customer"),
        ended_at=OuterRef("started_at"),
        pool__in=[pool.pk for pool in pools],
    )
    rows = OwnerPeriod.objects.filter(reason=Reason.CLAIMED).annotate(
        pool_before=Subquery(before.values("pool")[:1])
    )
    rows = rows.filter(pool_before__isnull=False).select_related("customer", "owner")
    return rows.order_by("-started_at", "-pk")[:most]


def claimed_on(person: User, pool: Pool, day: date) -> int:
    """How many this person claimed from a pool on a day."""
    begin = clock.start_of(day)
    left = OwnerPeriod.objects.filter(
        customer=OuterRef("customer"), ended_at=OuterRef("started_at"), pool=pool
    )
    rows = OwnerPeriod.objects.filter(
        owner=person, reason=Reason.CLAIMED, started_at__gte=begin,
        started_at__lt=begin + timedelta(days=1),
    )  # fmt: skip
    return rows.annotate(from_pool=Subquery(left.values("pk")[:1])).exclude(from_pool=None).count()


def owned_by_level(person: User) -> dict[str, int]:
    """Level → how many customers this person owns."""
    rows = Customer.objects.filter(owner=person).values_list("level").annotate(n=Count("pk"))
    return dict(rows.values_list("level", "n"))


def left_lately(person: User, customer_ids: Collection[int], days: int) -> dict[int, date]:
    """Customer → the day this person last lost it, where that is less than so many days ago."""
    since = clock.now() - timedelta(days=days)
    rows = OwnerPeriod.objects.filter(
        owner=person, customer__in=customer_ids, ended_at__gt=since
    ).order_by("ended_at")
    return {pk: clock.day_of(at) for pk, at in rows.values_list("customer", "ended_at") if at}


def _units_above(viewer: User) -> set[int]:
    """The units a person belongs to; the firm's own people belong to every branch."""
    path, unit = set(), viewer.unit
    if unit is not None and unit.kind == Unit.Kind.FIRM:
        path |= set(Unit.objects.filter(kind=Unit.Kind.BRANCH).values_list("pk", flat=True))
    while unit is not None:
        path.add(unit.pk)
        unit = unit.parent
    return path
