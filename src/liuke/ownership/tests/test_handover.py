"""All customers of one person to others: the rules that share them out, and the one act."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.models import ApiToken, User
from liuke.accounts.rules import Role
from liuke.accounts.services import create_token
from liuke.agenda import services as agenda
from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer
from liuke.customers.services import NewCustomer, record_customers
from liuke.ownership import queries
from liuke.ownership.models import HandedCustomer, Handover
from liuke.ownership.rules import Portion, Seat, Way, spread
from liuke.ownership.services import hand_over
from liuke.ownership.tests.conftest import history, whole

pytestmark = pytest.mark.django_db

portions = st.lists(
    st.builds(
        Portion,
        pk=st.integers(1, 10_000),
        value=st.integers(0, 9999).map(Decimal),
        level=st.sampled_from(["", "A", "B"]),
        branch_id=st.sampled_from([None, 1, 2]),
    ),
    unique_by=lambda row: row.pk,
    max_size=60,
)
seats = st.lists(
    st.builds(
        Seat,
        pk=st.integers(1, 50),
        owned=st.integers(0, 40),
        branch_id=st.sampled_from([None, 1, 2]),
    ),
    unique_by=lambda row: row.pk,
    min_size=1,
    max_size=5,
)


def uneven(counts: Counter, people) -> int:
    figures = [counts[person.pk] for person in people]
    return max(figures) - min(figures)


@given(portions, seats)
def test_evenly_nobody_has_two_more_of_any_level_or_in_all(rows, people) -> None:
    plan = spread(rows, people, Way.EVENLY)
    assert set(plan) == {row.pk for row in rows}, "nobody is lost"
    assert uneven(Counter(plan.values()), people) <= 1
    for level in ("", "A", "B"):
        of_level = Counter(plan[row.pk] for row in rows if row.level == level)
        assert uneven(of_level, people) <= 1


@given(portions, seats)
def test_by_load_who_owns_least_comes_first(rows, people) -> None:
    given_to = Counter(spread(rows, people, Way.LOAD).values())
    after = {person.pk: person.owned + given_to[person.pk] for person in people}
    for person in people:
        if given_to[person.pk]:
            assert after[person.pk] - 1 <= min(after.values())


@given(portions, seats)
def test_within_the_branch_where_somebody_is(rows, people) -> None:
    plan = spread(rows, people, Way.BRANCH)
    branch_of = {person.pk: person.branch_id for person in people}
    for row in rows:
        if row.branch_id in branch_of.values():
            assert branch_of[plan[row.pk]] == row.branch_id


@given(portions, seats, st.sampled_from(Way.values))
def test_the_same_again_gives_the_same(rows, people, way) -> None:
    assert spread(rows, people, way) == spread(rows[::-1], people, way)


@pytest.fixture
def owned(lin, branch):
    """So many customers of Lin: `owned(3)`."""

    def make(count: int) -> list[int]:
        new = [
            NewCustomer({"name": f"客户{n}", "owner": lin, "branch": branch}) for n in range(count)
        ]
        return [row.pk for row in record_customers(actor=None, new=new, origin="test")]

    return make


def test_everything_goes_and_nothing_is_lost(owner, lin, qian, manager, owned) -> None:
    ids = owned(4)
    agenda.put(Kind.AT_RISK, {ids[0]: Due("one", clock.today())})
    AgendaItem.objects.update(assignee=lin)
    plan = dict(zip(ids, [qian.pk, manager.pk] * 2, strict=True))
    create_token(actor=None, username=lin.username)
    made = hand_over(actor=owner, leaver_id=lin.pk, receivers=plan, note="离职", leaves=True)
    assert dict(Customer.objects.values_list("pk", "owner")) == plan
    for row in Customer.objects.all():
        assert history(row)[-1] == (str(row.owner), "handover")
        assert whole(row)
    assert AgendaItem.objects.get(kind=Kind.AT_RISK).assignee is None
    new = AgendaItem.objects.filter(kind=Kind.HANDED, closed_at=None)
    assert set(new.values_list("customer", flat=True)) == set(ids)
    assert {item.why["before"] for item in new} == {"林晓雯"}
    assert HandedCustomer.objects.filter(handover=made, receiver=qian).count() == 2
    lin.refresh_from_db()
    assert not lin.is_active
    assert not ApiToken.objects.filter(user=lin, revoked_at=None).exists()
    assert JournalEntry.objects.filter(verb="customers.handed_over").count() == 1


def test_whoever_has_left_is_out_at_once(owner, lin, qian, owned) -> None:
    client, plan = Client(), dict.fromkeys(owned(1), qian.pk)
    client.force_login(lin)
    assert client.get(reverse("today")).status_code == 200
    hand_over(actor=owner, leaver_id=lin.pk, receivers=plan, leaves=True)
    assert client.get(reverse("today")).status_code == 302


def test_nobody_leaves_with_customers_in_hand(owner, lin, qian, owned) -> None:
    first, *_rest = owned(3)
    with pytest.raises(ValidationError, match="would keep customers"):
        hand_over(actor=owner, leaver_id=lin.pk, receivers={first: qian.pk}, leaves=True)
    lin.refresh_from_db()
    assert lin.is_active
    assert Customer.objects.filter(owner=lin).count() == 3


def test_a_customer_that_changed_hands_meanwhile_stops_it(owner, lin, qian, owned) -> None:
    ids = owned(2)
    Customer.objects.filter(pk=ids[0]).update(owner=qian)
    with pytest.raises(ValidationError, match="changed hands meanwhile"):
        hand_over(actor=owner, leaver_id=lin.pk, receivers=dict.fromkeys(ids, qian.pk))
    assert not Handover.objects.exists()
    assert Customer.objects.filter(owner=lin).count() == 1


def test_a_failure_in_the_middle_undoes_all_of_it(owner, lin, qian, owned, monkeypatch) -> None:
    plan = dict.fromkeys(owned(2), qian.pk)
    monkeypatch.setattr(agenda, "pass_on", lambda **given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hand_over(actor=owner, leaver_id=lin.pk, receivers=plan)
    assert Customer.objects.filter(owner=lin).count() == 2
    assert not AgendaItem.objects.filter(kind=Kind.HANDED).exists()


def test_who_may_hand_over_and_to_whom(owner, manager, lin, qian, person, owned) -> None:
    plan = dict.fromkeys(owned(1), qian.pk)
    with pytest.raises(PermissionDenied):
        hand_over(actor=qian, leaver_id=lin.pk, receivers=plan)
    analyst = person(Role.ANALYST)
    with pytest.raises(ValidationError, match="may not take over"):
        hand_over(actor=owner, leaver_id=lin.pk, receivers=dict.fromkeys(plan, analyst.pk))
    with pytest.raises(PermissionDenied):
        hand_over(actor=manager, leaver_id=lin.pk, receivers=plan, leaves=True)
    assert hand_over(actor=manager, leaver_id=lin.pk, receivers=plan).leaver == lin


def test_who_sees_a_handover(owner, manager, lin, qian, person, owned) -> None:
    made = hand_over(actor=owner, leaver_id=lin.pk, receivers=dict.fromkeys(owned(2), qian.pk))
    zhao = person(Role.SELLER, "赵强", unit=qian.unit)
    for viewer, seen in ((owner, 2), (manager, 2), (qian, 2), (zhao, 0), (lin, 0)):
        found = queries.handovers_visible_to(viewer)
        assert found.filter(pk=made.pk).exists() == bool(seen)
        assert queries.handed(viewer, made).count() == seen
    assert [each.customers for each in queries.handed_lately(qian, clock.today())] == [2]


def test_two_hundred_cost_as_much_as_one(owner, lin, qian, owned) -> None:
    costs = []
    for count in (1, 3, 200):
        plan = dict.fromkeys(owned(count), qian.pk)
        with CaptureQueriesContext(connection) as asked:
            hand_over(actor=owner, leaver_id=lin.pk, receivers=plan)
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]


def test_two_handovers_at_once_do_not_both_happen(at_once, owner, lin, qian, manager, owned):
    ids = owned(5)
    outcomes = at_once(
        *(
            lambda to=to: hand_over(
                actor=User.objects.get(pk=owner.pk), leaver_id=lin.pk,
                receivers=dict.fromkeys(ids, to.pk),
            )
            for to in (qian, manager)
        )
    )  # fmt: skip
    assert sum(isinstance(each, ValidationError) for each in outcomes) == 1
    assert len(set(Customer.objects.values_list("owner", flat=True))) == 1
