"""Whoever asks, on whatever way: one sees what the scope allows, and the rest does not exist."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from liuke.accounts.rules import SCOPE_OF, Act, Role
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.customers.models import Closure, Customer, CustomerMerge, DuplicatePair
from liuke.customers.services import merge_customers
from liuke.customers.services.duplicates import keep_pairs
from liuke.site.tests.addresses import (
    API,
    API_OPEN,
    ARGS,
    BY_CONFLICT,
    BY_CUSTOMER,
    BY_EXPORT,
    BY_HANDOVER,
    BY_IMPORT,
    BY_ITEM,
    BY_ORDER,
    BY_PAIR,
    BY_PERSON,
    BY_POOL,
    FIRM_WIDE,
    MANY,
    OWN_ACCOUNT,
    POSTED,
    SIGNED_OUT,
)
from liuke.site.tests.seats import SEEN, TODAY, World, send

pytestmark = pytest.mark.django_db
GUARDED = {
    *BY_CUSTOMER, *BY_ORDER, *BY_ITEM, *FIRM_WIDE, *MANY, *BY_IMPORT, *BY_PERSON, *BY_POOL,
    *BY_HANDOVER, *BY_EXPORT, *BY_PAIR, *BY_CONFLICT, *OWN_ACCOUNT,
}  # fmt: skip
ACT_OF_MANY = {
    "assign": Act.ASSIGN,
    **dict.fromkeys(("tag", "level", "close", "reopen"), Act.EDIT_CUSTOMERS),
}
SAME_OF_MANY = (("level", {"level": "D"}), ("close", {"reason": "gone"}), ("reopen", {}))


WHO = [
    *((role, "") for role in Role),
    *((Role.SELLER, scope) for scope in ("team", "branch", "all")),
]


@pytest.fixture(params=WHO, ids=lambda who: "-".join(filter(None, who)))
def seat(request, world) -> World:
    return world(*request.param)


def test_lists_search_and_export(seat) -> None:
    shown = seat.client.get(reverse("customers")).context
    assert {str(row.cells[0].html) for row in shown["page"].rows} == seat.sees()
    assert sum(figure.count for figure in shown["stages"]) == len(seat.sees())
    for name, made in seat.customers.items():
        found = seat.client.get(reverse("search"), {"q": name})
        opened = found.url == reverse("customer", args=[made.pk])
        assert opened == (name in seat.sees())
    file = seat.client.get(reverse("customers-export"))
    if seat.may(Act.EXPORT):
        lines = csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig")))
        assert {line[0] for line in lines} - {"Customer"} == seat.sees()
    else:
        assert file.status_code == 403


def test_pages_of_one_customer(seat) -> None:
    for name, act in (BY_CUSTOMER | BY_ORDER).items():
        posted = name in POSTED
        method = seat.client.post if posted else seat.client.get
        for whose in seat.customers:
            expected = {200, 302} if whose in seat.sees() else {404}
            if name == "point-edit" and not seat.may(Act.SEE_PHONES):
                # Whoever sees the number masked would write the mask over it.
                expected = {403, 404}
            if not seat.may(act):
                # Who may not do it at all is told so; that says nothing about this customer.
                expected = {403, 404} if posted and whose not in seat.sees() else {403}
            assert method(seat.url(name, whose)).status_code in expected, (name, whose)


def test_many_at_once(seat) -> None:
    """Whoever is out of sight is not among the selected, whatever ids are posted."""
    ids = ",".join(str(made.pk) for made in seat.customers.values())
    mine = str(seat.viewer.pk)
    for posted in ({"ids": ids}, {"all": "1", "query": ""}):
        for name, what in (("assign", {"owner": mine}), ("tag", {"add": "VIP"}), *SAME_OF_MANY):
            answer = seat.client.post(reverse(f"customers-{name}"), posted | what)
            assert answer.status_code == (302 if seat.may(ACT_OF_MANY[name]) else 403)
    tagged = Customer.objects.filter(tags__name="VIP").values_list("name", flat=True)
    owned = Customer.objects.filter(owner=seat.viewer).values_list("name", flat=True)
    assert set(tagged) == (seat.sees() if seat.may(Act.EDIT_CUSTOMERS) else set())
    assert set(owned) == (seat.sees() if seat.may(Act.ASSIGN) else set()) | {"自己的"}


def test_pairs_and_merges(seat) -> None:
    """A pair or merge of somebody out of sight does not exist."""
    made, post = seat.customers, seat.client.post
    keep_pairs([(made["自己的"].pk, made["别店的"].pk, 0.9, [])], "person")
    pair = DuplicatePair.objects.get()
    both_seen = "别店的" in seat.sees()
    shown = seat.client.get("/api/duplicates")
    allowed = seat.may(Act.EDIT_CUSTOMERS)
    assert shown.status_code == (200 if allowed else 403)
    assert not allowed or len(shown.json()) == both_seen
    for name, act in (("duplicate-merge", Act.MERGE), ("duplicate-apart", Act.EDIT_CUSTOMERS)):
        DuplicatePair.objects.update(verdict="")
        code = post(reverse(name, args=[pair.pk])).status_code
        assert code == ((302 if both_seen else 404) if seat.may(act) else 403)
        if not DuplicatePair.objects.exists():
            break
    merge = CustomerMerge.objects.first()
    absorbed = {"absorbed_id": made["同店的"].pk}
    url = f"/api/customers/{made['别店的'].pk}/merge"
    expected = {200, 422} if both_seen or merge else {404}
    assert send(seat.client, "post", url, absorbed).status_code in (
        expected if seat.may(Act.MERGE) else {403}
    )
    if merge is None:
        merge = merge_customers(
            actor=None, survivor_id=made["别店的"].pk, absorbed_id=made["同组的"].pk
        )
    code = post(reverse("merge-undo", args=[merge.pk])).status_code
    assert code == ((302 if both_seen else 404) if seat.may(Act.MERGE) else 403)


def test_many_over_the_api(seat) -> None:
    foreign = [made.pk for name, made in seat.customers.items() if name not in seat.sees()]
    own = [made.pk for name, made in seat.customers.items() if name in seat.sees()]
    given = (("assign", {"owner_id": seat.viewer.pk}), ("tag", {"add": ["VIP"]}), *SAME_OF_MANY)
    for path, what in given:
        allowed = seat.may(ACT_OF_MANY[path])
        url = f"/api/customers/{path}"
        done = send(seat.client, "post", url, {"customer_ids": own, **what})
        assert done.status_code == (200 if allowed else 403)
        for pk in foreign:
            refused = send(seat.client, "post", url, {"customer_ids": [*own, pk], **what})
            assert refused.status_code == (422 if allowed else 403)
    assert not Customer.objects.filter(pk__in=foreign, tags__name="VIP").exists()
    assert not Customer.objects.filter(pk__in=foreign, owner=seat.viewer).exists()
    assert not Customer.objects.filter(pk__in=foreign, level="D").exists()
    assert not Closure.objects.filter(customer__in=foreign).exists()


def test_the_palette_offers_whom_one_sees(seat) -> None:
    for name in seat.customers:
        answer = seat.client.get(reverse("palette"), {"q": name})
        assert {found.name for found in answer.context["found"]} == {name} & seat.sees()
        purchase = "/orders/new/" in answer.content.decode()
        assert purchase == (name in seat.sees() and seat.may(Act.RECORD_ORDERS))


def test_the_api(seat) -> None:
    get = seat.client.get
    assert {row["name"] for row in get("/api/customers").json()["items"]} == seat.sees()
    for name, made in seat.customers.items():
        there = name in seat.sees()
        url = f"/api/customers/{made.pk}"
        assert (get("/api/customers", {"q": name}).json()["items"] != []) == there
        assert get(url).status_code == get(f"{url}/orders").status_code == (200 if there else 404)
        made.refresh_from_db()
        note = {"version": made.version, "note": "hello"}
        changed = send(seat.client, "patch", url, note)
        added = send(seat.client, "post", f"{url}/assets", {"name": "途观"})
        order = {"customer_id": made.pk, "occurred_at": "2026-05-30T10:00:00", "total": "5"}
        recorded = send(seat.client, "post", "/api/orders", [order])
        if not there:
            assert (changed.status_code, added.status_code) == (404, 404)
            assert recorded.json() == {"detail": [f"There is no customer {made.pk}."]}
        else:
            allowed = seat.may(Act.EDIT_CUSTOMERS)
            assert changed.status_code == (200 if allowed else 403)
            assert added.status_code == (201 if allowed else 403)
            assert recorded.status_code == (200 if seat.may(Act.RECORD_ORDERS) else 403)
    assert set(Customer.objects.filter(note="hello").values_list("name", flat=True)) == (
        seat.sees() if seat.may(Act.EDIT_CUSTOMERS) else set()
    )


def test_what_is_due(seat) -> None:
    """Everybody at risk or newly lost is due; who may see the customer may settle it."""
    due = {
        name: AgendaItem.objects.filter(customer=made, closed_at=None).first()
        for name, made in seat.customers.items()
    }
    shown = seat.client.get(reverse("today"), {"whose": "all"}).context["page"].lines
    expected = {name for name, item in due.items() if item} & seat.sees()
    assert {line.customer.name for line in shown} == expected
    listed = {row["customer"] for row in seat.client.get("/api/agenda").json()}
    assert listed == {seat.customers[name].pk for name in expected}
    for name, item in due.items():
        contact = {
            "customer_id": seat.customers[name].pk,
            "occurred_at": clock.now().isoformat(),
            "outcome": "talked",
        }
        past = seat.client.get(f"/api/customers/{contact['customer_id']}/interactions")
        assert past.status_code == (200 if name in seat.sees() else 404)
        if item is not None:
            allowed = 200 if seat.may(Act.FOLLOW_UP) else 403
            code = allowed if name in seat.sees() else 404
            later = {"until": str(TODAY + timedelta(days=1))}
            put_off = send(seat.client, "post", f"/api/agenda/{item.pk}/snooze", later)
            assert put_off.status_code == code
            opened = seat.client.get(reverse("agenda-snooze", args=[item.pk])).status_code
            assert opened == (code if seat.may(Act.FOLLOW_UP) else 403)
            done = send(seat.client, "post", f"/api/agenda/{item.pk}/done", {})
            assert done.status_code == code
        recorded = send(seat.client, "post", "/api/interactions", [contact]).status_code
        refused = 422 if seat.may(Act.FOLLOW_UP) else 403
        assert recorded == (200 if name in seat.sees() and refused == 422 else refused)


def test_churn_figures_and_where_they_lead(seat) -> None:
    overview = seat.client.get(reverse("churn")).context
    assert {each.name for each in overview["rescue"]} <= seat.sees()
    assert overview["months"][0].customers == len(seat.sees())
    assert seat.client.get("/api/churn/table").json()["months"][-1]["customers"] == len(seat.sees())
    counts = seat.client.get("/api/churn/status").json()
    assert (counts["at_risk"], counts["lost"]) == (overview["at_risk"], overview["lost"])
    assert counts["active"] + counts["at_risk"] + counts["lost"] == len(seat.sees())
    printed = seat.client.get(reverse("churn-print")).context["months"]
    assert printed[0].customers == len(seat.sees())
    for figure in ("customers", "lost_end", "at_risk_end"):
        behind = seat.client.get(reverse("customers"), {"figure": f"{figure}:2026-06"})
        shown = {str(row.cells[0].html) for row in behind.context["page"].rows}
        assert len(shown) == getattr(overview["months"][0], figure)
        assert shown <= seat.sees()


def test_a_preview_names_nobody_out_of_sight(world) -> None:
    seat = world(Role.MANAGER)
    form = {"name": "x", "kind": "days", "days_at_risk": "10", "days_lost": "20", "act": "preview"}
    preview = seat.client.post(reverse("churn-rule"), form).context["preview"]
    assert sum(move.count for move in preview.moves) == 2, "one here, one in another branch"
    named = {customer.name for customer in preview.examples}
    assert named == {"同店的"}


def test_an_owner_out_of_sight_is_kept_by_an_edit(world) -> None:
    seat = world(Role.SERVICE)
    borrowed = seat.customers["店里没人的"]
    Customer.objects.filter(pk=borrowed.pk).update(owner=seat.customers["别店的"].owner)
    url = reverse("customer-edit", args=[borrowed.pk])
    page = seat.client.get(url)
    typed = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    typed = {name: "" if value is None else value for name, value in typed.items()}
    lines = [
        f"{each}-{part}_FORMS" for each in ("points", "children") for part in ("TOTAL", "INITIAL")
    ]
    typed |= {"note": "called", **dict.fromkeys(lines, 0)}
    assert seat.client.post(url, typed).status_code == 302
    borrowed.refresh_from_db()
    assert (borrowed.note, borrowed.owner) == ("called", seat.customers["别店的"].owner)


@pytest.mark.parametrize("role", Role)
def test_who_may_not_is_told_in_words(person, role) -> None:
    client, viewer = Client(), person(role)
    client.force_login(viewer)
    for name, act in FIRM_WIDE.items():
        answer = client.get(reverse(name, args=ARGS.get(name, ())))
        if act is None or viewer.may(act):
            assert answer.status_code in (200, 302), name
        else:
            assert answer.status_code == 403, name
            assert "You may not open this" in answer.content.decode()
        if answer.streaming:
            b"".join(answer)
    for name in BY_IMPORT:
        posted = name in ("import-stop", "import-discard", "import-undo", "import-kind")
        method = client.post if posted else client.get
        expected = 404 if viewer.may(Act.IMPORT) else 403
        assert method(reverse(name, args=[1])).status_code == expected, name
    for name, act in (BY_POOL | BY_HANDOVER).items():
        expected = 404 if act is None or viewer.may(act) else 403
        assert client.get(reverse(name, args=ARGS[name])).status_code == expected, name
    for name in BY_EXPORT:
        method = client.post if name == "export-stop" else client.get
        expected = 404 if viewer.may(Act.EXPORT) else 403
        assert method(reverse(name, args=[9999])).status_code == expected, name
    for name in BY_PERSON:
        url = reverse(name, args=ARGS[name])
        method = client.get if name in ("user", "unit") else client.post
        expected = {200, 302, 404} if viewer.may(Act.MANAGE_USERS) else {403}
        assert method(url).status_code in expected, name
    bodies = {"/api/customers": {"name": "王"}, "/api/orders": []}
    for (method, path), act in API.items():
        if path in bodies and act is not None and not viewer.may(act):
            refused = send(client, method, path, bodies[path])
            assert refused.status_code == 403
            assert refused.json()["detail"] == [
                f"Your role may not {act.label}. Ask an administrator."
            ]


def test_every_address_is_in_a_list() -> None:
    listed = {*GUARDED, *SIGNED_OUT, *API_OPEN}
    found = {name for name in _names() if not name.startswith("api-1:") or name in API_OPEN}
    assert found == listed
    operations = {
        (method, path)
        for path, methods in Client().get("/api/openapi.json").json()["paths"].items()
        for method in methods
    }
    assert operations == set(API)
    routes = [name for name in _names() if name.startswith("api-1:") and name not in API_OPEN]
    assert len(routes) == len(API), "an operation hidden from the documentation is still one"


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_signed_out_leads_to_the_sign_in(name, firm) -> None:
    url = reverse(name, args=ARGS.get(name, ()))
    for method in (Client().get, Client().post):
        answer = method(url)
        assert answer.status_code == 302
        assert answer.url == f"{reverse('account_login')}?next={url}"


@pytest.mark.parametrize(("method", "path"), API)
def test_the_api_answers_401_to_strangers(method, path) -> None:
    answer = send(Client(), method, re.sub(r"{\w+}", "1", path), {})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Unauthorized"})


def test_every_role_is_asked() -> None:
    assert {role for role, _scope in WHO} == set(Role)
    assert {scope or SCOPE_OF[role] for role, scope in WHO} == set(SEEN)


def _names(resolver=None, prefix: str = "") -> list[str]:
    names = []
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            names += _names(pattern, prefix + space)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            names.append(prefix + pattern.name)
    return names
