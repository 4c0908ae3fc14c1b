"""Cases on the screen and over the API: who is told what, and where each way begins."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.customers.models import DuplicatePair
from liuke.customers.queries.told import told, told_of
from liuke.customers.services import NewContactPoint, create_customer
from liuke.customers.services.duplicates import keep_pairs
from liuke.desk.queries.evidence import sides
from liuke.followups.services import NewInteraction, record_interactions
from liuke.ownership import services
from liuke.ownership.models import Conflict
from liuke.ownership.services import NewConflict

pytestmark = pytest.mark.django_db
PHONE = "13871234567"


@pytest.fixture
def branch(firm):
    return Unit.objects.create(kind="branch", name="浦东店", parent=firm)


@pytest.fixture
def people(person, branch):
    roles = {"周店长": Role.MANAGER, "林晓雯": Role.SELLER, "钱玲": Role.SELLER}
    return {name: person(role, name, unit=branch) for name, role in roles.items()}


@pytest.fixture
def made(people, branch):
    lin = people["林晓雯"]
    return create_customer(
        actor=lin,
        values={"name": "欧阳德华", "owner": lin, "branch": branch},
        contact_points=[NewContactPoint("mobile", PHONE, preferred=True)],
    )


@pytest.fixture
def at(people):
    def client_of(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return client_of


def talks(who, made, *days: int) -> None:
    contacts = [
        NewInteraction(made.pk, clock.now() - timedelta(days=day), by_id=who.pk) for day in days
    ]
    record_interactions(actor=None, interactions=contacts)


@pytest.fixture
def case(made, people):
    qian = people["钱玲"]
    new = NewConflict(made.pk, qian.pk, "我先联系的", "page")
    return services.open_conflict(actor=qian, new=new, facts={})


def test_the_record_of_two_people(made, people, buys, branch) -> None:
    lin, qian = people["林晓雯"], people["钱玲"]
    talks(lin, made, 3, 1)
    talks(qian, made, 2)
    missed = NewInteraction(made.pk, clock.now(), outcome="no_answer", by_id=qian.pk)
    record_interactions(actor=None, interactions=[missed])
    buys(made, clock.today())
    facts = sides(made.pk, [lin.pk, qian.pk])
    today = clock.today()
    assert facts[lin.pk].recorded_on == facts[lin.pk].owned_since == today
    assert facts[lin.pk].contacts == [today - timedelta(days=3), today - timedelta(days=1)]
    assert (facts[lin.pk].orders, facts[qian.pk].orders) == (1, 0)
    assert facts[qian.pk].contacts == [today - timedelta(days=2)], "an attempt is no contact"
    assert facts[qian.pk].recorded_on is None


def test_from_the_warning_while_typing_to_a_case(at, made, people) -> None:
    client = at("钱玲")
    typed = {"name": "欧阳", "points-0-kind": "mobile", "points-0-value": PHONE}
    warned = client.post(reverse("customer-known"), typed).content.decode()
    assert "欧**" in warned
    [link] = re.findall(r'href="(/conflicts/new/[^"]+)"', warned)
    page = client.get(link).content.decode()
    assert ("欧**" in page, "欧阳德华" in page, "林晓雯" in page) == (True, False, True)
    assert client.post(link, {"claim": ""}).status_code == 422
    opened = client.post(link, {"claim": "上周展会上认识的"})
    case = Conflict.objects.get()
    assert opened.url == reverse("conflict", args=[case.pk])
    assert (case.claimant, case.owner) == (people["钱玲"], people["林晓雯"])
    assert (case.customer, case.source) == (made, "typing")
    shown = client.get(opened.url).content.decode()
    assert "欧阳德华" not in shown
    assert "欧**" in shown


def test_from_a_refused_creation_to_a_case(at, made) -> None:
    form = {
        "name": "别人", "kind": "person", "points-TOTAL_FORMS": 1, "points-INITIAL_FORMS": 0,
        "points-0-kind": "mobile", "points-0-value": PHONE, "children-TOTAL_FORMS": 0,
        "children-INITIAL_FORMS": 0,
    }  # fmt: skip
    refused = at("钱玲").post(reverse("customer-new"), form)
    assert refused.status_code == 422
    assert "/conflicts/new/?sign=" in refused.content.decode()


def test_a_sign_is_for_one_person_and_a_day(made, people, on_day) -> None:
    lin, qian = people["林晓雯"], people["钱玲"]
    sign = told(qian, made.pk)
    assert told_of(qian, sign) == made.pk
    assert told_of(lin, sign) is None
    assert told_of(qian, f"{sign}x") is told_of(qian, "") is None


def test_nobody_asks_for_any_number_they_like(at, made) -> None:
    client = at("钱玲")
    for query in ({"customer": made.pk}, {"sign": "x"}, {"pair": 1}, {}):
        answer = client.get(reverse("conflict-new"), query)
        assert answer.url == reverse("conflicts")
    body = {"customer_id": made.pk, "claim": "我的"}
    posted = client.post("/api/conflicts", json.dumps(body), content_type="application/json")
    assert posted.status_code == 404
    assert not Conflict.objects.exists()


def test_from_the_page_of_a_customer_in_sight(at, made, person, branch, people) -> None:
    service = person(Role.SERVICE, "客服", unit=branch)
    client = Client()
    client.force_login(service)
    page = client.get(reverse("customer", args=[made.pk])).content.decode()
    assert f"/conflicts/new/?customer={made.pk}" in page
    url = f"{reverse('conflict-new')}?customer={made.pk}"
    assert client.post(url, {"claim": "我接待的"}).status_code == 302
    page = at("林晓雯").get(reverse("customer", args=[made.pk])).content.decode()
    assert "客服 says that this is their customer." in page


def test_from_two_records_of_one_customer(at, made, people, branch) -> None:
    qian = people["钱玲"]
    later = create_customer(
        actor=qian, values={"name": "欧阳德华", "owner": qian, "branch": branch}, anyway="x"
    )
    talks(qian, later, 1)
    keep_pairs([(made.pk, later.pk, 0.9, [])], "person")
    pair = DuplicatePair.objects.get()
    client = at("周店长")
    url = f"{reverse('conflict-new')}?pair={pair.pk}"
    assert url.replace("&", "&amp;") in client.get(reverse("duplicates")).content.decode()
    assert client.post(url, {"claim": "两个人各录了一次"}).status_code == 302
    case = Conflict.objects.get()
    assert (case.customer, case.owner, case.claimant) == (made, people["林晓雯"], qian)
    assert case.facts["claimant"]["contacts"], "what was said to the second record counts"


def test_what_each_of_them_sees(at, case, made, people) -> None:
    url = reverse("conflict", args=[case.pk])
    seen = {name: at(name).get(url).content.decode() for name in people}
    assert "欧阳德华" not in seen["钱玲"]
    assert "after the decision" in seen["钱玲"]
    for name in ("周店长", "林晓雯"):
        assert "欧阳德华" in seen[name]
        assert "after the decision" not in seen[name]
    assert {name for name, page in seen.items() if "Your decision" in page} == {"周店长"}
    listed = {name: at(name).get(reverse("conflicts")).content.decode() for name in people}
    assert ("欧**" in listed["钱玲"], "欧阳德华" in listed["钱玲"]) == (True, False)
    assert "<b>1</b> case waits for your decision" in listed["周店长"]


def test_deciding_appealing_and_withdrawing_on_the_screen(at, case, made, people, owner) -> None:
    manager, qian = at("周店长"), at("钱玲")
    decide = reverse("conflict-decide", args=[case.pk])
    assert qian.post(decide, {"verdict": "moves", "why": "x"}).status_code == 403
    assert manager.post(decide, {"verdict": "moves", "why": ""}).status_code == 422
    assert manager.post(decide, {"verdict": "moves", "why": "先录先联系"}).status_code == 302
    made.refresh_from_db()
    assert made.owner == people["钱玲"]
    page = at("林晓雯").get(reverse("conflict", args=[case.pk])).content.decode()
    assert ("先录先联系" in page, "欧阳德华" in page) == (True, True)
    appeal = reverse("conflict-appeal", args=[case.pk])
    assert at("林晓雯").post(appeal, {"why": "一直是我"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "appealed"
    boss = Client()
    boss.force_login(owner)
    assert boss.post(decide, {"verdict": "stays", "why": "合同"}).status_code == 302
    made.refresh_from_db()
    assert made.owner == people["林晓雯"]
    assert qian.post(reverse("conflict-drop", args=[case.pk])).status_code == 302
    case.refresh_from_db()
    assert case.state == "final", "what is decided is not withdrawn"


def test_every_figure_opens_its_cases(at, case, people) -> None:
    services.decide_conflict(
        actor=people["周店长"], conflict_id=case.pk, verdict="moves", why="记录"
    )
    client = at("周店长")
    page = client.get(reverse("conflict-figures")).content.decode()
    links = re.findall(r'<a href="(/conflicts/\?[^"]+)">(\d+)</a>', page)
    assert len(links) == 5 + 2 * 3
    for link, figure in links:
        shown = client.get(link.replace("&amp;", "&")).context["page"]
        assert len(shown.rows) == int(figure), link


def test_the_file_has_what_the_screen_has(at, case) -> None:
    url = reverse("export-new", args=["conflicts"])
    client = at("周店长")
    answer = client.post(url, {"format": "csv", "columns": "view"})
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert lines[1][0] == "欧阳德华"


def test_the_api_opens_and_decides(at, made, people) -> None:
    def post(name: str, path: str, body: object):
        return at(name).post(f"/api{path}", json.dumps(body), content_type="application/json")

    told_body = {"contact_points": [{"kind": "mobile", "value": PHONE}]}
    [match] = post("钱玲", "/customers/known", told_body).json()
    assert (match["id"], match["name"]) == (None, "欧**")
    opened = post("钱玲", "/conflicts", {"sign": match["sign"], "claim": "我先"})
    assert opened.status_code == 201
    found = opened.json()
    assert (found["customer_id"], found["customer"]) == (None, "欧**")
    assert [each["person_id"] for each in found["sides"]] == [people["钱玲"].pk]
    url = f"/conflicts/{found['id']}"
    verdict = {"verdict": "helps", "why": "都有功劳", "percent": 30}
    assert post("钱玲", f"{url}/decide", verdict).status_code == 403
    decided = post("周店长", f"{url}/decide", verdict)
    assert (decided.status_code, decided.json()["verdict"]) == (200, "helps")
    assert post("周店长", f"{url}/decide", verdict).status_code == 422
    [listed] = at("钱玲").get("/api/conflicts", {"state": "decided"}).json()
    assert listed["customer"] == "欧阳德华", "who helps sees the customer"
    assert post("钱玲", f"{url}/appeal", {"why": "应该归我"}).status_code == 422, "nobody above"


def test_a_case_of_others_does_not_exist(at, case, person, firm) -> None:
    elsewhere = Unit.objects.create(kind="branch", name="别处", parent=firm)
    client = Client()
    client.force_login(person(Role.MANAGER, "别店长", unit=elsewhere))
    for name in ("conflict", "conflict-decide", "conflict-appeal"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 404
    assert client.post(reverse("conflict-drop", args=[case.pk])).status_code == 404
    assert client.get(f"/api/conflicts/{case.pk}").status_code == 404
    assert client.get("/api/conflicts").json() == []


def test_the_rules_of_working_together(at, signed_in) -> None:
    url = reverse("conflict-terms")
    given = {"protection": 10, "silent": 60, "appeal": 5, "helper_percent": 25}
    assert at("钱玲").get(url).status_code == 200
    assert at("钱玲").post(url, given).status_code == 403
    assert signed_in.post(url, given | {"helper_percent": 80}).status_code == 422
    assert signed_in.post(url, given).status_code == 302
    assert "60" in at("钱玲").get(url).content.decode()
