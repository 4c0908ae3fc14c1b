"""Reads of orders, visits and returns."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, QuerySet

from liuke.accounts.models import User
from liuke.customers import queries as customers
from liuke.customers.models import Customer
from liuke.sales.models import PURCHASE, Order, Product


def visible_to(viewer: User) -> QuerySet[Order]:
    """The orders of the customers within this person's scope."""
    return Order.objects.filter(customer__in=customers.visible_to(viewer))


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
