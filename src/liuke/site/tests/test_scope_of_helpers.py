"""Who helps with a customer of others sees it and talks to it, on every way, and no more."""

from datetime import timedelta

import pytest
from django.urls import reverse

from liuke.accounts.rules import HELPERS_MAY, Act, Role
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.customers.models import Collaborator
from liuke.customers.services import Help, end_collaborator, expire_help, put_helper
from liuke.site.tests.addresses import BY_CUSTOMER, BY_ORDER, POSTED
from liuke.site.tests.seats import TODAY, World, send

pytestmark = pytest.mark.django_db
HELPED = "别店的"


def _helping(seat: World) -> Collaborator:
    help = Help(seat.customers[HELPED].pk, seat.viewer.pk, "懂新能源车")
    return put_helper(actor=None, help=help)


@pytest.fixture(params=[Role.SELLER, Role.MANAGER, Role.SERVICE, Role.AGENT], ids=str)
def seat(request, world) -> World:
    made = world(request.param)
    _helping(made)
    return made


def test_the_page_and_what_may_be_done_on_it(seat) -> None:
    for name, act in (BY_CUSTOMER | BY_ORDER).items():
        method = seat.client.post if name in POSTED else seat.client.get
        allowed = act is None or (act in HELPERS_MAY and seat.may(act))
        expected = {200, 302} if allowed else {403, 404}
        assert method(seat.url(name, HELPED)).status_code in expected, name


def test_found_and_listed_where_it_was_asked_for(seat) -> None:
    listed = seat.client.get(reverse("customers")).context
    assert {str(row.cells[0].html) for row in listed["page"].rows} == seat.sees()
    assert sum(each.count for each in listed["stages"]) == len(seat.sees())
    helped = seat.client.get(reverse("customers"), {"help": "me"}).context["page"]
    assert [str(row.cells[0].html) for row in helped.rows] == [HELPED]
    searched = seat.client.get(reverse("customers"), {"q": HELPED}).context["page"]
    assert [str(row.cells[0].html) for row in searched.rows] == [HELPED]
    found = seat.client.get(reverse("search"), {"q": HELPED})
    assert found.url == reverse("customer", args=[seat.customers[HELPED].pk])
    offered = seat.client.get(reverse("palette"), {"q": HELPED}).context["found"]
    assert [each.name for each in offered] == [HELPED]


def test_who_sees_everybody_finds_everybody(world) -> None:
    seat = world(Role.OWNER)
    _helping(seat)
    for name in seat.customers:
        for asked in ({"q": name}, {"q": name, "help": ""}):
            page = seat.client.get(reverse("customers"), asked).context["page"]
            assert [str(row.cells[0].html) for row in page.rows] == [name]
    helped = seat.client.get(reverse("customers"), {"help": "me"}).context["page"]
    assert [str(row.cells[0].html) for row in helped.rows] == [HELPED]


def test_figures_stay_those_of_the_own_customers(seat) -> None:
    counts = seat.client.get("/api/churn/status").json()
    assert counts["active"] + counts["at_risk"] + counts["lost"] == len(seat.sees())
    months = seat.client.get(reverse("churn")).context["months"]
    assert months[0].customers == len(seat.sees())


def test_the_api_says_the_same(seat) -> None:
    made, get = seat.customers[HELPED], seat.client.get
    names = {row["name"] for row in get("/api/customers").json()["items"]}
    assert names == seat.sees() | {HELPED}
    url = f"/api/customers/{made.pk}"
    points = get(url).json()["contact_points"]
    assert not any("*" in point["value"] for point in points), "who may talk sees the number"
    contact = {
        "customer_id": made.pk, "occurred_at": clock.now().isoformat(), "outcome": "talked",
    }  # fmt: skip
    assert send(seat.client, "post", "/api/interactions", [contact]).status_code == 200
    note = {"version": made.version, "note": "hello"}
    assert send(seat.client, "patch", url, note).status_code == 403
    order = {"customer_id": made.pk, "occurred_at": "2026-05-30T10:00:00", "total": "5"}
    assert send(seat.client, "post", "/api/orders", [order]).status_code == 403
    ids = [made.pk]
    for path, what in (("assign", {"owner_id": seat.viewer.pk}), ("tag", {"add": ["VIP"]})):
        body = {"customer_ids": ids, **what}
        assert send(seat.client, "post", f"/api/customers/{path}", body).status_code == 403
    made.refresh_from_db()
    assert (made.note, made.owner_id == seat.viewer.pk, made.tags.count()) == ("", False, 0)


def test_what_was_handed_to_a_helper_is_on_the_helpers_list(seat, owner) -> None:
    item = AgendaItem.objects.filter(
        customer=seat.customers[HELPED], closed_at=None
    ).first() or AgendaItem.objects.create(
        customer=seat.customers[HELPED], owner=seat.customers[HELPED].owner, kind="contact",
        episode="x", due_on=TODAY, branch=seat.customers[HELPED].branch,
        why={"situation": "older", "every": 30, "last": None},
    )  # fmt: skip

    def mine() -> set[str]:
        page = seat.client.get(reverse("today"), {"whose": "me"}).context["page"]
        assert page.total == len({line.customer.pk for line in page.lines})
        return {line.customer.name for line in page.lines}

    assert HELPED not in mine(), "the rest is for the owner"
    url = f"/api/agenda/{item.pk}/hand-over"
    handed = send(seat.client, "post", url, {"to": seat.viewer.pk})
    assert handed.status_code == 200, handed.content
    assert HELPED in mine()
    helping = Collaborator.objects.get(person=seat.viewer)
    end_collaborator(actor=seat.viewer, customer_id=helping.customer_id, collaborator_id=helping.pk)
    item.refresh_from_db()
    assert (item.assignee_id, HELPED in mine()) == (None, False)


def test_help_ends_on_its_day(seat, on_day) -> None:
    url = reverse("customer", args=[seat.customers[HELPED].pk])
    Collaborator.objects.filter(person=seat.viewer).update(until=TODAY)
    assert seat.client.get(url).status_code == 200, "the last day counts"
    on_day(TODAY + timedelta(days=1))
    assert seat.client.get(url).status_code == 404, "even before the tick has come by"
    expire_help(clock.now())
    assert not Collaborator.objects.filter(person=seat.viewer, ended_at=None).exists()


def test_nobody_without_the_act_gains_it_by_helping(world) -> None:
    seat = world(Role.ANALYST, "own")
    _helping(seat)
    made = seat.customers[HELPED]
    assert seat.client.get(reverse("customer", args=[made.pk])).status_code == 200
    assert seat.client.get(reverse("contact", args=[made.pk])).status_code == 403
    exported = b"".join(seat.client.get(reverse("customers-export"), {"q": HELPED}))
    assert HELPED not in exported.decode("utf-8-sig"), "what one helps with stays in the house"
    numbers = seat.client.get(f"/api/customers/{made.pk}").json()["contact_points"]
    assert all("*" in point["value"] for point in numbers)
    assert Act.SEE_PHONES in HELPERS_MAY
