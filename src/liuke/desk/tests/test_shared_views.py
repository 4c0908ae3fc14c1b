"""Views that others share: found by whom they are meant for, changed by whose they are."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import SavedView, Unit
from liuke.accounts.rules import Role
from liuke.accounts.services import save_view, share_view
from liuke.core.models import JournalEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]
LIST, VIEW = reverse("customers"), reverse("customers-view")


@pytest.fixture
def units(firm) -> dict[str, Unit]:
    make = Unit.objects.create
    branch, other = (make(kind="branch", name=name, parent=firm) for name in ("浦东店", "浦西店"))
    return {
        "firm": firm,
        "branch": branch,
        "other": other,
        "team": make(kind="team", name="一组", parent=branch),
        "second": make(kind="team", name="二组", parent=branch),
    }


@pytest.fixture
def at(person, units):
    def make(role: str, unit: str, scope: str = ""):
        return person(role, unit=units[unit], own_scope=scope)

    return make


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client, asked: str = "?view=all"):
    return client.get(LIST + asked).context


def kept(user, sharing: str, name: str = "大客户", query: str = "level=A") -> SavedView:
    return save_view(
        actor=user, list_name="customers", name=name, query=query, columns=["last"], sharing=sharing
    )


@pytest.mark.parametrize(
    ("sharing", "found_by"),
    [
        ("", []),
        ("team", ["team"]),
        ("branch", ["branch", "second", "team"]),
        ("all", ["branch", "firm", "other", "second", "team"]),
    ],
    ids=["nobody", "team", "branch", "everybody"],
)
def test_a_view_is_found_as_far_as_it_is_shared(at, units, customer, sharing, found_by) -> None:
    view = kept(at(Role.MANAGER, "team", "all"), sharing)
    finds = []
    for unit in sorted(units):
        looker = at(Role.SELLER, unit)
        customer("甲", owner=looker, level="A")
        client = client_of(looker)
        look = shown(client)["look"]
        others = [tab for tab in look.others if tab.pk == view.pk]
        assert not look.tabs
        opened = shown(client, f"?level=A&view={view.pk}")["look"].current
        assert bool(opened) == bool(others)
        if others:
            finds.append(unit)
            assert (opened.by, opened.may_change) == (str(view.user), False)
            page = client.get(f"{LIST}?level=A&view={view.pk}").content.decode()
            assert f"Shared by {view.user}" in page
    assert finds == found_by


@pytest.mark.parametrize(
    ("unit", "scope", "ways"),
    [
        ("team", "own", [""]),
        ("team", "team", ["", "team"]),
        ("team", "branch", ["", "team", "branch"]),
        ("branch", "branch", ["", "branch"]),
        ("branch", "team", [""]),
        ("team", "all", ["", "team", "branch", "all"]),
        ("firm", "all", ["", "all"]),
    ],
)
def test_one_shares_as_far_as_one_sees(at, unit, scope, ways) -> None:
    user = at(Role.MANAGER, unit, scope)
    look = shown(client_of(user))["look"]
    assert [value for value, _label in look.sharing] == ways
    for number, sharing in enumerate(("", "team", "branch", "all")):
        view = kept(user, "", name=str(number))
        if sharing in ways:
            assert share_view(actor=user, view_id=view.pk, sharing=sharing).shared == sharing
        else:
            with pytest.raises(ValidationError, match="only as far as you see"):
                share_view(actor=user, view_id=view.pk, sharing=sharing)
            with pytest.raises(ValidationError):
                kept(user, sharing, name=f"{number}bis")
    assert not SavedView.objects.filter(name__endswith="bis").exists()


def test_rows_are_those_of_who_looks(at, customer) -> None:
    maker, looker = at(Role.MANAGER, "team", "all"), at(Role.SELLER, "team")
    view = kept(maker, "all")
    customer("店长的", owner=maker, level="A"), customer("我的", owner=looker, level="A")
    address = f"?level=A&view={view.pk}"
    rows = {
        user: {str(row.cells[0].html) for row in shown(client_of(user), address)["page"].rows}
        for user in (maker, looker)
    }
    assert rows == {maker: {"店长的", "我的"}, looker: {"我的"}}


def test_only_its_maker_changes_it_and_who_manages_people(at) -> None:
    maker, looker = at(Role.MANAGER, "team", "all"), at(Role.SELLER, "team")
    view = kept(maker, "all")
    other, admin = client_of(looker), client_of(at(Role.ADMINISTRATOR, "firm"))
    for act in ("delete", "rename", "update", "share", "default"):
        answer = other.post(VIEW, {"act": act, "view": view.pk, "name": "x", "sharing": ""})
        assert answer.status_code == 404
    admin.post(VIEW, {"act": "rename", "view": view.pk, "name": "全店大客户"})
    view.refresh_from_db()
    assert view.name == "全店大客户"
    # Who manages people ends a sharing, and neither widens it nor opens a list with it.
    for form in ({"act": "share", "sharing": "team"}, {"act": "default"}):
        admin.post(VIEW, {"view": view.pk, **form})
        view.refresh_from_db()
        assert (view.shared, view.is_default) == ("all", False)
    admin.post(VIEW, {"act": "share", "view": view.pk, "sharing": ""})
    view.refresh_from_db()
    assert view.shared == ""
    assert admin.post(VIEW, {"act": "delete", "view": view.pk}).status_code == 404
    verbs = JournalEntry.objects.filter(verb__startswith="view.").order_by("pk")
    assert [entry.verb for entry in verbs] == ["view.shared", "view.changed", "view.shared"]


def test_who_looks_may_copy_it(at) -> None:
    view, looker = kept(at(Role.MANAGER, "team", "all"), "all"), at(Role.SELLER, "team")
    other = client_of(looker)
    form = {"act": "copy", "name": view.name, "query": view.query, "column": ["last"]}
    answer = other.post(VIEW, form)
    mine = SavedView.objects.get(user=looker)
    assert (mine.name, mine.query, mine.columns, mine.shared) == ("大客户", "level=A", ["last"], "")
    assert answer.url == f"{LIST}?level=A&view={mine.pk}"
    look = shown(other, f"?level=A&view={mine.pk}")["look"]
    assert (look.current.by, look.current.may_change) == ("", True)
    # A copy by who may change the view itself is a copy all the same.
    admin = at(Role.ADMINISTRATOR, "firm")
    client_of(admin).post(VIEW, {**form, "view": view.pk})
    assert SavedView.objects.filter(user=admin, query="level=A").exists()


def test_a_firm_finds_every_shared_view_to_tidy_up(at, units) -> None:
    view = kept(at(Role.MANAGER, "team", "branch"), "branch")
    admin = at(Role.ADMINISTRATOR, "firm")
    assert [tab.pk for tab in shown(client_of(admin))["look"].others] == [view.pk]


def test_views_say_how_many_they_hold(at, customer, monkeypatch) -> None:
    maker = at(Role.MANAGER, "branch", "all")
    for name, level in (("甲", "A"), ("乙", "A"), ("丙", "B")):
        customer(name, level=level)
    kept(maker, ""), kept(maker, "", name="乙级", query="level=B")
    client = client_of(maker)
    assert [tab.count for tab in shown(client)["look"].tabs] == ["2", "1"]
    # A large firm does not wait for them: they come after the page, and stand for a while.
    for module in ("liuke.customers.queries", "liuke.core.lists"):
        monkeypatch.setattr(f"{module}.CAP", 1)
    look = shown(client)["look"].with_counts(None)
    page = client.get(look.counts_url)
    assert page.context["look"].tabs[0].count == "1+"
    customer("丁", level="B")
    assert client.get(look.counts_url).context["look"].tabs[1].count == "1"
