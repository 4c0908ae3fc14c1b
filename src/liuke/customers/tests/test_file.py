"""The customer file: create, edit, and what the journal keeps of it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer
from liuke.customers.services import EDITABLE, NewContactPoint, create_customer, update_customer

pytestmark = pytest.mark.django_db


def last() -> JournalEntry:
    return JournalEntry.objects.latest("pk")


def edit(customer: Customer, actor, **values) -> Customer:
    version = Customer.objects.get(pk=customer.pk).version
    return update_customer(actor=actor, customer_id=customer.pk, version=version, values=values)


def test_whoever_records_a_customer_owns_it(person) -> None:
    seller = person(Role.SELLER)
    customer = create_customer(actor=seller, values={"name": "王海涛"})
    assert (customer.owner, customer.created_by, customer.version) == (seller, seller, 1)


def test_unless_an_owner_is_named(owner, person) -> None:
    seller = person(Role.SELLER)
    assert create_customer(actor=owner, values={"name": "王海涛", "owner": seller}).owner == seller
    assert create_customer(actor=owner, values={"name": "李娜", "owner": None}).owner is None


def test_a_customer_belongs_to_the_branch_where_it_was_recorded(person, firm) -> None:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    team = Unit.objects.create(kind="team", name="一组", parent=branch)
    of_team = create_customer(actor=person(Role.SELLER, unit=team), values={"name": "王海涛"})
    of_firm = create_customer(actor=person(Role.OWNER, unit=firm), values={"name": "李娜"})
    assert (of_team.branch, of_firm.branch) == (branch, None)


def test_a_new_customer_is_potential_and_has_no_clock(customer) -> None:
    state = customer("王海涛").state
    assert (state.stage, state.purchase_days, state.clocks, state.lost_at) == (
        "potential",
        0,
        0,
        None,
    )


def test_the_journal_keeps_a_new_customer_as_it_was(owner) -> None:
    points = [NewContactPoint("mobile", "138 0013 6027")]
    customer = create_customer(
        actor=owner, values={"name": "王海涛", "level": "A"}, contact_points=points
    )
    entry = last()
    assert (entry.verb, entry.before, entry.customer_id) == ("customer.created", None, customer.pk)
    assert set(entry.after) == {*EDITABLE, "kind", "contact_points", "tags", "children"}
    assert (entry.after["name"], entry.after["level"]) == ("王海涛", "A")
    assert entry.after["contact_points"] == ["mobile 138 0013 6027"]


def test_an_edit_keeps_before_and_after_of_what_changed_and_of_nothing_else(
    customer, owner
) -> None:
    wang = customer("王海涛", level="B")
    edit(wang, owner, level="A", note="爱喝茶", name="王海涛", birth_date=date(1980, 2, 29))
    assert last().verb == "customer.updated"
    assert last().before == {"level": "B", "note": "", "birth_date": None}
    assert last().after == {
        "level": "A",
        "note": "爱喝茶",
        "birth_date": "1980-02-29",
        "version": 2,
    }


def test_contact_points_belong_to_the_edit(customer, owner) -> None:
    wang = customer("王海涛")
    update_customer(
        actor=owner,
        customer_id=wang.pk,
        version=1,
        values={},
        contact_points=[NewContactPoint("mobile", "13800136027")],
    )
    assert last().before == {"contact_points": []}
    assert last().after == {"contact_points": ["mobile 13800136027"], "version": 2}


def test_an_edit_that_says_nothing_of_contact_points_leaves_them(owner) -> None:
    points = [NewContactPoint("mobile", "13800136027")]
    wang = create_customer(actor=owner, values={"name": "王海涛"}, contact_points=points)
    edit(wang, owner, note="爱喝茶")
    assert wang.contact_points.count() == 1
    update_customer(actor=owner, customer_id=wang.pk, version=2, values={}, contact_points=[])
    assert wang.contact_points.count() == 0


def test_a_new_name_is_sorted_anew(customer, owner) -> None:
    wang = customer("王海涛")
    assert edit(wang, owner, name="安娜").name_sort == "an na"


def test_what_is_not_for_editing_stays(customer, owner) -> None:
    wang = customer("王海涛")
    edit(wang, owner, created_by=None, version=40, name_sort="zzz")
    wang.refresh_from_db()
    assert (wang.created_by, wang.version, wang.name_sort) == (owner, 2, "wang hai tao")


@pytest.mark.parametrize(
    "values", [{"name": ""}, {"name": "王", "level": "Z"}, {"name": "王" * 121}]
)
def test_what_cannot_be_is_refused_and_nothing_is_written(owner, values) -> None:
    entries = JournalEntry.objects.count()
    with pytest.raises(ValidationError):
        create_customer(actor=owner, values=values)
    assert (Customer.objects.count(), JournalEntry.objects.count()) == (0, entries)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("code", "C-1", "Another customer already has this number."),
        ("credit_code", "91310000MA1FL0000X", "Another customer already has this credit code."),
    ],
)
def test_a_number_belongs_to_one_customer(customer, owner, field, value, message) -> None:
    customer("王海涛", **{field: value})
    with pytest.raises(ValidationError, match=message):
        customer("李娜", **{field: value})
    other = customer("张伟")
    with pytest.raises(ValidationError, match=message):
        edit(other, owner, **{field: value})
    other.refresh_from_db()
    assert (getattr(other, field), other.version) == ("", 1)


def test_no_number_is_nobodys_number(customer) -> None:
    assert customer("王海涛").code == customer("李娜").code == ""


def test_a_number_taken_in_the_same_moment_gets_the_same_message(customer, monkeypatch) -> None:
    """Somebody records it between our check and our write."""
    customer("王海涛", code="C-1")
    check = Customer.full_clean
    looked = []

    def looks_too_early(self, *args, **kwargs) -> None:
        looked.append(self)
        if len(looked) > 1:
            check(self, *args, **kwargs)

    monkeypatch.setattr(Customer, "full_clean", looks_too_early)
    with pytest.raises(ValidationError, match="Another customer already has this number"):
        customer("李娜", code="C-1")
    assert len(looked) == 1


def test_a_database_error_of_another_kind_is_not_hidden(customer, monkeypatch) -> None:
    def fails(*_args, **_kwargs) -> None:
        raise IntegrityError("another kind")

    monkeypatch.setattr(Customer, "save", fails)
    with pytest.raises(IntegrityError, match="another kind"):
        customer("李娜")


@pytest.mark.parametrize("role", [Role.ANALYST])
def test_who_only_reads_writes_nothing(customer, person, role) -> None:
    wang, reader = customer("王海涛"), person(role)
    with pytest.raises(PermissionDenied, match="may not create and edit customers"):
        create_customer(actor=reader, values={"name": "李娜"})
    with pytest.raises(PermissionDenied):
        edit(wang, reader, note="x")


def test_a_customer_outside_the_scope_is_not_found(customer, person) -> None:
    wang = customer("王海涛")
    with pytest.raises(Customer.DoesNotExist):
        edit(wang, person(Role.SELLER), note="我的")
    wang.refresh_from_db()
    assert wang.note == ""
