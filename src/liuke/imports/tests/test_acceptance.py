"""Which rows become orders: the order is wholly in, or wholly out with a reason."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from liuke.core import clock
from liuke.customers.models import ContactPoint, Customer
from liuke.imports.models import ImportRun
from liuke.imports.tests.conftest import Imported, reasons, rows
from liuke.sales.models import Order, OrderLine

pytestmark = pytest.mark.django_db


def test_lines_of_one_order_are_kept_exact_doubles_too(imported: Imported) -> None:
    run = imported(
        rows(
            "C1,2026-03-04 10:00,A1,tea,2,50",
            "C1,2026-03-04 10:00,A1,tea,2,50",
            "C1,2026-03-04 10:00,A1,cup,1,30.5",
        )
    )
    order = Order.objects.get()
    assert order.total == Decimal("230.50")
    assert [line.amount for line in order.lines.all()] == [100, 100, Decimal("30.50")]
    assert [line.product.code for line in order.lines.all() if line.product] == [
        "tea",
        "tea",
        "cup",
    ]
    assert (run.counts["orders"], run.counts["lines"], run.counts["sales"]) == (1, 3, "230.50")


def test_a_naive_time_is_the_firms_wall_time(imported: Imported) -> None:
    imported(rows("C1,2026-03-04 01:00,A1,tea,1,5"))
    order = Order.objects.get()
    assert order.occurred_at == datetime(2026, 3, 3, 17, tzinfo=UTC)
    assert order.day == date(2026, 3, 4)


def test_the_earliest_time_of_an_order_counts(imported: Imported) -> None:
    imported(rows("C1,2026-03-04 10:05,A1,tea,1,5", "C1,2026-03-04 10:01,A1,cup,1,5"))
    assert clock.day_of(Order.objects.get().occurred_at) == date(2026, 3, 4)
    assert Order.objects.get().occurred_at.minute == 1


def test_negative_quantities_become_a_return(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,R1,tea,-2,50"))
    order = Order.objects.get()
    assert (order.kind, order.number, order.total) == ("return", "R1", Decimal(-100))
    assert (run.counts["returns"], run.counts["return_lines"]) == (1, 1)
    assert run.counts["returned"] == "100.00"


def test_a_mixed_order_becomes_a_sale_and_a_return(imported: Imported) -> None:
    imported(rows("C1,2026-03-04,A1,tea,3,50", "C1,2026-03-04,A1,cup,-1,30"))
    found = Order.objects.order_by("kind").values_list("kind", "number", "total")
    assert list(found) == [("return", "A1", Decimal(-30)), ("sale", "A1", Decimal(150))]


def test_amounts_alone_make_totals_without_lines(imported: Imported) -> None:
    imported("customer,date,order,amount\nC1,2026-03-04,A1,100\nC1,2026-03-04,A1,20.5\n")
    assert Order.objects.get().total == Decimal("120.50")
    assert not OrderLine.objects.exists()


def test_rows_without_customer_are_counted_and_left_out(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,1,5", ",2026-03-04,A2,tea,1,5", ",,,,,合计"))
    assert run.counts["without_customer"] == 2
    assert run.counts["rejected"] == 0
    assert Order.objects.count() == 1


def test_a_row_without_money_is_left_out_alone(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,2,50", "C1,2026-03-04,A1,gift,1,0"))
    assert reasons(run) == {3: "zero"}
    assert Order.objects.get().total == 100


def test_a_free_visit_is_a_visit(imported: Imported) -> None:
    run = imported("customer,date,order,amount\nC1,2026-03-04,V1,0\n", kind="visit")
    assert Order.objects.get().kind == "visit"
    assert run.counts["customers"] == 1


def test_a_bad_row_puts_its_whole_order_out_and_no_other(imported: Imported) -> None:
    run = imported(
        rows(
            "C1,2026-03-04,A1,tea,2,50",
            "C1,2026-02-30,A1,cup,1,30",
            "C1,2026-03-05,A2,tea,1,5",
        )
    )
    assert reasons(run) == {3: "date", 2: "sibling"}
    assert run.counts["errors"][1]["reason"] == "Left out with row 3 of the same order"
    assert [order.number for order in Order.objects.all()] == ["A2"]


def test_one_number_with_two_customers_is_out(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,2,50", "C2,2026-03-04,A1,cup,1,30"))
    assert reasons(run) == {2: "two_customers", 3: "two_customers"}
    assert not Order.objects.exists()
    assert not Customer.objects.filter(code__in=["C1", "C2"]).exists()


def test_an_order_with_a_customer_in_some_rows_only_is_out(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,2,50", ",2026-03-04,A1,cup,1,30"))
    assert reasons(run) == {3: "gap", 2: "sibling"}


BAD_ROWS: dict[str, tuple[str, str, str]] = {
    "impossible date": ("C1,2026-02-30,A1,tea,1,5", "date", "date"),
    "no date": ("C1,,A1,tea,1,5", "empty", "date"),
    "far future": ("C1,2099-01-01,A1,tea,1,5", "future", "date"),
    "absurd year": ("C1,0026-03-04,A1,tea,1,5", "early", "date"),
    "text in price": ("C1,2026-03-04,A1,tea,1,five", "number", "price"),
    "no quantity": ("C1,2026-03-04,A1,tea,,5", "empty", "quantity"),
    "percent": ("C1,2026-03-04,A1,tea,1,5%", "percent", "price"),
    "huge": ("C1,2026-03-04,A1,tea,1,999999999999", "huge", "price"),
    "both negative": ("C1,2026-03-04,A1,tea,-1,-5", "signs", "quantity"),
    "formula": ("C1,2026-03-04,A1,=1+1,1,5", "formula", "product"),
    "formula as customer": ("@SUM(A1),2026-03-04,A1,tea,1,5", "formula", "customer"),
    "too long": (f"C1,2026-03-04,A1,{'x' * 61},1,5", "long", "product"),
    "too many cells": ("C1,2026-03-04,A1,tea,1,5,6", "wide", ""),
    "rounds to nothing": ("C1,2026-03-04,A1,tea,1,0.001", "zero_total", ""),
}


@pytest.mark.parametrize("kind", BAD_ROWS)
def test_a_bad_row_is_named_with_its_column(imported: Imported, kind: str) -> None:
    row, code, column = BAD_ROWS[kind]
    run = imported(rows("C9,2026-03-04,A9,tea,1,5", row))
    [error] = run.counts["errors"]
    assert (error["row"], error["code"], error["column"]) == (3, code, column)
    assert error["reason"]
    assert error["remedy"]
    assert [order.number for order in Order.objects.all()] == ["A9"]


def test_what_spreadsheets_wrap_around_a_number_is_taken_off(imported: Imported) -> None:
    imported('customer,date,amount\n"=""00123""",2026-03-04,5\n\'00124,2026-03-04,5\n')
    codes = Customer.objects.exclude(code="").values_list("code", flat=True)
    assert sorted(codes) == ["00123", "00124"]


def test_rejected_rows_are_a_file_that_is_safe_to_open(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,1,five", "=cmd|' /C calc'!A0,2026-03-04,A2,-x,-1,5"))
    raw = run.rejects_file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert lines[0][:4] == ["Row", "Column", "Reason", "What to do"]
    assert lines[1][0] == "2"
    assert lines[1][-1] == "five"
    assert lines[2][4].startswith("'=cmd")
    assert lines[2][-3:] == ["'-x", "-1", "5"]


def test_another_content_under_a_known_number_is_refused_whole(imported: Imported) -> None:
    imported(rows("C1,2026-03-04,A1,tea,2,50"))
    run = imported(
        rows(
            "C1,2026-03-04,A1,tea,3,50",
            "C1,2026-03-04,A1,cup,-1,30",
            "C2,2026-03-05,A2,tea,1,5",
        )
    )
    assert reasons(run) == {2: "conflict", 3: "conflict"}
    assert "A1" in run.counts["errors"][0]["reason"]
    assert sorted(Order.objects.values_list("number", "total")) == [
        ("A1", Decimal(100)),
        ("A2", Decimal(5)),
    ]


def test_the_dry_run_foresees_what_the_run_does(checked: Imported, imported: Imported) -> None:
    imported(rows("C1,2026-03-04,A1,tea,2,50", "C1,2026-03-05,A2,tea,2,50"))
    before = Order.objects.count()
    file = rows(
        "C1,2026-03-04,A1,tea,3,50",
        "C1,2026-03-05,A2,tea,2,50",
        "C3,2026-03-05,A3,tea,1,5",
        "C3,2026-03-06,A4,tea,-1,5",
        ",2026-03-06,A5,tea,1,5",
        "C3,2026-03-06,A6,tea,x,5",
    )
    foreseen = checked(file)
    assert Order.objects.count() == before
    assert not Customer.objects.filter(code="C3").exists()
    assert imported(file).counts == foreseen.counts


def test_a_file_of_which_nothing_can_be_imported(checked: Imported) -> None:
    run = checked(rows("C1,2026-02-30,A1,tea,1,5"))
    assert (run.total, run.counts["rejected"], run.may_run) == (0, 1, False)


def test_names_are_given_to_new_customers(imported: Imported) -> None:
    imported("客户编号,客户姓名,日期,金额\n001,王海涛,2026-03-04,5\n".encode("gb18030"))
    assert Customer.objects.get(code="001").name == "王海涛"


def test_the_past_makes_purchase_days(imported: Imported) -> None:
    run = imported(rows("C1,2026-03-04,A1,tea,2,50", "C1,2026-04-04,A2,tea,2,50"))
    state = Customer.objects.get(code="C1").state
    assert (state.purchase_days, state.last_purchase_on) == (2, date(2026, 4, 4))
    assert ImportRun.objects.get(pk=run.pk).status == "done"
    assert [path.name for path in run.folder.iterdir()] == []


def test_the_latest_telephone_of_a_new_customer_comes_along(imported: Imported) -> None:
    header = "customer,date,order,amount,phone"
    imported(
        rows(
            "C1,2026-03-04,A1,5,13800138000",
            "C1,2026-05-04,A2,5,13900139000",
            "C1,2026-04-04,A3,5,",
            header=header,
        )
    )
    assert [way.value for way in ContactPoint.objects.all()] == ["13900139000"]
    assert Order.objects.count() == 3


def test_what_was_cancelled_or_refunded_is_no_sale(imported: Imported) -> None:
    header = "customer,date,order,amount,订单状态"
    run = imported(
        rows(
            "C1,2026-03-04,A1,5,已完成",
            "C1,2026-03-05,A2,5,已退款",
            "C1,2026-03-06,A3,5,部分退款",
            "C1,2026-03-07,A4,-5,已退货",
            "C1,2026-03-08,A5,5,Cancelled",
            header=header,
        )
    )
    assert set(Order.objects.values_list("number", flat=True)) == {"A1", "A3", "A4"}
    assert reasons(run) == {3: "undone", 6: "undone"}
