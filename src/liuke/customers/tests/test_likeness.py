"""Who is recorded already is said while typing, whoever owns them."""

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.customers.queries.likeness import Typed, holders_of, matches
from liuke.customers.services import NewContactPoint, create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(owner):
    def make(name: str, *points: tuple[str, str], **values):
        given = [NewContactPoint(kind, value) for kind, value in points]
        return create_customer(
            actor=owner, values={"name": name, **values}, contact_points=given, anyway="so"
        )

    return make


def reasons(viewer, **typed) -> dict[str, list[str]]:
    return {each.known.name: list(each.reasons) for each in matches(viewer, Typed(**typed))}


@pytest.mark.parametrize(
    ("recorded", "typed", "reason"),
    [
        ("王海涛", "王海濤", "name"),
        ("王海涛", "王海涛先生", "name"),
        ("王海涛", "王海滔", "sound"),
        ("王海涛", "ｗａｎｇ ｈａｉｔａｏ", "sound"),
        ("上海顺达汽车销售有限公司", "顺达汽车销售有限责任公司", "name"),
        ("上海顺达汽车销售有限公司", "上海順達汽車銷售", "name"),
        ("上海顺达汽车销售有限公司", "上海顺达气车销售有限公司", "sound"),
        ("上海顺达汽车销售有限公司", "顺达汽车锁售公司", "spelling"),
        ("顺达汽车销售服务有限公司", "顺达汽车销售有限公司", "spelling"),
        ("Acme Trading Ltd", "ACME Trading Limited", "name"),
    ],
)
def test_names_that_are_alike(owner, known, recorded, typed, reason) -> None:
    known(recorded)
    known("赵敏")
    known("宏达机械制造有限公司")
    assert reasons(owner, name=typed) == {recorded: [reason]}


def test_another_name_is_another_customer(owner, known) -> None:
    known("王海波")
    known("上海宏达汽车配件有限公司")
    assert reasons(owner, name="王海涛") == {}
    assert reasons(owner, name="上海顺达汽车销售有限公司") == {}
    assert reasons(owner, name="王") == reasons(owner, name="") == reasons(owner, name="!?") == {}


def test_keys_in_another_format_come_first(owner, known) -> None:
    known("李娜", ("mobile", "138 0013 6027"))
    known("王海涛", ("email", "Wang@Example.com"))
    known("顺达", credit_code="91310000MA1FL0000X", kind="organization")
    found = matches(
        owner,
        Typed(
            name="王海涛", credit_code="91310000MA1FL0000X",
            points=[("phone", "+86-13800136027"), ("email", " wang@example.com")],
        ),
    )  # fmt: skip
    assert [(each.known.name, list(each.reasons)) for each in found] == [
        ("顺达", ["credit_code"]),
        ("王海涛", ["email", "name"]),
        ("李娜", ["mobile"]),
    ]


def test_out_of_sight_only_the_owner_is_told(known, person, firm) -> None:
    wang = known("王海涛", ("mobile", "13800136027"))
    seller = person(Role.SELLER, "赵磊")
    (match,) = matches(seller, Typed(points=[("mobile", "13800136027")]))
    assert (match.known.name, match.known.owner, match.known.seen) == ("王**", "王敏", False)
    client = Client()
    client.force_login(seller)
    page = client.post(reverse("customer-known"), {"name": "王海涛", "kind": "person"})
    assert "王**" in page.content.decode()
    assert "王海涛" not in page.content.decode()
    assert "王敏" in page.content.decode()
    assert reverse("customer", args=[wang.pk]) not in page.content.decode()


def test_who_edits_is_not_told_about_oneself(owner, known) -> None:
    wang = known("王海涛")
    assert matches(owner, Typed(name="王海涛"), without=wang.pk) == []


def test_a_file_is_asked_at_once(known, django_assert_num_queries) -> None:
    wang = known("王海涛", ("mobile", "13800136027"))
    with django_assert_num_queries(1):
        found = holders_of(["+8613800136027", "+8613900139000"])
    assert found == {"+8613800136027": [wang.pk]}
