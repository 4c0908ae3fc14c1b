"""Reads of what is due; the viewer comes first and sees what the scope allows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Ending, Kind
from liuke.core import clock

AWAKE = Q(snoozed_until=None)


def visible_to(viewer: User) -> QuerySet[AgendaItem]:
    """Items about customers within this person's scope."""
    reach = reach_of(viewer)
    return AgendaItem.objects.filter(reach.rows(owner="customer__owner", unit="customer__branch"))


def belonging_to(person_id: int) -> Q:
    """The condition on items that this person has to do: handed over, or of an own customer."""
    return Q(assignee=person_id) | Q(assignee=None, customer__owner=person_id)


def due(viewer: User, today: date, whose: int | None = None) -> QuerySet[AgendaItem]:
    """What is due and not put off, of one person or of everybody whom the viewer may see.

    What was agreed stands first, by its day; then by what acting is worth.
    """
    rows = visible_to(viewer).filter(closed_at=None, due_on__lte=today)
    rows = rows.filter(AWAKE | Q(snoozed_until__lte=today))
    return rows if whose is None else rows.filter(belonging_to(whose))


@dataclass(frozen=True, slots=True)
class Progress:
    """A person's day: what was settled by hand, and what is still due."""

    done: int
    open: int

    @property
    def all(self) -> int:
        return self.done + self.open


def settled_on(people: Collection[int], day: date) -> QuerySet[AgendaItem]:
    """What these people settled on a day, by a contact or as done."""
    begin = clock.start_of(day)
    return AgendaItem.objects.filter(
        closed_by__in=people,
        closed_at__gte=begin,
        closed_at__lt=begin + timedelta(days=1),
    ).exclude(ending=Ending.OVER)


def progress(viewer: User, people: Collection[int], today: date) -> dict[int, Progress]:
    """Person → how far the day has come, for many people in two reads."""
    done = dict(
        settled_on(people, today)
        .values_list("closed_by")
        .annotate(n=Count("customer", distinct=True))
        .values_list("closed_by", "n")
    )
    responsible = Coalesce("assignee", "customer__owner")
    waiting = dict(
        due(viewer, today)
        .annotate(responsible=responsible)
        .filter(responsible__in=people)
        .values_list("responsible")
        .annotate(n=Count("customer", distinct=True))
        .values_list("responsible", "n")
    )
    return {pk: Progress(done.get(pk, 0), waiting.get(pk, 0)) for pk in people}


def counts_by_kind(rows: QuerySet[AgendaItem]) -> dict[str, int]:
    """How many items of each kind, zero included."""
    found = dict(rows.values_list("kind").annotate(n=Count("pk")).values_list("kind", "n"))
    return {kind.value: found.get(kind.value, 0) for kind in Kind}


def stake_of(rows: QuerySet[AgendaItem]) -> object:
    """What all these items put at stake; a customer's year counts once."""
    per_customer = rows.values("customer").annotate(worth=Max("stake"))
    return per_customer.aggregate(total=Sum("worth"))["total"] or 0


def future_of(customer_id: int) -> QuerySet[AgendaItem]:
    """What is open about one customer, the next first."""
    rows = AgendaItem.objects.filter(customer=customer_id, closed_at=None)
    return rows.select_related("assignee").order_by(
        Coalesce("snoozed_until", "due_on"), F("weight").desc(), "pk"
    )


def done_on(kind: str, customer_ids: Collection[int]) -> dict[int, date]:
    """Customer → the day somebody last set an item of this kind aside as done."""
    rows = AgendaItem.objects.filter(kind=kind, customer__in=customer_ids, ending=Ending.DONE)
    latest = rows.values_list("customer").annotate(at=Max("closed_at"))
    return {pk: clock.day_of(at) for pk, at in latest.values_list("customer", "at")}
