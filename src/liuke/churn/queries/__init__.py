"""Reads of churn: who is active, at risk and lost, since when, and month by month."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.churn.models import (
    Clock,
    Counted,
    MonthChange,
    RuleVersion,
    StateChoice,
    Transition,
)
from liuke.churn.rules import kinds, months
from liuke.churn.rules.history import Cause, Clocks, Crossings, State, Version, history
from liuke.churn.rules.kinds import NEVER, Days, Purchases, to_day
from liuke.churn.rules.months import Changes, Month, month_table, table, together
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.customers.models import Asset, Customer
from liuke.sales import queries as sales
from liuke.sales.models import PURCHASE, Order

Subject = tuple[int, int | None]
"""(customer, asset), or (customer, None) where the customer as a whole has the clock."""

Customers = Collection[int] | QuerySet[Customer] | None
"""One chunk of customer ids, a selection, or everybody."""

EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class Book:
    """Purchase days ready for the rules: `purchases.subject` indexes into `subjects`.

    `retired` holds for each purchase the day its asset left service, or NEVER; `several` the
    customers with more than one asset.
    """

    several: Container[int]
    subjects: Sequence[Subject]
    purchases: Purchases
    retired: Days

    def changes(self, crossings: Crossings, today: np.int64) -> Changes:
        """What each customer adds to the monthly table."""
        found = months.changes(self.purchases, crossings, today)
        customer = np.array([customer for customer, _asset in self.subjects], np.int64)
        return found._replace(who=customer[found.who])


def book(customer_ids: Customers = None) -> Book:
    """Purchase days by subject, for one chunk of customers or for all of them.

    A purchase that names no asset counts for the customer's only asset; where there are several
    it stays with the customer as a whole. So does one after its asset left service: who sold the
    car and still buys is still a customer.
    """
    assets = Asset.objects.all() if customer_ids is None else customers.assets_of(customer_ids)
    things = list(assets.values_list("pk", "customer_id", "retired_on"))
    owners = Counter(customer for _pk, customer, _until in things)
    only = {customer: pk for pk, customer, _until in things if owners[customer] == 1}
    ends = {pk: until for pk, _customer, until in things if until is not None}
    named = (
        (customer, asset or only.get(customer, 0), day)
        for customer, asset, day in sales.purchase_days(customer_ids)
    )
    rows = [
        (customer, asset if day <= ends.get(asset, day) else 0, to_day(day))
        for customer, asset, day in named
    ]
    table = np.unique(np.array(rows, np.int64).reshape(-1, 3), axis=0)
    first = np.any(np.diff(table[:, :2], axis=0, prepend=-1) != 0, axis=1)
    subjects = [(customer, asset or None) for customer, asset in table[first, :2].tolist()]
    until = np.array(
        [to_day(ends[asset]) if asset in ends else NEVER for _customer, asset in subjects], np.int64
    )
    number = np.cumsum(first) - 1
    several = {customer for customer, count in owners.items() if count > 1}
    return Book(several, subjects, Purchases(number, table[:, 2]), until[number])


def rules_in_force() -> dict[str, list[RuleVersion]]:
    """The kind of customer a rule applies to ("" for all others) → its versions, oldest first.

    Until a kind got a rule of its own the general one decided about it, and still does for then.
    """
    versions = RuleVersion.objects.filter(superseded_at=None).select_related("rule")
    found: dict[str, list[RuleVersion]] = {}
    for version in versions.order_by("valid_from", "pk"):
        found.setdefault(version.rule.applies_to, []).append(version)
    for own in (found[kind] for kind in found if kind):
        begun = own[0].valid_from
        own[:0] = [general for general in found.get("", []) if general.valid_from < begun]
    return found


def in_time(versions: Iterable[RuleVersion]) -> list[Version]:
    """The versions of one rule as the pure rules take them."""
    return [Version(to_day(version.valid_from), version.content) for version in versions]


@dataclass(frozen=True, slots=True)
class Status:
    """How many assets or customers stand where; customers that never bought have no clock."""

    active: int
    at_risk: int
    lost: int
    no_clock: int


def status_under(rule: kinds.Rule | None, as_of: date) -> Status:
    """Where everybody stood on a day: by this rule as if it had always decided, or by the rules
    in force."""
    counts = np.zeros(len(State), np.int64)
    bought: set[int] = set()
    for pages, clocks, _crossings in histories(None, as_of, rule):
        counts += np.bincount(clocks.state, minlength=len(State))
        bought |= {pages.subjects[index][0] for index in clocks.subject.tolist()}
    active, at_risk, lost, _retired = counts.tolist()
    return Status(active, at_risk, lost, Customer.objects.count() - len(bought))


def status_of(customers: QuerySet[Customer]) -> Status:
    """Where the assets or customers of a selection stand today, by the rules in force."""
    today = clock.today()
    running = Clock.objects.filter(customer__in=customers).exclude(asset__retired_on__lte=today)
    counts = running.aggregate(
        active=Count("pk", filter=Q(at_risk_at__gt=today)),
        at_risk=Count("pk", filter=Q(at_risk_at__lte=today, lost_at__gt=today)),
        lost=Count("pk", filter=Q(lost_at__lte=today)),
    )
    return Status(**counts, no_clock=customers.filter(clocks=None).count())


def months_under(rule: kinds.Rule | None, as_of: date) -> list[Month]:
    """The monthly table of the whole firm: by this rule as if it had always decided, or by the
    rules in force."""
    return _months(None, as_of, rule)


def months_of(viewer: User, as_of: date) -> list[Month]:
    """The monthly table of the customers this person may see, by the rules in force."""
    reach = reach_of(viewer)
    mine = reach.rows(owner="owner", unit="branch")
    visible = Customer.objects.filter(mine)
    if _is_past(as_of):
        return _months(None if reach.everything else visible, as_of, None)
    found = [_kept_changes(mine)]
    if due(as_of):
        found += _late_changes(visible.filter(_has_run_out(as_of)), as_of)
    return table(
        Changes(*(np.concatenate(each) for each in zip(*found, strict=True))), to_day(as_of)
    )


def _is_past(day: date) -> bool:
    """Whether anything is known of later days; then what is kept tells of those as well."""
    later = Transition.objects.filter(on__gt=day)
    return later.exists() or Order.objects.filter(PURCHASE, day__gt=day).exists()


def _kept_changes(selection: Q) -> Changes:
    sums = {name: Sum(name) for name in MonthChange.FIGURES}
    kept = MonthChange.objects.filter(selection).values("month").annotate(**sums)
    rows = np.array(list(kept.values_list("month", *sums)), np.int64).reshape(-1, 1 + len(sums))
    month = np.repeat(rows[:, 0], len(sums))
    figure = np.tile(np.arange(len(sums)), len(rows))
    return Changes(np.zeros_like(month), month, figure, rows[:, 1:].reshape(-1))


def _late_changes(late: QuerySet[Customer], as_of: date) -> Iterator[Changes]:
    """What has to be added to the kept figures as long as no tick has noted who ran out."""
    kept = Counted.objects.filter(customer__in=late).values_list("pk", "changes")
    old = months.read({pk: bytes(data) for pk, data in kept})
    yield old._replace(by=-old.by)
    for pages, _clocks, crossings in histories(late, as_of):
        yield pages.changes(crossings, to_day(as_of))


def _months(
    selection: QuerySet[Customer] | None, as_of: date, rule: kinds.Rule | None
) -> list[Month]:
    return together(
        month_table(pages.purchases, crossings, to_day(as_of))
        for pages, _clocks, crossings in histories(selection, as_of, rule)
    )


def histories(
    selection: QuerySet[Customer] | None, as_of: date, rule: kinds.Rule | None = None
) -> Iterator[tuple[Book, Clocks, Crossings]]:
    """The history up to a day, one per segment; everybody's when the selection is None.

    For today and the rules in force this is what the database keeps, because both come from the
    same function; a past day or another rule is worked out afresh.
    """
    in_force = {} if rule is not None else rules_in_force()
    segments: list[tuple[QuerySet[Customer] | None, Sequence[Version]]] = [
        (selection if set(in_force) == {""} else _within(selection, applies_to), in_time(versions))
        for applies_to, versions in in_force.items()
    ]
    if rule is not None:
        segments = [(selection, [Version(to_day(as_of), rule)])]
    for members, versions in segments:
        pages = book(members)
        yield pages, *history(pages.purchases, versions, to_day(as_of), pages.retired)


def _within(selection: QuerySet[Customer] | None, applies_to: str) -> QuerySet[Customer]:
    segment = segment_of(applies_to)
    return segment if selection is None else segment.filter(pk__in=selection.values("pk"))


FLOWS: dict[str, Q] = {
    "newly_at_risk": Q(before=State.ACTIVE, after=State.AT_RISK),
    "newly_lost": Q(before__lt=State.LOST, after=State.LOST),
    "recovered": Q(before=State.LOST, cause=Cause.PURCHASE),
    "returned": Q(before=State.AT_RISK, cause=Cause.PURCHASE),
}
STOCKS = {"at_risk_end": State.AT_RISK, "lost_end": State.LOST}
FIGURES = (*FLOWS, *STOCKS, "customers", "settled", "absent_year")


def behind(figure: str, first: date, last: date) -> Q:
    """The condition on customers that a figure of the monthly table opens.

    `first` and `last` are the month's first day and its last one counted. Raises KeyError for an
    unknown figure.
    """
    if figure in FLOWS:
        rows = Transition.objects.filter(FLOWS[figure], on__range=(first, last))
        return Q(pk__in=rows.values("customer"))
    if figure in STOCKS:
        return Q(pk__in=_standing(STOCKS[figure], last).values("customer"))
    base = Clock.objects.filter(first_day__lte=last)
    if figure == "customers":
        return Q(pk__in=base.exclude(asset__retired_on__lte=last).values("customer"))
    if figure == "settled":
        return Q(pk__in=_buyers(first, last))
    if figure == "absent_year":
        in_service = base.exclude(asset__retired_on__lte=last)
        year = date(first.year - (first.month < 12), first.month % 12 + 1, 1)
        return Q(pk__in=_absent(in_service, year, last).values("customer"))
    raise KeyError(figure)


def clocks_of(customer_id: int) -> QuerySet[Clock]:
    """A customer's clocks, the best first."""
    return (
        Clock.objects.filter(customer=customer_id)
        .select_related("asset", "version__rule")
        .order_by(F("asset__retired_on").asc(nulls_first=True), "-at_risk_at")
    )


def transitions_of(customer_id: int) -> QuerySet[Transition]:
    """A customer's crossings, latest first."""
    rows = Transition.objects.filter(customer=customer_id).select_related("asset", "version__rule")
    return rows.order_by("-on", "-cause", "-pk")


def usual_gaps(customer_ids: Collection[int]) -> dict[Subject, int]:
    """Subject → the median number of days between purchase days, for one chunk of customers.

    Only where there are at least three gaps.
    """
    pages = book(customer_ids)
    usual = {}
    for index, subject in enumerate(pages.subjects):
        days = pages.purchases.day[pages.purchases.subject == index]
        gaps = np.sort(np.diff(days)).tolist()
        if len(gaps) >= 3:
            usual[subject] = kinds.quantile(gaps, 0.5)
    return usual


@dataclass(frozen=True, slots=True)
class Move:
    """How many assets or customers a change of rule would move from a state to another."""

    before: State
    after: State
    count: int

    @property
    def before_label(self) -> str:
        return str(StateChoice(self.before).label)

    @property
    def after_label(self) -> str:
        return str(StateChoice(self.after).label)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would do if it began to decide today."""

    watched: int
    moves: Sequence[Move]
    examples: Sequence[Customer]


def preview(rule: kinds.Rule, applies_to: str, today: date) -> Preview:
    """Whom a rule would move, compared with where its segment stands now."""
    rule = as_saved(rule, applies_to, today)
    pages, clocks, _crossings = next(histories(segment_of(applies_to), today, rule))
    now = {
        (row.customer_id, row.asset_id): row.state_on(today)
        for row in Clock.objects.select_related("asset")
    }
    moved: dict[tuple[State, State], list[int]] = {}
    for index, after in zip(clocks.subject.tolist(), clocks.state.tolist(), strict=True):
        before = now.get(pages.subjects[index], State.ACTIVE)
        if before != after:
            customer, _asset = pages.subjects[index]
            moved.setdefault((State(before), State(after)), []).append(customer)
    examples = {customer for who in moved.values() for customer in who[:EXAMPLES]}
    return Preview(
        len(clocks.subject),
        [Move(*states, len(who)) for states, who in sorted(moved.items())],
        list(Customer.objects.filter(pk__in=examples).order_by("name_sort")[:EXAMPLES]),
    )


def as_saved(rule: kinds.Rule, applies_to: str, today: date) -> kinds.Rule:
    """The rule with what it learns from its segment when it is saved."""
    if not isinstance(rule, kinds.OwnRhythm):
        return rule
    return rule.fitted(book(segment_of(applies_to)).purchases, to_day(today))


def segment_of(applies_to: str) -> QuerySet[Customer]:
    """The customers a rule decides about: its kind, or all kinds without a rule of their own."""
    if applies_to:
        return Customer.objects.filter(kind=applies_to)
    return Customer.objects.exclude(kind__in=[kind for kind in rules_in_force() if kind])


def due(today: date) -> list[int]:
    """Customers with a clock that ran out, or an asset that left service, and nobody noted it."""
    first, *others = (rows.values_list("customer", flat=True) for rows in _run_out(today))
    # Ordered here: asked to order a union, SQLite reads every clock by customer.
    return sorted(set(first.union(*others, all=True)))


def _run_out(today: date) -> tuple[QuerySet[Clock], ...]:
    # One index range each; an OR of them would read every clock.
    return (
        Clock.objects.filter(state=State.ACTIVE, at_risk_at__lte=today),
        Clock.objects.filter(state__in=(State.ACTIVE, State.AT_RISK), lost_at__lte=today),
        Clock.objects.filter(asset__retired_on__lte=today).exclude(state=State.RETIRED),
    )


def _has_run_out(today: date) -> Q:
    """The condition on customers that `due` names them."""
    condition = Q()
    for rows in _run_out(today):
        condition |= Q(pk__in=rows.values("customer"))
    return condition


def _standing(state: State, day: date) -> QuerySet[Transition]:
    """The crossings by which somebody came into a state and still stood there on a day."""
    rows = Transition.objects.filter(on__lte=day).annotate(thing=Coalesce("asset", 0))
    later = rows.filter(
        Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), cause__gt=OuterRef("cause")),
        customer=OuterRef("customer"),
        thing=OuterRef("thing"),
    )
    return rows.filter(after=state).exclude(Exists(later))


def _absent(base: QuerySet[Clock], first: date, last: date) -> QuerySet[Clock]:
    """Clocks of this base without a purchase day within these days."""
    mine = Order.objects.filter(PURCHASE, customer=OuterRef("customer"), day__range=(first, last))
    named = Exists(mine.filter(asset=OuterRef("asset")))
    unnamed = Exists(mine.filter(Q(asset=None) | Q(asset__retired_on__lt=F("day"))))
    return base.exclude(named).exclude(Q(unnamed, takes_unnamed=True))


def _buyers(first: date, last: date) -> QuerySet[Order, int]:
    rows = Order.objects.filter(PURCHASE, day__range=(first, last))
    return rows.values_list("customer", flat=True)
