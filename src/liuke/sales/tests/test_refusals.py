"""What is no order, who may not record one, and for whom not."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from liuke.accounts.rules import Role
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, CustomerState
from liuke.customers.services import create_customer, save_asset
from liuke.sales.models import Order
from liuke.sales.services import record_orders, void_order
from liuke.sales.tests.conftest import line

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"total": None}, "needs an amount or at least one line"),
        ({"total": 0}, "order of zero is not a purchase"),
        ({"total": "0.001"}, "order of zero is not a purchase"),
        ({"total": -5}, "A return has a negative amount"),
        ({"total": -5, "kind": "visit"}, "A return has a negative amount"),
        ({"total": 5, "kind": "return"}, "A return has a negative amount"),
    ],
)
def test_what_is_no_order_is_refused_and_nothing_is_recorded(
    customer, order, record, given, message
) -> None:
    wang = customer("王海涛")
    with pytest.raises(ValidationError, match=message):
        record(order(wang, 100), order(wang, **given))
    assert not Order.objects.exists()


def test_the_asset_of_another_customer_is_refused(customer, order, record, owner) -> None:
    wang, li = customer("王海涛"), customer("李娜")
    car = save_asset(actor=owner, customer_id=li.pk, values={"name": "途观", "serial": "沪A12345"})
    with pytest.raises(ValidationError, match="belongs to another customer"):
        record(order(wang, asset_id=car.pk))
    record(order(li, asset_id=car.pk))
    assert Order.objects.get().asset == car


def test_also_when_the_batch_names_it_rightly_as_well(customer, order, record, owner) -> None:
    wang, li = customer("王海涛"), customer("李娜")
    car = save_asset(actor=owner, customer_id=li.pk, values={"name": "途观"})
    for orders in (
        [order(wang, asset_id=car.pk), order(li, asset_id=car.pk)],
        [order(li, asset_id=car.pk), order(wang, asset_id=car.pk)],
    ):
        with pytest.raises(ValidationError, match="belongs to another customer"):
            record(*orders)
    assert not Order.objects.exists()


def test_an_asset_that_does_not_exist_is_refused(customer, order, record) -> None:
    with pytest.raises(ValidationError, match="belongs to another customer"):
        record(order(customer("王海涛"), asset_id=4711))


def test_a_customer_that_does_not_exist_is_refused(customer, order, record) -> None:
    with pytest.raises(Refused, match="no longer exists"):
        record(order(Customer(pk=4711)))


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_who_may_not_record_orders_records_none(customer, order, record, person, role) -> None:
    with pytest.raises(PermissionDenied, match="may not record orders and visits"):
        record(order(customer("王海涛")), actor=person(role))
    assert not Order.objects.exists()


def test_a_customer_outside_the_scope_is_not_found(customer, order, record, person) -> None:
    wang, seller = customer("王海涛"), person(Role.SELLER)
    mine = create_customer(actor=seller, values={"name": "李娜"})
    with pytest.raises(Refused, match="no longer exists"):
        record(order(mine), order(wang), actor=seller)
    assert not Order.objects.exists()
    assert record(order(mine), actor=seller).created == [0]


def test_the_system_itself_records_for_everybody(customer, order) -> None:
    assert record_orders(actor=None, orders=[order(customer("王海涛"))]).created == [0]


def test_nothing_to_record_is_nothing(record) -> None:
    assert record().ids == []


class TestVoid:
    def test_the_journal_keeps_the_row_with_the_reason(
        self, customer, order, record, owner
    ) -> None:
        wang = customer("王海涛")
        (pk,) = record(order(wang, number="SO-1", lines=[line(2, 50, "P-1", "机油")])).ids
        void_order(actor=owner, order_id=pk, reason=" 记错了客户 ")
        entry = JournalEntry.objects.latest("pk")
        assert (entry.verb, entry.subject_id, entry.customer_id) == ("order.voided", pk, wang.pk)
        assert entry.after == {"reason": "记错了客户"}
        assert entry.before["number"] == "SO-1"
        assert entry.before["total"] == "100.00"
        assert entry.before["lines"] == [["机油", "100.00"]]

    def test_stage_and_value_follow(self, customer, order, record, owner) -> None:
        wang = customer("王海涛")
        (pk,) = record(order(wang, 300)).ids
        void_order(actor=owner, order_id=pk, reason="记错了")
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.stage, state.purchase_days, state.last_purchase_on) == ("potential", 0, None)
        assert (state.value_total, state.value_year) == (Decimal(0), Decimal(0))

    def test_the_number_is_free_again(self, customer, order, record, owner) -> None:
        wang = customer("王海涛")
        (pk,) = record(order(wang, 300, "SO-1")).ids
        void_order(actor=owner, order_id=pk, reason="金额错了")
        assert record(order(wang, 400, "SO-1")).created == [0]

    def test_without_a_reason_it_stays(self, customer, order, record, owner) -> None:
        (pk,) = record(order(customer("王海涛"))).ids
        with pytest.raises(ValidationError, match="Say why") as refusal:
            void_order(actor=owner, order_id=pk, reason="  ")
        assert set(refusal.value.message_dict) == {"reason"}
        assert Order.objects.exists()

    def test_scope_and_role_decide(self, customer, order, record, person) -> None:
        (pk,) = record(order(customer("王海涛"))).ids
        with pytest.raises(Order.DoesNotExist):
            void_order(actor=person(Role.SELLER), order_id=pk, reason="x")
        with pytest.raises(PermissionDenied):
            void_order(actor=person(Role.AGENT), order_id=pk, reason="x")
        assert Order.objects.exists()
