"""Who goes to the pool, when, and to which."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from liuke.core import clock
from liuke.customers.models import Customer, CustomerState, Hold
from liuke.customers.models import Tag as CustomerTag
from liuke.customers.rules import Stage
from liuke.ownership.models import OwnerPeriod, Pool, RecycleRule, RecycleSteps
from liuke.ownership.rules import Steps, Table, last_day


def table() -> dict[tuple[str, str], int]:
    """(stage, level) → days, as the firm has set them; empty while nobody is recycled."""
    return {(row.stage, row.level): row.days for row in RecycleRule.objects.all()}


def steps() -> Steps:
    return steps_of(RecycleSteps.objects.first())


def steps_of(row: RecycleSteps | None) -> Steps:
    if row is None:
        return Steps()
    return Steps(row.first_days, row.last_days, row.manager_days, row.extension_days)


@dataclass(frozen=True, slots=True)
class Routes:
    """The pools with their managers; the first that fits takes a customer."""

    pools: Sequence[Pool]

    def of(self, branch_id: int | None, tag_ids: Collection[int]) -> Pool | None:
        """A pool for the tag comes before one for the branch, and both before everybody's."""
        fitting = [
            pool
            for pool in self.pools
            if pool.branch_id in (None, branch_id)
            and (pool.tag_id is None or pool.tag_id in tag_ids)
        ]
        return max(
            fitting,
            key=lambda pool: (pool.tag_id is not None, pool.branch_id is not None, -pool.pk),
            default=None,
        )


def routes() -> Routes:
    return Routes(list(Pool.objects.prefetch_related("managers")))


def routed(customer_ids: Collection[int], known: Routes | None = None) -> dict[int, Pool]:
    """The pool that would take each of one chunk of customers; who fits nowhere is missing."""
    ways = known or routes()
    tags: dict[int, list[int]] = {}
    if any(pool.tag_id is not None for pool in ways.pools):
        rows = CustomerTag.objects.filter(customers__in=customer_ids)
        for pk, tag in rows.values_list("customers", "pk"):
            tags.setdefault(pk, []).append(tag)
    branches = Customer.objects.filter(pk__in=customer_ids).values_list("pk", "branch")
    found = {pk: ways.of(branch, tags.get(pk, ())) for pk, branch in branches}
    return {pk: pool for pk, pool in found.items() if pool is not None}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides when a customer goes to the pool."""

    owner_id: int | None
    pool_id: int | None
    stage: str
    level: str
    contact: date
    value: object
    extended_until: date | None
    held: bool
    held_until: date | None

    def last_day(self, days: int, begun: date | None, first: int) -> date | None:
        """The owner's last day; none while somebody holds the customer without an end."""
        if self.held and self.held_until is None:
            return None
        due = last_day(days, self.contact, self.extended_until, begun, first)
        return due if self.held_until is None else max(due, self.held_until)


def standings(customer_ids: Collection[int], today: date) -> dict[int, Standing]:
    """One chunk of customers → how they stand, in three reads."""
    periods = {
        pk: (pool, started, extended)
        for pk, pool, started, extended in OwnerPeriod.objects.filter(
            customer__in=customer_ids, ended_at=None
        ).values_list("customer", "pool", "started_at", "extended_until")
    }
    held: dict[int, date | None] = {}
    for pk, until in (
        holding(today).filter(customer__in=customer_ids).values_list("customer", "until")
    ):
        before = held.get(pk, until)
        held[pk] = None if until is None or before is None else max(until, before)
    rows = CustomerState.objects.filter(pk__in=customer_ids).values_list(
        "pk", "customer__owner", "customer__level", "stage", "last_contact_on",
        "last_purchase_on", "value_year", "customer__created_at",
    )  # fmt: skip
    found = {}
    for pk, owner, level, stage, contact, bought, value, created in rows:
        pool, started, extended = periods.get(pk, (None, created, None))
        latest = max(filter(None, (contact, bought, clock.day_of(started))))
        found[pk] = Standing(
            owner, pool, stage, level, latest, value, extended, pk in held, held.get(pk)
        )
    return found


def holding(today: date) -> QuerySet[Hold]:
    """The holds in force."""
    return Hold.objects.filter(Q(until=None) | Q(until__gt=today), lifted_at=None)


def overdue(wanted: Table, today: date) -> Q:
    """The condition on customers whom these rules would move today, warnings aside."""
    condition = Q(pk=None)
    for (stage, level), days in wanted.items():
        day = today - timedelta(days=days)
        late = Q(state__stage=stage) & _untouched(day)
        if level:
            late &= Q(level=level)
        else:
            own = {other for at, other in wanted if at == stage and other}
            late &= ~Q(level__in=own)
        condition |= late
    held = holding(today).filter(customer=OuterRef("pk"))
    extended = OwnerPeriod.objects.filter(
        customer=OuterRef("pk"), ended_at=None, extended_until__gt=today
    )
    kept = Q(Exists(held)) | Q(Exists(extended))
    return condition & Q(owner__isnull=False) & ~kept & _goes_somewhere()


def _untouched(day: date) -> Q:
    after = clock.start_of(day + timedelta(days=1))
    begun = OwnerPeriod.objects.filter(
        customer=OuterRef("pk"), ended_at=None, started_at__gte=after
    )
    contact = Q(state__last_contact_on=None) | Q(state__last_contact_on__lte=day)
    bought = Q(state__last_purchase_on=None) | Q(state__last_purchase_on__lte=day)
    return contact & bought & ~Q(Exists(begun))


def _goes_somewhere() -> Q:
    """Only who fits into a pool can go there."""
    condition = Q(pk=None)
    for pool in Pool.objects.all():
        fits = Q() if pool.branch_id is None else Q(branch=pool.branch_id)
        if pool.tag_id is not None:
            tagged = Customer.tags.through.objects.filter(customer=OuterRef("pk"), tag=pool.tag_id)
            fits &= Q(Exists(tagged))
        condition |= Q(pk__isnull=False) & fits
    return condition


def spelled(wanted: Table) -> str:
    """A table of rules as part of an address: first.A.30_first..60"""
    return "_".join(f"{stage}.{level}.{days}" for (stage, level), days in sorted(wanted.items()))


def read(text: str) -> dict[tuple[str, str], int] | None:
    """A table out of an address; None when it is none."""
    found: dict[tuple[str, str], int] = {}
    for part in text.split("_"):
        stage, *rest = part.split(".")
        if len(rest) != 2 or not rest[1].isdecimal() or len(rest[1]) > 4:
            return None
        found[stage, rest[0]] = int(rest[1])
    return found


def due(now_day: date) -> list[int]:
    """Owned customers whose day has come."""
    rows = CustomerState.objects.filter(pool_at__lte=now_day, customer__owner__isnull=False)
    return list(rows.values_list("pk", flat=True))


def soon(until: date) -> list[int]:
    """Customers whom somebody is to be warned about."""
    rows = CustomerState.objects.filter(pool_at__lte=until)
    return list(rows.values_list("pk", flat=True))


def owned() -> Iterable[int]:
    rows = Customer.objects.filter(owner__isnull=False).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def in_words() -> list[tuple[str, str]]:
    """Each stage that has a rule, and its days in words."""
    known = table()
    found = []
    for stage in Stage:
        parts = [
            ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
            if not level
            else _("level %(level)s %(days)s")
            % {"level": level, "days": ngettext("%(n)d day", "%(n)d days", days) % {"n": days}}
            for (of_stage, level), days in sorted(known.items())
            if of_stage == stage
        ]
        if parts:
            found.append((str(stage.label), pgettext("list", ", ").join(parts)))
    return found
