"""Reads of what is due; the viewer comes first and sees what the scope allows."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.agenda.models import AgendaItem, AgendaTally, Question
from liuke.agenda.rules import Ending, Kind
from liuke.core import clock
from liuke.core.lists import CAP
from liuke.customers.queries.helping import by_help

MOST_QUESTIONS = 10
AWAKE = Q(snoozed_until=None)
RESPONSIBLE = Coalesce("assignee", "owner")


def visible_to(viewer: User) -> QuerySet[AgendaItem]:
    """Items about customers that this person may see."""
    return AgendaItem.objects.filter(certain(viewer))


def belonging_to(person_id: int) -> Q:
    """The condition on items that this person has to do: handed over, or of an own customer."""
    return Q(assignee=person_id) | Q(assignee=None, owner=person_id)


def due(viewer: User, today: date, whose: int | None = None) -> QuerySet[AgendaItem]:
    """What is due and not put off, of one person or of everybody whom the viewer may see.

    Found by what is kept with the items; who reads customers from it narrows it by `certain`.
    """
    rows = AgendaItem.objects.filter(_is_due(today), _reached(viewer))
    return rows if whose is None else rows.filter(belonging_to(whose))


def _reached(viewer: User) -> Q:
    """Items of this scope, and what was handed to this person about customers of others.

    Of customers one helps with, only what one was asked to do: the rest is for their owners. It is
    named by its keys, and for most people there is none: an OR would cost the index its order.
    """
    reach = reach_of(viewer)
    condition = reach.rows(owner="owner", unit="branch")
    if reach.everything:
        return condition
    handed = AgendaItem.objects.filter(by_help(viewer, "customer"), assignee=viewer, closed_at=None)
    keys = list(handed.values_list("pk", flat=True))
    return condition | Q(pk__in=keys) if keys else condition


def certain(viewer: User) -> Q:
    """The condition on items that this person may see the customer."""
    reach = reach_of(viewer)
    if reach.everything:
        return Q()
    condition = reach.rows(owner="customer__owner", unit="customer__branch")
    return condition | by_help(viewer, "customer")


def _is_due(today: date) -> Q:
    return Q(closed_at=None, due_on__lte=today) & (AWAKE | Q(snoozed_until__lte=today))


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


def settled_by(people: Collection[int], day: date) -> int:
    """About how many customers these people settled something on a day."""
    found = settled_on(people, day).aggregate(n=Count("customer", distinct=True))
    return int(found["n"])


def progress(viewer: User, people: Collection[int], today: date) -> dict[int, Progress]:
    """Person → how far the day has come, for many people in three reads."""
    done = dict(
        settled_on(people, today)
        .values_list("closed_by")
        .annotate(n=Count("customer", distinct=True))
        .values_list("closed_by", "n")
    )
    waiting = _kept_by_person(viewer) or dict(
        due(viewer, today)
        .annotate(who=RESPONSIBLE)
        .filter(who__in=people)
        .values_list("who")
        .annotate(n=Count("customer", distinct=True))
        .values_list("who", "n")
    )
    return {pk: Progress(done.get(pk, 0), waiting.get(pk, 0)) for pk in people}


@dataclass(frozen=True, slots=True)
class Figures:
    """How many items of each kind are due, about how many customers, and what is at stake.

    What a customer spends a year counts once, however much is due about them.
    """

    counts: Mapping[str, int]
    customers: int
    stake: Decimal


def figures(viewer: User, today: date, whose: int | None = None) -> Figures:
    """What is due in figures: counted, or beyond CAP items as the tick counted them last."""
    kept = _kept(viewer)
    kept = kept if whose is None else kept.filter(who=whose)
    rows = {
        kind: sums
        for kind, *sums in kept.values_list("kind")
        .annotate(Sum("items"), Sum("customers"), Sum("stake"))
        .order_by()
    }
    if "" in rows and rows[""][0] > CAP:
        counts = {kind: rows[kind][0] for kind in rows if kind}
        return Figures(_of_every_kind(counts), *rows[""][1:])
    found = due(viewer, today, whose)
    counts = dict(found.values_list("kind").annotate(n=Count("pk")).values_list("kind", "n"))
    per_customer = found.values("customer").annotate(worth=Max("stake"))
    sums = per_customer.aggregate(n=Count("customer"), stake=Sum("worth"))
    return Figures(_of_every_kind(counts), sums["n"], sums["stake"] or Decimal())


def is_large() -> bool:
    """Whether more is due or on its way than somebody waiting for a page wants counted."""
    return AgendaItem.objects.filter(closed_at=None).values("pk")[: CAP + 1].count() > CAP


def counted_by_place(today: date) -> list[tuple[Any, ...]]:
    """Rows of owner, branch, who has to do it, kind, items, customers and stake.

    An empty kind stands for all of them together.
    """
    found = AgendaItem.objects.filter(_is_due(today)).annotate(who=RESPONSIBLE)
    groups: dict[tuple[Any, ...], dict[int, Decimal]] = defaultdict(dict)
    items: Counter[tuple[Any, ...]] = Counter()
    fields = ("owner", "branch", "who", "kind", "customer", "stake")
    for *place, kind, customer, stake in found.values_list(*fields).iterator():
        for key in ((*place, kind), (*place, "")):
            items[key] += 1
            groups[key][customer] = max(stake, groups[key].get(customer, stake))
    return [(*key, items[key], len(of), sum(of.values())) for key, of in groups.items()]


def _kept(viewer: User) -> QuerySet[AgendaTally]:
    reach = reach_of(viewer)
    condition = reach.rows(owner="owner", unit="branch")
    return AgendaTally.objects.filter(condition if reach.everything else condition | Q(who=viewer))


def _kept_by_person(viewer: User) -> dict[int, int]:
    """Person → customers with something due; nothing unless it is too much to be counted."""
    kept = _kept(viewer).filter(kind="").values_list("who")
    rows = list(kept.annotate(Sum("items"), Sum("customers")).order_by())
    large = sum(items for _who, items, _customers in rows) > CAP
    return {who: customers for who, _items, customers in rows} if large else {}


def _of_every_kind(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind.value: counts.get(kind.value, 0) for kind in Kind}


def future_of(customer_id: int) -> QuerySet[AgendaItem]:
    """What is open about one customer, the next first."""
    rows = AgendaItem.objects.filter(customer=customer_id, closed_at=None)
    return rows.select_related("assignee").order_by(
        Coalesce("snoozed_until", "due_on"), F("weight").desc(), "pk"
    )


def questions_to(viewer: User) -> QuerySet[Question]:
    """Questions about customers within this person's scope."""
    reach = reach_of(viewer)
    rows = Question.objects.filter(reach.rows(owner="customer__owner", unit="customer__branch"))
    return rows.select_related("customer", "asker")


def questions_of(viewer: User) -> list[Question]:
    """What this person asked and has not read the answer to, the answered first."""
    rows = Question.objects.filter(asker=viewer, seen_at=None).select_related("answered_by")
    return list(rows.order_by(F("answered_at").asc(nulls_last=True), "pk")[:MOST_QUESTIONS])


def done_on(kind: str, customer_ids: Collection[int]) -> dict[int, date]:
    """Customer → the day somebody last set an item of this kind aside as done."""
    rows = AgendaItem.objects.filter(kind=kind, customer__in=customer_ids, ending=Ending.DONE)
    latest = rows.values_list("customer").annotate(at=Max("closed_at"))
    return {pk: clock.day_of(at) for pk, at in latest.values_list("customer", "at")}
