"""Ways to reach a customer: one spelling, one preferred, no doubles, nothing lost in merging."""

import pytest
from django.db import IntegrityError, transaction

from liuke.customers.models import ContactPoint
from liuke.customers.services import NewContactPoint, create_customer, update_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def points(owner):
    """Record a customer with these ways; what is kept, in the order shown."""

    def record(*wanted: NewContactPoint) -> list[ContactPoint]:
        wang = create_customer(actor=owner, values={"name": "王海涛"}, contact_points=wanted)
        return list(wang.contact_points.all())

    return record


@pytest.mark.parametrize(
    ("kind", "value", "normalised"),
    [
        ("mobile", "138 0013 6027", "+8613800136027"),
        ("mobile", "+86 138-0013-6027", "+8613800136027"),
        ("mobile", "１３８００１３６０２７", "+8613800136027"),
        ("phone", "(021) 6888 5555", "+862168885555"),
        ("email", " Wang@Example.COM ", "wang@example.com"),
        ("wechat", "ＷＡＮＧ_1980", "wang_1980"),
    ],
)
def test_one_spelling_to_compare_and_the_own_one_to_read(points, kind, value, normalised) -> None:
    (point,) = points(NewContactPoint(kind, value))
    assert (point.normalised, point.value) == (normalised, value.strip())


def test_two_spellings_of_one_number_are_one_way(points) -> None:
    kept = points(
        NewContactPoint("mobile", "138 0013 6027"), NewContactPoint("mobile", "+8613800136027")
    )
    assert [point.value for point in kept] == ["138 0013 6027"]


def test_one_number_may_be_a_mobile_and_a_wechat(points) -> None:
    kept = points(
        NewContactPoint("mobile", "13800136027"), NewContactPoint("wechat", "13800136027")
    )
    assert [point.kind for point in kept] == ["mobile", "wechat"]


def test_the_preferred_comes_first_and_there_is_one(points) -> None:
    kept = points(
        NewContactPoint("email", "wang@example.com"),
        NewContactPoint("mobile", "13800136027", preferred=True),
        NewContactPoint("wechat", "wang", preferred=True),
    )
    assert [(point.kind, point.preferred) for point in kept] == [
        ("mobile", True),
        ("email", False),
        ("wechat", False),
    ]


def test_merging_doubles_keeps_that_it_is_preferred(points) -> None:
    (point,) = points(
        NewContactPoint("mobile", "13800136027"),
        NewContactPoint("mobile", "138 0013 6027", preferred=True),
    )
    assert point.preferred


def test_a_double_that_is_preferred_twice_is_no_second_preferred(points) -> None:
    kept = points(
        NewContactPoint("mobile", "13800136027", preferred=True),
        NewContactPoint("email", "wang@example.com"),
        NewContactPoint("email", "WANG@example.com", preferred=True),
    )
    assert [(point.kind, point.preferred) for point in kept] == [("mobile", True), ("email", False)]


@pytest.mark.parametrize("first", [True, False])
def test_merging_doubles_never_forgets_do_not_contact(points, first) -> None:
    (point,) = points(
        NewContactPoint("mobile", "13800136027", do_not_contact=first),
        NewContactPoint("mobile", "138 0013 6027", do_not_contact=not first),
    )
    assert point.do_not_contact


def test_an_empty_line_of_a_form_is_no_way(points) -> None:
    assert points(NewContactPoint("mobile", "  "), NewContactPoint("email", "")) == []


def test_two_customers_may_share_a_number(points) -> None:
    points(NewContactPoint("phone", "021-58881234"))
    assert len(points(NewContactPoint("phone", "02158881234"))) == 1


def test_new_ways_replace_the_old_ones(customer, owner) -> None:
    wang = customer("王海涛")
    for version, number in ((1, "13800136027"), (2, "13900139000")):
        update_customer(
            actor=owner,
            customer_id=wang.pk,
            version=version,
            values={},
            contact_points=[NewContactPoint("mobile", number, preferred=True)],
        )
    assert [point.value for point in wang.contact_points.all()] == ["13900139000"]


def test_the_database_knows_one_preferred_and_no_doubles(customer) -> None:
    wang = customer("王海涛")
    ContactPoint.objects.create(customer=wang, kind="mobile", normalised="1", preferred=True)
    for kind, number, preferred in (("email", "2", True), ("mobile", "1", False)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContactPoint.objects.create(
                customer=wang, kind=kind, normalised=number, preferred=preferred
            )
