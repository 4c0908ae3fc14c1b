"""Who may let whom help, with what, and that it is said once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.accounts.services import deactivate_user
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Collaborator
from liuke.customers.queries import visible_to
from liuke.customers.queries.helping import could_help, helpers_ever, helpers_of
from liuke.customers.services import Help, add_collaborator, end_collaborator, merge_customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(firm, person):
    make = Unit.objects.create
    branches = [make(kind="branch", name=name, parent=firm) for name in "东西"]
    return [
        person(Role.SELLER, name, unit=unit) for name, unit in zip("林何", branches, strict=True)
    ]


@pytest.fixture
def made(two, customer):
    return customer(owner=two[0], branch=two[0].unit)


def test_an_owner_lets_a_colleague_help(two, made) -> None:
    lin, he = two
    row = add_collaborator(actor=lin, help=Help(made.pk, he.pk, "报价"))
    assert list(visible_to(he)) == [made]
    assert [each.person for each in helpers_of(made.pk)] == [he]
    entry = JournalEntry.objects.get(verb="collaborator.added")
    assert (entry.actor_id, entry.customer_id, entry.after["why"]) == (lin.pk, made.pk, "报价")
    with pytest.raises(Refused, match="helps already"):
        add_collaborator(actor=lin, help=Help(made.pk, he.pk, "再来"))
    with pytest.raises(PermissionDenied):
        add_collaborator(actor=he, help=Help(made.pk, lin.pk, "换我"))
    end_collaborator(actor=he, customer_id=made.pk, collaborator_id=row.pk)
    assert not visible_to(he).exists()
    with pytest.raises(Refused, match="over already"):
        end_collaborator(actor=lin, customer_id=made.pk, collaborator_id=row.pk)


def test_what_is_refused(two, made, person, on_day) -> None:
    on_day(date(2026, 6, 1))
    lin, he = two
    analyst = person(Role.ANALYST, "分析")
    assert set(could_help(made)) >= {he}
    assert not {lin, analyst} & set(could_help(made))
    for help in (
        Help(made.pk, analyst.pk, "看看"),
        Help(made.pk, lin.pk, "自己"),
        Help(made.pk, he.pk, " "),
        Help(made.pk, he.pk, "过去", until=date(2026, 5, 31)),
    ):
        with pytest.raises(Refused):
            add_collaborator(actor=lin, help=help)
    assert not Collaborator.objects.exists()


def test_the_database_refuses_the_same_twice_and_a_whole_share(two, made) -> None:
    _lin, he = two
    Collaborator.objects.create(customer=made, person=he, why="报价")
    for wrong in ({"person": he}, {"person": two[0], "percent": 100}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Collaborator.objects.create(customer=made, why="x", **wrong)


def test_who_left_helps_nobody(two, made, owner) -> None:
    add_collaborator(actor=two[0], help=Help(made.pk, two[1].pk, "报价"))
    deactivate_user(actor=owner, username=two[1].username)
    assert not helpers_of(made.pk).exists()
    assert not Collaborator.objects.filter(ended_at=None).exists()


def test_help_follows_a_merge(two, made, owner, customer) -> None:
    other = customer("王海涛", owner=two[0])
    for each in (made, other):
        add_collaborator(actor=two[0], help=Help(each.pk, two[1].pk, "报价"))
    merge_customers(actor=owner, survivor_id=made.pk, absorbed_id=other.pk)
    assert [each.person for each in helpers_of(made.pk)] == [two[1]]


def test_who_helped_on_a_day(two, made, on_day) -> None:
    on_day(date(2026, 6, 10))
    row = add_collaborator(actor=two[0], help=Help(made.pk, two[1].pk, "报价"))
    on_day(date(2026, 6, 20))
    end_collaborator(actor=two[0], customer_id=made.pk, collaborator_id=row.pk)
    [row] = helpers_ever([made.pk])[made.pk]
    days = {day: row.helped_on(date(2026, 6, day)) for day in (9, 10, 20, 21)}
    assert days == {9: False, 10: True, 20: True, 21: False}


def test_the_dialog_and_the_line_in_the_head(two, made, client) -> None:
    client.force_login(two[0])
    url = reverse("helper-new", args=[made.pk])
    assert "this field is required" in client.post(url, {"why": ""}).content.decode().lower()
    posted = client.post(url, {"person_id": two[1].pk, "why": "报价", "until": "2099-01-01"})
    assert "lk:changed" in posted.headers["HX-Trigger"]
    page = client.get(reverse("customer", args=[made.pk])).content.decode()
    assert "报价" in page
    row = Collaborator.objects.get()
    assert str(row.until) == "2099-01-01"
    client.force_login(two[1])
    page = client.get(reverse("customer", args=[made.pk])).content.decode()
    assert "Add a collaborator" not in page
    assert client.post(reverse("helper-end", args=[made.pk, row.pk])).status_code == 200
    assert client.get(reverse("customer", args=[made.pk])).status_code == 404
