"""Pools, handovers and rules of assignment over the API."""

import json

import pytest
from django.test import Client

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.customers.models import Customer
from liuke.customers.services import NewCustomer, record_customers
from liuke.ownership.models import AssignmentRule, Handover, Pool
from liuke.ownership.services import release, save_pool, save_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    def make(person: User, method: str, path: str, body: object = None):
        client = Client()
        client.force_login(person)
        data = {} if body is None else {"data": json.dumps(body)}
        return getattr(client, method)(f"/api{path}", content_type="application/json", **data)

    return make


def test_a_customer_is_claimed_from_a_pool(
    call, branch, manager, lin, qian, customer, firm
) -> None:
    pool = save_pool(
        actor=None, pool=Pool(name="浦东公海", branch=branch, hidden=["value"]), managers=[manager]
    )
    save_pool(
        actor=None,
        pool=Pool(
            name="虹桥公海",
            branch=Unit.objects.create(kind="branch", name="虹桥店", parent=firm),
        ),
        managers=[],
    )
    made = customer("王海涛", owner=qian, branch=branch)
    release(actor=manager, customer_ids=[made.pk], why="x")
    pools = call(lin, "get", "/pools").json()
    assert [(each["name"], each["waiting"]) for each in pools] == [("浦东公海", 1)]
    waiting = call(lin, "get", f"/pools/{pool.pk}/customers").json()
    assert [(row["id"], row["value"], row["last_owner"]) for row in waiting["items"]] == [
        (made.pk, None, "钱玲")
    ]
    assert call(lin, "get", f"/pools/{pool.pk + 1}/customers").status_code == 404
    claimed = call(lin, "post", "/pools/claim", {"customer_ids": [made.pk]})
    assert claimed.json() == {"count": 1, "gone": {}}
    late = call(manager, "post", "/pools/claim", {"customer_ids": [made.pk]})
    assert (late.status_code, late.json()) == (
        422, {"detail": ["王海涛 is taken already: 林晓雯 was faster."]},
    )  # fmt: skip


def test_a_handover_is_looked_at_and_carried_out(call, manager, lin, qian, customer) -> None:
    made = [customer(name, owner=lin) for name in "甲乙"]
    asked = {"from_id": lin.pk, "receiver_ids": [qian.pk]}
    preview = call(manager, "post", "/handovers/preview", asked).json()
    assert preview["counts"] == {str(qian.pk): 2}
    assert set(preview["customers"]) == {str(each.pk) for each in made}
    go = asked | {"plan": preview["plan"], "note": "离职"}
    stale = call(manager, "post", "/handovers", go | {"plan": "x"})
    assert stale.status_code == 422
    assert call(manager, "post", "/handovers", go | {"leaves": True}).status_code == 403
    assert not Handover.objects.exists()
    done = call(manager, "post", "/handovers", go)
    assert done.json() == {"id": Handover.objects.get().pk, "customers": 2}
    assert Customer.objects.filter(owner=qian).count() == 2
    assert call(lin, "post", "/handovers/preview", asked).status_code == 403


def test_a_handover_reaches_no_further_than_its_scope(
    call, manager, lin, person, firm, customer
) -> None:
    elsewhere = Unit.objects.create(kind="branch", name="虹桥店", parent=firm)
    stranger = person(Role.SELLER, "何军", unit=elsewhere)
    customer("别店的", owner=stranger, branch=elsewhere)
    customer("王海涛", owner=lin)
    foreign = {"from_id": stranger.pk, "receiver_ids": [lin.pk]}
    assert call(manager, "post", "/handovers/preview", foreign).status_code == 404
    outwards = {"from_id": lin.pk, "receiver_ids": [stranger.pk]}
    assert call(manager, "post", "/handovers/preview", outwards).status_code == 422
    # Who sees the whole firm hands over no more than the act allows.
    User.objects.filter(pk=manager.pk).update(own_scope="all")
    manager.role.grants["hand_over"] = "branch"
    manager.role.save()
    assert call(manager, "post", "/handovers/preview", foreign).status_code == 404
    manager.role.grants["hand_over"] = "all"
    manager.role.save()
    assert call(manager, "post", "/handovers/preview", foreign).status_code == 200


def test_rules_are_read_and_applied(call, branch, manager, lin, qian) -> None:
    rows = record_customers(
        actor=None, new=[NewCustomer({"name": name, "branch": branch}) for name in "甲乙丙"],
        origin="api",
    )  # fmt: skip
    save_rule(
        actor=None, rule=AssignmentRule(name="浦东", conditions={"branches": [branch.pk]}),
        people=[lin, qian],
    )  # fmt: skip
    [rule] = call(lin, "get", "/assignment/rules").json()
    assert (rule["name"], rule["people_ids"]) == ("浦东", [lin.pk, qian.pk])
    first = {"customer_ids": [rows[0].pk]}
    assert call(lin, "post", "/assignment/apply", first).status_code == 422, "out of sight"
    assert call(manager, "post", "/assignment/apply", first).json() == {"count": 1, "left": 0}
    assert call(lin, "post", "/assignment/apply", {}).status_code == 403
    assert call(manager, "post", "/assignment/apply", {}).json() == {"count": 2, "left": 0}
    assert not Customer.objects.filter(owner=None).exists()


def test_a_customer_recorded_for_nobody_goes_by_the_rules(call, lin, qian, person) -> None:
    save_rule(actor=None, rule=AssignmentRule(name="x"), people=[qian])
    wanted = [
        ("王海涛", {}, lin),
        ("李娜", {"owner_id": None}, qian),
        ("赵敏", {"owner_id": lin.pk}, lin),
    ]
    for name, given, owner in wanted:
        made = call(lin, "post", "/customers", {"name": name, **given})
        assert made.status_code == 201
        assert made.json()["owner"] == owner.pk
    refused = call(lin, "post", "/customers", {"name": "周杰", "owner_id": qian.pk})
    assert refused.json() == {"detail": ["You may not give customers to this person."]}
