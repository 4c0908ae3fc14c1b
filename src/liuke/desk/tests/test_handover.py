"""Somebody resigns at nine: by a quarter past, all customers have new owners who know them."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.churn import services as churn
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.services import NewContactPoint, NewCustomer, block_contact, record_customers
from liuke.desk.queries.handover import watch
from liuke.desk.tests.conftest import TODAY
from liuke.followups.services import NewInteraction, record_interactions
from liuke.ownership.models import Handover
from liuke.ownership.services import hand_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


@pytest.fixture
def branch(firm):
    return Unit.objects.create(kind="branch", name="浦东店", parent=firm)


@pytest.fixture
def staff(person, branch):
    """Sun leaves; Lin and Qian stay, and there is the manager."""
    names = {"sun": "孙磊", "lin": "林晓雯", "qian": "钱玲"}
    found = {key: person(Role.SELLER, name, unit=branch) for key, name in names.items()}
    return {**found, "manager": person(Role.MANAGER, "周店长", unit=branch)}


@pytest.fixture
def seat():
    def sit(viewer) -> Client:
        client = Client()
        client.force_login(viewer)
        return client

    return sit


@pytest.fixture
def of_sun(staff, branch):
    def make(count: int) -> list[Customer]:
        new = [
            NewCustomer(
                {
                    "name": f"客户{n}", "owner": staff["sun"], "branch": branch,
                    "level": "ABC"[n % 3], "note": "不喜欢被催",
                },
                [NewContactPoint("mobile", f"138{n:08d}")],
            )
            for n in range(count)
        ]  # fmt: skip
        return record_customers(actor=None, new=new, origin="test")

    return make


def typed(staff, **more) -> dict:
    people = [staff["lin"].pk, staff["qian"].pk]
    return {"receivers": people, "way": "evenly", "note": "离职", "act": "preview", **more}


def test_a_manager_hands_over_two_hundred(staff, of_sun, seat, buys) -> None:
    rows = of_sun(200)
    buys(rows[0], TODAY - timedelta(days=70), amount=900)
    record_interactions(
        actor=staff["sun"],
        interactions=[
            NewInteraction(
                rows[0].pk, clock.now(), outcome="agreed", said="周五再来看看",
                next_step="报保养价", next_on=TODAY + timedelta(days=2),
            )
        ],
    )  # fmt: skip
    block_contact(actor=staff["sun"], reasons={rows[1].pk: "别再打电话"})
    client = seat(staff["manager"])
    begun = time.perf_counter()
    chosen = client.get(reverse("handover"))
    assert [(str(person), n) for person, n in chosen.context["people"]] == [("孙磊", 200)]
    url = reverse("handover-new", args=[staff["sun"].pk])
    preview = client.post(url, typed(staff))
    assert [len(share.customers) for share in preview.context["shares"]] == [100, 100]
    assert not Handover.objects.exists()
    plan = preview.context["plan"]
    done = client.post(url, typed(staff, act="go", plan=plan), follow=True)
    took = time.perf_counter() - begun
    assert took < 60, f"{took:.0f} seconds"
    assert not Customer.objects.filter(owner=staff["sun"]).exists()
    assert Customer.objects.filter(owner__in=[staff["lin"], staff["qian"]]).count() == 200
    assert [len(each.rows) for each in done.context["taken"]] == [100, 100]
    rows[0].refresh_from_db()
    new_owner = seat(rows[0].owner)
    today = new_owner.get(reverse("today")).context
    lines = {line.customer.pk: line for line in today["page"].lines}
    assert lines[rows[0].pk].why == "New to you from 孙磊."
    assert today["page"].counts["handed"] == 100
    (handed,) = today["handed"]
    page = new_owner.get(reverse("handover-briefing", args=[handed.pk, rows[0].owner_id]))
    text = page.content.decode()
    for word in (
        "周五再来看看", "报保养价", "¥900", "At risk since", "不喜欢被催", "13800000000",
    ):  # fmt: skip
        assert word in text, word
    rows[1].refresh_from_db()
    other = seat(rows[1].owner)
    text = other.get(reverse("handover-briefing", args=[handed.pk, rows[1].owner_id]))
    assert "别再打电话" in text.content.decode()


def test_by_hand_and_only_some(staff, of_sun, seat) -> None:
    rows = of_sun(6)
    client, url = seat(staff["manager"]), reverse("handover-new", args=[staff["sun"].pk])
    given = typed(staff, levels=["A"], **{f"to_{rows[0].pk}": staff["manager"].pk})
    preview = client.post(url, given)
    assert preview.context["total"] == 2
    client.post(url, {**given, "act": "go", "plan": preview.context["plan"]})
    rows[0].refresh_from_db()
    assert rows[0].owner == staff["manager"]
    assert Customer.objects.filter(owner=staff["sun"]).count() == 4


def test_what_changed_since_the_preview_is_looked_at_again(staff, of_sun, seat) -> None:
    rows = of_sun(3)
    client, url = seat(staff["manager"]), reverse("handover-new", args=[staff["sun"].pk])
    plan = client.post(url, typed(staff)).context["plan"]
    Customer.objects.filter(pk=rows[0].pk).update(owner=staff["lin"])
    answer = client.post(url, typed(staff, act="go", plan=plan))
    assert answer.status_code == 422
    assert "Something changed since the preview" in answer.content.decode()
    assert not Handover.objects.exists()
    assert answer.context["total"] == 2


def test_a_form_without_receivers_is_refused(staff, of_sun, seat) -> None:
    of_sun(1)
    url = reverse("handover-new", args=[staff["sun"].pk])
    answer = seat(staff["manager"]).post(url, {"way": "evenly", "note": "x"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["receivers"] == ["Choose who takes over."]


def test_a_briefing_shows_nobody_elses_customers(staff, of_sun, seat) -> None:
    rows = of_sun(2)
    plan = {rows[0].pk: staff["lin"].pk, rows[1].pk: staff["qian"].pk}
    made = hand_over(actor=staff["manager"], leaver_id=staff["sun"].pk, receivers=plan)
    seen = seat(staff["lin"]).get(reverse("handover-briefing", args=[made.pk, staff["qian"].pk]))
    assert "客户1" not in seen.content.decode()
    assert seat(staff["lin"]).get(reverse("handover-done", args=[made.pk])).context["taken"]
    stranger = seat(staff["sun"]).get(reverse("handover-done", args=[made.pk]))
    assert stranger.status_code == 404


def test_a_briefing_of_thirty_costs_as_much_as_one(staff, of_sun, seat) -> None:
    rows, costs = of_sun(31), []
    client = seat(staff["lin"])
    for some in (rows[:1], rows[1:]):
        plan = {row.pk: staff["lin"].pk for row in some}
        made = hand_over(actor=staff["manager"], leaver_id=staff["sun"].pk, receivers=plan)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("handover-briefing", args=[made.pk, staff["lin"].pk]))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_watch_compares_with_those_who_kept_their_owner(
    owner, staff, of_sun, customer, branch, buys, on_day
) -> None:
    left, kept = (
        of_sun(4),
        [customer(f"留{n}", owner=staff["lin"], branch=branch) for n in range(3)],
    )
    for row in (*left[:3], *kept):
        buys(row, TODAY - timedelta(days=10))
    buys(left[3], TODAY - timedelta(days=200))
    on_day(TODAY + timedelta(days=1))
    plan = {row.pk: staff["qian"].pk for row in left}
    made = hand_over(actor=owner, leaver_id=staff["sun"].pk, receivers=plan)
    buys(kept[0], TODAY)
    on_day(TODAY + timedelta(days=95))
    buys(left[0], TODAY + timedelta(days=90))
    buys(kept[1], TODAY + timedelta(days=60))
    churn.advance(clock.now())
    found = watch(owner, made, clock.today())
    # Who was lost before is not counted, and who never bought cannot be lost.
    assert (found.handed.exposed, found.handed.lost) == (3, 3)
    assert (found.stayed.exposed, found.stayed.lost) == (3, 2)
    low, high = found.handed.interval
    assert low < 1 <= high
    assert not found.differs
    assert found.until == TODAY + timedelta(days=181)
