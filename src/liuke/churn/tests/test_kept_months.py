"""The monthly table that is kept is the one worked out from all purchases, whoever looks."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.agenda.models import AgendaItem
from liuke.churn import services
from liuke.churn.models import Counted, MonthChange, RuleVersion
from liuke.churn.queries import histories, months_of
from liuke.churn.rules.kinds import to_day
from liuke.churn.rules.months import Changes, month_table, read, together, written
from liuke.churn.tests.drawing import RULES
from liuke.churn.tests.firm import undone
from liuke.churn.tests.living import EVENTS, Firm
from liuke.core import clock
from liuke.customers.models import Customer, CustomerState
from liuke.customers.queries import visible_to
from liuke.customers.services import update_customer

pytestmark = pytest.mark.django_db
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
TODAY = date(2026, 6, 1)


def worked_out(viewer, today):
    """The table of this person from every purchase that they may see."""
    return together(
        month_table(pages.purchases, crossings, to_day(today))
        for pages, _clocks, crossings in histories(visible_to(viewer), today)
    )


def sums():
    """What is kept, by owner, branch and month."""
    found = {}
    for row in MonthChange.objects.values_list("owner", "branch", "month", *MonthChange.FIGURES):
        known = found.setdefault(row[:3], [0] * len(MonthChange.FIGURES))
        found[row[:3]] = [one + other for one, other in zip(known, row[3:], strict=True)]
    return {place: values for place, values in found.items() if any(values)}


@pytest.fixture
def people(person, firm, owner):
    """The owner, a branch manager, two sellers; and where a customer may be given."""
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    manager = person(Role.MANAGER, unit=branch)
    one, other = person(Role.SELLER, unit=branch), person(Role.SELLER, unit=firm)
    places = [(one, branch), (other, None), (None, branch), (None, None)]
    return [owner, manager, one, other], places


def _is_kept(people, rule, events) -> None:
    viewers, places = people
    with undone():
        firm = Firm(viewers[0], rule, places).live(events)
        with clock.set_to(firm.today):
            if RuleVersion.objects.filter(superseded_at=None, applied_at=None).exists():
                # The new rule decides as soon as the clocks follow it.
                services.apply_rules(now=clock.now())
            # Late: no tick has noted whose clock ran out meanwhile.
            _everybody_sees(viewers, firm.today)
            firm.tick()
            _everybody_sees(viewers, firm.today)
            _are_found_where_they_are()
            before = sums()
            MonthChange.objects.filter(newly_at_risk=0).delete()
            services.rebuild()
            assert sums() == before
            _everybody_sees(viewers, firm.today)


def _everybody_sees(viewers, today) -> None:
    for viewer in viewers:
        assert months_of(viewer, today) == worked_out(viewer, today)


def _are_found_where_they_are() -> None:
    """What lists and agenda keep of owner and branch is what the customer says."""
    places = {pk: place for pk, *place in Customer.objects.values_list("pk", "owner", "branch")}
    for model in (CustomerState, AgendaItem):
        for pk, *place in model.objects.values_list("customer", "owner", "branch"):
            assert place == places[pk]


@settings(max_examples=12, deadline=None, suppress_health_check=CHECKS)
@given(rule=RULES, events=EVENTS)
def test_the_kept_table_is_the_one_worked_out(people, rule, events) -> None:
    _is_kept(people, rule, events)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=CHECKS)
@given(rule=RULES, events=EVENTS)
def test_the_kept_table_is_the_one_worked_out_many_times(people, rule, events) -> None:
    _is_kept(people, rule, events)


class TestOneCustomer:
    @pytest.fixture(autouse=True)
    def wang(self, customer, buys, rule, on_day):
        on_day(TODAY)
        rule()
        wang = customer("王海涛")
        buys(wang, date(2026, 1, 1), date(2026, 5, 20))
        return wang

    def test_a_past_day_is_worked_out(self, owner) -> None:
        eve = date(2026, 5, 19)
        assert months_of(owner, eve) == worked_out(owner, eve)
        assert months_of(owner, eve)[-1].lost_end == 1

    def test_given_away_the_figures_go_along(self, wang, person, owner) -> None:
        seller = person(Role.SELLER)
        assert months_of(seller, TODAY) == []
        values = {"owner": seller, "branch": None}
        update_customer(actor=owner, customer_id=wang.pk, version=wang.version, values=values)
        assert months_of(seller, TODAY) == months_of(owner, TODAY) == worked_out(owner, TODAY)

    def test_another_name_moves_nothing(self, wang, owner) -> None:
        before = list(MonthChange.objects.values())
        values = {"name": "王海"}
        update_customer(actor=owner, customer_id=wang.pk, version=wang.version, values=values)
        assert list(MonthChange.objects.values()) == before

    def test_rows_of_one_month_are_put_together(self, wang, buys, owner) -> None:
        for day in range(1, 6):
            buys(wang, date(2026, 5, day))
        before, table = sums(), months_of(owner, TODAY)
        services.fold_changes()
        assert MonthChange.objects.count() == len(before)
        assert sums() == before
        assert months_of(owner, TODAY) == table

    def test_a_summing_again_repairs_what_was_lost(self, wang, owner) -> None:
        table = months_of(owner, TODAY)
        MonthChange.objects.all().delete()
        assert months_of(owner, TODAY) == []
        services.recount()
        assert months_of(owner, TODAY) == table

    def test_a_customer_without_purchases_is_not_counted(self, wang) -> None:
        Customer.objects.get(pk=wang.pk).orders.all().delete()
        services.refresh_clocks([wang.pk])
        assert not Counted.objects.exists()
        assert sums() == {}


def test_what_is_written_is_read_again() -> None:
    columns = ([7, 7, 7, 9], [660, 660, 661, -800], [1, 1, 8, 0], [1, 1, -1, 70_000])
    found = read(written(Changes(*map(_array, columns))))
    assert [column.tolist() for column in found] == [
        [7, 7, 9], [660, 661, -800], [1, 8, 0], [2, -1, 70_000],
    ]  # fmt: skip


def test_what_cancels_out_is_not_written() -> None:
    assert written(Changes(*map(_array, ([7, 7], [660, 660], [8, 8], [1, -1])))) == {}


def _array(values):
    return np.array(values, np.int64)
