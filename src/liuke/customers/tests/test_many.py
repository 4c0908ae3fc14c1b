"""Acts on many customers: assigning, tagging, and the way back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.core.errors import Refused, Stale
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, Tag
from liuke.customers.queries import changes_since, tags_in_use
from liuke.customers.services import (
    assign_customers,
    create_customer,
    tag_customers,
    undo_batch,
    update_customer,
)
from liuke.customers.services.tags import spelled

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(customer) -> list[int]:
    return [customer(name).pk for name in ("王海涛", "李娜", "赵敏")]


def owners() -> list[str]:
    rows = Customer.objects.order_by("pk").select_related("owner")
    return [str(row.owner) if row.owner else "" for row in rows]


def worn() -> list[list[str]]:
    rows = Customer.objects.order_by("pk").prefetch_related("tags")
    return [[tag.name for tag in row.tags.all()] for row in rows]


def test_assigning_counts_only_who_changes(owner, person, three) -> None:
    li = person(Role.SELLER, "李雷")
    update_customer(actor=owner, customer_id=three[0], version=1, values={"owner": li})
    batch = assign_customers(actor=owner, customer_ids=three, owner_id=li.pk)
    assert batch.count == 2
    assert owners() == ["李雷"] * 3
    entries = JournalEntry.objects.filter(at=batch.at, verb="customer.updated")
    assert set(entries.values_list("customer_id", flat=True)) == set(three[1:])
    assert assign_customers(actor=owner, customer_ids=three, owner_id=None).count == 3
    assert owners() == ["", "", ""]


def test_what_many_went_through_is_told_to_who_was_writing(owner, person, three) -> None:
    li = person(Role.SELLER, "李雷")
    assign_customers(actor=owner, customer_ids=three, owner_id=li.pk)
    tag_customers(actor=owner, customer_ids=three, add=["VIP"])
    with pytest.raises(Stale) as stale:
        update_customer(actor=owner, customer_id=three[0], version=1, values={"note": "x"})
    said = [(change.field, change.after_text) for change in stale.value.changes]
    assert said == [("owner", "李雷"), ("tags", "VIP")]
    found = Customer.objects.get(pk=three[0])
    assert found.version == 3
    assert [change.label for change in changes_since(found, 1)] == ["Owner", "Tags"]


def test_a_seller_may_neither_take_nor_give_what_is_out_of_sight(person, customer, firm) -> None:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    seller, other = person(Role.SELLER, unit=branch), person(Role.SELLER, unit=branch)
    own, foreign = customer("自己的", owner=seller), customer("别人的", owner=other)
    for ids in ([foreign.pk], [own.pk, foreign.pk]):
        with pytest.raises(Refused):
            assign_customers(actor=seller, customer_ids=ids, owner_id=seller.pk)
        with pytest.raises(Refused):
            tag_customers(actor=seller, customer_ids=ids, add=["VIP"])
    with pytest.raises(Refused, match="may not give"):
        assign_customers(actor=seller, customer_ids=[own.pk], owner_id=other.pk)
    assert (own.owner, foreign.owner) == (seller, other)
    assert not Tag.objects.filter(customers__isnull=False).exists()
    analyst = person(Role.ANALYST)
    for act in (
        lambda: assign_customers(actor=analyst, customer_ids=[own.pk], owner_id=analyst.pk),
        lambda: tag_customers(actor=analyst, customer_ids=[own.pk], add=["VIP"]),
        lambda: undo_batch(actor=analyst, at=clock.now()),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_tags_are_one_whatever_their_case(owner, three) -> None:
    assert tag_customers(actor=owner, customer_ids=three[:2], add=["VIP", " vip  "]).count == 2
    assert tag_customers(actor=owner, customer_ids=three, add=["Vip"]).count == 1
    assert worn() == [["VIP"]] * 3
    assert Tag.objects.count() == 1
    assert tag_customers(actor=owner, customer_ids=three[:1], remove=["vIP"]).count == 1
    assert worn() == [[], ["VIP"], ["VIP"]]
    tag_customers(actor=owner, customer_ids=three, remove=["VIP"])
    assert not tags_in_use().exists(), "what nobody wears is not offered"


def test_a_tag_too_long_changes_nobody(owner, three) -> None:
    with pytest.raises(ValidationError):
        tag_customers(actor=owner, customer_ids=three, add=["长" * 41])
    assert worn() == [[], [], []]


def test_tags_come_with_a_customer_and_change_at_a_version(owner) -> None:
    made = create_customer(actor=owner, values={"name": "王"}, tags=["车队", "VIP"])
    assert worn() == [["VIP", "车队"]]
    update_customer(actor=owner, customer_id=made.pk, version=1, values={}, tags=["车队"])
    assert worn() == [["车队"]]
    entry = JournalEntry.objects.latest("pk")
    assert (entry.before, entry.after) == (
        {"tags": ["VIP", "车队"]}, {"tags": ["车队"], "version": 2},
    )  # fmt: skip
    with pytest.raises(Stale):
        update_customer(actor=owner, customer_id=made.pk, version=1, values={}, tags=[])


def test_undo_gives_back_what_nobody_changed_since(owner, person, three) -> None:
    li, han = person(Role.SELLER, "李雷"), person(Role.SELLER, "韩梅")
    assign_customers(actor=owner, customer_ids=three[:1], owner_id=han.pk)
    batch = assign_customers(actor=owner, customer_ids=three, owner_id=li.pk)
    update_customer(actor=owner, customer_id=three[1], version=2, values={"owner": han})
    assert undo_batch(actor=owner, at=batch.at) == 2
    assert owners() == ["韩梅", "韩梅", "王敏"]
    assert undo_batch(actor=owner, at=batch.at) == 0, "once is enough"


def test_undo_of_tags(owner, three) -> None:
    tag_customers(actor=owner, customer_ids=three[:1], add=["VIP"])
    batch = tag_customers(actor=owner, customer_ids=three, add=["VIP", "车队"])
    assert undo_batch(actor=owner, at=batch.at) == 3
    assert worn() == [["VIP"], [], []]


def test_undo_is_one_s_own_and_soon(owner, person, three, on_day) -> None:
    li = person(Role.SELLER, "李雷", own_scope="all")
    batch = assign_customers(actor=owner, customer_ids=three, owner_id=li.pk)
    assert undo_batch(actor=li, at=batch.at) == 0
    on_day(batch.at + timedelta(minutes=31))
    with pytest.raises(Refused, match="too late"):
        undo_batch(actor=owner, at=batch.at)
    assert owners() == ["李雷"] * 3


def test_who_gives_away_the_last_in_sight_may_take_it_back(person, customer, firm) -> None:
    seller = person(Role.SELLER, unit=Unit.objects.create(kind="branch", name="店", parent=firm))
    own = customer("自己的", owner=seller, branch=None)
    batch = assign_customers(actor=seller, customer_ids=[own.pk], owner_id=None)
    assert undo_batch(actor=seller, at=batch.at) == 1
    own.refresh_from_db()
    assert own.owner == seller


@pytest.mark.parametrize("act", ["assign", "tag", "undo"])
def test_three_cost_as_much_as_one(owner, person, customer, act) -> None:
    li = person(Role.SELLER, "李雷")
    Tag.objects.create(name="VIP")
    costs = []
    for many in (1, 3):
        ids = [customer(f"{act}{many}{n}").pk for n in range(many)]
        at = assign_customers(actor=owner, customer_ids=ids, owner_id=li.pk).at
        acts = {
            "assign": lambda ids=ids: assign_customers(
                actor=owner, customer_ids=ids, owner_id=None
            ),
            "tag": lambda ids=ids: tag_customers(actor=owner, customer_ids=ids, add=["VIP"]),
            "undo": lambda at=at: undo_batch(actor=owner, at=at),
        }
        with CaptureQueriesContext(connection) as asked:
            acts[act]()
        costs.append(len(asked))
    # Taking back asks besides where the customers waited before, and keeps the history of owners.
    assert costs[0] == costs[1] < 26


@given(st.lists(st.text(max_size=12)))
def test_spelling_is_settled_at_once(names) -> None:
    once = spelled(names)
    assert spelled(once) == once
    assert len({name.lower() for name in once}) == len(once)
    assert all(name == name.strip() and name for name in once)
