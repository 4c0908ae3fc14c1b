"""Reads of contacts and of how often customers want them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from liuke.accounts.models import User
from liuke.agenda import queries as agenda
from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Kind
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.customers.models import ContactBlock, CustomerState
from liuke.customers.queries.closing import unsought
from liuke.customers.rules import Stage
from liuke.followups.models import CadencePolicy, Interaction
from liuke.followups.rules import (
    ATTEMPTS,
    ATTEMPTS_COUNT_FOR,
    DEFAULTS,
    INTEREST,
    Cadence,
    Outcome,
    Situation,
    situation_of,
)

REACHED = ~Q(outcome__in=ATTEMPTS)


def visible_to(viewer: User) -> QuerySet[Interaction]:
    return Interaction.objects.filter(customer__in=customers.visible_to(viewer).values("pk"))


def contacts_of(customer_id: int) -> QuerySet[Interaction]:
    """A customer's contacts and attempts, latest first."""
    rows = Interaction.objects.filter(customer=customer_id).select_related("by", "person")
    return rows.order_by("-occurred_at", "-pk")


def made_on(people: Collection[int], day: date) -> QuerySet[Interaction]:
    """Contacts and attempts that these people made on a day."""
    return Interaction.objects.filter(by__in=people, day=day)


def cadences() -> dict[str, Cadence]:
    """Situation → how often; what the firm said, else the default."""
    own = {
        row.situation: Cadence(row.every_days, row.lasts_days)
        for row in CadencePolicy.objects.all()
    }
    return {**DEFAULTS, **own}


@dataclass(frozen=True, slots=True)
class Footing:
    """What decides about one customer's next contact, as the records have it.

    `began` is the day from which the cadence counts: the last contact, purchase or item set aside
    as done; before the first contact the day we got to know the customer, because nobody is
    overdue for the years before.
    """

    purchase_days: int
    last_purchase: date | None
    lost_at: date | None
    value: Decimal
    owned: bool
    began: date
    last_contact: date | None
    interest: date | None
    attempts: int
    last_attempt: date | None
    step: Interaction | None
    latest: Interaction | None
    unsought: bool


def footings(customer_ids: Collection[int], today: date) -> dict[int, Footing]:
    """One chunk of customers → what decides about their next contact, in few reads."""
    rows = Interaction.objects.filter(customer__in=customer_ids)
    sums = {
        row["customer"]: row
        for row in rows.values("customer").annotate(
            reached=Max("occurred_at", filter=REACHED),
            interest=Max("day", filter=Q(outcome__in=INTEREST)),
            refused=Max("day", filter=Q(outcome__in=[Outcome.REFUSED, Outcome.STOP])),
            told=Max("occurred_at", filter=REACHED | Q(next_on__isnull=False)),
        )
    }
    steps = _at(rows, {pk: row["told"] for pk, row in sums.items() if row["told"]})
    latest = _at(rows, {pk: row["reached"] for pk, row in sums.items() if row["reached"]})
    tries = _tries(rows, {pk: row["reached"] for pk, row in sums.items()}, today)
    skipped = agenda.done_on(Kind.CONTACT, customer_ids)
    left_alone = unsought(customer_ids)
    states = CustomerState.objects.filter(pk__in=customer_ids).values_list(
        "pk", "purchase_days", "last_purchase_on", "lost_at", "value_year", "customer__owner",
        "customer__created_at",
    )  # fmt: skip
    found = {}
    for pk, bought_days, bought, lost_at, value, owner, created in states:
        told: Mapping[str, Any] = sums.get(pk) or {}
        reached = clock.day_of(told["reached"]) if told.get("reached") else None
        interest, refused = told.get("interest"), told.get("refused")
        days = tries.get(pk, ())
        found[pk] = Footing(
            purchase_days=bought_days,
            last_purchase=bought,
            lost_at=lost_at,
            value=value,
            owned=owner is not None,
            began=max(filter(None, (bought, skipped.get(pk), reached or clock.day_of(created)))),
            last_contact=reached,
            interest=None if refused and interest and refused >= interest else interest,
            attempts=len(days),
            last_attempt=max(days, default=None),
            step=steps.get(pk),
            latest=latest.get(pk),
            unsought=pk in left_alone,
        )
    return found


def _at(rows: QuerySet[Interaction], moments: Mapping[int, datetime]) -> dict[int, Interaction]:
    """The interaction of each customer at a moment; of several the one recorded last."""
    found = rows.filter(customer__in=moments, occurred_at__in=set(moments.values())).order_by("pk")
    return {row.customer_id: row for row in found if row.occurred_at == moments[row.customer_id]}


def _tries(
    rows: QuerySet[Interaction], reached: Mapping[int, datetime | None], today: date
) -> dict[int, list[date]]:
    """The days of unanswered tries since each customer was last reached."""
    recent = rows.filter(outcome__in=ATTEMPTS, day__gt=today - ATTEMPTS_COUNT_FOR)
    found: dict[int, list[date]] = {}
    for pk, at, day in recent.values_list("customer", "occurred_at", "day"):
        last = reached[pk]
        if last is None or at > last:
            found.setdefault(pk, []).append(day)
    return found


def to_refresh(today: date, most: int) -> list[int]:
    """Customers whose contact fell due, or was never worked out, and nobody noted it."""
    noted = AgendaItem.objects.filter(customer=OuterRef("pk"), kind=Kind.CONTACT, closed_at=None)
    blocked = ContactBlock.objects.filter(customer=OuterRef("pk"), lifted_at=None)
    fell_due = Q(contact_due_at__lte=today, customer__owner__isnull=False) & ~Exists(noted)
    never = Q(contact_due_at=None, closed_on=None) & ~Exists(blocked)
    rows = CustomerState.objects.filter(fell_due | never).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def intent_expired(today: date) -> list[int]:
    rows = CustomerState.objects.filter(stage=Stage.INTENT, intent_until__lt=today)
    return list(rows.values_list("pk", flat=True))


def contacted_today(customer_id: int, today: date) -> Interaction | None:
    """The last real contact of today, by whomever, so that nobody is rung twice a day."""
    rows = contacts_of(customer_id).filter(REACHED, day=today)
    return rows.first()


def count_in_month(customer_id: int, today: date) -> int:
    rows = Interaction.objects.filter(REACHED, customer=customer_id, direction="out")
    return rows.filter(day__gt=today - timedelta(days=30)).count()


def by_situation(today: date) -> dict[str, int]:
    """How many customers with an owner each cadence speaks for."""
    new_for = cadences()[Situation.NEW].lasts
    counts = dict.fromkeys(Situation.values, 0)
    rows = CustomerState.objects.filter(customer__owner__isnull=False)
    for stage, bought, lost_at in rows.values_list("stage", "last_purchase_on", "lost_at"):
        counts[situation_of(stage, bought, lost_at, new_for, today)] += 1
    return counts
