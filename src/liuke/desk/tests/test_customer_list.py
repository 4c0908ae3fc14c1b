"""The customers screen: who are they, and where do they stand?"""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.customers.models import Customer
from liuke.desk.queries.listing import CHURN_STATES, FIGURE_NAMES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]
LIST = reverse("customers")
STATES = {
    "active": "新人",
    "at_risk": "准流失",
    "lost": "流失",
    "recovered": "回来",
    "none": "没买",
}


@pytest.fixture
def one_of_each(bought_ago, customer) -> None:
    bought_ago(STATES["active"], 10, amount=500)
    bought_ago(STATES["at_risk"], 100, 70, amount=300)
    bought_ago(STATES["lost"], 200, amount=900)
    bought_ago(STATES["recovered"], 300, 20, amount=100)
    customer(STATES["none"])


def page(client, asked: str = ""):
    return client.get(f"{LIST}?{asked}").context["page"]


def names(client, asked: str = "") -> list[str]:
    return [row.cells[0].html for row in page(client, asked).rows]


def file(client, asked: str = "") -> list[list[str]]:
    text = b"".join(client.get(f"{reverse('customers-export')}?{asked}")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_most_valuable_come_first(signed_in, one_of_each) -> None:
    assert names(signed_in) == ["流失", "准流失", "新人", "回来", "没买"]


@pytest.mark.parametrize("state", STATES)
def test_every_churn_state_has_its_customers(signed_in, one_of_each, state) -> None:
    assert names(signed_in, f"churn={state}") == [STATES[state]]
    (line,) = file(signed_in, f"churn={state}")[1:]
    assert (line[0], line[4]) == (STATES[state], dict(CHURN_STATES)[state])


@pytest.mark.parametrize(
    "asked",
    [
        "", "stage=returning", "churn=lost", "value_from=200&value_to=600&sort=name",
        "last_from=2026-01-01&sort=-last", "owner=nobody", "kind=person&sort=-created", "q=流失",
    ],
)  # fmt: skip
def test_page_and_file_hold_the_same_rows(signed_in, one_of_each, asked) -> None:
    assert names(signed_in, asked) == [row[0] for row in file(signed_in, asked)[1:]]


@pytest.mark.parametrize(
    "key", ["name", "level", "stage", "churn", "last", "days", "value_year", "value_total"]
)
def test_every_column_sorts_both_ways(signed_in, one_of_each, key) -> None:
    there, back = names(signed_in, f"sort={key}"), names(signed_in, f"sort=-{key}")
    assert len(there) == len(back) == 5
    assert set(there) == set(back)


def test_filters_by_owner_branch_and_level(signed_in, customer, person, firm) -> None:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    li = person(Role.SELLER, "李娜", unit=branch)
    customer("李娜的", owner=li, branch=branch, level="A")
    customer("没人的", owner=None, kind="organization")
    assert names(signed_in, f"owner={li.pk}") == names(signed_in, "level=A") == ["李娜的"]
    assert names(signed_in, f"branch={branch.pk}") == ["李娜的"]
    assert names(signed_in, "owner=nobody") == names(signed_in, "kind=organization") == ["没人的"]


def test_the_stage_line_counts_and_opens(signed_in, one_of_each) -> None:
    answer = signed_in.get(f"{LIST}?stage=first")
    figures = {figure.url: figure.count for figure in answer.context["stages"]}
    assert figures == {
        "?stage=potential": 1, "?stage=intent": 0, "?stage=first": 2, "?stage=returning": 2,
        "?stage=closed": 0,
    }  # fmt: skip
    for url, count in figures.items():
        assert signed_in.get(LIST + url).context["page"].total == count
    assert [stage.url for stage in answer.context["stages"] if stage.current] == ["?stage=first"]
    assert answer.context["watch"] == {"at_risk": 1, "lost": 1}


def test_chosen_columns_are_remembered_on_screen_and_in_the_file(signed_in, one_of_each) -> None:
    signed_in.get(f"{LIST}?column=code&column=last")
    assert [column.key for column in page(signed_in).columns] == ["name", "last", "code"]
    assert file(signed_in)[0] == ["Customer", "Last purchase", "Customer number"]


def test_another_person_keeps_the_own_columns(signed_in, person, firm, one_of_each) -> None:
    signed_in.get(f"{LIST}?column=code")
    other = Client()
    other.force_login(person(Role.OWNER, unit=firm))
    assert "code" not in [column.key for column in page(other).columns]


def test_the_file_neutralises_formulas(signed_in, customer) -> None:
    customer('=HYPERLINK("http://evil")')
    assert file(signed_in)[1][0] == '\'=HYPERLINK("http://evil")'


@pytest.mark.parametrize("figure", FIGURE_NAMES)
def test_a_month_that_is_none_finds_nobody(signed_in, bought_ago, figure) -> None:
    bought_ago("王海涛", 200)
    for month in ("9999-12", "0001-01", "0000-00", "2026-13", "x", "", "2026"):
        assert names(signed_in, f"figure={figure}:{month}") == [], month


def test_a_figure_is_named_in_its_token(signed_in, one_of_each) -> None:
    shown = page(signed_in, "figure=newly_lost:2026-02&sort=name")
    (token,) = shown.filters
    assert (str(token.label), token.value) == ("Month table", "Feb 2026 newly lost")
    assert token.remove_url == "?sort=name"
    assert [row.cells[0].html for row in shown.rows] == ["流失"]


def test_an_empty_firm_is_told_how_to_begin(signed_in, person) -> None:
    assert b"No customers yet" in signed_in.get(LIST).content
    assert reverse("import-new") in signed_in.get(LIST).content.decode()
    agent = Client()
    agent.force_login(person(Role.AGENT))
    assert reverse("import-new") not in agent.get(LIST).content.decode()


def test_a_list_without_hits_is_not_an_empty_firm(signed_in, customer) -> None:
    customer()
    text = signed_in.get(f"{LIST}?q=nobody").content.decode()
    assert "Nothing matches" in text
    assert "No customers yet" not in text


def test_one_hit_opens_the_customer_several_the_list(signed_in, customer) -> None:
    wang, search = customer("王海涛"), reverse("search")
    customer("李娜"), customer("李明")
    assert signed_in.get(search, {"q": "王"}).url == reverse("customer", args=[wang.pk])
    assert signed_in.get(search, {"q": "wht"}).url == reverse("customer", args=[wang.pk])
    for words, found in [("李", {"李娜", "李明"}), ("赵", set()), ("", {"王海涛", "李娜", "李明"})]:
        answer = signed_in.get(search, {"q": words}, follow=True)
        assert answer.request["PATH_INFO"] == LIST
        assert {row.cells[0].html for row in answer.context["page"].rows} == found
        assert answer.context["page"].q == words


def test_the_selected_rows_alone_go_into_a_file(signed_in, one_of_each) -> None:
    url = reverse("customers-export")
    picked = Customer.objects.filter(name__in=["流失", "回来"]).values_list("pk", flat=True)

    def exported(**form: str) -> set[str]:
        text = b"".join(signed_in.post(url, form)).decode("utf-8-sig")
        return {row[0] for row in list(csv.reader(io.StringIO(text)))[1:]}

    assert exported(ids=",".join(map(str, picked))) == {"流失", "回来"}
    assert exported(all="1", query="churn=lost") == {"流失"}
    assert exported(ids="nonsense," + "9" * 40) == set()
