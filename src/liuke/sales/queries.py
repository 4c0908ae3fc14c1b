"""Reads of orders, visits and returns."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from liuke.accounts.models import User
from liuke.customers import queries as customers
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
    customers: Collection[int] | None = None,
) -> Iterator[tuple[int, int | None, date]]:
    """Distinct (customer, asset, day) with a positive order or settled visit, in that order.

    None means every customer; a collection is one chunk.
    """
    rows = Order.objects.filter(PURCHASE)
    if customers is not None:
        rows = rows.filter(customer__in=customers)
    days = rows.values_list("customer", "asset", "day").distinct()
    return days.order_by("customer", "asset", "day").iterator(chunk_size=20_000)


def totals(customer_ids: Collection[int], year_from: date) -> QuerySet[Order, dict[str, object]]:
    """Purchase days and value net of returns, in all and from `year_from` on, per customer."""
    return (
        Order.objects.filter(customer__in=customer_ids)
        .values("customer")
        .order_by("customer")
        .annotate(
            days=Count("day", filter=PURCHASE, distinct=True),
            first=Min("day", filter=PURCHASE),
            last=Max("day", filter=PURCHASE),
            value=Sum("total", default=Decimal()),
            year=Sum("total", filter=Q(day__gte=year_from), default=Decimal()),
        )
    )


def customers_with_orders_on(first: date, last: date) -> list[int]:
    """Customers with an order dated within these days, both included."""
    rows = Order.objects.filter(day__range=(first, last))
    return list(rows.values_list("customer", flat=True).distinct().order_by("customer"))
