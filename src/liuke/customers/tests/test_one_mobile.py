"""Of two customers with one primary mobile the database keeps one, unless people decided."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from liuke.accounts.rules import Role
from liuke.customers.models import Customer, DuplicatePair, PrimaryMobile
from liuke.customers.services import (
    NewContactPoint,
    NewCustomer,
    create_customer,
    decide_pair,
    record_customers,
    update_customer,
)
from liuke.customers.services.duplicates import Known

pytestmark = pytest.mark.django_db
SPELLINGS = (
    "13800136027",
    "+86 138 0013 6027",
    "138-0013-6027",
    "１３８００１３６０２７",
    "008613800136027",
)


def with_mobile(actor, name: str, number: str = SPELLINGS[0], **more) -> Customer:
    points = [NewContactPoint("mobile", number, preferred=True)]
    return create_customer(actor=actor, values={"name": name}, contact_points=points, **more)


def test_a_mobile_in_another_format_is_refused_and_names_the_owner(owner, person, firm) -> None:
    seller = person(Role.SELLER, "林静")
    wang = with_mobile(seller, "王海涛")
    with pytest.raises(Known, match=r"already has this mobile: 王海涛 \(owner: 林静\)") as told:
        with_mobile(owner, "李娜", SPELLINGS[1])
    assert told.value.reason_needed
    assert [each.customer_id for each in told.value.found] == [wang.pk]
    with pytest.raises(Known, match=r"already has this mobile: 王\*\* \(owner: 林静\)"):
        with_mobile(person(Role.SELLER, "赵磊"), "李娜", SPELLINGS[2])
    assert Customer.objects.count() == 1


def test_relatives_share_a_phone_by_a_recorded_decision(owner) -> None:
    wang = with_mobile(owner, "王海涛")
    wife = with_mobile(owner, "李娜", SPELLINGS[1], anyway="夫妻共用")
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.verdict, pair.reason, pair.decided_by) == (
        wang, wife, "shared", "夫妻共用", owner,
    )  # fmt: skip
    assert PrimaryMobile.objects.get(pk=wife.pk).decision == pair
    with pytest.raises(IntegrityError), transaction.atomic():
        PrimaryMobile.objects.filter(pk=wife.pk).update(decision=None)


def test_a_change_is_refused_too_and_an_edit_of_something_else_is_not(owner) -> None:
    with_mobile(owner, "王海涛")
    na = with_mobile(owner, "李娜", "13900139000")
    taken = [NewContactPoint("mobile", SPELLINGS[3])]
    with pytest.raises(Known):
        update_customer(actor=owner, customer_id=na.pk, version=1, values={}, contact_points=taken)
    shared = update_customer(
        actor=owner, customer_id=na.pk, version=1, values={}, contact_points=taken, anyway="母女"
    )
    again = update_customer(
        actor=owner, customer_id=na.pk, version=shared.version, values={"level": "A"},
        contact_points=taken,
    )  # fmt: skip
    assert again.level == "A"


def test_a_second_mobile_is_nobodys_key(owner) -> None:
    with_mobile(owner, "王海涛")
    both = [
        NewContactPoint("mobile", "13900139000", preferred=True),
        NewContactPoint("mobile", SPELLINGS[0]),
    ]
    create_customer(actor=owner, values={"name": "李娜"}, contact_points=both)
    assert Customer.objects.count() == 2


def test_a_file_loses_nothing_and_says_what_is_contested(owner) -> None:
    holder = with_mobile(owner, "王海涛")
    new = [
        NewCustomer({"name": name}, [NewContactPoint("mobile", number)])
        for name, number in (
            ("李娜", SPELLINGS[1]),
            ("赵敏", "13900139000"),
            ("孙丽", "139 0013 9000"),
            ("周强", "无"),
        )
    ]
    na, zhao, sun, _zhou = record_customers(actor=owner, new=new, origin="file")
    contested = PrimaryMobile.objects.filter(contested=True)
    assert set(contested.values_list("customer", flat=True)) == {na.pk, sun.pk}
    assert set(DuplicatePair.objects.values_list("first", "second", "source")) == {
        (holder.pk, na.pk, "file"),
        (zhao.pk, sun.pk, "file"),
    }
    assert na.contact_points.get().value == SPELLINGS[1]
    # People decide afterwards; when the holder lets go, who waits holds it.
    decide_pair(
        actor=owner,
        pair_id=DuplicatePair.objects.get(first=holder).pk,
        verdict="shared",
        reason="父女",
    )
    assert PrimaryMobile.objects.get(pk=na.pk).decision is not None
    update_customer(actor=owner, customer_id=zhao.pk, version=1, values={}, contact_points=[])
    assert not PrimaryMobile.objects.get(pk=sun.pk).contested


def test_the_same_name_without_a_key_asks_and_never_merges(owner) -> None:
    create_customer(actor=owner, values={"name": "王海涛"})
    with pytest.raises(Known, match=r"王海涛 \(owner: 王敏\) already exists") as told:
        create_customer(actor=owner, values={"name": " 王海濤"})
    assert not told.value.reason_needed
    create_customer(actor=owner, values={"name": "王海濤"}, anyway="另一位")
    create_customer(actor=owner, values={"name": "王海涛", "code": "C-1"})
    with_mobile(owner, "王海涛")
    assert Customer.objects.count() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["mobile", "credit code"])
def test_of_fifty_who_record_one_customer_at_once_one_owns_it(person, firm, at_once, by) -> None:
    people = [person(Role.SELLER, f"销售{number}") for number in range(50)]

    def records(number: int):
        if by == "mobile":
            spelled = SPELLINGS[number % len(SPELLINGS)]
            return lambda: with_mobile(people[number], f"王海涛{number}", spelled)
        values = {
            "kind": "organization",
            "name": f"顺达{number}",
            "credit_code": "91310000MA1FL0000X",
        }
        return lambda: create_customer(actor=people[number], values=values)

    outcomes = at_once(*map(records, range(50)))
    assert Counter(type(each).__name__ for each in outcomes) == {"Customer": 1, "Known": 49}
    first = Customer.objects.select_related("owner").get()
    for each in outcomes:
        if isinstance(each, ValidationError):
            assert f"(owner: {first.owner.name})" in each.messages[0]
