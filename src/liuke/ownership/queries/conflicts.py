"""Reads of cases; both parties see theirs, and who decides sees those of the own people."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from liuke.accounts.models import User
from liuke.accounts.queries import people_reaching, reach_of
from liuke.accounts.rules import Act
from liuke.core import clock
from liuke.core.scoping import Scope
from liuke.customers import queries as customers
from liuke.customers.queries.duplicates import masked
from liuke.ownership.models import Conflict, ConflictTerms, Decision
from liuke.ownership.rules.conflicts import PENDING, State, Terms

_WIDTH = {scope: width for width, scope in enumerate(Scope)}


def terms() -> Terms:
    """The days and the share as the firm has them."""
    row = ConflictTerms.objects.first()
    if row is None:
        return Terms()
    return Terms(row.protection_days, row.silent_days, row.appeal_days, row.helper_percent)


def conflicts_visible_to(viewer: User) -> QuerySet[Conflict]:
    """The cases that this person is part of, or has to decide."""
    seen = customers.visible_to(viewer).filter(pk=OuterRef("customer"))
    rows = Conflict.objects.select_related("customer", "owner", "claimant")
    rows = rows.annotate(seen=Exists(seen.order_by()))  # type: ignore[no-redef]
    reach = reach_of(viewer, Act.SETTLE)
    if reach.everything:
        return rows
    mine = Q(owner=viewer) | Q(claimant=viewer) | Q(opened_by=viewer)
    theirs = reach.rows(owner="customer__owner", unit="customer__branch")
    # A customer that went to another branch leaves the case with those it concerned.
    people = Q(owner__in=reach.user_ids) | Q(claimant__in=reach.user_ids)
    return rows.filter(mine | theirs | people)


def name_for(viewer: User, conflict: Conflict) -> str:
    """The name as this person may know it: masked for who claims a customer unseen."""
    # Who had the customer knows who it is.
    known = conflict.seen or conflict.owner_id == viewer.pk
    return conflict.customer.name if known else masked(conflict.customer.name)


def is_party(viewer: User, conflict: Conflict) -> bool:
    return viewer.pk in (conflict.owner_id, conflict.claimant_id)


def decision_of(conflict: Conflict) -> Decision | None:
    """The first decision of a case."""
    return conflict.decisions.filter(instance=Decision.FIRST).select_related("by").first()


def may_decide(viewer: User, conflict: Conflict) -> bool:
    """Whether it is for this person to decide: above the customer, and no party.

    About an appeal decides somebody above the one who decided first.
    """
    scope = viewer.scope_for(Act.SETTLE)
    customer = conflict.customer
    if scope is None or is_party(viewer, conflict):
        return False
    if not reach_of(viewer, Act.SETTLE).holds(customer.owner_id, customer.branch_id):
        return False
    if conflict.state == State.OPEN:
        return True
    first = decision_of(conflict)
    return conflict.state == State.APPEALED and first is not None and _above(viewer, first.by)


def above(conflict: Conflict) -> list[User]:
    """Who could decide about an appeal, by name."""
    first = decision_of(conflict)
    people = people_reaching(conflict.customer.owner_id, conflict.customer.branch_id)
    if first is None:
        return []
    return [each for each in people if not is_party(each, conflict) and _above(each, first.by)]


def may_appeal(viewer: User, conflict: Conflict) -> bool:
    """Whether one of the two may still ask for another decision."""
    decided = conflict.decided_at
    return (
        is_party(viewer, conflict)
        and conflict.state == State.DECIDED
        and decided is not None
        and clock.now() <= decided + timedelta(days=terms().appeal)
    )


def _above(viewer: User, other: User) -> bool:
    mine, theirs = viewer.scope_for(Act.SETTLE), other.scope_for(Act.SETTLE)
    if mine is None or viewer.pk == other.pk:
        return False
    return mine == Scope.ALL or _WIDTH[mine] > (_WIDTH[theirs] if theirs else -1)


def open_between(customer_id: int, claimant_id: int) -> Conflict | None:
    """The case that is open already, if there is one."""
    rows = Conflict.objects.filter(customer=customer_id, claimant=claimant_id)
    return rows.filter(state__in=PENDING).first()


def pending_of(customer_id: int) -> QuerySet[Conflict]:
    """The cases of a customer that wait for a decision."""
    rows = Conflict.objects.filter(customer=customer_id, state__in=PENDING)
    return rows.select_related("claimant").order_by("pk")


def settled_lately(customer_id: int, claimant_id: int, days: int) -> bool:
    """Whether it was decided so lately that nothing can have changed."""
    since = clock.now() - timedelta(days=days)
    rows = Conflict.objects.filter(customer=customer_id, claimant=claimant_id)
    return rows.filter(decided_at__gt=since).exclude(verdict="").exists()


def waiting_for(viewer: User) -> int:
    """How many cases this person could decide now, in two reads however many there are."""
    if not viewer.may(Act.SETTLE):
        return 0
    within = reach_of(viewer, Act.SETTLE).rows(owner="customer__owner", unit="customer__branch")
    rows = Conflict.objects.filter(within, state__in=PENDING)
    rows = rows.exclude(owner=viewer).exclude(claimant=viewer)
    count = 0
    for each in rows.prefetch_related("decisions__by__role"):
        first = next((one for one in each.decisions.all() if one.instance == Decision.FIRST), None)
        count += each.state == State.OPEN or (first is not None and _above(viewer, first.by))
    return count


@dataclass(frozen=True, slots=True)
class Month:
    """The cases of one month: opened in it, and what became of them."""

    month: str
    opened: int
    decided: int
    moved: int
    helped: int
    upheld: int
    overturned: int
    days: float | None


@dataclass(frozen=True, slots=True)
class OfPerson:
    """How often somebody was claimed from, claimed, and got it."""

    person: User
    against: int
    opened: int
    won: int


def by_month(conflicts: Iterable[Conflict]) -> list[Month]:
    """Cases with their decisions read, by the month in which they were opened, latest first."""
    months: dict[str, list[Conflict]] = {}
    for each in conflicts:
        months.setdefault(clock.day_of(each.opened_at).isoformat()[:7], []).append(each)
    return [_month(name, months[name]) for name in sorted(months, reverse=True)]


def _month(name: str, rows: Collection[Conflict]) -> Month:
    decided = [each for each in rows if each.verdict]
    again = [list(each.decisions.all()) for each in decided]
    pairs = [each for each in again if len(each) > 1]
    days = sorted(
        (each.decided_at - each.opened_at).total_seconds() / 86400
        for each in decided
        if each.decided_at is not None
    )
    overturned = sum(one.verdict != two.verdict for one, two in pairs)
    return Month(
        name,
        len(rows),
        len(decided),
        sum(each.verdict == "moves" for each in decided),
        sum(each.verdict == "helps" for each in decided),
        len(pairs) - overturned,
        overturned,
        _median(days),
    )


def _median(ordered: list[float]) -> float | None:
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def by_person(conflicts: Iterable[Conflict]) -> list[OfPerson]:
    """The people in these cases, those in most of them first."""
    people: dict[int, User] = {}
    against: dict[int, int] = {}
    opened: dict[int, int] = {}
    won: dict[int, int] = {}
    for each in conflicts:
        people |= {each.owner_id: each.owner, each.claimant_id: each.claimant}
        against[each.owner_id] = against.get(each.owner_id, 0) + 1
        opened[each.claimant_id] = opened.get(each.claimant_id, 0) + 1
        if each.verdict == "moves":
            won[each.claimant_id] = won.get(each.claimant_id, 0) + 1
    found = [
        OfPerson(who, against.get(pk, 0), opened.get(pk, 0), won.get(pk, 0))
        for pk, who in people.items()
    ]
    return sorted(found, key=lambda row: (-row.against - row.opened, row.person.name))
