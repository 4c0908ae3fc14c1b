"""Customers set aside: with a reason, out of what is due, and back again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.agenda.models import AgendaItem
from liuke.churn import services as churn
from liuke.churn.rules.kinds import DaysWithoutOrder
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers import queries
from liuke.customers.models import Closure, Customer, CustomerState
from liuke.customers.rules.closing import CloseReason, months_later
from liuke.customers.services import (
    close_customers,
    merge_customers,
    reopen_customers,
    reopen_due,
    undo_many,
    undo_merge,
)
from liuke.followups import services as followups
from liuke.ownership.models import Pool, RecycleRule
from liuke.ownership.services import refresh_pools

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def leaving(owner, customer, buys, on_day) -> Customer:
    """At risk and due for a contact, and on the way to the pool."""
    on_day(TODAY)
    churn.save_rule(actor=None, content=DaysWithoutOrder(60, 90))
    churn.apply_rules(now=clock.now())
    made = customer("王海涛")
    buys(made, TODAY - timedelta(days=200), TODAY - timedelta(days=70))
    return made


def close(actor, *customers: Customer, **more):
    given = {"reason": CloseReason.ELSEWHERE, **more}
    return close_customers(actor=actor, customer_ids=[each.pk for each in customers], **given)


def due(made: Customer) -> set[str]:
    return set(
        AgendaItem.objects.filter(customer=made, closed_at=None).values_list("kind", flat=True)
    )


def state(made: Customer) -> CustomerState:
    return CustomerState.objects.get(pk=made.pk)


def test_nothing_is_due_about_who_is_closed_and_all_of_it_when_open_again(owner, leaving) -> None:
    before, was = due(leaving), state(leaving)
    assert (before, was.contact_due_at is not None) == ({"at_risk"}, True)
    close(owner, leaving, note="搬去外地了")
    assert due(leaving) == set()
    now = state(leaving)
    assert (now.stage, now.closed_on, now.contact_due_at) == ("closed", TODAY, None)
    # What was bought and when it was late stays as it is: the month table does not forget.
    assert (now.at_risk_at, now.lost_at, now.value_year) == (
        was.at_risk_at, was.lost_at, was.value_year
    )  # fmt: skip
    followups.advance(clock.now())
    churn.refresh_clocks([leaving.pk])
    assert due(leaving) == set()
    assert reopen_customers(actor=owner, customer_ids=[leaving.pk]).count == 1
    assert due(leaving) == before
    again = state(leaving)
    assert (again.stage, again.closed_on, again.contact_due_at) == (
        was.stage, None, was.contact_due_at
    )  # fmt: skip


def test_no_pool_waits_for_who_is_closed(owner, leaving, signed_in) -> None:
    Pool.objects.create(name="公海")
    RecycleRule.objects.create(stage="returning", level="", days=100)
    refresh_pools([leaving.pk])
    assert state(leaving).pool_at is not None
    close(owner, leaving)
    assert state(leaving).pool_at is None
    reopen_customers(actor=owner, customer_ids=[leaving.pk])
    assert state(leaving).pool_at is not None


def test_a_purchase_opens_again(owner, leaving, buys) -> None:
    close(owner, leaving)
    buys(leaving, TODAY - timedelta(days=100))
    assert state(leaving).stage == "closed", "an old order that is recorded late opens nobody"
    with clock.set_to(clock.start_of(TODAY + timedelta(days=5))):
        buys(leaving, TODAY + timedelta(days=4))
    assert (state(leaving).stage, state(leaving).closed_on) == ("returning", None)
    assert Closure.objects.get().reopened == "bought"


def test_the_day_to_try_again_opens(owner, leaving, customer) -> None:
    later = customer("赵敏")
    close(owner, leaving, until=TODAY + timedelta(days=30))
    close(owner, later)
    for days, stages in ((29, ["closed", "closed"]), (30, ["returning", "closed"])):
        with clock.set_to(clock.start_of(TODAY + timedelta(days=days))):
            reopen_due(clock.now())
            reopen_due(clock.now())
        assert [state(each).stage for each in (leaving, later)] == stages
    assert state(leaving).contact_due_at is not None
    assert JournalEntry.objects.filter(verb="customer.reopened").count() == 1
    with pytest.raises(ValidationError, match="ahead"):
        close(owner, leaving, until=TODAY)


def test_once_is_enough_and_undo_takes_back_what_still_is(owner, leaving, customer) -> None:
    others = [customer(name) for name in "甲乙"]
    moments = iter(clock.now() + timedelta(minutes=n) for n in range(9))
    with clock.set_to(next(moments)):
        assert close(owner, others[0]).count == 1
    with clock.set_to(next(moments)):
        batch = close(owner, leaving, *others)
        assert batch.count == 2
    with clock.set_to(next(moments)):
        reopen_customers(actor=owner, customer_ids=[others[1].pk])
    with clock.set_to(next(moments)):
        assert undo_many(actor=owner, at=batch.at) == 1
    assert [state(each).stage == "closed" for each in (leaving, *others)] == [False, True, False]
    with clock.set_to(next(moments)):
        opened = reopen_customers(actor=owner, customer_ids=[others[0].pk])
    with clock.set_to(next(moments)):
        assert undo_many(actor=owner, at=opened.at) == 1
    assert state(others[0]).stage == "closed"
    assert Closure.objects.filter(reopened_at=None).count() == 1


def test_who_may_not_edit_closes_nobody(owner, leaving, person) -> None:
    for role, actor in ((Role.ANALYST, person(Role.ANALYST)),):
        assert not actor.may("edit_customers"), role
        with pytest.raises(PermissionDenied):
            close(actor, leaving)
        with pytest.raises(PermissionDenied):
            reopen_customers(actor=actor, customer_ids=[leaving.pk])
    with pytest.raises(ValidationError):
        close(person(Role.SELLER), leaving)


def test_a_merge_keeps_who_is_closed_closed_and_gives_it_back(owner, customer) -> None:
    stays, goes = customer("王海涛"), customer("王海涛（旧）")
    close(owner, goes)
    merge = merge_customers(actor=owner, survivor_id=stays.pk, absorbed_id=goes.pk)
    assert state(stays).stage == "closed"
    undo_merge(actor=owner, merge_id=merge.pk)
    assert [state(each).stage for each in (stays, goes)] == ["potential", "closed"]


def test_page_list_and_stage_line(signed_in, leaving, customer) -> None:
    customer("赵敏")
    dialog = signed_in.get(reverse("customer-close", args=[leaving.pk]))
    assert "Close 王海涛" in dialog.content.decode()
    form = {"reason": "elsewhere", "note": "去了4S店", "again": "6"}
    answer = signed_in.post(reverse("customer-close", args=[leaving.pk]), form)
    assert answer.headers["HX-Redirect"] == reverse("customer", args=[leaving.pk])
    assert Closure.objects.get().until == date(2026, 12, 1)
    page = signed_in.get(reverse("customer", args=[leaving.pk]))
    assert "去了4S店" in page.content.decode()
    assert signed_in.get(reverse("churn")).context["rescue"] == []
    shown = signed_in.get(reverse("customers"), {"stage": "closed"}).context
    assert [str(row.cells[0].html) for row in shown["page"].rows] == ["王海涛"]
    counts = {str(each.name): each.count for each in shown["stages"]}
    assert (counts["Closed"], counts["Returning"], counts["Potential"]) == (1, 0, 1)
    why = signed_in.get(reverse("customers"), {"closed_why": "elsewhere"}).context["page"]
    assert why.total == 1
    assert queries.tally(page.context["user"]).at(stage="closed") == 1
    signed_in.post(reverse("customer-reopen", args=[leaving.pk]))
    assert state(leaving).stage == "returning"
    assert signed_in.get(reverse("churn")).context["rescue"] == [leaving]


def test_many_from_the_list_and_the_way_back(signed_in, customer) -> None:
    made = [customer(name) for name in "甲乙丙"]
    ids = ",".join(str(each.pk) for each in made[:2])
    signed_in.post(reverse("customers-close"), {"ids": ids, "reason": "gone", "again": ""})
    assert Closure.objects.filter(reopened_at=None, until=None).count() == 2
    page = signed_in.get(reverse("customers") + "?view=all")
    said = next(iter(page.context["messages"]))
    assert str(said) == "2 customers closed."
    signed_in.post(said.extra_tags)
    assert not Closure.objects.filter(reopened_at=None).exists()
    signed_in.post(reverse("customers-close"), {"ids": ids, "reason": "nonsense"})
    assert not Closure.objects.filter(reopened_at=None).exists()
    signed_in.post(reverse("customers-close"), {"all": "1", "query": "", "reason": "gone"})
    signed_in.post(reverse("customers-reopen"), {"ids": ids})
    assert Closure.objects.filter(reopened_at=None).count() == 1


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_months_later_is_that_day_or_the_last_of_its_month(day, months) -> None:
    found = months_later(day, months)
    assert (found.year - day.year) * 12 + found.month - day.month == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)
