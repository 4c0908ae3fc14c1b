"""The customer form: what is typed is recorded, kept when refused, and not lost to a colleague."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.customers.models import Asset, ContactPoint, Customer
from liuke.customers.services import NewContactPoint, save_asset, update_customer

pytestmark = pytest.mark.django_db
NEW = reverse("customer-new")


def typed(page, **changes: Any) -> dict[str, Any]:
    """What the browser would send back: everything as shown, and what somebody typed."""
    forms = [page.context["form"]]
    for name in ("points", "children", "entries"):
        if lines := page.context.get(name):
            forms += [lines.management_form, *lines]
    shown = {field.html_name: _sent(field) for form in forms for field in form}
    return {name: value for name, value in (shown | changes).items() if value is not False}


def _sent(field) -> Any:
    value = field.value()
    if value is None:
        # A browser chooses the first of a list by itself.
        choices = [str(key) for key, _label in getattr(field.field, "choices", [("", "")])]
        return choices[0]
    return value


def errors(page) -> dict[str, list[str]]:
    return dict(page.context["form"].errors)


@pytest.fixture
def wang(customer) -> Customer:
    return customer("王海涛", level="B")


def points_of(customer) -> list[tuple[str, str, bool, bool]]:
    rows = customer.contact_points.order_by("pk")
    return list(rows.values_list("kind", "value", "preferred", "do_not_contact"))


def test_a_new_customer_belongs_to_whoever_records_it(signed_in, owner) -> None:
    page = signed_in.get(NEW)
    answer = signed_in.post(NEW, typed(page, name="李娜", level="A", note="二手车"), follow=True)
    made = Customer.objects.get()
    assert answer.redirect_chain == [(reverse("customer", args=[made.pk]), 302)]
    assert [str(each) for each in answer.context["messages"]] == ["李娜 is recorded."]
    assert (made.name, made.level, made.note, made.owner) == ("李娜", "A", "二手车", owner)


def test_without_a_name_the_rest_is_kept_and_the_field_says_so(signed_in) -> None:
    page = signed_in.post(NEW, typed(signed_in.get(NEW), name="  ", note="二手车"))
    assert page.status_code == 422
    assert errors(page) == {"name": ["This field is required."]}
    assert "二手车" in page.content.decode()
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "王" * 121, "at most 120 characters"),
        ("birth_date", "yesterday", "Enter a valid date."),
        ("level", "Z", "Select a valid choice."),
        ("owner", "0", "Select a valid choice."),
        ("kind", "robot", "Select a valid choice."),
    ],
)
def test_impossible_values_are_named_at_their_field(signed_in, field, value, said) -> None:
    page = signed_in.post(NEW, typed(signed_in.get(NEW), **{"name": "李娜", field: value}))
    assert page.status_code == 422
    assert said in errors(page)[field][0]
    assert said in page.content.decode()


def test_a_number_that_is_taken_says_so_and_keeps_the_text(signed_in, customer) -> None:
    customer("王海涛", code="C-1")
    page = signed_in.post(NEW, typed(signed_in.get(NEW), name="李娜", code="C-1"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "Another customer already has this number." in text
    assert "李娜" in text
    assert Customer.objects.count() == 1


def test_an_edit_changes_what_was_changed(signed_in, wang) -> None:
    url = reverse("customer-edit", args=[wang.pk])
    answer = signed_in.post(url, typed(signed_in.get(url), note="wants a call"), follow=True)
    wang.refresh_from_db()
    assert (wang.name, wang.level, wang.note, wang.version) == ("王海涛", "B", "wants a call", 2)
    assert [str(each) for each in answer.context["messages"]] == ["Saved."]


def test_the_second_of_two_sees_what_changed_and_keeps_the_own_text(
    signed_in, wang, person
) -> None:
    url = reverse("customer-edit", args=[wang.pk])
    opened = signed_in.get(url)
    chen = person(Role.MANAGER, "陈店长", own_scope="all")
    update_customer(actor=chen, customer_id=wang.pk, version=1, values={"level": "A", "note": "x"})

    refused = signed_in.post(url, typed(opened, note="wants a call"))
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Somebody else changed this customer while you were writing. Your text is kept." in text
    assert {
        (each.label, each.before_text, each.after_text, each.actor)
        for each in refused.context["changes"]
    } == {("Level", "B", "A", "陈店长"), ("Note", "—", "x", "陈店长")}
    assert "Level: B → <b>A</b>" in text
    assert "陈店长" in text
    assert "wants a call" in text
    wang.refresh_from_db()
    assert (wang.level, wang.note) == ("A", "x"), "nothing is saved over it unseen"

    assert signed_in.post(url, typed(refused)).status_code == 302
    wang.refresh_from_db()
    assert (wang.level, wang.note, wang.version) == ("B", "wants a call", 3)


@pytest.mark.parametrize("version", ["", "0", "99", "x"])
def test_a_form_without_its_version_is_not_saved(signed_in, wang, version) -> None:
    url = reverse("customer-edit", args=[wang.pk])
    page = signed_in.post(url, typed(signed_in.get(url), version=version, note="lost"))
    assert page.status_code == 422
    wang.refresh_from_db()
    assert wang.note == ""


@pytest.mark.parametrize(
    ("kind", "kept", "emptied"),
    [
        ("person", ["gender", "occupation", "birth_date", "industry"], ["size", "credit_code"]),
        ("organization", ["industry", "size", "credit_code"], ["gender", "occupation"]),
    ],
)
def test_fields_of_the_other_kind_are_emptied(signed_in, kind, kept, emptied) -> None:
    everything = {
        "gender": "female", "birth_date": "1990-05-01", "occupation": "教师", "industry": "物流",
        "size": "50", "credit_code": "91310000MA1K",
    }  # fmt: skip
    signed_in.post(NEW, typed(signed_in.get(NEW), name="华通", kind=kind, **everything))
    made = Customer.objects.get()
    assert all(str(getattr(made, name)) == everything[name] for name in kept)
    assert all(getattr(made, name) == "" for name in emptied)
    assert (made.birth_date is None) == (kind == "organization")


def test_the_kind_stays_as_it_was_recorded(signed_in, wang) -> None:
    url = reverse("customer-edit", args=[wang.pk])
    signed_in.post(url, typed(signed_in.get(url), kind="organization", size="50"))
    wang.refresh_from_db()
    assert (wang.kind, wang.size) == ("person", "")


def test_an_owner_who_left_stays_the_owner_until_somebody_changes_it(
    signed_in, customer, person
) -> None:
    gone = person(Role.SELLER, "小赵")
    made = customer("王海涛", owner=gone)
    gone.is_active = False
    gone.save()
    url = reverse("customer-edit", args=[made.pk])
    assert signed_in.post(url, typed(signed_in.get(url), note="x")).status_code == 302
    made.refresh_from_db()
    assert made.owner == gone
    signed_in.post(url, typed(signed_in.get(url), owner=""))
    made.refresh_from_db()
    assert made.owner is None


def test_a_seller_cannot_give_a_customer_to_whom_the_seller_does_not_see(person, firm) -> None:
    client, other = Client(), person(Role.SELLER, unit=firm)
    client.force_login(person(Role.SELLER, unit=firm))
    page = client.post(NEW, typed(client.get(NEW), name="李娜", owner=other.pk))
    assert page.status_code == 422
    assert "owner" in errors(page)


def test_who_gives_a_customer_away_is_led_back_to_the_list(person, customer) -> None:
    seller = person(Role.SELLER)
    client, mine = Client(), customer("王海涛", owner=seller)
    client.force_login(seller)
    url = reverse("customer-edit", args=[mine.pk])
    answer = client.post(url, typed(client.get(url), owner=""), follow=True)
    assert answer.redirect_chain == [(reverse("customers"), 302)]
    assert [str(each) for each in answer.context["messages"]] == ["Saved."]


def test_contact_points_come_row_by_row_and_the_first_usable_is_preferred(signed_in) -> None:
    rows = {
        "points-0-kind": "mobile", "points-0-value": "138 0000 0000",
        "points-0-do_not_contact": "on",
        "points-1-kind": "wechat", "points-1-value": "lina",
    }  # fmt: skip
    signed_in.post(NEW, typed(signed_in.get(NEW), name="李娜", **rows))
    made = Customer.objects.get()
    expected = [("mobile", "138 0000 0000", False, True), ("wechat", "lina", True, False)]
    assert points_of(made) == expected

    url = reverse("customer-edit", args=[made.pk])
    page = signed_in.get(url)
    assert [form["value"].value() for form in page.context["points"]] == [
        "lina", "138 0000 0000", None, None,
    ]  # fmt: skip
    signed_in.post(url, typed(page, **{"points-1-value": "", "points-2-value": "13900000000"}))
    assert points_of(made) == [
        ("wechat", "lina", True, False), ("mobile", "13900000000", False, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        {"points-0-kind": "pigeon", "points-0-value": "1"},
        {"points-0-value": "1" * 201},
        {"points-TOTAL_FORMS": "x"},
    ],
)
def test_an_impossible_contact_point_is_refused_with_the_text_kept(signed_in, row) -> None:
    page = signed_in.post(NEW, typed(signed_in.get(NEW), name="李娜", **row))
    assert page.status_code == 422
    assert "李娜" in page.content.decode()
    assert not ContactPoint.objects.exists()


def test_an_edit_that_touches_no_contact_point_keeps_them(signed_in, owner, wang) -> None:
    points = [NewContactPoint("mobile", "13800000000", preferred=True)]
    update_customer(actor=owner, customer_id=wang.pk, version=1, values={}, contact_points=points)
    url = reverse("customer-edit", args=[wang.pk])
    signed_in.post(url, typed(signed_in.get(url), note="x"))
    assert points_of(wang) == [("mobile", "13800000000", True, False)]


def test_a_vehicle_is_added_changed_and_retired(signed_in, wang) -> None:
    new = reverse("asset-new", args=[wang.pk])
    answer = signed_in.post(new, {"name": "途观", "serial": "沪A·12345"}, follow=True)
    assert "沪A·12345" in answer.content.decode()
    asset = Asset.objects.get()
    assert (asset.customer, asset.serial_normalised) == (wang, "沪A12345")

    edit = reverse("asset-edit", args=[wang.pk, asset.pk])
    shown = signed_in.get(edit)
    signed_in.post(edit, typed(shown, name="途观 L", retired_on="2026-05-01"))
    asset.refresh_from_db()
    assert (asset.name, str(asset.retired_on)) == ("途观 L", "2026-05-01")
    assert "2026-05-01" in signed_in.get(edit).content.decode()
    assert "Out of service" in signed_in.get(answer.redirect_chain[0][0]).content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "途观", "serial": "沪" * 41}, "serial"),
        ({"name": "途观", "serial": "㍿" * 40}, "serial"),
        ({"name": "途观", "retired_on": "soon"}, "retired_on"),
    ],
)
def test_an_impossible_vehicle_is_refused_at_the_field(signed_in, wang, values, field) -> None:
    page = signed_in.post(reverse("asset-new", args=[wang.pk]), values)
    assert page.status_code == 422
    assert field in errors(page)
    assert not Asset.objects.exists()


def test_a_plate_that_is_taken_says_so(signed_in, owner, wang, customer) -> None:
    save_asset(actor=owner, customer_id=customer("李娜").pk, values={"name": "a", "serial": "沪A1"})
    page = signed_in.post(reverse("asset-new", args=[wang.pk]), {"name": "途观", "serial": "沪a·1"})
    assert page.status_code == 422
    assert "Another asset in service already has this plate." in page.content.decode()


def test_the_vehicle_of_another_customer_is_not_there(signed_in, owner, wang, customer) -> None:
    other = customer("李娜")
    asset = save_asset(actor=owner, customer_id=other.pk, values={"name": "途观"})
    url = reverse("asset-edit", args=[wang.pk, asset.pk])
    assert signed_in.get(url).status_code == 404
    assert signed_in.post(url, {"name": "mine"}).status_code == 404


def test_a_form_needs_its_token(owner, wang) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    answer = client.post(reverse("customer-edit", args=[wang.pk]), {"name": "x"})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()
