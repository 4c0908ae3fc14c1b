"""Customers that another system knows by number: found or recorded, a thousand like one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core.models import JournalEntry
from liuke.customers.models import ContactPoint, Customer, CustomerState
from liuke.customers.queries import find
from liuke.customers.services import KnownCustomer, ensure_customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def ensure(owner):
    def act(*known: KnownCustomer, actor=owner) -> dict[str, int]:
        return ensure_customers(actor=actor, known=known, origin="orders.csv")

    return act


def test_the_missing_are_recorded_and_the_known_are_found(ensure, customer) -> None:
    wang = customer("王海涛", code="C-1")
    found = ensure(KnownCustomer("C-1", "别的名字"), KnownCustomer("C-2", "上海顺达汽修有限公司"))
    new = Customer.objects.get(code="C-2")
    assert found == {"C-1": wang.pk, "C-2": new.pk}
    assert (new.name, new.kind, new.owner) == ("上海顺达汽修有限公司", "organization", None)
    wang.refresh_from_db()
    assert wang.name == "王海涛"


def test_a_second_time_changes_nothing(ensure) -> None:
    known = [KnownCustomer(f"C-{n}", f"客户{n}") for n in range(5)]
    first, entries = ensure(*known), JournalEntry.objects.count()
    assert ensure(*known) == first
    assert (Customer.objects.count(), JournalEntry.objects.count()) == (5, entries)


def test_the_new_ones_are_complete(ensure, owner) -> None:
    (pk,) = ensure(KnownCustomer("C-1", "王海涛")).values()
    assert CustomerState.objects.get(customer=pk).stage == "potential"
    assert find(owner, "wht").get().pk == find(owner, "C-1").get().pk == pk
    assert Customer.objects.get(pk=pk).name_sort == "wang hai tao"
    entry = JournalEntry.objects.latest("pk")
    assert (entry.verb, entry.customer_id, entry.actor_id) == ("customer.created", pk, owner.pk)
    assert entry.after == {"name": "王海涛", "code": "C-1", "origin": "orders.csv"}


def test_without_a_name_the_number_is_the_name(ensure) -> None:
    ensure(KnownCustomer("17850"))
    assert Customer.objects.get(code="17850").name == "17850"


def test_a_line_without_a_name_does_not_take_away_the_name_of_another(ensure) -> None:
    ensure(KnownCustomer("C-1", "王海涛"), KnownCustomer("C-1"))
    assert Customer.objects.get().name == "王海涛"


def test_a_name_that_is_too_long_is_cut(ensure) -> None:
    ensure(KnownCustomer("C-1", "王" * 500))
    assert Customer.objects.get().name == "王" * 120


def test_they_belong_to_the_branch_of_who_brings_them(ensure, person, firm) -> None:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    manager = person(Role.MANAGER, unit=branch)
    ensure(KnownCustomer("C-1", "王海涛"), actor=manager)
    assert Customer.objects.get().branch == branch
    assert find(manager, "王海涛").count() == 1


def test_a_reader_brings_nobody(ensure, person) -> None:
    with pytest.raises(PermissionDenied):
        ensure(KnownCustomer("C-1"), actor=person(Role.ANALYST))


def test_nobody_known_is_nobody_found(ensure) -> None:
    assert ensure() == {}


def test_a_thousand_known_cost_two_questions(ensure) -> None:
    known = [KnownCustomer(f"C-{n}") for n in range(1000)]
    ensure(*known)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ensure(*known)
    assert len(asked) == 2 + 2  # the savepoint of the service


def test_the_questions_do_not_grow_with_the_customers(ensure) -> None:
    def cost(count: int, prefix: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            ensure(*[KnownCustomer(f"{prefix}{n}", f"客户{n}") for n in range(count)])
        return sum("INSERT" not in query["sql"] for query in asked)

    assert cost(1, "a") == cost(3, "b") == cost(300, "c")


def test_a_new_customer_is_reached_by_the_telephones_of_its_cell(ensure) -> None:
    (pk,) = ensure(KnownCustomer("C-1", "王海涛", "13800138000 / 021-6666 8888")).values()
    ways = ContactPoint.objects.filter(customer=pk).order_by("pk")
    assert [(way.kind, way.value, way.preferred) for way in ways] == [
        ("mobile", "13800138000", True),
        ("phone", "021-6666 8888", False),
    ]
    ensure(KnownCustomer("C-1", "王海涛", "13900139000"))
    assert ContactPoint.objects.count() == 2


def test_a_mobile_that_serves_as_the_number_is_a_way_to_reach_them(ensure) -> None:
    (pk,) = ensure(KnownCustomer("138 0013 8000")).values()
    assert ContactPoint.objects.get(customer=pk).normalised == "+8613800138000"


@pytest.mark.parametrize("cell", ["13800138000.0", "1.3800138001E+10", "138-0013-8000"])
def test_a_number_that_a_spreadsheet_calculated_with_is_what_it_was(ensure, cell: str) -> None:
    (pk,) = ensure(KnownCustomer("C-1", "王海涛", cell)).values()
    way = ContactPoint.objects.get(customer=pk)
    assert (way.kind, way.normalised[:-1]) == ("mobile", "+861380013800")


@pytest.mark.parametrize("cell", ["", "无", "1.38E+10", "12345", "转账"])
def test_what_is_no_telephone_is_left_out(ensure, cell: str) -> None:
    ensure(KnownCustomer("C-1", "王海涛", cell))
    assert not ContactPoint.objects.exists()
