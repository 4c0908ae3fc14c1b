"""Saved views and chosen columns: everybody's own."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from liuke.accounts.models import SavedView
from liuke.accounts.rules import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]
LIST, VIEW = reverse("customers"), reverse("customers-view")


def save(client, query: str = "", name: str = "大客户", **more):
    return client.post(VIEW, {"act": "create", "name": name, "query": query, **more})


def shown(client, asked: str):
    return client.get(LIST + asked).context


def said(client, asked: str = "?view=all") -> list[str]:
    return [str(message) for message in shown(client, asked)["messages"]]


def test_a_view_keeps_filters_order_and_columns(signed_in, customer) -> None:
    customer("甲", level="A"), customer("乙", level="A"), customer("丙", level="B")
    answer = save(signed_in, "sort=-name&level=A&page=2&view=all&q=", column=["last", "code"])
    view = SavedView.objects.get()
    assert (view.query, view.columns) == ("level=A&sort=-name", ["last", "code"])
    assert answer.url == f"{LIST}?level=A&sort=-name&view={view.pk}"
    context = shown(signed_in, answer.url.removeprefix(LIST))
    assert [row.cells[0].html for row in context["page"].rows] == ["乙", "甲"]
    assert [column.key for column in context["page"].columns] == ["name", "last", "code"]
    look = context["look"]
    assert (look.current.name, look.changed) == ("大客户", False)
    # Outside the view the own columns are as they were.
    assert "owner" in [column.key for column in shown(signed_in, "?view=all")["page"].columns]
    file = signed_in.post(context["page"].export_url, {"format": "csv", "columns": "view"})
    header = b"".join(file).decode().splitlines()[0]
    assert header.endswith("Customer,Last purchase,Customer number")


@pytest.mark.parametrize(
    ("more", "changed"), [("&stage=first", True), ("&column=last", True), ("&page=2", False)]
)
def test_what_differs_from_the_view_is_said_and_can_be_saved(signed_in, more, changed) -> None:
    save(signed_in, "level=A", column=["last", "code"])
    view = SavedView.objects.get()
    assert shown(signed_in, f"?level=A&view={view.pk}{more}")["look"].changed is changed
    form = {"act": "update", "view": view.pk, "query": "level=B", "column": ["owner"]}
    answer = signed_in.post(VIEW, form)
    view.refresh_from_db()
    assert (view.query, view.columns) == ("level=B", ["owner"])
    assert answer.url == f"{LIST}?level=B&view={view.pk}"


def test_columns_in_a_view_do_not_become_the_own_ones(signed_in) -> None:
    save(signed_in, column=["last"])
    view = SavedView.objects.get()
    shown(signed_in, f"?view={view.pk}&column=code")
    assert "owner" in [column.key for column in shown(signed_in, "?view=all")["page"].columns]
    assert [c.key for c in shown(signed_in, f"?view={view.pk}")["page"].columns] == ["name", "last"]


def test_one_view_opens_the_list(signed_in) -> None:
    save(signed_in, "level=A", default="1")
    save(signed_in, "level=B", name="乙级", default="1")
    first, second = SavedView.objects.all()
    assert (first.is_default, second.is_default) == (False, True)
    assert signed_in.get(LIST).url == f"{LIST}?level=B&view={second.pk}"
    assert signed_in.get(f"{LIST}?view=all").status_code == 200
    # The stage line leaves the view without falling back into it.
    stages = shown(signed_in, f"?level=B&view={second.pk}")
    assert stages["is_new"] or all("view=all" in stage.url for stage in stages["stages"])
    signed_in.post(VIEW, {"act": "default", "view": first.pk})
    assert signed_in.get(LIST).url == f"{LIST}?level=A&view={first.pk}"
    signed_in.post(VIEW, {"act": "no_default", "view": first.pk})
    assert signed_in.get(LIST).status_code == 200


def test_rename_and_delete(signed_in) -> None:
    save(signed_in, "level=A")
    save(signed_in, "level=B", name="乙级")
    view = SavedView.objects.get(name="乙级")
    signed_in.post(VIEW, {"act": "rename", "view": view.pk, "name": "大客户"})
    assert "You have a view of this name already." in said(signed_in)
    signed_in.post(VIEW, {"act": "rename", "view": view.pk, "name": " 次要 "})
    view.refresh_from_db()
    assert (view.name, view.query) == ("次要", "level=B")
    assert signed_in.post(VIEW, {"act": "delete", "view": view.pk}).url == f"{LIST}?view=all"
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_view_needs_a_name_that_fits(signed_in, name) -> None:
    save(signed_in, name=name)
    assert not SavedView.objects.exists()
    assert said(signed_in) != []


def test_nobody_reaches_a_view_of_somebody_else(signed_in, person) -> None:
    save(signed_in, "level=A", default="1")
    view = SavedView.objects.get()
    other = Client()
    other.force_login(person(Role.SELLER))
    assert other.get(LIST).status_code == 200
    assert shown(other, f"?view={view.pk}")["look"].current is None
    for act in ("delete", "rename", "update", "default"):
        assert other.post(VIEW, {"act": act, "view": view.pk, "name": "x"}).status_code == 404
    assert other.post(VIEW, {"act": "delete", "view": "nonsense"}).status_code == 404
    view.refresh_from_db()
    assert (view.name, view.query) == ("大客户", "level=A")


def test_a_view_that_is_gone_shows_what_the_address_says(signed_in, customer) -> None:
    customer("甲", level="A"), customer("乙")
    context = shown(signed_in, "?" + urlencode({"level": "A", "view": 999}))
    assert context["look"].current is None
    assert [row.cells[0].html for row in context["page"].rows] == ["甲"]
