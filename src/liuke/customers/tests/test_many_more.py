"""Levels of many, ten thousand at once, and what the API says of many."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.models import Closure, Customer
from liuke.customers.services import (
    LevelEntry,
    NewCustomer,
    close_customers,
    level_customers,
    record_customers,
    save_levels,
    tag_customers,
    undo_many,
)

pytestmark = pytest.mark.django_db
LIST = reverse("customers")


def send(client, method: str, path: str, body: object = None):
    data = {} if body is None else {"data": json.dumps(body)}
    return getattr(client, method)(path, content_type="application/json", **data)


def crowd(owner, count: int) -> list[int]:
    new = [
        NewCustomer({"name": f"客户{number:05d}", "kind": "person", "owner": owner})
        for number in range(count)
    ]
    return [row.pk for row in record_customers(actor=None, new=new, origin="test")]


def test_a_level_of_many_and_the_way_back(owner, customer) -> None:
    made = [
        customer(name, level=level).pk for name, level in (("甲", "A"), ("乙", "B"), ("丙", ""))
    ]
    now = clock.now()
    with clock.set_to(now):
        batch = level_customers(actor=owner, customer_ids=made, level="A")
    assert batch.count == 2
    with clock.set_to(now + timedelta(minutes=1)):
        level_customers(actor=owner, customer_ids=made[2:], level="C")
    with clock.set_to(now + timedelta(minutes=2)):
        assert undo_many(actor=owner, at=batch.at) == 1, "who was changed since stays"
    levels = Customer.objects.order_by("pk").values_list("level", flat=True)
    assert list(levels) == ["A", "B", "C"]
    for nonsense in ("Z", "a"):
        with pytest.raises(ValidationError, match="no such level"):
            level_customers(actor=owner, customer_ids=made, level=nonsense)


def test_levels_stand_in_the_firms_order(signed_in, owner, customer) -> None:
    save_levels(actor=owner, wanted=[LevelEntry("钻石"), LevelEntry("黄金"), LevelEntry("A")])
    for name, level in (("甲", "A"), ("乙", "黄金"), ("丙", "钻石"), ("丁", ""), ("戊", "黄金")):
        customer(name, level=level)

    def shown(sort: str) -> str:
        rows = signed_in.get(LIST, {"sort": sort}).context["page"].rows
        return "".join(str(row.cells[0].html) for row in rows)

    assert shown("level") == "丙戊乙甲丁"
    assert shown("-level")[0] == "甲"
    assert shown("-level")[-1] == "丁"


@pytest.mark.slow
def test_ten_thousand_at_once_cost_no_more_questions_each(signed_in, owner) -> None:
    """Selected over all pages: tagged, given a level, closed, and each of it taken back."""
    crowd(owner, 10_000)
    moment = clock.now()
    acts = [
        ("tag", {"add": "VIP"}, Customer.objects.filter(tags__name="VIP")),
        ("level", {"level": "A"}, Customer.objects.filter(level="A")),
        ("close", {"reason": "gone"}, Customer.objects.filter(state__stage="closed")),
    ]
    for minute, (name, what, changed) in enumerate(acts):
        with clock.set_to(moment + timedelta(minutes=minute)):
            picked = {"all": "1", "query": "", **what}
            with CaptureQueriesContext(connection) as asked:
                signed_in.post(reverse(f"customers-{name}"), picked)
            assert len(asked) < 20 * 40, name
            assert changed.count() == 10_000, name
            # What was taken back before has said so, too, and offers nothing.
            told = signed_in.get(f"{LIST}?view=all").context["messages"]
            said = next(each for each in told if each.extra_tags)
            assert "10,000" in str(said)
            signed_in.post(said.extra_tags)
            assert not changed.exists(), name
    crowd(owner, 1)
    signed_in.post(reverse("customers-tag"), {"all": "1", "query": "", "add": "VIP"})
    assert not Customer.objects.filter(tags__name="VIP").exists(), "more than 10,000 are refused"


def test_questions_do_not_grow_with_those_selected(owner) -> None:
    first, *ids = crowd(owner, 301)
    tag_customers(actor=owner, customer_ids=[first], add=["VIP"])
    counts = []
    for some in (ids[:3], ids[3:]):
        with CaptureQueriesContext(connection) as asked:
            level_customers(actor=owner, customer_ids=some, level="A")
            tag_customers(actor=owner, customer_ids=some, add=["VIP"])
            close_customers(actor=owner, customer_ids=some, reason="gone")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_api_narrows_as_the_screen_does(signed_in, customer) -> None:
    customer("甲", level="A", code="K1"), customer("乙", level="B"), customer("丙")
    filters = {each["key"]: each for each in signed_in.get("/api/customers/filters").json()}
    assert filters["level"]["choices"][0] == {"value": "A", "label": "A"}
    assert filters["orders"]["parameters"] == ["orders_from", "orders_to"]
    assert "figure" not in filters

    def names(**query: str) -> str:
        answer = signed_in.get("/api/customers", query)
        assert answer.status_code == 200, answer.content
        return "".join(row["name"] for row in answer.json()["items"])

    for query in ({"level": "A"}, {"code": "k"}, {"orders_to": "0", "level": "A"}):
        page = signed_in.get(LIST, query).context["page"]
        assert names(**query) == "".join(str(row.cells[0].html) for row in page.rows) == "甲"
    assert names(level="A", limit="1") == "甲"
    assert names(level="") == "甲乙丙"
    for nonsense in ({"levle": "A"}, {"level": "Z"}, {"orders_from": "x"}, {"last_to": "soon"}):
        answer = signed_in.get("/api/customers", nonsense)
        assert answer.status_code == 422, nonsense


def test_levels_and_closing_over_the_api(signed_in, customer) -> None:
    made = customer("甲", level="A")
    wanted = [{"name": "金", "before": "A", "standard": "两天内回访"}, {"name": "B"}]
    saved = send(signed_in, "put", "/api/levels", wanted)
    assert [row["name"] for row in saved.json()] == ["金", "B"]
    made.refresh_from_db()
    assert made.level == "金"
    twice = send(signed_in, "put", "/api/levels", [{"name": "B"}, {"name": "b"}])
    assert twice.status_code == 422
    body = {"customer_ids": [made.pk], "reason": "unfit", "note": "太远"}
    assert send(signed_in, "post", "/api/customers/close", body).json() == {"count": 1}
    read = signed_in.get(f"/api/customers/{made.pk}").json()["state"]
    assert (read["stage"], read["closed_on"]) == ("closed", str(clock.today()))
    body["reason"] = "nonsense"
    assert send(signed_in, "post", "/api/customers/close", body).status_code == 422
    again = send(signed_in, "post", "/api/customers/reopen", {"customer_ids": [made.pk]})
    assert again.json() == {"count": 1}
    assert Closure.objects.get().reopened == "by_hand"
    assert JournalEntry.objects.filter(verb="customer.reopened").exists()
