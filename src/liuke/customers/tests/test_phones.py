"""Phone numbers stay masked for those who may not see them, until they say what for."""

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import FirmRole
from liuke.accounts.rules import Act, Role, starting_grants
from liuke.core import text
from liuke.core.models import JournalEntry
from liuke.customers.services import update_customer
from liuke.customers.services.file import NewContactPoint

pytestmark = pytest.mark.django_db
FULL, MASKED = "13812341234", "138****1234"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812341234", "138****1234"),
        ("+86 138 1234 1234", "138****1234"),
        ("021-62345678", "021****5678"),
        ("123", "****"),
        ("", "****"),
    ],
)
def test_a_masked_number(number: str, shown: str) -> None:
    assert text.masked(number) == shown


@pytest.fixture
def wang(customer, owner):
    made = customer("王海涛")
    points = [NewContactPoint("mobile", FULL), NewContactPoint("email", "wang@example.com")]
    update_customer(actor=owner, customer_id=made.pk, version=1, values={}, contact_points=points)
    return made


@pytest.fixture
def analyst(person) -> Client:
    client = Client()
    client.user = person(Role.ANALYST, "小方")
    client.force_login(client.user)
    return client


def test_nowhere_in_full(analyst, wang) -> None:
    grants = starting_grants(Role.ANALYST) | {Act.FOLLOW_UP.value: "all", "edit_customers": "all"}
    FirmRole.objects.filter(pk=Role.ANALYST).update(grants=grants)
    pages = [
        reverse("customer", args=[wang.pk]),
        reverse("contact", args=[wang.pk]),
        reverse("customer-edit", args=[wang.pk]),
        reverse("today") + "?whose=all",
        f"/api/customers/{wang.pk}",
        "/api/customers",
    ]
    for page in pages:
        answer = analyst.get(page)
        said = answer.content.decode()
        assert answer.status_code == 200
        assert FULL not in said, page
        assert text.phone(FULL) not in said, page
    for page in pages[:2]:
        said = analyst.get(page).content.decode()
        assert MASKED in said, page
        assert reverse("customer-phones", args=[wang.pk]) in said, page
    assert "wang@example.com" in analyst.get(pages[0]).content.decode()


def test_an_edit_without_the_numbers_keeps_them(analyst, wang) -> None:
    grants = starting_grants(Role.ANALYST) | {"edit_customers": "all"}
    FirmRole.objects.filter(pk=Role.ANALYST).update(grants=grants)
    url = reverse("customer-edit", args=[wang.pk])
    form = analyst.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: "" if value is None else value for name, value in typed.items()}
    typed |= {"children-TOTAL_FORMS": 0, "children-INITIAL_FORMS": 0}
    assert analyst.post(url, typed | {"note": "hello"}).status_code == 302
    assert set(wang.contact_points.values_list("value", flat=True)) == {FULL, "wang@example.com"}
    refused = analyst.patch(
        f"/api/customers/{wang.pk}",
        {"version": 3, "contact_points": [{"kind": "mobile", "value": MASKED}]},
        content_type="application/json",
    )
    assert refused.status_code == 403


def test_a_reason_shows_them_and_stays(analyst, wang) -> None:
    url = reverse("customer-phones", args=[wang.pk])
    assert FULL not in analyst.get(url).content.decode()
    assert FULL not in analyst.post(url, {"reason": " "}).content.decode()
    assert not JournalEntry.objects.filter(verb="phone.revealed").exists()
    assert FULL in analyst.post(url, {"reason": "核对账单"}).content.decode()
    entry = JournalEntry.objects.get(verb="phone.revealed")
    assert (entry.actor_id, entry.customer_id, entry.after) == (
        analyst.user.pk, wang.pk, {"reason": "核对账单"},
    )  # fmt: skip


def test_ones_own_customers_are_seen_in_full(person, wang) -> None:
    grants = starting_grants(Role.SERVICE) | {Act.SEE.value: "all", Act.SEE_PHONES.value: "own"}
    he = person(Role.SERVICE)
    FirmRole.objects.filter(pk=Role.SERVICE).update(grants=grants)
    client = Client()
    client.force_login(he)
    url = reverse("customer", args=[wang.pk])
    assert FULL not in client.get(url).content.decode()
    type(wang).objects.filter(pk=wang.pk).update(owner=he)
    assert FULL in client.get(url).content.decode()
