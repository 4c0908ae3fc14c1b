"""Two people edit one customer: the second learns what changed and overwrites nothing."""

import pytest

from liuke.accounts.rules import Role
from liuke.core.errors import Stale
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer
from liuke.customers.queries import FieldChange, changes_since
from liuke.customers.services import NewContactPoint, create_customer, update_customer

pytestmark = pytest.mark.django_db
PHONE = [NewContactPoint("mobile", "13800136027")]


@pytest.fixture
def wang(owner) -> Customer:
    return create_customer(
        actor=owner, values={"name": "王海涛", "level": "B"}, contact_points=PHONE
    )


def edit(wang, actor, version, points=None, **values) -> Customer:
    return update_customer(
        actor=actor, customer_id=wang.pk, version=version, values=values, contact_points=points
    )


def test_the_second_is_told_field_old_new_and_who(wang, owner, person) -> None:
    lina = person(Role.OWNER, "李娜")
    edit(wang, lina, 1, level="A", note="爱喝茶")
    with pytest.raises(Stale, match="Somebody else changed this customer") as refusal:
        edit(wang, owner, 1, note="爱喝咖啡")
    assert sorted(refusal.value.changes, key=lambda change: change.field) == [
        FieldChange("level", "B", "A", "李娜", "Level", "B", "A"),
        FieldChange("note", "", "爱喝茶", "李娜", "Note", "—", "爱喝茶"),
    ]
    assert refusal.value.current_version == 2


def test_nothing_of_the_second_is_half_written(wang, owner, person) -> None:
    edit(wang, person(Role.OWNER, "李娜"), 1, level="A")
    entries = JournalEntry.objects.count()
    with pytest.raises(Stale):
        edit(wang, owner, 1, points=[], name="汪海涛", level="C")
    wang.refresh_from_db()
    assert (wang.name, wang.level, wang.version) == ("王海涛", "A", 2)
    assert wang.contact_points.count() == 1
    assert JournalEntry.objects.count() == entries


def test_with_the_version_that_was_told_the_second_may_write(wang, owner) -> None:
    edit(wang, owner, 1, level="A")
    assert edit(wang, owner, 2, level="C").version == 3


def test_changes_are_told_from_the_version_read_on_oldest_first(wang, owner, person) -> None:
    edit(wang, owner, 1, level="A")
    edit(wang, person(Role.OWNER, "李娜"), 2, level="C")
    edit(wang, owner, 3, points=[])
    assert changes_since(wang, 2) == [
        FieldChange("level", "A", "C", "李娜", "Level", "A", "C"),
        FieldChange(
            "contact_points",
            ["mobile 13800136027"],
            [],
            "王敏",
            "Contact points",
            "13800136027",
            "—",
        ),
    ]
    assert changes_since(wang, 4) == []


def test_another_customers_changes_are_not_told(wang, owner, customer) -> None:
    edit(customer("李娜"), owner, 1, note="x")
    assert changes_since(wang, 1) == []


def test_of_two_who_save_in_the_same_moment_one_wins_and_one_is_told(wang, owner, at_once) -> None:
    def saves(level: str):
        return lambda: edit(wang, owner, 1, level=level)

    outcomes = at_once(*(saves(level) for level in "ACD"))
    refused = [each for each in outcomes if isinstance(each, Stale)]
    (won,) = [each for each in outcomes if isinstance(each, Customer)]
    assert len(refused) == 2
    assert {(change.field, change.after) for each in refused for change in each.changes} == {
        ("level", won.level)
    }
    (stored,) = at_once(lambda: Customer.objects.get(pk=wang.pk))
    assert (stored.level, stored.version) == (won.level, 2)


def test_of_two_who_record_one_number_in_the_same_moment_one_is_told(owner, at_once) -> None:
    def records(name: str):
        return lambda: create_customer(actor=owner, values={"name": name, "code": "C-1"})

    outcomes = at_once(records("王海涛"), records("李娜"))
    assert sorted(type(each).__name__ for each in outcomes) == ["Customer", "Known"]
    (refusal,) = [each for each in outcomes if not isinstance(each, Customer)]
    assert "Another customer already has this number." in str(refusal)
    assert at_once(Customer.objects.count) == [1]


def test_changes_are_said_in_words_not_in_numbers(wang, owner, person) -> None:
    edit(wang, owner, 1, owner=person(Role.SELLER, "赵敏"), gender="female")
    changes = {change.field: change for change in changes_since(wang, 1)}
    assert (changes["owner"].before_text, changes["owner"].after_text) == ("王敏", "赵敏")
    assert changes["gender"].after_text == "Female"
