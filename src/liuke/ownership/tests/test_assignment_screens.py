"""Rules of assignment on the screen: made, looked at before, moved, tried and taken away."""

import pytest
from django.test import Client
from django.urls import reverse

from liuke.customers.models import Customer
from liuke.customers.services import NewContactPoint, NewCustomer, record_customers
from liuke.ownership.models import AssignmentRule
from liuke.ownership.services import save_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    def sit(person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sit


@pytest.fixture
def arrived(branch):
    def make(*names: str, where=branch, address: str = "上海市浦东新区") -> list[Customer]:
        ways = [NewContactPoint("address", address)]
        new = [NewCustomer({"name": name, "branch": where}, ways) for name in names]
        return record_customers(actor=None, new=new, origin="api")

    return make


def typed(*people, **more) -> dict:
    return {
        "name": "华东大客户", "active": "on", "pick": "load", "regions": "上海，江苏",
        "people": [each.pk for each in people], **more,
    }  # fmt: skip


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_a_rule_is_seen_before_it_is_saved(seat, manager, lin, qian, arrived, branch) -> None:
    arrived("甲", "乙", "丙")
    arrived("别店的", where=None)
    arrived("北京的", address="北京市朝阳区")
    client, url = seat(manager), reverse("assignment-new")
    assert "No rule yet" in client.get(reverse("assignment")).content.decode()
    answer = client.post(url, typed(lin, qian, act="preview"))
    preview = answer.context["preview"]
    assert (preview.count, preview.hidden, preview.looked) == (4, 1, 5)
    assert [(str(person), n) for person, n in preview.shares] == [("林晓雯", 2), ("钱玲", 2)]
    assert [row.name for row, _person, _why in preview.first] == ["甲", "乙", "丙"]
    page = answer.content.decode()
    assert "Region 上海, fewest customers (0)" in page
    assert "别店的" not in page
    assert not AssignmentRule.objects.exists()
    assert Customer.objects.filter(owner=None).count() == 5
    answer = client.post(url, typed(lin, qian, act="save"), follow=True)
    made = AssignmentRule.objects.get()
    assert made.conditions == {"regions": ["上海", "江苏"]}
    assert set(made.people.all()) == {lin, qian}
    assert "上海, 江苏" in answer.content.decode()
    assert answer.context["waiting"] == 4, "those of the branch"
    applied = client.post(reverse("assignment-apply"), follow=True)
    assert said(applied) == ["3 customers assigned. 1 stays: no rule fits, or nobody has room."]


def test_a_preview_knows_the_rules_before_it(seat, manager, lin, qian, arrived) -> None:
    arrived("甲", "乙")
    first = save_rule(
        actor=None, rule=AssignmentRule(name="上海", conditions={"regions": ["上海"]}), people=[lin]
    )
    client = seat(manager)
    later = client.post(reverse("assignment-new"), typed(qian, act="preview", regions=""))
    assert later.context["preview"].count == 0
    assert "Nobody without an owner fits" in later.content.decode()
    url = reverse("assignment-edit", args=[first.pk])
    form = client.get(url).content.decode()
    assert 'value="上海"' in form
    changed = client.post(url, typed(qian, act="preview"))
    assert [str(person) for person, _n in changed.context["preview"].shares] == ["钱玲"]
    first.refresh_from_db()
    assert first.name == "上海"


def test_what_is_missing_or_taken_is_said_at_its_field(seat, manager, lin) -> None:
    save_rule(actor=None, rule=AssignmentRule(name="华东大客户"), people=[lin])
    client, url = seat(manager), reverse("assignment-new")
    nobody = client.post(url, typed(act="save"))
    assert nobody.status_code == 422
    assert nobody.context["form"].errors["people"] == ["Choose who gets the customers."]
    taken = client.post(url, typed(lin, act="save"))
    assert taken.status_code == 422
    assert taken.context["form"].errors["name"]
    many = client.post(url, typed(lin, tags=",".join(map(str, range(30)))))
    assert many.context["form"].errors["tags"] == ["At most 20 words."]
    assert AssignmentRule.objects.count() == 1


def test_the_journal_says_what_a_rule_asks(seat, manager, lin, branch) -> None:
    rule = AssignmentRule(
        name="x", unit=branch, conditions={"branches": [branch.pk], "kinds": ["person"]}
    )
    save_rule(actor=manager, rule=rule, people=[lin])
    page = seat(manager).get(reverse("journal")).content.decode()
    for words in ("Branch 浦东店, Kind Person", "林晓雯", "Rule of assignment changed"):
        assert words in page


def test_rules_change_places_and_go(seat, manager, lin, qian) -> None:
    rules = [
        save_rule(actor=None, rule=AssignmentRule(name=name), people=[lin]) for name in "一二三"
    ]
    client, move = seat(manager), [reverse("assignment-move", args=[rule.pk]) for rule in rules]
    client.post(move[0], {"act": "down"})
    client.post(move[2], {"act": "up"})
    assert "".join(AssignmentRule.objects.values_list("name", flat=True)) == "二三一"
    assert client.post(move[1], {"act": "delete"}).status_code == 302
    assert client.post(move[1], {"act": "delete"}).status_code == 404
    assert seat(lin).post(move[0], {"act": "delete"}).status_code == 403
    assert "".join(AssignmentRule.objects.values_list("name", flat=True)) == "三一"


def test_a_rule_whose_people_are_gone_says_so(seat, manager, lin) -> None:
    save_rule(actor=None, rule=AssignmentRule(name="x"), people=[lin])
    assert "Nobody is left" not in seat(manager).get(reverse("assignment")).content.decode()
    type(lin).objects.filter(pk=lin.pk).update(is_active=False)
    assert "Nobody is left" in seat(manager).get(reverse("assignment")).content.decode()


def test_the_selected_are_shared_out(seat, manager, lin, qian, arrived) -> None:
    ids = ",".join(str(row.pk) for row in arrived("甲", "乙", "丙", "丁"))
    client, url = seat(manager), reverse("customers-assign")
    menu = reverse("customers-share")
    shown = client.get(menu).content.decode()
    assert 'value="evenly"' in shown
    assert 'value="rules"' not in shown
    nobody = client.post(url, {"ids": ids, "owner": "evenly"}, follow=True)
    assert said(nobody) == ["Choose among whom."]
    shared = {"ids": ids, "owner": "evenly", "among": [lin.pk, qian.pk]}
    assert said(client.post(url, shared, follow=True)) == ["4 customers assigned."]
    assert Customer.objects.filter(owner=lin).count() == 2
    save_rule(actor=None, rule=AssignmentRule(name="x", conditions={"levels": ["A"]}), people=[lin])
    assert 'value="rules"' in client.get(menu).content.decode()
    done = client.post(url, {"ids": ids, "owner": "rules"}, follow=True)
    assert said(done) == ["4 stay: no rule fits, or nobody has room."]


def test_skills_are_said_of_a_person(seat, owner, lin, branch) -> None:
    client, url = seat(owner), reverse("user", args=[lin.pk])
    form = {
        "name": "林晓雯", "role": "seller", "unit": branch.pk, "scope": "", "email": "",
        "skills": "钣金、新能源", "languages": "英语", "workload": "50", "most_customers": "120",
    }  # fmt: skip
    assert client.post(url, form).status_code == 302
    lin.refresh_from_db()
    assert (lin.skills, lin.languages, lin.workload, lin.most_customers) == (
        ["钣金", "新能源"], ["英语"], 50, 120,
    )  # fmt: skip
    assert "钣金, 新能源" in client.get(url).content.decode()
    wrong = client.post(url, form | {"workload": "101"})
    assert wrong.status_code == 422
