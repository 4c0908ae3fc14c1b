"""Things we serve: vehicles with a plate that one of them bears."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from liuke.accounts.rules import Role
from liuke.core.models import JournalEntry
from liuke.customers.models import Asset, Customer
from liuke.customers.services import save_asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(owner):
    def make(who: Customer, serial: str = "", actor=owner, **values) -> Asset:
        given = {"name": "途观", "serial": serial, **values}
        return save_asset(actor=actor, customer_id=who.pk, values=given)

    return make


def test_an_asset_is_kept_with_what_the_journal_says_of_it(customer, car, owner) -> None:
    wang = customer("王海涛")
    asset = car(wang, "沪A·12345")
    entry = JournalEntry.objects.latest("pk")
    assert (str(asset), asset.customer) == ("途观 沪A·12345", wang)
    assert (entry.verb, entry.before, entry.customer_id) == ("asset.created", None, wang.pk)
    assert entry.after == {"name": "途观", "serial": "沪A·12345", "retired_on": None}


def test_out_of_service_is_a_date_in_the_journal(customer, car, owner) -> None:
    wang = customer("王海涛")
    asset = car(wang, "沪A·12345")
    save_asset(
        actor=owner, customer_id=wang.pk, asset_id=asset.pk, values={"retired_on": date(2026, 3, 1)}
    )
    entry = JournalEntry.objects.latest("pk")
    assert entry.verb == "asset.updated"
    assert entry.before["retired_on"] is None
    assert entry.after == {"name": "途观", "serial": "沪A·12345", "retired_on": "2026-03-01"}


def test_a_plate_is_borne_by_one_asset_in_service_however_it_is_spelt(customer, car) -> None:
    car(customer("王海涛"), "沪A·12345")
    with pytest.raises(ValidationError, match="Another asset in service already has this plate"):
        car(customer("李娜"), "沪a 12345")
    assert Asset.objects.count() == 1


def test_a_plate_goes_on_to_the_next_owner(customer, car) -> None:
    car(customer("王海涛"), "沪A·12345", retired_on=date(2026, 1, 1))
    assert car(customer("李娜"), "沪A·12345").retired_on is None


def test_without_a_plate_there_may_be_many(customer, car) -> None:
    wang = customer("王海涛")
    assert car(wang).pk != car(wang).pk


def test_somebody_elses_asset_is_not_found(customer, car, owner) -> None:
    asset = car(customer("王海涛"))
    with pytest.raises(Asset.DoesNotExist):
        save_asset(
            actor=owner, customer_id=customer("李娜").pk, asset_id=asset.pk, values={"name": "x"}
        )


def test_scope_and_role_decide_as_for_the_customer(customer, car, person) -> None:
    wang = customer("王海涛")
    with pytest.raises(Customer.DoesNotExist):
        car(wang, actor=person(Role.SELLER))
    with pytest.raises(PermissionDenied):
        car(wang, actor=person(Role.ANALYST))
    assert not Asset.objects.exists()
