"""What do I do now: the list of today, and writing a contact down from it."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liuke.agenda.models import AgendaItem
from liuke.core import clock, ticks
from liuke.desk.queries import today as today_page
from liuke.desk.tests.conftest import TODAY
from liuke.followups.models import Interaction
from liuke.followups.services import NewInteraction, record_interactions
from liuke.site.ticks import TICKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(owner, watched, bought_ago):
    """One who is about to leave, one newly lost, one who is fine."""
    made = {
        "王海涛": bought_ago("王海涛", 190, 130, 70, amount=4000, level="A"),
        "李娜": bought_ago("李娜", 100, amount=300),
        "陈国栋": bought_ago("陈国栋", 2),
    }
    assert ticks.run(TICKS)
    return made


@pytest.fixture
def agreed(owner, shop):
    """Li agreed yesterday to be rung today."""
    record_interactions(
        actor=owner,
        interactions=[
            NewInteraction(
                shop["李娜"].pk,
                clock.now() - timedelta(days=1),
                outcome="agreed",
                said="周一再打给我",
                next_step="回电报价",
                next_on=TODAY,
                left_open="异响",
            )
        ],
    )


def names(answer) -> list[str]:
    return [line.customer.name for line in answer.context["page"].lines]


def post(client, customer, then="", listed=True, **more):
    url = reverse("contact", args=[customer.pk]) + ("?list=1" if listed else "")
    data = {"channel": "phone", "outcome": "talked", "direction": "out", "then": then, **more}
    return client.post(url, data)


def test_the_list_says_who_why_and_what_is_at_stake(signed_in, shop):
    answer = signed_in.get("/today/?whose=me")
    assert names(answer) == ["王海涛", "李娜"]
    first, second = answer.context["page"].lines
    assert first.why.startswith("Last bought 10 weeks ago. At risk since 22 May;")
    assert (first.item.stake, second.item.kind) == (12000, "lost")
    assert "<b>2</b> customers are waiting" in answer.content.decode()


def test_what_was_agreed_comes_first(signed_in, shop, agreed):
    page = signed_in.get("/today/?whose=me").context["page"]
    assert [line.customer.name for line in page.first] == ["李娜"]
    assert page.first[0].why == "Agreed on 31 May: 回电报价. Still open: 异响."


def test_an_agreement_forgotten_for_weeks_does_not_bury_the_day(signed_in, on_day, shop, agreed):
    on_day(TODAY + timedelta(days=14))
    assert [line.customer.name for line in today_of(signed_in).first] == ["李娜"]
    on_day(TODAY + timedelta(days=15))
    page = today_of(signed_in)
    assert ([*page.first], [line.customer.name for line in page.then]) == ([], ["王海涛", "李娜"])


def today_of(client):
    return client.get("/today/?whose=me").context["page"]


def test_a_kind_narrows_the_list_and_not_the_day(signed_in, shop):
    answer = signed_in.get("/today/?kind=lost&whose=me")
    assert (names(answer), answer.context["page"].total) == (["李娜"], 2)
    assert answer.context["page"].listed == 1
    assert names(signed_in.get("/today/?kind=next_step&whose=me")) == []


def test_a_contact_is_written_down_in_one_post_and_the_next_drawer_opens(signed_in, shop):
    answer = post(signed_in, shop["王海涛"], "next", said="下周来", outcome="agreed")
    told = json.loads(answer["HX-Trigger"])
    assert "王海涛" in told["lk:toast"]["text"]
    assert "lk:changed" in told
    assert answer.context["customer"] == shop["李娜"]
    made = Interaction.objects.get()
    assert (made.outcome, made.said, made.customer) == ("agreed", "下周来", shop["王海涛"])
    assert names(signed_in.get("/today/?whose=me")) == ["李娜"]
    answer = post(signed_in, shop["李娜"], "next")
    assert answer.content == b"", "nobody is left"
    progress = signed_in.get("/today/?whose=me").context["page"].progress
    assert (progress.done, progress.open) == (2, 0)


def test_who_wants_to_think_is_asked_again(signed_in, shop):
    answer = post(signed_in, shop["王海涛"], outcome="thinking")
    made = Interaction.objects.get()
    assert (made.next_step, made.next_on) == ("Ask what they decided", clock.today() + timedelta(3))
    assert "Next on" in json.loads(answer["HX-Trigger"])["lk:toast"]["text"]
    later = clock.today() + timedelta(9)
    post(signed_in, shop["李娜"], outcome="thinking", next_step="报价", next_on=later.isoformat())
    assert Interaction.objects.get(customer=shop["李娜"]).next_on == later


def test_a_mistake_keeps_the_text_and_says_what_to_do(signed_in, shop):
    answer = post(signed_in, shop["王海涛"], outcome="", said="下周来", next_step="回电")
    text = answer.content.decode()
    assert "Choose what came of it." in text
    assert "Say when the next step is due" in text
    assert "下周来" in text
    assert not Interaction.objects.exists()


def test_the_drawer_warns_of_a_second_call_and_of_a_block(signed_in, owner, shop):
    wang = shop["王海涛"]
    assert "Free to contact: 0 contacts" in signed_in.get(f"/customers/{wang.pk}/contact/").text
    post(signed_in, wang)
    assert "has spoken to this customer today" in (
        signed_in.get(f"/customers/{wang.pk}/contact/").text
    )
    post(signed_in, wang, outcome="stop", said="别再打了")
    assert "Do not contact: 别再打了" in signed_in.get(f"/customers/{wang.pk}/contact/").text
    assert "Do not contact: 别再打了" in signed_in.get(f"/customers/{wang.pk}/").text
    signed_in.post(f"/customers/{wang.pk}/unblock/")
    assert "Do not contact: " not in signed_in.get(f"/customers/{wang.pk}/contact/").text


def test_snooze_hand_over_done_and_undo(signed_in, person, firm, shop):
    lin = person("manager", "林晓雯", unit=firm, own_scope="all")
    wang, li = (
        AgendaItem.objects.get(customer=shop[name], closed_at=None) for name in ("王海涛", "李娜")
    )
    until = TODAY + timedelta(days=3)
    answer = signed_in.post(f"/agenda/{wang.pk}/snooze/", {"until": until})
    assert names(signed_in.get("/today/?whose=me")) == ["李娜"]
    signed_in.post(json.loads(answer["HX-Trigger"])["lk:toast"]["undo"])
    assert names(signed_in.get("/today/")) == ["王海涛", "李娜"]
    assert "林晓雯" in signed_in.get(f"/agenda/{li.pk}/hand-over/").text
    signed_in.post(f"/agenda/{li.pk}/hand-over/", {"to": lin.pk})
    assert names(signed_in.get("/today/")) == ["王海涛"]
    assert names(signed_in.get(f"/today/?whose={lin.pk}")) == ["李娜"]
    signed_in.post(f"/agenda/{wang.pk}/done/")
    assert names(signed_in.get("/today/?whose=all")) == ["李娜"]
    assert "Choose a day" in signed_in.post(f"/agenda/{li.pk}/snooze/", {"until": TODAY}).text


def test_a_seller_sees_the_own_list_only(client, person, firm, shop):
    seller = person("seller", unit=firm)
    client.force_login(seller)
    answer = client.get("/today/?whose=all")
    assert names(answer) == []
    assert "Nothing is due" in answer.text
    assert client.get(f"/customers/{shop['王海涛'].pk}/contact/").status_code == 404


def test_what_does_not_fit_opens_with_a_click(signed_in, shop, monkeypatch):
    monkeypatch.setattr(today_page, "SHOWN", 1)
    first = signed_in.get("/today/?whose=me")
    assert len(names(first)) == 1
    more = re.search(r'href="([^"]*more=1[^"]*)"', first.text)[1].replace("&amp;", "&")
    full = signed_in.get(f"/today/{more}")
    assert len(names(full)) == 2
    assert "Show more" not in full.text


def test_who_leads_begins_with_everybody_and_others_with_their_own(signed_in, person, firm, shop):
    assert len(names(signed_in.get("/today/"))) == 2
    service = Client()
    service.force_login(person("service", unit=firm))
    assert names(service.get("/today/")) == []
    assert len(names(service.get("/today/?whose="))) == 2


def test_an_analyst_looks_and_does_not_act(client, person, firm, shop):
    client.force_login(person("analyst", unit=firm))
    answer = client.get("/today/")
    assert names(answer) == ["王海涛", "李娜"]
    assert "hx-post" not in answer.text
    assert client.get(f"/customers/{shop['王海涛'].pk}/contact/").status_code == 403


def test_the_customer_page_shows_past_present_and_future(signed_in, shop, agreed):
    text = signed_in.get(f"/customers/{shop['李娜'].pk}/?past=contacts").text
    assert "Phone: Agreed" in text
    assert "周一再打给我" in text
    assert "Agreed on 31 May: 回电报价. Still open: 异响." in text


def test_the_number_of_queries_does_not_grow_with_the_list(
    signed_in, watched, bought_ago, django_assert_num_queries
):
    def cost(count: int) -> int:
        for n in range(count):
            bought_ago(f"客户{n}", 70, amount=100 + n)
        with django_assert_num_queries(19) as asked:
            assert signed_in.get("/today/?whose=all").status_code == 200
        return len(asked)

    signed_in.get("/today/?whose=all")
    assert cost(1) == cost(2)
