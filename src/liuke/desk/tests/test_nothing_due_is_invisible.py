"""Whatever people do to it, what is due stands on somebody's list for today."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Act, Role
from liuke.accounts.services import deactivate_user
from liuke.agenda import services as agenda
from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import clock
from liuke.core.errors import Refused
from liuke.customers.models import Collaborator, Customer
from liuke.customers.services import (
    Help,
    add_collaborator,
    assign_customers,
    end_collaborator,
)
from liuke.desk.queries.today import today_of, whose

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
WHY = {
    Kind.NEXT_STEP: {"on": "2026-11-20", "step": "报价"},
    Kind.CONTACT: {"situation": "older", "every": 30, "last": None},
    Kind.HANDED: {"before": "老周"},
}
CUSTOMERS, PEOPLE = 4, 5
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["due", "later", "hand", "done", "undo", "give", "leave", "help", "alone"]),
        st.integers(0, CUSTOMERS - 1),
        st.integers(0, PEOPLE - 1),
        st.integers(-3, 3),
    ),
    max_size=25,
)


@pytest.fixture
def staff(firm, owner, person) -> list[User]:
    """The owner of the firm, and a manager and sellers of two branches."""
    one, other = (Unit.objects.create(kind="branch", name=name, parent=firm) for name in "东西")
    return [
        owner,
        person(Role.MANAGER, unit=one),
        person(Role.SELLER, unit=one),
        person(Role.SELLER, unit=other),
        person(Role.SERVICE, unit=other),
    ]


@pytest.fixture
def people_of_theirs(staff, customer, on_day) -> list[Customer]:
    on_day(TODAY)
    owners = [staff[2], staff[2], staff[3], None]
    return [
        customer(f"客户{number}", owner=each, branch=each.unit if each else staff[1].unit)
        for number, each in enumerate(owners)
    ]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=EVENTS)
@example(events=[("due", 0, 0, 0), ("hand", 0, 1, 0), ("give", 0, 3, 0)])
@example(events=[("due", 0, 0, 0), ("hand", 0, 1, 0), ("leave", 0, 1, 0)])
@example(events=[("due", 2, 0, 0), ("hand", 2, 4, 0), ("leave", 0, 4, 0)])
@example(events=[("due", 0, 0, 0), ("help", 0, 3, 0), ("hand", 0, 3, 0)])
@example(events=[("due", 0, 0, 0), ("help", 0, 3, 0), ("hand", 0, 3, 0), ("alone", 0, 3, 0)])
@example(events=[("due", 0, 0, 0), ("help", 0, 3, 0), ("hand", 0, 3, 0), ("give", 0, 3, 0)])
def test_nothing_due_is_invisible(staff, people_of_theirs, events) -> None:
    AgendaItem.objects.all().delete()
    Collaborator.objects.all().delete()
    for verb, which, who, day in events:
        with suppress(Refused, AgendaItem.DoesNotExist):
            _happens(verb, people_of_theirs[which], staff[who], TODAY + timedelta(days=day), staff)
    here = [each for each in User.objects.select_related("role", "unit") if each.is_active]
    due = _due_now()
    assert _on_list(staff[0], "") == due
    for pk in due:
        owner = Customer.objects.get(pk=pk).owner
        able = [each for each in here if each.may(Act.FOLLOW_UP)]
        # Those who do not ask for it see it: on the list that opens by itself.
        assert any(pk in _on_list(each, "") for each in able)
        assignee = AgendaItem.objects.filter(customer=pk, closed_at=None, assignee__in=able)
        for item in assignee.exclude(assignee=None).select_related("assignee__role"):
            if _is_due(item):
                assert pk in _on_list(item.assignee, "me"), "who was asked to do it does not see it"
        if owner in able:
            assert any(pk in _on_list(each, "me") for each in able), "nobody has to do it"


def _due_now() -> set[int]:
    rows = AgendaItem.objects.filter(closed_at=None, due_on__lte=TODAY)
    return {row.customer_id for row in rows if _is_due(row)}


def _is_due(item: AgendaItem) -> bool:
    return item.due_on <= TODAY and (item.snoozed_until or TODAY) <= TODAY


def _on_list(viewer: User, asked: str) -> set[int]:
    page = today_of(viewer, whose(viewer, asked), "", TODAY)
    assert page.total == len({line.customer.pk for line in page.lines})
    return {line.customer.pk for line in page.lines}


def _happens(verb: str, about: Customer, who: User, day: date, staff: list[User]) -> None:
    boss, items = staff[0], AgendaItem.objects.filter(customer=about).order_by("-pk")
    if verb == "due":
        kind = list(WHY)[day.day % len(WHY)]
        new = Due(episode=str(clock.now()), due_on=day, why=WHY[kind])
        agenda.put(kind, {about.pk: new})
    elif verb == "give":
        given = who.pk if who.is_active else None
        assign_customers(actor=boss, customer_ids=[about.pk], owner_id=given)
    elif verb == "help":
        add_collaborator(actor=boss, help=Help(about.pk, who.pk, "报价"))
    elif verb == "alone":
        for row in Collaborator.objects.filter(customer=about, person=who, ended_at=None):
            end_collaborator(actor=boss, customer_id=about.pk, collaborator_id=row.pk)
    elif verb == "leave":
        if who != boss and User.objects.get(pk=who.pk).is_active:
            deactivate_user(actor=boss, username=who.username)
            who.is_active = False
    elif item := items.first():
        if verb == "later":
            agenda.snooze_item(actor=boss, item_id=item.pk, until=day)
        elif verb == "hand":
            agenda.hand_over_item(actor=boss, item_id=item.pk, to_id=who.pk)
        elif verb == "done":
            agenda.complete_item(actor=boss, item_id=item.pk)
        else:
            agenda.restore_item(actor=boss, item_id=item.pk)
