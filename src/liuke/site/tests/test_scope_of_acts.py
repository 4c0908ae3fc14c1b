"""An act reaches as far as its grant, on every way, though one sees more."""

import pytest

from liuke.accounts.models import FirmRole
from liuke.accounts.rules import Act
from liuke.core import clock
from liuke.site.tests.addresses import BY_CUSTOMER, POSTED
from liuke.site.tests.seats import SEEN, World, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(world) -> World:
    """A role that sees the branch, works with the team, and changes only its own customers."""
    FirmRole.objects.create(
        key="own-lead",
        name="组长",
        grants={
            Act.SEE: "branch", Act.FOLLOW_UP: "team", Act.RECORD_ORDERS: "team",
            Act.EDIT_CUSTOMERS: "own", Act.ASSIGN: "own", Act.SEE_PHONES: "own",
        },
    )  # fmt: skip
    return world("own-lead")


def test_an_act_reaches_as_far_as_its_grant(narrow) -> None:
    team, own = {"自己的", "同组的"}, {"自己的"}
    assert narrow.sees() == SEEN["branch"]
    reach = {Act.FOLLOW_UP: team, Act.RECORD_ORDERS: team, Act.EDIT_CUSTOMERS: own, Act.ASSIGN: own}
    for name, act in BY_CUSTOMER.items():
        method = narrow.client.post if name in POSTED else narrow.client.get
        for whose in narrow.sees():
            expected = {403, 404} if act and whose not in reach.get(act, set()) else {200, 302}
            assert method(narrow.url(name, whose)).status_code in expected, (name, whose)
    for whose, made in narrow.customers.items():
        if whose not in narrow.sees():
            continue
        url = f"/api/customers/{made.pk}"
        made.refresh_from_db()
        note = {"version": made.version, "note": "hello"}
        changed = send(narrow.client, "patch", url, note)
        assert changed.status_code == (200 if whose in own else 403)
        order = {"customer_id": made.pk, "occurred_at": "2026-05-30T10:00:00", "total": "5"}
        recorded = send(narrow.client, "post", "/api/orders", [order])
        assert recorded.status_code == (200 if whose in team else 403), recorded.content
        contact = {
            "customer_id": made.pk, "occurred_at": clock.now().isoformat(), "outcome": "talked",
        }  # fmt: skip
        talked = send(narrow.client, "post", "/api/interactions", [contact])
        assert talked.status_code == (200 if whose in team else 403)
        for path, what in (("assign", {"owner_id": narrow.viewer.pk}), ("tag", {"add": ["VIP"]})):
            done = send(
                narrow.client, "post", f"/api/customers/{path}", {"customer_ids": [made.pk], **what}
            )
            assert done.status_code == (200 if whose in own else 403)
