"""What the record says of two people and one customer: who came first, who spoke to it."""

from collections.abc import Collection, Sequence
from datetime import date

from liuke.core import clock
from liuke.customers.models import Customer
from liuke.followups.models import Interaction
from liuke.followups.queries import REACHED
from liuke.ownership.models import OwnerPeriod
from liuke.ownership.rules import Reason
from liuke.ownership.rules.conflicts import Side
from liuke.sales.models import Order


def sides(customer_id: int, people: Collection[int], besides: int | None = None) -> dict[int, Side]:
    """Person → what speaks for them, in both records where there are two."""
    ids = [customer_id, *([besides] if besides else [])]
    recorded: dict[int, list[date]] = {pk: [] for pk in people}
    rows = Customer.objects.filter(pk__in=ids, created_by__in=people)
    for who, at in rows.values_list("created_by", "created_at"):
        recorded[who or 0].append(clock.day_of(at))
    held = list(OwnerPeriod.objects.filter(customer__in=ids, owner__in=people))
    for period in held:
        recorded[period.owner_id or 0].append(clock.day_of(period.started_at))
    contacts: dict[int, list[date]] = {pk: [] for pk in people}
    made = Interaction.objects.filter(REACHED, customer__in=ids, by__in=people)
    made = made.filter(day__lte=clock.today())
    for who, day in made.order_by("day").values_list("by", "day"):
        contacts[who or 0].append(day)
    bought = list(Order.objects.filter(customer__in=ids).values_list("customer", "day"))
    return {
        pk: Side(
            recorded_on=min(recorded[pk], default=None),
            owned_since=_since(held, pk, customer_id),
            contacts=contacts[pk],
            orders=_sold(bought, [period for period in held if period.owner_id == pk]),
            claims=sum(
                period.owner_id == pk and period.reason == Reason.CLAIMED for period in held
            ),
        )
        for pk in people
    }


def _since(held: Sequence[OwnerPeriod], who: int, customer_id: int) -> date | None:
    now = [
        clock.day_of(period.started_at)
        for period in held
        if period.owner_id == who and period.customer_id == customer_id and not period.ended_at
    ]
    return now[0] if now else None


def _sold(bought: Sequence[tuple[int, date]], held: Sequence[OwnerPeriod]) -> int:
    """How many orders and visits fell into the time in which somebody owned the customer."""
    spans = [
        (
            period.customer_id,
            clock.day_of(period.started_at),
            clock.day_of(period.ended_at) if period.ended_at else date.max,
        )
        for period in held
    ]
    return sum(
        any(of == customer and begun <= day <= ended for of, begun, ended in spans)
        for customer, day in bought
    )
