"""Rows past the ORM: they come out as they went in, and constraints hold."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from liuke.core import bulk
from liuke.sales.models import Order, OrderLine, Product

pytestmark = pytest.mark.django_db
FIELDS = ("code", "name")
ODD = ["a\tb", "a\nb", "\\N", "\\", "“王”, 'x'", '"; DROP TABLE', "%s", "", "𠮷"]


def stored() -> list[tuple[str, str]]:
    return list(Product.objects.order_by("pk").values_list(*FIELDS))


def test_every_letter_survives() -> None:
    rows = [(f"P{place}", text) for place, text in enumerate(ODD)]
    bulk.insert(Product, FIELDS, rows)
    assert stored() == rows


def test_fields_may_come_in_any_order_and_rows_from_a_generator() -> None:
    bulk.insert(Product, ("name", "code"), ((f"tea {n}", f"P{n}") for n in range(3)))
    assert stored() == [("P0", "tea 0"), ("P1", "tea 1"), ("P2", "tea 2")]


def test_no_rows_are_no_trouble() -> None:
    bulk.insert(Product, FIELDS, iter(()))
    assert stored() == []


def test_figures_dates_and_nothing(customer, buys) -> None:
    buys(customer(), date(2026, 3, 1))
    order = Order.objects.get()
    fields = ("order", "position", "product", "text", "quantity", "price", "amount")
    row = (order.pk, 1, None, "tea", Decimal("-1.500"), Decimal("0.0001"), Decimal("0.00"))
    bulk.insert(OrderLine, fields, [row])
    line = OrderLine.objects.get()
    assert (line.order, line.product, line.text) == (order, None, "tea")
    assert (line.quantity, line.price, line.amount) == row[4:]


def test_a_row_that_breaks_a_constraint_leaves_none_of_them() -> None:
    Product.objects.create(code="P1", name="tea")
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        bulk.insert(Product, FIELDS, [("P0", "rice"), ("P1", "rice")])
    assert stored() == [("P1", "tea")]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(KeyError, match="colour"):
        bulk.insert(Product, ("code", "colour"), [("P1", "red")])


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_so_many_rows_cost_one_question(rows, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(1):
        bulk.insert(Product, FIELDS, [(f"P{n}", "tea") for n in range(rows)])
    assert Product.objects.count() == rows
