"""The journal as a screen: who did what, to whose customers, in words."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import Unit
from liuke.accounts.rules import Act, Role
from liuke.core import clock, journal, seals
from liuke.core.journal import Change
from liuke.core.models import JournalEntry
from liuke.customers.services import assign_customers, update_customer

pytestmark = pytest.mark.django_db
URL = "/journal/"
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def acts(client: Client, asked: str = "") -> list[tuple[str, str]]:
    lines = client.get(f"{URL}?{asked}").context["lines"]
    return [(line.entry.verb, line.customer) for line in lines]


def test_what_changed_is_said_in_words(signed_in, owner, person, customer) -> None:
    wang, lin = customer("王海涛", level="B"), person(Role.SELLER, "林洁")
    update_customer(
        actor=owner, customer_id=wang.pk, version=1, values={"level": "A", "note": "慢热"}
    )
    assign_customers(actor=owner, customer_ids=[wang.pk], owner_id=lin.pk)
    given, changed, _added = signed_in.get(f"{URL}?customer={wang.pk}").context["lines"]
    assert [str(each) for each in given.changes] == ["Owner: 王敏 → 林洁"]
    assert {str(each) for each in changed.changes} == {"Level: B → A", "Note: 慢热"}
    assert (changed.who, changed.act, changed.customer) == ("王敏", "Customer changed", "王海涛")


def test_filters_by_person_act_kind_day_and_customer(signed_in, owner, person, customer) -> None:
    lin = person(Role.SELLER, "林洁", unit=owner.unit)
    with clock.set_to(NOON):
        customer("三月的")
    customer("林的", actor=lin)
    journal.record(None, "churn.rule_saved", [Change(owner)])
    assert acts(signed_in, f"who={lin.pk}") == [("customer.created", "林的")]
    assert acts(signed_in, "who=system") == [("churn.rule_saved", "")]
    assert acts(signed_in, "act=customer.created") == [
        ("customer.created", "林的"), ("customer.created", "三月的"),
    ]  # fmt: skip
    assert acts(signed_in, "kind=accounts.user") == [("churn.rule_saved", "")]
    assert acts(signed_in, "day_from=2026-03-01&day_to=2026-03-01") == [
        ("customer.created", "三月的")
    ]
    assert acts(signed_in, "q=三月") == [("customer.created", "三月的")]
    for nonsense in ("customer=x", "page=nonsense", "page=2026-01-01_5", "day_to=9999-12-31",
                     "customer=" + "9" * 40, "page=_" + "9" * 40):  # fmt: skip
        assert signed_in.get(f"{URL}?{nonsense}").status_code == 200


def test_a_manager_sees_the_own_branch_alone(person, firm, customer) -> None:
    east, west = (Unit.objects.create(kind="branch", name=n, parent=firm) for n in "东西")
    manager, other = person(Role.MANAGER, unit=east), person(Role.MANAGER, unit=west)
    customer("东的", actor=manager), customer("西的", actor=other)
    journal.record(other, "user.created", [Change(other)])
    journal.record(None, "churn.rule_saved", [Change(other)])
    client = Client()
    client.force_login(manager)
    assert acts(client) == [("customer.created", "东的")]
    made = client.post(reverse("export-new", args=["journal"]), {"format": "csv", "columns": "all"})
    rows = list(csv.DictReader(io.StringIO(b"".join(made).decode("utf-8-sig"))))
    assert [row["Customer"] for row in rows] == ["东的"]
    assert "Name: 东的" in rows[0]["Before and after"]
    outside = JournalEntry.objects.filter(actor_id=other.pk, customer_id__isnull=False).get()
    page = client.get(f"{URL}?customer={outside.customer_id}")
    assert "西的" not in page.content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(signed_in, owner) -> None:
    for hour in range(4):
        with clock.set_to(NOON + timedelta(hours=hour % 2)):
            journal.record(owner, "x", [Change(owner, n) for n in range(30)])
    seen, url = [], URL
    while url:
        context = signed_in.get(url).context
        seen += [line.entry.pk for line in context["lines"]]
        url = context["older_url"] and URL + context["older_url"]
        JournalEntry.objects.create(verb="y", subject="accounts.user", subject_id=1)
    assert len(seen) == len(set(seen)) == JournalEntry.objects.exclude(verb="y").count()


def test_a_page_costs_the_same_for_one_and_fifty(
    signed_in, owner, customer, django_assert_max_num_queries
) -> None:
    customer("王海涛")
    for _again in range(50):
        journal.record(owner, "customer.updated", [Change(owner, 1, {"owner": 1}, {"owner": 2})])
    with django_assert_max_num_queries(20):
        signed_in.get(URL)


def test_the_seal_is_shown_to_whoever_sees_the_firm(signed_in, owner) -> None:
    assert signed_in.get(URL).context["sealed"] is None
    journal.record(owner, "x", [Change(owner)])
    seals.seal(clock.now())
    sealed = signed_in.get(URL).context["sealed"]
    assert (sealed.sealed, len(sealed.root)) == (1, 64)


@pytest.mark.parametrize("role", Role)
def test_managers_and_administrators_alone_may_look(person, role) -> None:
    viewer, client = person(role), Client()
    client.force_login(viewer)
    expected = 200 if viewer.may(Act.SEE_JOURNAL) else 403
    assert client.get(URL).status_code == expected
    assert client.get(reverse("export-new", args=["journal"])).status_code == expected


def test_erased_content_says_so(signed_in, owner, customer) -> None:
    wang = customer("王海涛")
    seals.erase_payloads(wang.pk, owner.pk, "asked")
    (line,) = signed_in.get(f"{URL}?customer={wang.pk}").context["lines"]
    assert [str(each) for each in line.changes] == ["Content: erased"]
