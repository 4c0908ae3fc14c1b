"""Every change of an owner leaves a period with its reason; no gap, no overlap, on every way."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.services import (
    KnownCustomer,
    assign_customers,
    ensure_customers,
    undo_batch,
    update_customer,
)
from liuke.ownership.models import OwnerPeriod
from liuke.ownership.rules import Reason
from liuke.ownership.services import give
from liuke.ownership.tests.conftest import history, whole

pytestmark = pytest.mark.django_db


def test_a_new_customer_begins_with_whoever_recorded_it(lin, customer) -> None:
    made = customer(actor=lin)
    assert history(made) == [("林晓雯", "recorded")]
    (period,) = OwnerPeriod.objects.filter(customer=made)
    assert (period.by, period.ended_at) == (lin, None)


def test_customers_from_a_file_begin_without_an_owner(owner) -> None:
    known = [KnownCustomer(f"K{n}", "李娜") for n in range(3)]
    ids = ensure_customers(actor=owner, known=known, origin="file")
    rows = OwnerPeriod.objects.filter(customer__in=ids.values())
    assert [(row.owner, row.reason, row.by) for row in rows] == [(None, "recorded", owner)] * 3


def test_every_way_to_another_owner_leaves_its_reason(
    owner, manager, lin, qian, customer, branch
) -> None:
    made = customer(owner=lin, branch=branch)
    update_customer(actor=manager, customer_id=made.pk, version=1, values={"owner": qian})
    batch = assign_customers(actor=manager, customer_ids=[made.pk], owner_id=lin.pk)
    undo_batch(actor=manager, at=batch.at)
    give(actor=manager, owners={made.pk: None}, reason=Reason.RELEASED, note="退休了")
    assert history(made) == [
        ("林晓雯", "recorded"), ("钱玲", "assigned"), ("林晓雯", "assigned"), ("钱玲", "undone"),
        ("", "released"),
    ]  # fmt: skip
    assert whole(made)
    last = OwnerPeriod.objects.get(customer=made, ended_at=None)
    assert (last.by, last.note) == (manager, "退休了")


def test_another_branch_alone_is_no_new_owner(owner, branch, customer) -> None:
    made = customer()
    update_customer(actor=owner, customer_id=made.pk, version=1, values={"branch": branch})
    assert len(history(made)) == 1


def test_giving_what_is_theirs_already_changes_nothing(manager, lin, branch, customer) -> None:
    made = customer(owner=lin, branch=branch)
    assert give(actor=manager, owners={made.pk: lin.pk}, reason=Reason.RULE).count == 0
    assert len(history(made)) == 1


def test_nobody_gives_out_of_sight(owner, lin, qian, person, firm, customer) -> None:
    foreign = customer(owner=qian)
    with pytest.raises(ValidationError, match="no longer exists"):
        give(actor=lin, owners={foreign.pk: lin.pk}, reason=Reason.ASSIGNED)
    own = customer("自己的", owner=lin)
    with pytest.raises(ValidationError, match="to this person"):
        give(actor=lin, owners={own.pk: qian.pk}, reason=Reason.ASSIGNED)
    with pytest.raises(PermissionDenied):
        give(actor=person(Role.ANALYST), owners={own.pk: None}, reason=Reason.ASSIGNED)
    assert [len(history(each)) for each in (foreign, own)] == [1, 1]


def test_one_and_three_hundred_cost_the_same(owner, lin) -> None:
    costs = []
    for count in (1, 3, 300):
        known = [KnownCustomer(f"{count}-{n}") for n in range(count)]
        ids = ensure_customers(actor=owner, known=known, origin="file").values()
        with CaptureQueriesContext(connection) as asked:
            give(actor=owner, owners=dict.fromkeys(ids, lin.pk), reason=Reason.ASSIGNED)
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-2, 5)), max_size=8))
def test_there_is_no_gap_and_no_overlap(owner, lin, qian, customer, changes) -> None:
    """Whatever comes in whatever order, and even when a machine's clock runs backwards."""
    made, day = customer(), date(2026, 3, 1)
    people = (None, lin.pk, qian.pk)
    for who, days in changes:
        day += timedelta(days=days)
        with clock.set_to(day):
            give(actor=None, owners={made.pk: people[who]}, reason=Reason.ASSIGNED)
    assert whole(made)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ended_at": None},
        {"started_at": F("ended_at"), "ended_at": F("started_at")},
        {"ended_at": F("started_at")},
    ],
)
def test_the_database_refuses_two_owners_at_once(lin, owner, customer, wrong) -> None:
    made = customer()
    give(actor=owner, owners={made.pk: lin.pk}, reason=Reason.ASSIGNED)
    closed = OwnerPeriod.objects.filter(customer=made, ended_at__isnull=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        closed.update(**wrong)


def test_two_at_once_leave_one_line_of_history(at_once, owner, lin, qian, customer) -> None:
    made = customer()
    acts = [
        lambda who=who: give(actor=owner, owners={made.pk: who.pk}, reason=Reason.ASSIGNED)
        for who in (lin, qian)
    ]
    outcomes = at_once(*acts)
    assert [outcome.count for outcome in outcomes] == [1, 1]
    assert len(history(made)) == 3
    assert whole(made)


def test_customers_of_before_begin_with_their_owner(lin) -> None:
    made = Customer.objects.create(name="老客户", name_sort="老客户", owner=lin)
    begin = import_module("liuke.ownership.migrations.0002_begin").BEGIN
    with connection.cursor() as cursor:
        cursor.execute(begin)
    (period,) = OwnerPeriod.objects.filter(customer=made)
    assert (period.owner, period.started_at) == (lin, made.created_at)
    assert period.reason == Reason.EARLIER


def test_the_page_tells_who_had_the_customer_and_why(signed_in, owner, lin, customer) -> None:
    made = customer()
    give(actor=owner, owners={made.pk: lin.pk}, reason=Reason.HANDED_OVER, note="王敏离职")
    page = signed_in.get(reverse("customer", args=[made.pk])).content.decode()
    assert "Handed over · 王敏 · 王敏离职" in page
    assert page.index("Handed over") < page.index("Recorded</p>")
