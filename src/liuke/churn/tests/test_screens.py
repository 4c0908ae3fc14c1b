"""The churn screens: the figures, whom they open, and the rules that anybody can read."""

import csv
import io
import random
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.churn.models import ChurnRule, Clock, RuleVersion
from liuke.churn.queries import FIGURES, months_of, status_of
from liuke.churn.rules.kinds import DaysWithoutOrder, MissedVisits
from liuke.churn.rules.wording import describe
from liuke.churn.views import MONTH_COLUMNS
from liuke.core.ui.figures import month_text
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to
from liuke.desk.queries.listing import customer_list

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 17)
LINK = re.compile(r'<a href="/customers/\?(figure=(\w+):(\d{4}-\d\d))">([\d,]+)</a>')
VISITS = {
    "name": "修理厂", "kind": "visits", "visits_interval_months": 6, "visits_at_risk_after": 2,
    "visits_lost_after": 3,
}  # fmt: skip
DAYS = {"name": "批发", "kind": "days", "days_at_risk": 20, "days_lost": 40}


@pytest.fixture(autouse=True)
def _now(on_day, settings) -> None:
    on_day(TODAY)
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def past(customer, buys, car, rule) -> None:
    """Fourteen customers, half of them with one car, with a year and a half of random purchases."""
    rule(DaysWithoutOrder(40, 70))
    chance = random.Random(20_260)  # noqa: S311  an invented past
    for number in range(14):
        who = customer(f"客户{number}")
        asset = car(who) if number % 2 else None
        day, days = TODAY - timedelta(days=chance.randrange(60, 560)), []
        while day <= TODAY:
            days.append(day)
            day += timedelta(days=int(chance.expovariate(1 / 45)) + 1)
        # Some purchases name the car and some do not; with only one it is the same.
        named = [day for day in days if asset and chance.random() < 0.5]
        buys(who, *named, asset_id=asset and asset.pk)
        buys(who, *(day for day in days if day not in named))


@pytest.fixture
def client_of(person):
    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(person(role))
        return client

    return sign_in


def messages(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_screen_shows_the_months_of_the_table(signed_in, owner, past) -> None:
    months = months_of(owner, TODAY)
    whole = signed_in.get(reverse("churn"), {"months": "all"})
    assert whole.context["months"] == months[::-1]
    recent = signed_in.get(reverse("churn"))
    assert recent.context["months"] == months[:-14:-1]
    assert recent.context["more_months"] == len(months) - 13 > 0
    assert recent.context["running"] == months[-1]
    assert recent.context["settled"] == months[-2]
    status = status_of(Customer.objects.all())
    assert (recent.context["at_risk"], recent.context["lost"]) == (status.at_risk, status.lost)
    assert [row.partial for row in recent.context["months"]] == [True] + [False] * 12
    assert "to date" in recent.content.decode()


def test_every_figure_opens_as_many_customers_as_it_says(signed_in, owner, past) -> None:
    text = signed_in.get(reverse("churn"), {"months": "all"}).content.decode()
    links = {(figure, month): (asked, said) for asked, figure, month, said in LINK.findall(text)}
    months = months_of(owner, TODAY)
    assert set(links) == {(figure, row.month) for figure in FIGURES for row in months}
    assert all(any(getattr(row, figure) for row in months) for figure in FIGURES), (
        "a history in which something never happens proves nothing about it"
    )
    for row in months:
        for figure in FIGURES:
            asked, said = links[figure, row.month]
            assert said == f"{getattr(row, figure):,}"
            opened = customer_list(owner).select(visible_to(owner), QueryDict(asked))
            assert opened.count() == getattr(row, figure), asked
    asked, said = links["lost_end", months[-2].month]
    page = signed_in.get(f"{reverse('customers')}?{asked}").context["page"]
    assert page.total == int(said) > 0


def test_the_boxes_open_whom_they_count(signed_in, past) -> None:
    answer = signed_in.get(reverse("churn"))
    text, running = answer.content.decode(), answer.context["running"]
    assert "/customers/?churn=at_risk" in text
    behind = signed_in.get(reverse("customers"), {"churn": "at_risk"}).context["page"]
    assert behind.total == answer.context["at_risk"] == running.at_risk_end
    lost = signed_in.get(reverse("customers"), {"churn": "lost"}).context["page"]
    assert lost.total == answer.context["lost"] == running.lost_end


def test_the_chart_leaves_out_the_running_month_and_opens_customers(signed_in, past) -> None:
    answer = signed_in.get(reverse("churn"))
    chart, settled = answer.context["chart"], answer.context["settled"]
    assert chart["titles"][-1] == month_text(settled.month) == "May 2026"
    lost = chart["series"][1]["points"][-1]
    assert lost["y"] == settled.hazard
    assert 0 <= lost["low"] <= lost["y"] <= lost["high"] <= 1
    assert lost["url"] == f"/customers/?figure=newly_lost:{settled.month}"


def test_those_worth_most_are_saved_first(signed_in, customer, buys, rule) -> None:
    rule(DaysWithoutOrder(40, 70))
    for amount in (100, 700, 300, 500, 200, 600, 400):
        buys(customer(f"值{amount}"), TODAY - timedelta(days=50), amount=amount)
    buys(customer("流失"), TODAY - timedelta(days=100), amount=9000)
    answer = signed_in.get(reverse("churn"))
    assert [each.name for each in answer.context["rescue"]] == [
        "值700", "值600", "值500", "值400", "值300", "值200",
    ]  # fmt: skip
    assert answer.context["stake"] == 2800


def test_the_month_file_holds_the_same_table(signed_in, owner, past) -> None:
    answer = signed_in.get(reverse("churn-months-csv"))
    assert "churn-months.csv" in answer.headers["Content-Disposition"]
    header, *lines = csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
    assert tuple(header) == MONTH_COLUMNS
    months = months_of(owner, TODAY)
    assert [line[0] for line in lines] == [row.month for row in months]
    for line, row in zip(lines, months, strict=True):
        for name, text in zip(header, line, strict=True):
            value = getattr(row, name)
            assert text == ("" if value is None else str(value)), (row.month, name)


def test_the_printed_table_has_every_month_and_no_links(signed_in, owner, past) -> None:
    answer = signed_in.get(reverse("churn-print"))
    text = answer.content.decode()
    for row in months_of(owner, TODAY):
        assert month_text(row.month) in text
    assert "/customers/?figure=" not in text
    assert "At risk from 40 days without an order, lost from 70 days." in text
    assert "17 Jun</time>." in text


def test_without_purchases_the_screen_says_what_is_missing(signed_in, rule) -> None:
    rule()
    for months in ("", "all"):
        text = signed_in.get(reverse("churn"), {"months": months}).content.decode()
        assert "No purchases yet" in text
    assert signed_in.get(reverse("churn-print")).status_code == 200
    assert len(b"".join(signed_in.get(reverse("churn-months-csv"))).splitlines()) == 1


def test_the_first_month_alone_makes_no_chart(signed_in, customer, buys, rule) -> None:
    rule()
    buys(customer(), TODAY)
    answer = signed_in.get(reverse("churn"))
    assert answer.context["chart"] is None
    assert answer.context["settled"] is None


def test_without_any_rule_the_screens_still_answer(signed_in, customer, buys) -> None:
    buys(customer(), TODAY)
    for name in ("churn", "churn-print", "churn-rules", "churn-rule"):
        assert signed_in.get(reverse(name)).status_code == 200


def test_the_rules_page_says_where_two_missed_visits_live(signed_in, client_of, rule) -> None:
    rule(MissedVisits(), name="修理厂")
    words = "A visit is due every 6 months: 2 missed means at risk, 3 missed means lost."
    text = signed_in.get(reverse("churn-rules")).content.decode()
    assert words in text
    assert "In force since the first record." in text
    assert reverse("churn-rule") in text
    seller = client_of(Role.SELLER).get(reverse("churn-rules")).content.decode()
    assert words in seller
    assert reverse("churn-rule") not in seller


def test_one_click_leads_from_the_figures_to_the_rules(signed_in, past) -> None:
    assert f'href="{reverse("churn-rules")}"' in signed_in.get(reverse("churn")).content.decode()


def test_the_form_starts_with_the_rule_in_force(signed_in, rule) -> None:
    rule(DaysWithoutOrder(45, 80), name="批发")
    form = signed_in.get(reverse("churn-rule")).context["form"]
    assert (form["name"].value(), form["kind"].value()) == ("批发", "days")
    assert (form["days_at_risk"].value(), form["days_lost"].value()) == (45, 80)
    assert form["visits_at_risk_after"].value() == 2, "the others show their defaults"
    assert [group["kind"] for group in form.groups() if group["chosen"]] == ["days"]


def test_a_preview_saves_nothing_and_counts_what_saving_then_moves(signed_in, past) -> None:
    before = {(row.customer_id, row.asset_id): row.state for row in Clock.objects.all()}
    page = signed_in.post(reverse("churn-rule"), DAYS)
    preview = page.context["preview"]
    assert RuleVersion.objects.count() == 1
    text = page.content.decode()
    assert "What this would do today" in text
    assert describe(DaysWithoutOrder(20, 40)) in text
    assert preview.moves
    assert preview.watched == len(before) == 14

    saved = signed_in.post(reverse("churn-rule"), DAYS | {"act": "save"}, follow=True)
    assert saved.redirect_chain == [(reverse("churn-rules"), 302)]
    assert messages(saved) == ["Saved. The clocks follow in a moment."]
    moved: dict[tuple[int, int], set[str]] = {}
    for row in Clock.objects.select_related("customer"):
        was = before[row.customer_id, row.asset_id]
        if was != row.state:
            moved.setdefault((was, row.state), set()).add(row.customer.name)
    assert {(move.before, move.after): move.count for move in preview.moves} == {
        states: len(who) for states, who in moved.items()
    }
    assert {each.name for each in preview.examples} <= set().union(*moved.values())
    again = signed_in.post(reverse("churn-rule"), DAYS).context["preview"]
    assert replace(again, examples=[]) == replace(preview, moves=[], examples=[])
    assert "earlier version" in signed_in.get(reverse("churn-rules")).content.decode()


def test_saving_without_a_preview_is_the_same_rule(signed_in, past) -> None:
    signed_in.post(reverse("churn-rule"), DAYS | {"act": "save"})
    assert RuleVersion.objects.last().content == DaysWithoutOrder(20, 40)


def test_a_rule_for_one_kind_leaves_the_others_alone(signed_in, past) -> None:
    url = reverse("churn-rule-of", args=["organization"])
    assert "Organization" in signed_in.get(url).content.decode()
    assert signed_in.post(url, DAYS).context["preview"].watched == 0
    signed_in.post(url, DAYS | {"act": "save"})
    assert set(ChurnRule.objects.values_list("applies_to", flat=True)) == {"", "organization"}
    text = signed_in.get(reverse("churn-rules")).content.decode()
    assert url in text
    assert reverse("churn-rule-of", args=["person"]) in text
    assert signed_in.get(reverse("churn-rule-of", args=["robot"])).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        (DAYS | {"days_lost": 20}, "days_lost", "more than “At risk from … days”"),
        (DAYS | {"days_lost": ""}, "days_lost", "Enter a number."),
        (DAYS | {"days_at_risk": "soon"}, "days_at_risk", "Enter a whole number."),
        (DAYS | {"days_at_risk": 0}, "days_at_risk", "This must be 1–3650."),
        (DAYS | {"days_expected": 30}, "days_expected", "less than “At risk from … days”"),
        (VISITS | {"visits_lost_after": 2}, "visits_lost_after", "more than “At risk after"),
        (VISITS | {"visits_interval_months": 61}, "visits_interval_months", "1–60"),
        ({"name": "x", "kind": "visits"}, "visits_interval_months", "Enter a number."),
        ({"name": "x", "kind": "tarot"}, "kind", "Select a valid choice."),
        (DAYS | {"name": ""}, "name", "This field is required."),
    ],
)
def test_a_rule_without_sense_is_refused_at_its_field(signed_in, typed, field, message) -> None:
    for act in ("preview", "save"):
        page = signed_in.post(reverse("churn-rule"), typed | {"act": act})
        assert page.status_code == 422
        assert message in page.context["form"].errors[field][0]
    assert not ChurnRule.objects.exists()


def test_numbers_of_another_kind_are_no_hindrance(signed_in) -> None:
    signed_in.post(reverse("churn-rule"), DAYS | {"visits_lost_after": 0, "act": "save"})
    assert RuleVersion.objects.get().content == DaysWithoutOrder(20, 40)


@pytest.mark.parametrize("role", [Role.SELLER, Role.SERVICE, Role.AGENT, Role.ANALYST])
def test_who_may_not_change_rules_cannot(client_of, role) -> None:
    answer = client_of(role).post(reverse("churn-rule"), DAYS | {"act": "save"})
    assert answer.status_code == 403
    assert not ChurnRule.objects.exists()
