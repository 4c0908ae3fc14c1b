"""The pool on the screen: claiming, letting go, extending, and rules with their preview."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.core import clock
from liuke.customers.models import Customer, CustomerState
from liuke.ownership.models import OwnerPeriod, Pool, RecycleRule
from liuke.ownership.rules import Steps
from liuke.ownership.services import advance, release, save_pool, save_rules

pytestmark = pytest.mark.django_db
START = date(2026, 3, 1)
STEPS = {"first": 7, "last": 1, "manager": 0, "extension": 14}


@pytest.fixture
def pool(branch, manager) -> Pool:
    return save_pool(actor=None, pool=Pool(name="浦东公海", branch=branch), managers=[manager])


@pytest.fixture
def seat():
    def sit(person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sit


@pytest.fixture
def pooled(pool, branch, customer, manager, qian):
    def make(name: str) -> Customer:
        made = customer(name, owner=qian, branch=branch)
        release(actor=manager, customer_ids=[made.pk], why="x")
        return made

    return make


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_claiming_one_opens_it_and_several_come_back(pooled, seat, lin) -> None:
    made = [pooled(name) for name in ("甲", "乙", "丙")]
    client = seat(lin)
    assert {row.name for row in client.get(reverse("pool")).context["page"].rows} == {
        "甲", "乙", "丙",
    }  # fmt: skip
    ticked = {"pk": [made[1].pk, made[2].pk]}
    answer = client.post(reverse("pool-claim"), {"one": made[0].pk, **ticked})
    assert answer.url == reverse("customer", args=[made[0].pk])
    answer = client.post(reverse("pool-claim"), ticked, follow=True)
    assert said(answer) == ["1 customer is yours.", "2 customers are yours."]
    assert Customer.objects.filter(owner=lin).count() == 3
    assert [str(each.owner) for each in answer.context["claims"]] == ["林晓雯"] * 3


def test_a_refusal_is_said(pooled, pool, seat, lin) -> None:
    Pool.objects.filter(pk=pool.pk).update(most_owned=0)
    made = pooled("甲")
    answer = seat(lin).post(reverse("pool-claim"), {"pk": made.pk}, follow=True)
    assert said(answer) == ["You own 0 of 0 customers. Release some first."]
    for nonsense in ("x", "9" * 40, ""):
        answer = seat(lin).post(reverse("pool-claim"), {"pk": nonsense}, follow=True)
        assert "Reload the page" in said(answer)[0]


def test_a_hidden_telephone_is_not_in_the_page(pool, seat, lin, qian, manager, branch) -> None:
    client = seat(manager)
    form = {"name": "浦东公海", "branch": branch.pk, "hidden": "contact", "locked_days": 30}
    assert client.post(reverse("pool-edit", args=[pool.pk]), form).status_code == 302
    made = Customer.objects.create(name="王海涛", name_sort="", owner=qian, branch=branch)
    made.contact_points.create(kind="mobile", value="13812346027", normalised="13812346027")
    CustomerState.objects.create(customer=made)
    release(actor=manager, customer_ids=[made.pk], why="x")
    page = seat(lin).get(reverse("pool")).content.decode()
    assert "王海涛" in page
    assert "13812346027" not in page


def test_letting_go_asks_why(pool, seat, lin, customer, branch) -> None:
    made, client = customer(owner=lin, branch=branch), seat(lin)
    url = reverse("customer-release", args=[made.pk])
    assert "Release to the pool" in client.get(url).content.decode()
    assert "HX-Redirect" not in client.post(url, {"why": ""}).headers
    assert client.post(url, {"why": "搬走了"}).headers["HX-Redirect"] == reverse("today")
    assert OwnerPeriod.objects.get(customer=made, ended_at=None).note == "搬走了"


def test_extending_from_the_page_of_the_customer(pool, seat, lin, customer, branch, on_day) -> None:
    on_day(START)
    save_rules(actor=None, table={("potential", ""): 30}, steps=Steps())
    advance(clock.now())
    made, client = customer(owner=lin, branch=branch), seat(lin)
    page = client.get(reverse("customer", args=[made.pk])).content.decode()
    assert "goes to the pool on" in page
    url = reverse("customer-extend", args=[made.pk])
    assert url in page
    assert client.post(url, {"why": "下周要签"}).headers["HX-Redirect"]
    page = client.get(reverse("customer", args=[made.pk])).content.decode()
    assert "下周要签" in page
    assert url not in page


def test_rules_are_saved_after_a_look_at_whom_they_move(
    pool, seat, manager, lin, customer, branch, on_day
) -> None:
    on_day(START - timedelta(days=40))
    late = customer("久没联系", owner=lin, branch=branch)
    on_day(START)
    customer("刚录入", owner=lin, branch=branch)
    client, url = seat(manager), reverse("pool-rules")
    preview = client.post(url, {**STEPS, "potential_": 30, "act": "preview"})
    assert preview.context["moved"] == 1
    assert not RecycleRule.objects.exists()
    behind = client.get(preview.context["link"]).context["page"]
    assert [row.pk for row in behind.rows] == [late.pk]
    assert client.post(url, {**STEPS, "potential_": 30, "act": "save"}).status_code == 302
    assert RecycleRule.objects.get().days == 30
    assert "30 days" in client.get(reverse("pool-settings")).content.decode()


def test_a_mistake_in_the_rules_is_shown(pool, seat, manager) -> None:
    url = reverse("pool-rules")
    wrong = {**STEPS, "last": 9, "potential_A": 0}
    answer = seat(manager).post(url, wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"last", "potential_A"}


def test_a_pool_with_its_limits(seat, owner, manager, branch) -> None:
    form = {
        "name": "轮胎", "branch": branch.pk, "managers": manager.pk, "claims_a_day": 5,
        "most_owned": 80, "locked_days": 14, "most_a": 10,
    }  # fmt: skip
    assert seat(owner).post(reverse("pool-new"), form).status_code == 302
    made = Pool.objects.get()
    assert (made.claims_a_day, made.most_by_level, made.hidden) == (5, {"A": 10}, [])
    again = seat(owner).post(reverse("pool-new"), form)
    assert again.status_code == 422
    assert "already exists" in str(again.context["form"].errors)


def test_the_stage_line_shows_the_pool(pooled, seat, lin) -> None:
    pooled("甲")
    boxes = seat(lin).get(reverse("customers")).context["stages"]
    assert (str(boxes[-1].name), boxes[-1].count, boxes[-1].url) == ("Pool", 1, "/pool/")


def test_without_pools_there_is_no_box(seat, lin) -> None:
    boxes = seat(lin).get(reverse("customers")).context["stages"]
    assert not any(box.url.startswith(reverse("pool")) for box in boxes)


def test_thirty_in_the_pool_cost_the_same(pooled, seat, lin) -> None:
    client, made = seat(lin), pooled("甲")
    client.get(reverse("pool"))
    counts = []
    for more in (1, 30):
        for n in range(more):
            pooled(f"{more}-{n}")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("pool"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert made
