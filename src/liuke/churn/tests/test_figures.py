"""Every figure of the monthly table: the same however asked, and it opens whom it counts."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.churn.queries import (
    FIGURES,
    Status,
    behind,
    months_of,
    months_under,
    status_of,
    status_under,
)
from liuke.churn.rules.kinds import DaysWithoutOrder, MissedVisits
from liuke.churn.tests.drawing import RULES
from liuke.churn.tests.firm import behind_by_walking, lives, month_ends, undone
from liuke.churn.tests.living import EVENTS, Firm
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to
from liuke.customers.services import create_customer

pytestmark = pytest.mark.django_db
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
TODAY = date(2026, 6, 1)
SIXTY = DaysWithoutOrder(60, 90)


def opened(figure: str, first: date, last: date) -> set[int]:
    return set(Customer.objects.filter(behind(figure, first, last)).values_list("pk", flat=True))


def _opens_whom_it_counts(owner, rule, events) -> None:
    with undone():
        firm = Firm(owner, rule).live(events)
        firm.tick()
        walked = lives(firm.today)
        with clock.set_to(firm.today):
            table = {row.month: row for row in months_of(owner, firm.today)}
            for first, last in month_ends(firm.today, 16):
                row = table.get(f"{first:%Y-%m}")
                for figure in FIGURES:
                    counted = behind_by_walking(figure, walked, first, last)
                    assert (getattr(row, figure) if row else 0) == len(counted), (figure, first)
                    assert opened(figure, first, last) == set(counted), (figure, first)


@settings(max_examples=15, deadline=None, suppress_health_check=CHECKS)
@given(rule=RULES, events=EVENTS)
def test_a_figure_opens_exactly_whom_it_counts(owner, rule, events) -> None:
    _opens_whom_it_counts(owner, rule, events)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
@given(rule=RULES, events=EVENTS)
def test_a_figure_opens_exactly_whom_it_counts_many_times(owner, rule, events) -> None:
    _opens_whom_it_counts(owner, rule, events)


def test_a_figure_that_does_not_exist() -> None:
    with pytest.raises(KeyError, match="weather"):
        behind("weather", TODAY, TODAY)


class TestOneDay:
    """王 bought on 1 January, was lost on 1 April and came back that very day."""

    DAY = date(2026, 4, 1)

    @pytest.fixture(autouse=True)
    def wang(self, customer, buys, rule, on_day):
        on_day(TODAY)
        rule()
        wang = customer("王海涛")
        buys(wang, date(2026, 1, 1), self.DAY)
        return wang

    @pytest.mark.parametrize("figure", ["newly_lost", "recovered"])
    def test_both_crossings_of_the_day_open_the_customer(self, wang, figure) -> None:
        assert opened(figure, self.DAY, self.DAY) == {wang.pk}

    @pytest.mark.parametrize("figure", ["lost_end", "at_risk_end"])
    def test_in_the_evening_only_the_last_crossing_counts(self, figure) -> None:
        assert opened(figure, self.DAY, self.DAY) == set()

    def test_on_the_eve_the_customer_was_at_risk(self, wang) -> None:
        eve = date(2026, 3, 31)
        assert opened("at_risk_end", eve, eve) == {wang.pk}


def test_who_still_comes_after_the_car_left_service_is_not_absent(
    customer, buys, car, rule, on_day, owner
) -> None:
    on_day(TODAY)
    rule()
    wang = customer("王海涛")
    sold = car(wang, retired_on=date(2025, 1, 1))
    buys(wang, date(2024, 6, 1), date(2025, 2, 1), date(2026, 2, 1), asset_id=sold.pk)
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    assert opened("customers", first, last) == {wang.pk}
    assert opened("absent_year", first, last) == set()
    assert opened("absent_year", date(2027, 5, 1), date(2027, 5, 31)) == {wang.pk}
    may = months_of(owner, TODAY)[-2]
    assert (may.month, may.customers, may.absent_year) == ("2026-05", 1, 0)


@pytest.fixture
def firm_of_three(customer, buys, rule, on_day):
    """王 is lost since April, 李 at risk since 1 May, 张 bought yesterday; 赵 never did."""
    on_day(TODAY)
    rule()
    names = ("王海涛", "李娜", "张伟", "赵敏")
    people = {name: customer(name) for name in names}
    buys(people["王海涛"], date(2026, 1, 1))
    buys(people["李娜"], date(2026, 3, 2))
    buys(people["张伟"], date(2025, 12, 1), date(2026, 5, 31))
    return people


def test_status_of_the_firm_by_the_rules_in_force(firm_of_three, owner) -> None:
    expected = Status(active=1, at_risk=0, lost=2, no_clock=1)
    assert status_of(visible_to(owner)) == expected
    assert status_under(None, TODAY) == expected
    assert status_under(SIXTY, TODAY) == expected


def test_status_by_another_rule_and_of_another_day(firm_of_three) -> None:
    assert status_under(DaysWithoutOrder(100, 200), TODAY) == Status(2, 1, 0, 1)
    assert status_under(SIXTY, date(2026, 5, 1)) == Status(0, 1, 2, 1)
    assert status_under(SIXTY, date(2025, 11, 30)) == Status(0, 0, 0, 4)


def test_status_of_a_selection(firm_of_three) -> None:
    chosen = Customer.objects.filter(name__in=["王海涛", "赵敏"])
    assert status_of(chosen) == Status(0, 0, 1, 1)


def test_an_asset_out_of_service_stands_nowhere(firm_of_three, car, retire, owner) -> None:
    retire(car(firm_of_three["张伟"]), TODAY)
    expected = Status(0, 0, 2, 1)
    assert status_of(visible_to(owner)) == status_under(SIXTY, TODAY) == expected


def test_who_sees_everything_sees_the_table_of_the_firm(firm_of_three, owner) -> None:
    assert months_of(owner, TODAY) == months_under(SIXTY, TODAY) == months_under(None, TODAY)
    assert [row.newly_lost for row in months_of(owner, TODAY)] == [0, 0, 0, 1, 1, 1, 0]


def test_a_rule_that_changed_is_not_the_rule_that_always_held(firm_of_three, owner, rule) -> None:
    rule(MissedVisits())
    assert months_of(owner, TODAY) == months_under(None, TODAY)
    assert months_of(owner, TODAY) != months_under(MissedVisits(), TODAY)
    assert months_of(owner, TODAY)[:-1] == months_under(SIXTY, TODAY)[:-1]


def test_a_seller_sees_the_table_of_the_own_customers(firm_of_three, person, buys) -> None:
    seller = person(Role.SELLER)
    assert months_of(seller, TODAY) == []
    mine = create_customer(actor=seller, values={"name": "孙丽"})
    buys(mine, date(2026, 4, 1))
    rows = months_of(seller, TODAY)
    assert [(row.month, row.customers, row.newly_at_risk) for row in rows] == [
        ("2026-04", 1, 0),
        ("2026-05", 1, 1),
        ("2026-06", 1, 0),
    ]
    assert status_of(visible_to(seller)) == Status(0, 1, 0, 0)


def test_a_branch_sees_the_table_of_the_branch(firm_of_three, person, firm, buys) -> None:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    team = Unit.objects.create(kind="team", name="一组", parent=branch)
    manager = person(Role.MANAGER, unit=branch)
    theirs = create_customer(actor=person(Role.SELLER, unit=team), values={"name": "孙丽"})
    buys(theirs, date(2026, 4, 1))
    assert [row.customers for row in months_of(manager, TODAY)] == [1, 1, 1]


class TestSegments:
    @pytest.fixture
    def two(self, customer, buys, on_day):
        on_day(TODAY)
        person = customer("王海涛", kind="person")
        company = customer("顺达物流有限公司", kind="organization")
        for who in (person, company):
            buys(who, date(2026, 1, 1))
        return person, company

    def test_the_table_is_the_sum_of_the_segments(self, two, rule, owner) -> None:
        rule(SIXTY)
        rule(MissedVisits(), applies_to="organization", restate=True)
        assert [row.newly_lost for row in months_of(owner, TODAY)] == [0, 0, 0, 1, 0, 0]
        assert [row.customers for row in months_of(owner, TODAY)] == [2] * 6
        assert status_of(visible_to(owner)) == status_under(None, TODAY) == Status(1, 0, 1, 0)

    def test_a_rule_for_one_kind_alone_says_nothing_of_the_other(self, two, rule, owner) -> None:
        rule(SIXTY, applies_to="person")
        assert status_of(visible_to(owner)) == status_under(None, TODAY) == Status(0, 0, 1, 1)
        assert [row.customers for row in months_of(owner, TODAY)] == [1] * 6
        assert [row.lost_end for row in months_of(owner, TODAY)] == [0, 0, 0, 1, 1, 1]
