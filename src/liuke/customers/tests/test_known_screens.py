"""Recording somebody who is known already: on the form and over the API."""

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.customers.models import Customer, DuplicatePair
from liuke.customers.services import (
    NewContactPoint,
    create_customer,
    merge_customers,
    undo_merge,
)

pytestmark = pytest.mark.django_db
LINES = {"children-TOTAL_FORMS": 0, "children-INITIAL_FORMS": 0}
POINTS = {"points-TOTAL_FORMS": 1, "points-INITIAL_FORMS": 0, "points-0-kind": "mobile"}


def typed(**more) -> dict:
    return {"kind": "person", "name": "李娜", **LINES, **POINTS, **more}


@pytest.fixture
def wang(person, firm) -> Customer:
    points = [NewContactPoint("mobile", "13800136027")]
    return create_customer(
        actor=person(Role.SELLER, "林静"), values={"name": "王海涛"}, contact_points=points
    )


def test_the_form_names_the_owner_and_takes_a_reason(wang, signed_in) -> None:
    data = typed(**{"points-0-value": "+86 138-0013-6027"})
    refused = signed_in.post(reverse("customer-new"), data)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "王海涛 (owner: 林静)" in page
    assert reverse("customer", args=[wang.pk]) in page
    assert 'name="anyway"' in page
    assert signed_in.post(reverse("customer-new"), {**data, "anyway": "夫妻"}).status_code == 302
    assert DuplicatePair.objects.get().reason == "夫妻"


def test_who_may_not_see_the_customer_gets_the_owner_and_no_name(wang, person) -> None:
    client = Client()
    client.force_login(person(Role.SELLER, "赵磊"))
    page = client.post(
        reverse("customer-new"), typed(**{"points-0-value": "13800136027"})
    ).content.decode()
    assert "林静" in page
    assert "王海涛" not in page
    assert reverse("customer", args=[wang.pk]) not in page


def test_the_form_asks_about_a_namesake(signed_in) -> None:
    data = typed(**{"points-0-value": ""})
    assert signed_in.post(reverse("customer-new"), data).status_code == 302
    asked = signed_in.post(reverse("customer-new"), data)
    assert "create anyway" in asked.content.decode()
    again = {**data, "anyway": "Somebody else of the same name"}
    assert signed_in.post(reverse("customer-new"), again).status_code == 302
    assert Customer.objects.count() == 2


def test_the_api_answers_409_with_the_owner(wang, signed_in) -> None:
    body = {"name": "李娜", "contact_points": [{"kind": "mobile", "value": "13800136027"}]}
    post = "/api/customers"
    refused = signed_in.post(post, body, content_type="application/json")
    assert refused.status_code == 409
    [found] = refused.json()["found"]
    assert found.pop("sign"), "with it the customer of a colleague can be claimed"
    assert found == {"id": wang.pk, "name": "王海涛", "owner": "林静"}
    assert refused.json()["reason_needed"] is True
    passed = signed_in.post(post, {**body, "anyway": "夫妻"}, content_type="application/json")
    assert passed.status_code == 201


def test_old_addresses_lead_to_the_survivor_and_tell_its_past(wang, owner, signed_in) -> None:
    na = create_customer(actor=owner, values={"name": "李娜"})
    merge = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=na.pk)
    old = reverse("customer", args=[na.pk])
    followed = signed_in.get(old, follow=True)
    assert followed.redirect_chain == [(reverse("customer", args=[wang.pk]), 302)]
    page = followed.content.decode()
    assert page.count("李娜 into 王海涛") == 1
    assert page.count(">Added<") == 2
    assert signed_in.get(f"/api/customers/{na.pk}").json()["id"] == wang.pk
    undo_merge(actor=owner, merge_id=merge.pk)
    assert signed_in.get(old).status_code == 200
    assert signed_in.get("/api/customers/999").status_code == 404
    assert signed_in.get(reverse("customer", args=[999])).status_code == 404
