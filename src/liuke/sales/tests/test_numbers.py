"""An order number is used once; the same content again is no news, other content a conflict."""

from datetime import timedelta, timezone

import pytest

from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.services import save_asset
from liuke.sales import queries
from liuke.sales.models import Order
from liuke.sales.services import record_orders
from liuke.sales.tests.conftest import NOON, line

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def wang(customer):
    return customer("王海涛")


def test_the_same_again_changes_nothing(wang, order, record) -> None:
    first = record(order(wang, 300, "SO-1"))
    entries = JournalEntry.objects.count()
    again = record(order(wang, 300, "SO-1"))
    assert (first.created, first.ids) == ([0], [Order.objects.get().pk])
    assert (again.created, again.unchanged, again.conflicts, again.ids) == ([], [0], [], [])
    assert JournalEntry.objects.count() == entries


def test_lines_in_another_order_are_the_same_content(wang, order, record) -> None:
    oil, filter_ = line(2, "9.99", "P-1", "机油"), line(1, 30, "P-2", "滤芯")
    record(order(wang, number="SO-1", lines=[oil, filter_]))
    assert record(order(wang, number="SO-1", lines=[filter_, oil])).unchanged == [0]


def test_figures_written_otherwise_are_the_same_content(wang, order, record) -> None:
    record(order(wang, number="SO-1", lines=[line("2.000", "10.00", "P-1")]))
    assert record(order(wang, number="SO-1", lines=[line(2, "1E+1", "P-1")])).unchanged == [0]
    record(order(wang, "10.00", "SO-2"))
    assert record(order(wang, "10", "SO-2")).unchanged == [0]


def test_the_same_moment_in_another_zone_is_the_same_content(wang, order, record) -> None:
    record(order(wang, number="SO-1"))
    there = NOON.astimezone(timezone(timedelta(hours=8)))
    assert record(order(wang, number="SO-1", occurred_at=there)).unchanged == [0]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"total": 400}, "with 300.00 instead of 400.00"),
        ({"occurred_at": NOON + DAY}, "on 2026-03-01 instead of 2026-03-02"),
        ({"occurred_at": NOON + DAY / 24}, "at another time of that day"),
        ({"lines": [line(1, 300, "P-2")]}, "with other lines"),
    ],
)
def test_other_content_is_a_conflict_that_says_what_differs(
    wang, order, record, other, what
) -> None:
    record(order(wang, number="SO-1", lines=[line(1, 300, "P-1")]))
    given = {"total": 300, "lines": [line(1, 300, "P-1")], **other}
    if "total" in other:
        given["lines"] = []
    result = record(order(wang, number="SO-1", **given))
    (conflict,) = result.conflicts
    assert conflict.index == 0
    assert conflict.message.startswith("Number SO-1 is already recorded ")
    assert what in conflict.message
    assert "Void the recorded one first" in conflict.message
    assert Order.objects.get().total == 300


def test_a_number_of_another_customer_is_a_conflict(wang, customer, order, record) -> None:
    record(order(wang, 300, "SO-1"))
    (conflict,) = record(order(customer("李娜"), 300, "SO-1")).conflicts
    assert "for another customer" in conflict.message


def test_a_conflict_keeps_nothing_else_of_the_batch_from_being_recorded(
    wang, order, record
) -> None:
    record(order(wang, 300, "SO-1"))
    result = record(order(wang, 1, "SO-0"), order(wang, 400, "SO-1"), order(wang, 2, "SO-2"))
    assert (result.created, [c.index for c in result.conflicts]) == ([0, 2], [1])
    assert set(Order.objects.values_list("number", flat=True)) == {"SO-0", "SO-1", "SO-2"}


def test_one_number_twice_in_a_batch(wang, order, record) -> None:
    result = record(order(wang, 300, "SO-1"), order(wang, 300, "SO-1"), order(wang, 400, "SO-1"))
    assert (result.created, result.unchanged) == ([0], [1])
    assert [conflict.index for conflict in result.conflicts] == [2]
    assert "300.00 instead of 400.00" in result.conflicts[0].message
    assert Order.objects.count() == 1


def test_one_number_twice_in_a_batch_however_far_apart(wang, order, record) -> None:
    others = [order(wang, 5, f"SO-{n}") for n in range(1200)]
    result = record(order(wang, 300, "A"), *others, order(wang, 300, "A"), order(wang, 4, "A"))
    assert (len(result.created), result.unchanged) == (1201, [1201])
    assert [conflict.index for conflict in result.conflicts] == [1202]


def test_a_sale_and_its_return_share_a_number(wang, order, record) -> None:
    sale, back = order(wang, 300, "SO-1"), order(wang, -300, "SO-1", kind="return")
    assert record(sale, back).created == [0, 1]
    assert record(sale, back).unchanged == [0, 1]


def test_without_a_number_every_order_is_a_new_one(wang, order, record) -> None:
    assert record(order(wang, 300), order(wang, 300), order(wang, 300, "  ")).created == [0, 1, 2]
    assert Order.objects.filter(number="").count() == 3


def test_spaces_around_a_number_do_not_make_another(wang, order, record) -> None:
    record(order(wang, 300, "SO-1"))
    assert record(order(wang, 300, " SO-1 ")).unchanged == [0]


def test_a_number_taken_in_the_same_moment_is_refused_in_words(
    wang, order, record, monkeypatch
) -> None:
    """Somebody records it between our look and our write."""
    record(order(wang, 300, "SO-1"))
    monkeypatch.setattr(queries, "recorded_under", lambda numbers: {})
    with pytest.raises(Refused, match="recorded by somebody else a moment ago"):
        record(order(wang, 300, "SO-1"))
    assert Order.objects.count() == 1


def test_of_two_who_record_one_number_at_once_one_order_stays(wang, owner, order, at_once) -> None:
    def act():
        return record_orders(actor=owner, orders=[order(wang, 300, "SO-1")])

    outcomes = at_once(act, act)
    assert at_once(Order.objects.count) == [1]
    assert sorted(len(each.created) for each in outcomes) == [0, 1]
    assert at_once(lambda: type(wang).objects.get(pk=wang.pk).state.value_total) == [300]


def test_two_who_record_for_one_customer_at_once_both_count(wang, owner, order, at_once) -> None:
    def act(number: str):
        return lambda: record_orders(actor=owner, orders=[order(wang, 300, number)])

    assert [each.created for each in at_once(act("SO-1"), act("SO-2"), act("SO-3"))] == [[0]] * 3
    assert at_once(lambda: type(wang).objects.get(pk=wang.pk).state.value_total) == [900]


def test_the_same_visit_of_another_car_is_a_conflict(wang, owner, order, record) -> None:
    first, second = (
        save_asset(actor=owner, customer_id=wang.pk, values={"name": name})
        for name in ("途观", "朗逸")
    )
    record(order(wang, 300, "SO-1", asset_id=first.pk))
    assert record(order(wang, 300, "SO-1", asset_id=first.pk)).unchanged == [0]
    (conflict,) = record(order(wang, 300, "SO-1", asset_id=second.pk)).conflicts
    assert "for another asset" in conflict.message
