"""Every list as a file: the rows that whoever asks may have, from each seat."""

import csv
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Act, Role
from liuke.core import clock
from liuke.customers.models import ContactPoint, Customer, CustomerState
from liuke.customers.services.duplicates import keep_pairs
from liuke.exports import services
from liuke.exports.models import Export
from liuke.exports.queries import sources
from liuke.followups.services import NewInteraction, record_interactions
from liuke.ownership.models import Pool
from liuke.sales.models import Order
from liuke.site.tests.seats import TODAY

pytestmark = pytest.mark.django_db
AROUND = sorted(name for name, source in sources().items() if source.of)
WHO = [
    *((role, "") for role in Role),
    *((Role.MANAGER, scope) for scope in ("own", "team", "all")),
]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(params=WHO, ids=lambda who: "-".join(filter(None, who)))
def seat(request, world):
    made = world(*request.param)
    contacts = [
        NewInteraction(one.pk, clock.start_of(TODAY - timedelta(days=40)), outcome="talked")
        for one in made.customers.values()
    ]
    record_interactions(actor=None, interactions=contacts)
    return made


def filed(name: str, viewer, query: str = "") -> Iterator[dict[str, str]]:
    made = services.start_export(
        actor=viewer, list_name=name, query=QueryDict(query), columns=[], format="csv"
    )
    done = services.run_export(export_id=made.pk)
    assert done.status == "done", done.error
    with done.file.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def test_what_is_around_customers(seat) -> None:
    """Orders, people, ways, contacts, cars: of exactly the customers on the screen."""
    client: Client = seat.client
    if not seat.may(Act.EXPORT):
        for name in AROUND:
            form = {"what": name, "format": "csv", "columns": "all"}
            answer = client.post(reverse("export-new", args=["customers"]), form)
            assert answer.status_code == 403
        assert not Export.objects.exists()
        return
    for name in AROUND:
        rows = list(filed(name, seat.viewer))
        expected = set() if name == "order_lines" else seat.sees()
        assert {row["Customer"] for row in rows} == expected, name
    # The filters of the screen choose whose.
    narrowed = {row["Customer"] for row in filed("orders", seat.viewer, "churn=at_risk")}
    shown = client.get(reverse("customers"), {"churn": "at_risk"}).context["page"].rows
    assert narrowed == {str(row.cells[0].html) for row in shown}


def test_numbers_are_masked_for_those_who_may_not_see_them(seat) -> None:
    if not seat.may(Act.EXPORT):
        return
    values = {row["Value"] for row in filed("points", seat.viewer)}
    full = set(ContactPoint.objects.values_list("value", flat=True))
    assert bool(values & full) == seat.may(Act.SEE_PHONES)


def test_what_is_due_waits_or_may_be_twice(seat) -> None:
    made = seat.customers
    keep_pairs([(made["自己的"].pk, made["同店的"].pk, 0.9, [])], "person")
    keep_pairs([(made["自己的"].pk, made["别店的"].pk, 0.8, [])], "person")
    pool = Pool.objects.create(name="公海", hidden=["contact", "value"])
    CustomerState.objects.filter(pk=made["店里没人的"].pk).update(pool=pool.pk)
    if not seat.may(Act.EXPORT):
        for name in ("agenda", "pool", "duplicates"):
            assert seat.client.get(reverse("export-new", args=[name])).status_code == 403
        return
    lines = seat.client.get(reverse("today"), {"whose": "all"}).context["page"].lines
    due = {line.customer.name for line in lines}
    assert {row["Customer"] for row in filed("agenda", seat.viewer)} == due
    mine = {row["Customer"] for row in filed("agenda", seat.viewer, "whose=me")}
    assert mine == {line.customer.name for line in lines if line.customer.owner == seat.viewer}
    waiting = list(filed("pool", seat.viewer))
    assert {row["Customer"] for row in waiting} == {"店里没人的"} & seat.sees()
    assert {row["Telephone"] + row["Per year"] for row in waiting} <= {""}
    if seat.may(Act.EDIT_CUSTOMERS):
        pairs = list(filed("duplicates", seat.viewer))
        found = [{row["Customer"], row["May be the same as"]} for row in pairs]
        both = [{"自己的", "同店的"}, {"自己的", "别店的"}]
        assert found == [each for each in both if each <= seat.sees()]
    else:
        url = reverse("export-new", args=["duplicates"])
        assert seat.client.get(url).status_code == 403


def test_what_hangs_on_a_list_is_no_list_by_itself(seat) -> None:
    for name in AROUND:
        code = seat.client.get(reverse("export-new", args=[name])).status_code
        assert code == (404 if seat.may(Act.EXPORT) else 403)


def test_who_moved_out_of_sight_meanwhile_is_in_no_file(world, monkeypatch) -> None:
    """The keys are read first; each chunk asks again whose they are."""
    seat = world(Role.MANAGER)
    chosen = services.selection

    def late(*given):
        keys = list(chosen(*given).values_list("pk", flat=True))
        Customer.objects.filter(name="同店的").update(branch=None, owner=None)
        return Order.objects.filter(pk__in=keys)

    monkeypatch.setattr(services, "selection", late)
    assert {row["Customer"] for row in filed("orders", seat.viewer)} == seat.sees() - {"同店的"}
