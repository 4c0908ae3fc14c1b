"""Orders, visits and returns as they are recorded: days, money, lines, reactions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from liuke.churn.rules.kinds import DaysWithoutOrder
from liuke.churn.services import save_rule
from liuke.core import announce as machinery
from liuke.core.models import JournalEntry
from liuke.customers.models import CustomerState
from liuke.facts import OrdersRecorded
from liuke.sales.models import Order, OrderLine, Product
from liuke.sales.rules import line_amount, worth
from liuke.sales.tests.conftest import NOON, line

DAY = timedelta(days=1)


@pytest.mark.django_db
class TestDays:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (datetime(2026, 3, 31, 17, 30, tzinfo=UTC), date(2026, 4, 1)),
            (datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
            (datetime(2026, 3, 31, 16, tzinfo=UTC), date(2026, 4, 1)),
        ],
    )
    def test_the_day_is_the_date_in_the_firms_zone(
        self, customer, order, record, moment, day
    ) -> None:
        wang = customer("王海涛")
        record(order(wang, occurred_at=moment))
        assert Order.objects.get().day == day
        assert CustomerState.objects.get(pk=wang.pk).last_purchase_on == day

    def test_stage_follows_purchase_days_not_orders(self, customer, order, record) -> None:
        wang = customer("王海涛")
        for later, stage, days in ((0, "first", 1), (0, "first", 1), (1, "returning", 2)):
            record(order(wang, occurred_at=NOON + later * DAY))
            state = CustomerState.objects.get(pk=wang.pk)
            assert (state.stage, state.purchase_days) == (stage, days)
        assert (state.first_purchase_on, state.last_purchase_on) == (
            date(2026, 3, 1),
            date(2026, 3, 2),
        )

    def test_a_free_visit_is_a_purchase_day(self, customer, order, record) -> None:
        wang = customer("王海涛")
        record(order(wang, 0, kind="visit"))
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.stage, state.purchase_days, state.value_total) == ("first", 1, 0)

    def test_a_return_is_never_a_purchase_day_but_lowers_the_value(
        self, customer, order, record
    ) -> None:
        wang = customer("王海涛")
        record(order(wang, 100), order(wang, -30, kind="return", occurred_at=NOON + DAY))
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.purchase_days, state.stage) == (1, "first")
        assert (state.last_purchase_on, state.value_total, state.value_year) == (
            date(2026, 3, 1),
            70,
            70,
        )

    def test_who_only_returned_something_never_bought(self, customer, order, record) -> None:
        wang = customer("王海涛")
        record(order(wang, -30, kind="return"))
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.stage, state.purchase_days, state.value_total) == ("potential", 0, -30)


@pytest.mark.django_db
class TestMoney:
    def test_an_order_is_what_its_lines_come_to(self, customer, order, record) -> None:
        lines = [
            line(2, "9.99", "P-1", "机油"),
            line("0.5", "3.33", "P-2", "工时"),
            line(2, "9.99", "P-1", "机油"),
        ]
        record(order(customer("王海涛"), lines=lines))
        stored = Order.objects.get()
        amounts = list(stored.lines.values_list("position", "text", "amount"))
        assert amounts == [
            (1, "机油", Decimal("19.98")),
            (2, "工时", Decimal("1.67")),
            (3, "机油", Decimal("19.98")),
        ]
        assert stored.total == sum(amount for _p, _t, amount in amounts) == Decimal("41.63")

    def test_a_product_is_made_once_and_named_by_its_first_line(
        self, customer, order, record
    ) -> None:
        wang = customer("王海涛")
        record(order(wang, lines=[line(1, 5, "P-1", "机油"), line(1, 6, "P-1", "机油滤芯")]))
        record(order(wang, lines=[line(1, 5, "P-1"), line(1, 5)]))
        product = Product.objects.get()
        assert (product.code, product.name) == ("P-1", "机油")
        assert OrderLine.objects.filter(product=product).count() == 3

    def test_totals_are_kept_to_the_cent(self, customer, order, record) -> None:
        record(order(customer("王海涛"), "9.990"))
        assert Order.objects.get().total == Decimal("9.99")

    @pytest.mark.parametrize(("kind", "total"), [("return", 1), ("sale", -1), ("visit", -1)])
    def test_the_database_knows_that_the_sign_fits_the_kind(self, customer, kind, total) -> None:
        wang = customer("王海涛")
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.create(
                customer=wang, kind=kind, total=total, occurred_at=NOON, day=date(2026, 3, 1)
            )


@given(
    st.lists(
        st.tuples(
            st.decimals(-999, 999, places=3, allow_nan=False),
            st.decimals(0, 9999, places=4, allow_nan=False),
        ),
        max_size=5,
    )
)
def test_a_line_is_rounded_half_up_whatever_its_sign(lines) -> None:
    for quantity, price in lines:
        amount = line_amount(quantity, price)
        assert abs(amount - quantity * price) <= Decimal("0.005")
        assert amount == -line_amount(-quantity, price)


def test_half_a_cent_is_a_cent() -> None:
    assert line_amount(Decimal("0.5"), Decimal("0.01")) == Decimal("0.01")
    assert line_amount(Decimal("1"), Decimal("0.0050")) == Decimal("0.01")


class TestWorth:
    """Value of a year: the twelve months up to the last purchase day, net of returns."""

    FIRST = date(2025, 3, 1)

    def test_what_is_older_than_a_year_before_the_last_purchase_is_not_in_the_year(self) -> None:
        last = self.FIRST + 365 * DAY
        sums = worth(
            [
                (self.FIRST, Decimal(100), True),
                (self.FIRST + DAY, Decimal(10), True),
                (last, Decimal(1), True),
            ]
        )
        assert (sums.total, sums.year, sums.days, sums.first, sums.last) == (
            111,
            11,
            3,
            self.FIRST,
            last,
        )

    def test_a_return_after_the_last_purchase_lowers_the_year(self) -> None:
        sums = worth(
            [(self.FIRST, Decimal(100), True), (self.FIRST + 40 * DAY, Decimal(-30), False)]
        )
        assert (sums.year, sums.last) == (70, self.FIRST)

    def test_who_never_bought_is_worth_no_year(self) -> None:
        sums = worth([(self.FIRST, Decimal(-30), False)])
        assert (sums.days, sums.first, sums.total, sums.year) == (0, None, -30, 0)
        assert worth([]).total == 0


@pytest.mark.django_db
class TestReactions:
    def test_a_recorded_order_sets_stage_and_clock_at_once(
        self, customer, order, record, on_day
    ) -> None:
        on_day(date(2026, 3, 2))
        save_rule(actor=None, content=DaysWithoutOrder(60, 90))
        wang = customer("王海涛")
        record(order(wang))
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.stage, state.at_risk_at, state.clocks) == ("first", date(2026, 4, 30), 1)

    def test_a_failing_reaction_undoes_everything(
        self, customer, order, record, monkeypatch
    ) -> None:
        def fails(_fact: OrdersRecorded) -> None:
            raise ValueError("发票机坏了")

        table = machinery._reactions()
        broken = {**table, OrdersRecorded: (*table[OrdersRecorded], fails)}
        monkeypatch.setattr(machinery, "_reactions", lambda: broken)
        wang, entries = customer("王海涛"), JournalEntry.objects.count()
        with pytest.raises(ValueError, match="发票机坏了"):
            record(order(wang, lines=[line(1, 5, "P-1")]))
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.purchase_days, state.stage) == (0, "potential")
        assert not Order.objects.exists()
        assert not Product.objects.exists()
        assert JournalEntry.objects.count() - entries == 0

    def test_the_journal_keeps_who_recorded_what(self, customer, order, record, owner) -> None:
        wang = customer("王海涛")
        record(order(wang, 300, "SO-1"))
        entry = JournalEntry.objects.latest("pk")
        assert (entry.verb, entry.actor_id, entry.customer_id) == (
            "order.recorded",
            owner.pk,
            wang.pk,
        )
        assert entry.after == {
            "kind": "sale",
            "number": "SO-1",
            "day": "2026-03-01",
            "total": "300.00",
            "origin": "form",
        }
