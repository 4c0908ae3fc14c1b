"""What a handover would do, and what became of the customers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from liuke.accounts.models import User
from liuke.agenda.models import AgendaItem
from liuke.churn import queries as churn
from liuke.churn.rules.rates import wilson
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.queries import within
from liuke.desk.queries.listing import state_of
from liuke.ownership.models import HandedCustomer, Handover, OwnerPeriod
from liuke.ownership.queries.handovers import seats
from liuke.ownership.rules import WATCHED_FOR

CHUNK = 500
SHOWN_FIRST = 30


@dataclass(slots=True)
class Share:
    """What one receiver has and would get."""

    person: User
    owned: int = 0
    customers: list[Customer] = field(default_factory=list)
    value: Decimal = Decimal()
    at_risk: int = 0
    overdue: int = 0

    @property
    def then(self) -> int:
        return self.owned + len(self.customers)


def shares(people: Sequence[User], plan: Mapping[int, int], today: date) -> list[Share]:
    """Per person asked for: how many, worth what, how many at risk, and what is overdue."""
    owned = {seat.pk: seat.owned for seat in seats(people)}
    found = {person.pk: Share(person, owned[person.pk]) for person in people}
    ids = sorted(plan)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        late = set(
            AgendaItem.objects.filter(
                customer__in=chunk, closed_at=None, due_on__lt=today
            ).values_list("customer", flat=True)
        )
        for row in Customer.objects.filter(pk__in=chunk).select_related("state"):
            share = found[plan[row.pk]]
            share.customers.append(row)
            share.value += row.state.value_year
            share.at_risk += state_of(row, today) == "at_risk"
            share.overdue += row.pk in late
    for share in found.values():
        share.customers.sort(key=lambda row: (-row.state.value_year, row.pk))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Lost:
    """How many of those who could be lost were lost since, and how sure that is."""

    exposed: int
    lost: int

    @property
    def share(self) -> float | None:
        return self.lost / self.exposed if self.exposed else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.lost, self.exposed)


@dataclass(frozen=True, slots=True)
class Watch:
    """The customers of a handover beside those whose owner stayed, over the same days."""

    until: date
    over: bool
    handed: Lost
    stayed: Lost

    @property
    def differs(self) -> bool:
        """Whether the intervals lie apart; otherwise it may be chance."""
        one, two = self.handed.interval, self.stayed.interval
        return one is not None and two is not None and (one[0] > two[1] or two[0] > one[1])


def watch(viewer: User, handover: Handover, today: date) -> Watch:
    """Lost within 180 days after the handover, of those who had bought and were not lost yet."""
    begun = clock.day_of(handover.at)
    until = begun + WATCHED_FOR
    seen = within(viewer)
    rows = HandedCustomer.objects.filter(handover=handover).values("customer")
    # Who had the same owner before and since: nothing changed for them but time.
    since = OwnerPeriod.objects.filter(
        started_at__lt=handover.at, ended_at=None, owner__is_active=True
    )
    handed = seen.filter(pk__in=rows)
    stayed = seen.filter(pk__in=since.values("customer")).exclude(pk__in=rows)
    last = min(until, today)
    return Watch(until, today >= until, _lost(handed, begun, last), _lost(stayed, begun, last))


def _lost(customers: QuerySet[Customer], begun: date, last: date) -> Lost:
    bought = churn.behind("customers", begun, begun)
    gone = churn.behind("lost_end", begun, begun)
    exposed = customers.filter(bought & ~gone)
    if last <= begun:
        return Lost(exposed.count(), 0)
    lost: Q = churn.behind("newly_lost", begun + timedelta(days=1), last)
    return Lost(exposed.count(), exposed.filter(lost).count())


@dataclass(slots=True)
class Taken:
    """What one receiver took over, and how it stands now."""

    person: User
    rows: list[tuple[HandedCustomer, str, bool]] = field(default_factory=list)

    @property
    def met(self) -> int:
        return sum(met for _row, _state, met in self.rows)

    @property
    def first(self) -> list[tuple[HandedCustomer, str, bool]]:
        """What stands on the page at once; the others open with a click."""
        return self.rows[:SHOWN_FIRST]

    @property
    def others(self) -> list[tuple[HandedCustomer, str, bool]]:
        return self.rows[SHOWN_FIRST:]


def taken(rows: Sequence[HandedCustomer], handover: Handover, today: date) -> list[Taken]:
    """Per receiver: the customers, where they stand today, and whether somebody met them."""
    begun = clock.day_of(handover.at)
    found: dict[int, Taken] = {}
    grouped: dict[int, list[HandedCustomer]] = defaultdict(list)
    for row in rows:
        grouped[row.receiver_id].append(row)
    for pk, mine in grouped.items():
        found[pk] = Taken(mine[0].receiver)
        for row in mine:
            spoken = row.customer.state.last_contact_on
            met = spoken is not None and spoken >= begun
            found[pk].rows.append((row, state_of(row.customer, today), met))
    return list(found.values())
