"""Ways, people and relations in place on the customer's page, and over the API."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.customers.models import Customer, DuplicatePair, RelationKind
from liuke.customers.services import NewRelation, record_relations, save_person, save_point

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(customer) -> Customer:
    return customer("王海涛")


@pytest.fixture
def phone(owner, wang):
    values = {"kind": "mobile", "value": "13800136027", "preferred": True}
    return save_point(actor=owner, customer_id=wang.pk, values=values)


def api(client, method: str, path: str, body: object = None):
    data = {} if body is None else {"data": json.dumps(body)}
    return getattr(client, method)(f"/api{path}", content_type="application/json", **data)


def done(answer) -> bool:
    """An empty answer closes the dialog, and the page behind loads anew."""
    return answer.content == b"" and "lk:changed" in answer.headers["HX-Trigger"]


def test_a_way_is_added_changed_preferred_and_removed(signed_in, wang, phone) -> None:
    new = reverse("point-new", args=[wang.pk])
    refused = signed_in.post(new, {"kind": "email", "value": "wang"})
    assert refused.context["form"].errors["value"]
    assert done(signed_in.post(new, {"kind": "wechat", "value": "wang", "label": "晚上"}))
    chat = wang.contact_points.get(kind="wechat")
    assert done(signed_in.post(reverse("point-prefer", args=[wang.pk, chat.pk])))
    edit = reverse("point-edit", args=[wang.pk, phone.pk])
    assert signed_in.get(edit).context["form"]["value"].value() == "13800136027"
    assert done(signed_in.post(edit, {"kind": "mobile", "value": "13900139000"}))
    assert done(signed_in.post(reverse("point-remove", args=[wang.pk, phone.pk])))
    (left,) = wang.contact_points.all()
    assert (left.value, left.label, left.preferred) == ("wang", "晚上", True)


def test_a_consent_is_recorded_and_keeps_the_way(signed_in, wang, phone) -> None:
    url = reverse("point-consents", args=[wang.pk, phone.pk])
    day = str(signed_in.get(url).context["form"]["on"].value())
    said = {"purpose": "offers", "given": "no", "how": "message", "on": day, "note": "短信太多"}
    assert done(signed_in.post(url, said))
    assert "短信太多" in signed_in.get(url).content.decode()
    page = signed_in.get(reverse("customer", args=[wang.pk])).content.decode()
    assert "does not want: Offers and news" in page
    kept = signed_in.post(reverse("point-remove", args=[wang.pk, phone.pk]))
    assert "consent is recorded" in kept.headers["HX-Trigger"]
    assert wang.contact_points.exists()


def test_somebody_around_is_added_with_roles_and_changed(signed_in, wang, customer) -> None:
    wife = customer("李娜")
    new = reverse("person-new", args=[wang.pk])
    typed = {
        "name": "李娜", "roles": ["payer", "decision"], "concern": "return",
        "mobile": "13900139000", "known_as": wife.pk,
    }  # fmt: skip
    assert done(signed_in.post(new, typed))
    li = wang.people.get()
    assert (li.known_as, li.contact_points.get().value) == (wife, "13900139000")
    page = signed_in.get(reverse("customer", args=[wang.pk])).content.decode()
    for word in (
        "Decision maker",
        "Payer",
        "Return on the money",
        reverse("customer", args=[wife.pk]),
    ):
        assert word in page, word
    edit = reverse("person-edit", args=[wang.pk, li.pk])
    assert set(signed_in.get(edit).context["form"]["roles"].value()) == {"decision", "payer"}
    assert done(signed_in.post(edit, {"name": "李娜", "roles": ["user"]}))
    li.refresh_from_db()
    assert ([each.role for each in li.buying_roles.all()], li.known_as) == (["user"], None)
    assert done(signed_in.post(reverse("person-remove", args=[wang.pk, li.pk])))
    assert not wang.people.exists()


def test_a_relation_is_added_becomes_strong_and_ends(signed_in, wang, customer) -> None:
    li = customer("李建国")
    picked = signed_in.get(reverse("customer-pick", args=[wang.pk]), {"q": "ljg", "name": "other"})
    assert f'value="{li.pk}"' in picked.content.decode()
    new = reverse("relation-new", args=[wang.pk])
    nobody = signed_in.post(new, {"word": "master:first"})
    assert nobody.context["form"].errors == {"other": ["Choose the customer."]}
    assert done(signed_in.post(new, {"word": "master:first", "other": li.pk, "strength": "weak"}))
    tie = wang.relations_second.get()
    assert (tie.first, tie.strength) == (li, "weak")
    twice = signed_in.post(new, {"word": "master:second", "other": li.pk})
    assert "already" in twice.content.decode()
    edit = reverse("relation-edit", args=[wang.pk, tie.pk])
    day = str(signed_in.get(edit).context["form"]["on"].value())
    assert done(signed_in.post(edit, {"strength": "strong", "on": day}))
    page = signed_in.get(reverse("customer", args=[li.pk])).content.decode()
    assert "Apprentice" in page
    strong = signed_in.get(reverse("customers"), {"ties": "strong"}).context["page"].rows
    assert len(strong) == 2
    figure = signed_in.get(reverse("relation-kinds")).context["became_strong"]
    assert figure == 0, "on one day the last word counts: it never was weak"
    assert done(signed_in.post(reverse("relation-end", args=[wang.pk, tie.pk])))
    assert not wang.relations_second.filter(ended_on=None).exists()


def test_what_is_out_of_sight_is_masked_on_the_page(person, customer, owner) -> None:
    seller = person(Role.SELLER)
    mine, foreign = customer("我的", owner=seller), customer("欧阳修")
    record_relations(actor=owner, new=[NewRelation(mine.pk, foreign.pk, "kin")])
    client = Client()
    client.force_login(seller)
    page = client.get(reverse("customer", args=[mine.pk])).content.decode()
    assert "欧**" in page
    assert "欧阳修" not in page
    ties = api(client, "get", f"/customers/{mine.pk}/relations").json()
    assert [(tie["name"], tie["other"]) for tie in ties] == [("欧**", None)]
    taken = api(
        client, "post", f"/customers/{mine.pk}/relations", {"other_id": foreign.pk, "kind": "town"}
    )
    assert taken.status_code == 404


def test_a_kind_is_added_and_called_differently(signed_in) -> None:
    new = {"first_word": "钓友", "second_word": "", "strength": "general"}
    assert signed_in.post(reverse("relation-kind-new"), new).status_code == 302
    master = reverse("relation-kind", args=["master"])
    assert signed_in.get(master).context["form"]["second_word"].value() == "Apprentice"
    signed_in.post(master, {"first_word": "师傅", "second_word": "学徒", "strength": "strong"})
    assert {str(kind) for kind in RelationKind.objects.all()} == {"钓友", "师傅 / 学徒"}
    empty = signed_in.post(reverse("relation-kind-new"), {"strength": "weak"})
    assert empty.status_code == 422


def test_ways_over_the_api(signed_in, wang, phone) -> None:
    path = f"/customers/{wang.pk}/points"
    made = api(signed_in, "post", path, {"kind": "qq", "value": "12345678"}).json()
    assert (made["kind"], made["normalised"], made["consents"]) == ("qq", "12345678", [])
    assert api(signed_in, "post", path, {"kind": "qq", "value": "1"}).status_code == 422
    one = f"{path}/{made['id']}"
    assert api(signed_in, "patch", one, {"label": "工作"}).json()["label"] == "工作"
    said = {"purpose": "offers", "given": True, "how": "online"}
    history = api(signed_in, "post", f"{one}/consents", said).json()
    assert [(row["purpose"], row["given"]) for row in history] == [("offers", True)]
    assert api(signed_in, "delete", one).status_code == 422
    assert api(signed_in, "delete", f"{path}/{phone.pk}").status_code == 204
    listed = api(signed_in, "get", path).json()
    assert [row["consents"][0]["purpose"] for row in listed] == ["offers"]
    way = api(signed_in, "get", f"/customers/{wang.pk}/next-way").json()
    assert way == {"point": made["id"], "after": None}


def test_people_and_relations_over_the_api(signed_in, wang, customer) -> None:
    li = customer("李建国")
    path = f"/customers/{wang.pk}/people"
    made = api(
        signed_in, "post", path, {"name": "李会计", "roles": ["payer"], "known_as_id": li.pk}
    )
    assert (made.status_code, made.json()["roles"], made.json()["known_as"]) == (
        201,
        ["payer"],
        li.pk,
    )
    one = f"{path}/{made.json()['id']}"
    changed = api(signed_in, "patch", one, {"known_as_id": None, "concern": "ease"}).json()
    assert (changed["known_as"], changed["concern"], changed["roles"]) == (None, "ease", ["payer"])
    assert len(api(signed_in, "get", path).json()) == 1
    assert api(signed_in, "delete", one).status_code == 204
    path = f"/customers/{wang.pk}/relations"
    body = {"other_id": li.pk, "kind": "master", "other_is": "second"}
    (tie,) = api(signed_in, "post", path, body).json()
    assert (tie["word"], tie["other"], tie["strength"]) == ("Apprentice", li.pk, "strong")
    one = f"{path}/{tie['id']}"
    assert api(signed_in, "patch", one, {"strength": "weak"}).json()[0]["strength"] == "weak"
    assert api(signed_in, "delete", one).status_code == 204
    assert api(signed_in, "get", path).json() == []
    kinds = {row["code"]: row for row in api(signed_in, "get", "/relations/kinds").json()}
    assert (kinds["master"]["first"], kinds["master"]["second"]) == ("Master", "Apprentice")


def test_the_page_costs_the_same_with_many_people(signed_in, owner, wang) -> None:
    url = reverse("customer", args=[wang.pk])

    def cost(people: range) -> int:
        for number in people:
            point = {"kind": "mobile", "value": f"1380013602{number}"}
            made = save_person(
                actor=owner, customer_id=wang.pk, values={"name": f"人{number}"}, roles=["user"]
            )
            save_point(actor=owner, customer_id=wang.pk, values=point, person_id=made.pk)
        with CaptureQueriesContext(connection) as asked:
            signed_in.get(url)
        return len(asked)

    assert cost(range(3)) == cost(range(3, 9))


def test_a_shared_mobile_takes_a_reason_in_the_drawer_too(signed_in, wang, phone, customer) -> None:
    li = customer("李娜")
    url = reverse("point-new", args=[li.pk])
    data = {"kind": "mobile", "value": "+86 138-0013-6027"}
    refused = signed_in.post(url, data).content.decode()
    assert "They share a phone, because" in refused
    assert reverse("customer", args=[wang.pk]) in refused
    assert not li.contact_points.exists()
    assert done(signed_in.post(url, {**data, "anyway": "夫妻"}))
    assert DuplicatePair.objects.get().reason == "夫妻"
    assert li.contact_points.count() == 1
