"""The order form and the order's page: what is typed, what is refused, and what it says."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer
from liuke.customers.services import save_asset
from liuke.sales.models import Order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
MISTAKE = "Why void it?"


@pytest.fixture(autouse=True)
def _today(on_day) -> None:
    on_day(TODAY)


@pytest.fixture
def wang(customer) -> Customer:
    return customer("王海涛")


@pytest.fixture
def record(signed_in, wang):
    """Post the order form: `record(total="300")`, `record(("tea", 2, 50), number="A1")`."""

    def post(*lines: tuple[str, Any, Any], **fields: Any):
        typed = {
            "kind": "sale", "occurred_at": "2026-05-30T10:30", "number": "", "total": "",
            "note": "", "lines-TOTAL_FORMS": max(3, len(lines)), "lines-INITIAL_FORMS": 0,
        }  # fmt: skip
        for place, line in enumerate(lines):
            for name, value in zip(("text", "quantity", "price"), line, strict=True):
                typed[f"lines-{place}-{name}"] = value
        url = reverse("order-new", args=[wang.pk])
        return signed_in.post(url, typed | fields, follow=True)

    return post


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def errors(page) -> dict[str, list[str]]:
    return dict(page.context["form"].errors)


def test_an_order_with_an_amount(record, wang) -> None:
    answer = record(total="300.50", number="A1", note="paid in cash")
    assert answer.redirect_chain == [(reverse("customer", args=[wang.pk]), 302)]
    assert said(answer) == ["Recorded."]
    order = Order.objects.get()
    assert (order.kind, order.number, order.total) == ("sale", "A1", Decimal("300.50"))
    assert order.note == "paid in cash"
    assert clock.day_of(order.occurred_at) == order.day == date(2026, 5, 30)
    assert timezone_hour(order.occurred_at) == 10, "typed in the firm's zone"


def timezone_hour(moment: datetime) -> int:
    return (moment - clock.start_of(clock.day_of(moment))).seconds // 3600


def test_an_order_with_lines_adds_them_up(record) -> None:
    record(("oil", 2, "49.90"), ("filter", "", "35"), ("", "", ""))
    order = Order.objects.get()
    assert order.total == Decimal("134.80")
    assert list(order.lines.values_list("text", "quantity", "price", "amount")) == [
        ("oil", Decimal(2), Decimal("49.90"), Decimal("99.80")),
        ("filter", Decimal(1), Decimal(35), Decimal(35)),
    ]


def test_lines_go_before_an_amount(record) -> None:
    record(("oil", 1, 50), total="999")
    assert Order.objects.get().total == 50


def test_a_return_is_typed_with_positive_figures(record) -> None:
    record(kind="return", total="80")
    record(("oil", 2, 30), kind="return")
    assert [order.total for order in Order.objects.order_by("pk")] == [-80, -60]
    assert Order.objects.last().lines.get().quantity == -2


def test_a_visit_may_be_free(record) -> None:
    record(kind="visit", total="0")
    assert (Order.objects.get().kind, Order.objects.get().total) == ("visit", 0)


def test_the_same_number_again_says_it_is_known(record) -> None:
    record(total="300", number="A1")
    assert said(record(total="300", number="A1")) == ["This order was already recorded."]
    assert Order.objects.count() == 1


def test_a_number_with_other_content_explains_itself(record) -> None:
    record(total="300", number="A1")
    page = record(total="310", number="A1", note="second try")
    assert page.status_code == 422
    assert errors(page) == {
        "number": [
            "Number A1 is already recorded with 300.00 instead of 310.00. Void the recorded one "
            "first, or use another number."
        ]
    }
    assert "second try" in page.content.decode()
    assert Order.objects.get().total == 300


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"occurred_at": "2026-06-02T00:00"}, "occurred_at", "This is in the future."),
        ({"occurred_at": "9999-12-31T23:59"}, "occurred_at", "This is in the future."),
        ({"occurred_at": "0001-01-01T00:00"}, "occurred_at", "Enter a valid date/time."),
        ({"occurred_at": "soon"}, "occurred_at", "Enter a valid date/time."),
        ({"total": ""}, "__all__", "An order needs an amount or at least one line."),
        ({"total": "0"}, "__all__", "An order of zero is not a purchase."),
        ({"total": "-5"}, "total", "greater than or equal to 0"),
        ({"total": "much"}, "total", "Enter a number."),
        ({"total": "9" * 13}, "total", "no more than 12 digits before"),
        ({"number": "1" * 61}, "number", "at most 60 characters"),
        ({"kind": "gift"}, "kind", "Select a valid choice."),
    ],
)
def test_a_refused_order_says_what_to_do_and_keeps_the_text(record, fields, field, message) -> None:
    page = record(**({"total": "300", "note": "keep me"} | fields))
    assert page.status_code == 422
    assert message in errors(page)[field][0]
    assert message in page.content.decode()
    assert "keep me" in page.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("oil", 2, ""), "A line needs a price."),
        (("oil", "two", 5), "Enter a number."),
        (("oil", 1, "-5"), "greater than or equal to 0"),
        (("o" * 201, 1, 5), "at most 200 characters"),
        (("oil", "99999999999", "999999999999"), "no more than 12 digits in total"),
    ],
)
def test_an_impossible_line_is_refused(record, line, message) -> None:
    page = record(("tea", 1, 5), line)
    assert page.status_code == 422
    assert message in str([row.errors for row in page.context["lines"]])
    assert message in page.content.decode()
    assert not Order.objects.exists()


def test_what_is_planned_for_this_evening_may_be_recorded(record) -> None:
    record(total="300", occurred_at="2026-06-01T23:30")
    assert Order.objects.count() == 1


def test_the_form_starts_with_now_and_the_only_car(signed_in, owner, wang) -> None:
    url = reverse("order-new", args=[wang.pk])
    form = signed_in.get(url).context["form"]
    assert (form["kind"].value(), form["asset"].value()) == ("sale", None)
    assert "2026-06-01T12:00" in str(form["occurred_at"])
    car = save_asset(actor=owner, customer_id=wang.pk, values={"name": "途观"})
    form = signed_in.get(url).context["form"]
    assert (form["kind"].value(), form["asset"].value()) == ("visit", car.pk)
    save_asset(actor=owner, customer_id=wang.pk, values={"name": "朗逸"})
    assert signed_in.get(url).context["form"]["asset"].value() is None


def test_a_car_out_of_service_or_of_somebody_else_is_no_choice(
    signed_in, owner, wang, customer
) -> None:
    make = {"actor": owner, "customer_id": wang.pk}
    gone = save_asset(**make, values={"name": "旧车", "retired_on": TODAY - timedelta(days=9)})
    here = save_asset(**make, values={"name": "途观"})
    save_asset(actor=owner, customer_id=customer("李娜").pk, values={"name": "别人的"})
    url = reverse("order-new", args=[wang.pk])
    form = signed_in.get(url).context["form"]
    assert list(form.fields["asset"].queryset) == [here]
    typed = {"kind": "sale", "occurred_at": "2026-05-30T10:30", "total": "5", "asset": gone.pk}
    page = signed_in.post(url, typed | {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0})
    assert page.status_code == 422
    assert "Select a valid choice." in errors(page)["asset"][0]
    assert not Order.objects.exists()


def test_an_order_is_read_with_its_lines(signed_in, record) -> None:
    record(("<b>oil</b>", 2, "49.90"), number="A1")
    text = signed_in.get(reverse("order", args=[Order.objects.get().pk])).content.decode()
    assert "A1" in text
    assert "&lt;b&gt;oil&lt;/b&gt;" in text
    assert "99.80" in text


def test_an_order_is_voided_only_with_a_reason(signed_in, record, wang) -> None:
    record(total="300", number="A1")
    order = Order.objects.get()
    url = reverse("order-void", args=[order.pk])
    assert MISTAKE in signed_in.get(reverse("order", args=[order.pk])).content.decode()
    refused = signed_in.post(url, {"reason": "  "}, follow=True)
    assert refused.redirect_chain == [(reverse("order", args=[order.pk]), 302)]
    assert said(refused) == ["Say why, so that others understand it later."]
    assert Order.objects.exists()

    done = signed_in.post(url, {"reason": "entered twice"}, follow=True)
    assert done.redirect_chain == [(reverse("customer", args=[wang.pk]), 302)]
    assert said(done) == ["The order is voided. The log keeps it with your reason."]
    assert not Order.objects.exists()
    entry = JournalEntry.objects.get(verb="order.voided")
    assert (entry.after["reason"], entry.before["number"]) == ("entered twice", "A1")
    assert signed_in.post(url, {"reason": "again"}).status_code == 404


def test_looking_voids_nothing(signed_in, record) -> None:
    record(total="300")
    assert signed_in.get(reverse("order-void", args=[Order.objects.get().pk])).status_code == 405


def test_who_may_not_record_is_not_offered_to_void(record, person) -> None:
    record(total="300")
    agent = Client()
    agent.force_login(person(Role.AGENT, own_scope="all"))
    text = agent.get(reverse("order", args=[Order.objects.get().pk])).content.decode()
    assert MISTAKE not in text
