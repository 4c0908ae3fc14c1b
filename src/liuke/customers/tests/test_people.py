"""People around a customer: they are found, they have roles, and they belong to one customer."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from liuke.accounts.rules import Role
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, Person
from liuke.customers.queries import find
from liuke.customers.queries.people import has_role, people_of
from liuke.customers.services import (
    NewConsent,
    NewContactPoint,
    NewPerson,
    record_consents,
    record_people,
    remove_person,
    save_person,
    update_customer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm_customer(customer):
    return customer("上海恒达物流有限公司", kind="organization")


@pytest.fixture
def accountant(owner, firm_customer):
    return save_person(
        actor=owner,
        customer_id=firm_customer.pk,
        values={"name": "李秀英", "position": "会计", "concern": "return"},
        roles=["payer", "gatekeeper"],
        contact_points=[NewContactPoint("mobile", "13912340000", preferred=True)],
    )


def roles(person) -> list[str]:
    return [each.role for each in person.buying_roles.order_by("pk")]


def test_a_person_is_found_by_name_pinyin_and_phone(owner, firm_customer, accountant) -> None:
    for words in ("李秀英", "lxy", "13912340000", "恒达 李秀"):
        assert list(find(owner, words)) == [firm_customer], words
    assert roles(accountant) == ["payer", "gatekeeper"]
    entry = JournalEntry.objects.get(verb="person.added")
    assert entry.customer_id == firm_customer.pk
    assert entry.after == {"name": "李秀英", "roles": ["payer", "gatekeeper"]}


def test_the_person_stays_found_when_the_file_is_edited(owner, firm_customer, accountant) -> None:
    update_customer(
        actor=owner, customer_id=firm_customer.pk, version=1, values={"note": "x"},
        contact_points=[NewContactPoint("phone", "02168885555")],
    )  # fmt: skip
    assert list(find(owner, "李秀英")) == [firm_customer]
    assert accountant.contact_points.count() == 1


def test_a_change_says_what_changed(owner, firm_customer, accountant) -> None:
    save_person(
        actor=owner, customer_id=firm_customer.pk, person_id=accountant.pk,
        values={"name": "李秀兰", "left_on": date(2026, 1, 5)}, roles=["decision"],
    )  # fmt: skip
    entry = JournalEntry.objects.latest("pk")
    assert entry.before == {"name": "李秀英", "left_on": None, "roles": ["payer", "gatekeeper"]}
    assert entry.after == {"name": "李秀兰", "left_on": "2026-01-05", "roles": ["decision"]}
    assert not find(owner, "李秀英").exists()
    assert accountant.contact_points.count() == 1


def test_who_was_recorded_by_mistake_goes(owner, firm_customer, accountant) -> None:
    remove_person(actor=owner, customer_id=firm_customer.pk, person_id=accountant.pk)
    assert not find(owner, "13912340000").exists()
    assert JournalEntry.objects.latest("pk").before["name"] == "李秀英"


def test_whoever_agreed_to_something_stays(owner, firm_customer, accountant) -> None:
    point = accountant.contact_points.get()
    new = NewConsent(point.pk, "offers", given=True, how="spoken", on=date(2026, 1, 1))
    record_consents(actor=owner, consents=[new])
    with pytest.raises(Refused):
        remove_person(actor=owner, customer_id=firm_customer.pk, person_id=accountant.pk)


def test_the_customer_that_a_person_is_must_be_in_sight(person, customer, owner) -> None:
    seller = person(Role.SELLER)
    mine, foreign = customer("我的", owner=seller), customer("别人的")
    with pytest.raises(Refused):
        save_person(actor=seller, customer_id=mine.pk, values={"name": "陈", "known_as": foreign})
    saved = save_person(
        actor=owner, customer_id=mine.pk, values={"name": "陈", "known_as": foreign}
    )
    assert saved.known_as == foreign
    with pytest.raises(ValidationError):
        save_person(actor=owner, customer_id=mine.pk, values={"name": "他自己", "known_as": mine})
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(customer=mine, name="他自己", known_as=mine)


def test_a_list_narrows_to_known_roles(owner, customer, firm_customer, accountant) -> None:
    customer("没有联系人")
    assert list(Customer.objects.filter(has_role("payer"))) == [firm_customer]
    assert not Customer.objects.filter(has_role("user")).exists()
    save_person(
        actor=owner, customer_id=firm_customer.pk, person_id=accountant.pk,
        values={"left_on": date(2026, 1, 5)},
    )  # fmt: skip
    assert not Customer.objects.filter(has_role("payer")).exists()


def test_a_name_of_blanks_is_refused(owner, firm_customer) -> None:
    with pytest.raises(ValidationError):
        save_person(actor=owner, customer_id=firm_customer.pk, values={"name": "  "})


def test_who_left_comes_last(owner, firm_customer, accountant) -> None:
    save_person(
        actor=owner, customer_id=firm_customer.pk, person_id=accountant.pk,
        values={"left_on": date(2026, 1, 5)},
    )  # fmt: skip
    save_person(actor=owner, customer_id=firm_customer.pk, values={"name": "新会计"})
    assert [each.name for each in people_of(firm_customer)] == ["新会计", "李秀英"]


def test_many_cost_what_one_costs(owner, customer) -> None:
    def cost(count: int) -> int:
        new = [
            NewPerson(
                customer(f"客户{n}").pk, {"name": f"会计{n}"}, ["payer"],
                [NewContactPoint("mobile", f"1390000{n:04d}")],
            )
            for n in range(count)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            record_people(actor=owner, new=new)
        return len(asked)

    assert cost(1) == cost(3) == cost(60)
