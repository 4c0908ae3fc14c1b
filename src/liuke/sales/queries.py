"""Reads of orders, visits and returns."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.queries import may_with
from liuke.accounts.rules import Act
from liuke.core.lists import Column, Filter, ListOf
from liuke.core.scoping import Scope
from liuke.core.templatetags import ui
from liuke.customers import queries as customers
from liuke.customers.models import Customer
from liuke.customers.queries.duplicates import masked
from liuke.sales.models import PURCHASE, Order, OrderShare, Product


def visible_to(viewer: User) -> QuerySet[Order]:
    """The orders of the customers within this person's scope."""
    return Order.objects.filter(customer__in=customers.visible_to(viewer))


def shares_visible_to(viewer: User) -> QuerySet[OrderShare]:
    """The own shares, and for who settles them those of sales to customers of the own scope."""
    seen = customers.visible_to(viewer).filter(pk=OuterRef("order__customer"))
    rows = OrderShare.objects.select_related("order__customer", "person")
    rows = rows.annotate(seen=Exists(seen.order_by()))  # type: ignore[no-redef]
    if viewer.scope_for(Act.SETTLE) is None:
        return rows.filter(person=viewer)
    within = customers.within_reach(viewer, Act.SETTLE)
    if not within:
        return rows
    return rows.filter(Q(person=viewer) | Q(order__customer__in=Customer.objects.filter(within)))


def share_list(viewer: User) -> ListOf[OrderShare]:
    """The shares one by one, for the screen behind the sums and for the file."""
    people = shares_visible_to(viewer).order_by().values_list("person", "person__name").distinct()

    def name(row: OrderShare) -> str:
        customer = row.order.customer.name
        return customer if row.seen else masked(customer)

    return ListOf(
        label=_("Shares"),
        columns=[
            Column("customer", _("Customer"), name, css="name"),
            Column("day", _("Day"), lambda row: row.day, cell=lambda row: ui.day(row.day),
                   sort=("day",), css="r created"),
            Column("order", _("Order"), lambda row: str(row.order), css="code"),
            Column("person", _("Person"), lambda row: row.person.name,
                   cell=lambda row: ui.who(row.person.name), css="own under"),
            Column("part", _("Part"), lambda row: _part(row), css="tags"),
            Column("percent", _("Share in percent"), lambda row: row.percent,
                   cell=lambda row: f"{row.percent}%", css="r"),
            Column("amount", _("Amount"), lambda row: row.amount,
                   cell=lambda row: ui.money(row.amount), sort=("amount",), css="r strong v"),
        ],
        filters=[
            Filter("person", _("Person"), "choice", lambda v: Q(person=v),
                   sorted(((str(pk), name) for pk, name in people), key=lambda each: each[1])),
            Filter("day", _("Day"), "date", _between),
            Filter("part", _("Part"), "choice", lambda v: Q(is_main=v == "main"),
                   [("main", _("main share")), ("helped", _("for helping"))]),
        ],
        # An order out of sight has no page; its sum stays what was earned.
        url_of=lambda row: reverse("order", args=[row.order_id]),
        order="-day",
    )  # fmt: skip


def _part(row: OrderShare) -> str:
    return gettext("main share") if row.is_main else gettext("for helping")


def _between(pair: tuple[date | None, date | None]) -> Q:
    low, high = pair
    since = Q() if low is None else Q(day__gte=low)
    return since if high is None else since & Q(day__lte=high)


def shares_of(order: Order) -> list[OrderShare]:
    """The split of an order, the main share first; nothing where it is the owner's alone."""
    return list(order.shares.select_related("person").order_by("-is_main", "pk"))


def may_share(viewer: User, order: Order) -> bool:
    """Whether this person may say anew who has which part: it is not the own part.

    Who leads the whole firm has nobody above who could.
    """
    if not may_with(viewer, Act.SETTLE, order.customer):
        return False
    if viewer.scope_for(Act.SETTLE) == Scope.ALL:
        return True
    is_own = order.customer.owner_id == viewer.pk
    return not is_own and not order.shares.filter(person=viewer).exists()


def sums_by_person(shares: QuerySet[OrderShare]) -> list[dict[str, Any]]:
    """Person, number of orders, main shares and shares for helping, the most first."""
    rows = (
        shares.order_by()
        .values("person", "person__name")
        .annotate(
            orders=Count("pk"),
            main=Sum("amount", filter=Q(is_main=True), default=Decimal()),
            helped=Sum("amount", filter=Q(is_main=False), default=Decimal()),
            total=Sum("amount", default=Decimal()),
        )
    )
    return [dict(row) for row in rows.order_by("-total", "person__name")]


def orders_of(customer_id: int) -> QuerySet[Order]:
    return Order.objects.filter(customer=customer_id).order_by("-occurred_at", "-pk")


def recorded_under(numbers: Collection[str]) -> dict[tuple[str, str], Order]:
    """(number, kind) → the order recorded under it. The caller keeps to one chunk of numbers."""
    return {(row.number, row.kind): row for row in Order.objects.filter(number__in=numbers)}


def product_ids(codes: Collection[str]) -> dict[str, int]:
    return dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))


def purchase_days(
    customers: Collection[int] | QuerySet[Customer] | None = None,
) -> Iterator[tuple[int, int | None, date]]:
    """Distinct (customer, asset, day) with a positive order or settled visit, in that order.

    None means every customer; a collection is one chunk, a queryset any selection.
    """
    rows = Order.objects.filter(PURCHASE)
    if customers is not None:
        rows = rows.filter(customer__in=customers)
    days = rows.values_list("customer", "asset", "day").distinct()
    return days.order_by("customer", "asset", "day").iterator(chunk_size=20_000)


class Flow(NamedTuple):
    """One order's part in what a customer is worth."""

    customer: int
    day: date
    total: Decimal
    is_purchase: bool


def flows(customer_ids: Collection[int]) -> list[Flow]:
    """Orders and returns of one chunk of customers, by customer and day."""
    rows = Order.objects.filter(customer__in=customer_ids).order_by("customer", "day")
    is_purchase = ExpressionWrapper(PURCHASE, output_field=BooleanField())
    return [
        Flow(*row)
        for row in rows.annotate(is_purchase=is_purchase).values_list(
            "customer", "day", "total", "is_purchase"
        )
    ]
