"""Finding a customer by what people type, within what they may see."""

import pytest

from liuke.accounts.rules import Role
from liuke.customers.queries import find
from liuke.customers.services import NewContactPoint, create_customer, save_asset, update_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(owner):
    wang = create_customer(
        actor=owner,
        values={"name": "王海涛", "code": "C-1007", "credit_code": "91310000MA1FL0000X"},
        contact_points=[
            NewContactPoint("mobile", "138 0013 6027"),
            NewContactPoint("email", "haitao@example.com"),
        ],
    )
    save_asset(actor=owner, customer_id=wang.pk, values={"name": "大众途观", "serial": "沪A·12345"})
    create_customer(actor=owner, values={"name": "李娜"})
    return wang


@pytest.mark.parametrize(
    "typed",
    [
        "王海涛",
        "王",
        "海涛",
        "wanghaitao",
        "wht",
        "13800136027",
        "6027",
        "+86 138 0013 6027",
        "沪A12345",
        "沪a·12345",
        "12345",
        "途观",
        "haitao@example.com",
        "1007",
        "91310000MA1FL0000X",
        "王 6027",
    ],
)
def test_by_name_pinyin_phone_plate_and_number(wang, owner, typed) -> None:
    assert list(find(owner, typed)) == [wang]


@pytest.mark.parametrize("typed", ["王 李", "张", "9999", "lina wang", "沪B12345"])
def test_every_word_has_to_fit(wang, owner, typed) -> None:
    assert list(find(owner, typed)) == []


def test_nothing_typed_restricts_nothing(wang, owner) -> None:
    assert find(owner, "  ").count() == 2


def test_nobody_finds_what_is_outside_the_scope(wang, person) -> None:
    seller = person(Role.SELLER)
    mine = create_customer(actor=seller, values={"name": "王海波"})
    assert list(find(seller, "王海")) == [mine]
    assert list(find(seller, "6027")) == []


def test_an_edit_is_found_under_the_new_words_only(wang, owner) -> None:
    update_customer(
        actor=owner, customer_id=wang.pk, version=1, values={"name": "汪海涛"}, contact_points=[]
    )
    assert list(find(owner, "汪")) == [wang]
    assert list(find(owner, "王海涛")) == []
    assert list(find(owner, "6027")) == []
    assert list(find(owner, "途观")) == [wang]


def test_a_new_plate_is_found_and_the_old_one_is_not(wang, owner) -> None:
    asset = wang.assets.get()
    save_asset(actor=owner, customer_id=wang.pk, asset_id=asset.pk, values={"serial": "沪B·99999"})
    assert list(find(owner, "沪B99999")) == [wang]
    assert list(find(owner, "沪A12345")) == []
