"""Customers over the API: who may enter, what comes back, and two who write at once."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.accounts.services import create_token, deactivate_user
from liuke.customers.models import Customer
from liuke.customers.services import update_customer

pytestmark = pytest.mark.django_db
URL = "/api/customers"


@pytest.fixture
def program(owner) -> Client:
    """A program that acts for 王敏."""
    key = create_token(actor=None, username=owner.username)
    return Client(headers={"Authorization": f"Bearer {key}"}, enforce_csrf_checks=True)


def send(client, method: str, url: str, body: object):
    return getattr(client, method)(url, json.dumps(body), content_type="application/json")


def test_a_customer_is_recorded_found_and_read(program, owner) -> None:
    body = {
        "name": "王海涛",
        "level": "A",
        "contact_points": [{"kind": "mobile", "value": "138 0000 0000", "preferred": True}],
    }
    made = send(program, "post", URL, body)
    assert made.status_code == 201
    answer = made.json()
    assert (answer["name"], answer["level"], answer["owner"]) == ("王海涛", "A", owner.pk)
    assert (answer["version"], answer["state"]["stage"]) == (1, "potential")
    (kept,) = answer["contact_points"]
    point = {"kind": "mobile", "value": "138 0000 0000", "preferred": True, "do_not_contact": False}
    assert kept == {
        **point, "id": kept["id"], "label": "", "last_result": "", "last_result_on": None,
    }  # fmt: skip
    for words in ("王", "wht", "0000"):
        assert program.get(URL, {"q": words}).json()["items"] == [answer], words
    assert program.get(f"{URL}/{answer['id']}").json() == answer
    assert program.get(URL, {"q": "李"}).json() == {"items": [], "next_after": None}


def test_pages_follow_each_other_without_gap(program, customer) -> None:
    made = [customer(f"客户{n}").pk for n in range(5)]
    first = program.get(URL, {"limit": 2}).json()
    assert [row["id"] for row in first["items"]] == made[:2]
    second = program.get(URL, {"limit": 2, "after": first["next_after"]}).json()
    assert [row["id"] for row in second["items"]] == made[2:4]
    last = program.get(URL, {"limit": 2, "after": second["next_after"]}).json()
    assert ([row["id"] for row in last["items"]], last["next_after"]) == (made[4:], None)


@pytest.mark.parametrize(("limit", "rows"), [(-3, 1), (0, 1), (10**6, 3)])
def test_a_limit_is_kept_within_reason(program, customer, limit, rows) -> None:
    for name in "甲乙丙":
        customer(name)
    assert len(program.get(URL, {"limit": limit}).json()["items"]) == rows


def test_reading_many_costs_as_much_as_one(program, customer, django_assert_num_queries) -> None:
    customer("甲")
    with django_assert_num_queries(8):
        program.get(URL)
    for name in "乙丙丁":
        customer(name)
    with django_assert_num_queries(8):
        assert len(program.get(URL).json()["items"]) == 4


def test_only_what_is_given_changes(program, customer) -> None:
    wang = customer("王海涛", level="B", note="old")
    changed = send(program, "patch", f"{URL}/{wang.pk}", {"version": 1, "note": "new"})
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    wang.refresh_from_db()
    assert (wang.name, wang.level, wang.note) == ("王海涛", "B", "new")


def test_contact_points_stay_unless_they_are_given(program, customer) -> None:
    url = f"{URL}/{customer().pk}"
    points = [{"kind": "email", "value": "a@example.com"}]
    send(program, "patch", url, {"version": 1, "contact_points": points})
    send(program, "patch", url, {"version": 2, "name": "李娜"})
    assert [each["value"] for each in program.get(url).json()["contact_points"]] == [
        "a@example.com"
    ]
    send(program, "patch", url, {"version": 3, "contact_points": []})
    assert program.get(url).json()["contact_points"] == []


def test_an_old_version_is_told_what_changed(program, customer, person) -> None:
    wang, chen = customer("王海涛", level="B"), person(Role.MANAGER, "陈店长", own_scope="all")
    update_customer(actor=chen, customer_id=wang.pk, version=1, values={"level": "A"})
    answer = send(program, "patch", f"{URL}/{wang.pk}", {"version": 1, "note": "new"})
    assert answer.status_code == 409
    assert answer.json() == {
        "detail": [
            "Somebody else changed this customer while you were writing. Your text is kept."
        ],
        "version": 2,
        "changes": [{"field": "level", "before": "B", "after": "A", "by": "陈店长"}],
    }
    wang.refresh_from_db()
    assert (wang.level, wang.note) == ("A", "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "王" * 121}, "name"),
        ({}, "name"),
        ({"name": "王", "kind": "robot"}, "kind"),
        ({"name": "王", "level": "Z"}, "level"),
        ({"name": "王", "birth_date": "yesterday"}, "birth_date"),
        ({"name": "王", "contact_points": [{"kind": "pigeon", "value": "1"}]}, "kind"),
        ({"name": "王", "contact_points": [{"kind": "mobile", "value": "1" * 201}]}, "value"),
    ],
)
def test_an_impossible_customer_is_refused_by_field(program, body, field) -> None:
    answer = send(program, "post", URL, body)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert field in detail or any(field in problem["loc"] for problem in detail)
    assert not Customer.objects.exists()


def test_a_number_that_is_taken_says_so(program, customer) -> None:
    customer(code="C-1")
    answer = send(program, "post", URL, {"name": "李娜", "code": "C-1"})
    assert answer.status_code == 409
    assert "Another customer already has this number." in str(answer.json())


@pytest.mark.parametrize(
    "body", ["{", '{"name": "a\\u0000b"}', "\udcff".encode("utf8", "surrogateescape")]
)
def test_what_is_no_text_is_no_request(program, body) -> None:
    answer = program.post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert not Customer.objects.exists()


def test_an_asset_is_added(program, customer) -> None:
    url = f"{URL}/{customer().pk}"
    made = send(program, "post", f"{url}/assets", {"name": "途观", "serial": "沪A·12345"})
    assert (made.status_code, made.json()["serial"]) == (201, "沪A·12345")
    assert program.get(url).json()["assets"] == [made.json()]
    again = send(program, "post", f"{url}/assets", {"name": "途观", "serial": "沪A12345"})
    assert again.status_code == 422
    assert "Another asset in service already has this plate." in str(again.json())


@pytest.mark.parametrize("pk", ["0", "9" * 20])
def test_who_is_not_there_is_not_found(program, pk) -> None:
    assert program.get(f"{URL}/{pk}").status_code == 404
    assert send(program, "patch", f"{URL}/{pk}", {"version": 1}).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Bearer ", "Basic eDp5"])
def test_without_a_good_key_nobody_enters(db, header) -> None:
    answer = Client(headers={"Authorization": header}).get(URL)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Unauthorized"})


def test_a_key_ends_with_its_person(program, owner) -> None:
    assert program.get(URL).status_code == 200
    deactivate_user(actor=None, username=owner.username)
    assert program.get(URL).status_code == 401


def test_a_key_acts_within_the_scope_of_its_person(customer, person) -> None:
    seller = person(Role.SELLER)
    mine = customer("自己的", owner=seller)
    customer("别人的")
    key = create_token(actor=None, username=seller.username)
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get(URL)
    assert [row["id"] for row in answer.json()["items"]] == [mine.pk]


def test_a_browser_needs_its_token_to_write(owner) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.get(URL).status_code == 200
    assert send(client, "post", URL, {"name": "王"}).status_code == 403
    assert not Customer.objects.exists()


def test_the_documentation_loads_nothing_from_elsewhere(signed_in) -> None:
    page = signed_in.get(reverse("api-1:openapi-view"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "swagger-ui" in text
    assert "http://" not in text
    assert "https://" not in text
    assert 'src="//' not in text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
