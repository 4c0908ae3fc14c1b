"""Whose customers somebody sees: own, team, branch, all, and what each role starts with."""

import pytest

from liuke.accounts.models import Unit
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import ACTS_OF, SCOPE_OF, Act, Role
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(firm) -> dict[str, Unit]:
    """顺达 with 浦东 (teams 一组 and 二组) and 虹桥."""
    make = Unit.objects.create
    pudong = make(kind="branch", name="浦东店", parent=firm)
    return {
        "firm": firm,
        "浦东": pudong,
        "虹桥": make(kind="branch", name="虹桥店", parent=firm),
        "一组": make(kind="team", name="一组", parent=pudong),
        "二组": make(kind="team", name="二组", parent=pudong),
    }


@pytest.fixture
def people(places, person) -> dict[str, object]:
    """A seller in every place, and each with a customer of the same name as the place."""
    sellers = {}
    for place, unit in places.items():
        sellers[place] = person(Role.SELLER, f"{place}的销售", unit=unit)
        branch = places["浦东"] if unit.kind == "team" else unit if unit.kind == "branch" else None
        Customer.objects.create(name=place, owner=sellers[place], branch=branch)
    Customer.objects.create(name="浦东公海", branch=places["浦东"])
    Customer.objects.create(name="无主无店")
    return sellers


EVERYBODY = {"firm", "浦东", "虹桥", "一组", "二组", "浦东公海", "无主无店"}
PUDONG = {"浦东", "一组", "二组", "浦东公海"}


def seen(viewer) -> set[str]:
    return set(visible_to(viewer).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("scope", "place", "names"),
    [
        ("own", "一组", {"一组"}),
        ("team", "一组", {"一组"}),
        ("branch", "一组", PUDONG),
        ("all", "一组", EVERYBODY),
        ("own", "浦东", {"浦东"}),
        ("team", "浦东", PUDONG),
        ("branch", "浦东", PUDONG),
        ("branch", "虹桥", {"虹桥"}),
        ("branch", "firm", EVERYBODY - {"无主无店"}),
    ],
)
def test_a_scope_is_wide_as_it_says(people, scope, place, names) -> None:
    viewer = people[place]
    viewer.own_scope = scope
    assert seen(viewer) == names


def test_a_colleague_of_the_own_team_is_seen_by_the_team_only(people, places, person) -> None:
    viewer = person(Role.SELLER, "小李", unit=places["一组"], own_scope="team")
    assert seen(viewer) == {"一组"}


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.OWNER, EVERYBODY),
        (Role.ADMINISTRATOR, EVERYBODY),
        (Role.ANALYST, EVERYBODY),
        (Role.MANAGER, PUDONG),
        (Role.SERVICE, PUDONG),
        (Role.AGENT, PUDONG),
        (Role.SELLER, set()),
    ],
)
def test_every_role_starts_with_a_scope(people, places, person, role, names) -> None:
    assert seen(person(role, unit=places["二组"])) == names


def test_a_scope_of_ones_own_goes_before_the_roles(people, places, person) -> None:
    assert seen(person(Role.OWNER, unit=places["虹桥"], own_scope="branch")) == {"虹桥"}


@pytest.mark.parametrize("scope", ["own", "team", "branch"])
def test_without_a_place_only_the_own_are_seen(people, person, scope) -> None:
    viewer = person(Role.MANAGER, own_scope=scope)
    Customer.objects.create(name="自己的", owner=viewer)
    assert seen(viewer) == {"自己的"}


def test_a_customer_of_another_branch_owned_here_is_seen_here(people, places) -> None:
    Customer.objects.create(name="借调", owner=people["一组"], branch=places["虹桥"])
    people["浦东"].own_scope = people["虹桥"].own_scope = "branch"
    assert "借调" in seen(people["浦东"])
    assert "借调" in seen(people["虹桥"])


def test_people_are_seen_as_far_as_their_customers(people) -> None:
    viewer = people["一组"]
    assert list(people_visible_to(viewer)) == [viewer]
    viewer.own_scope = "branch"
    assert {each.name for each in people_visible_to(viewer)} == {
        "浦东的销售",
        "一组的销售",
        "二组的销售",
    }
    viewer.own_scope = "all"
    people["虹桥"].is_active = False
    people["虹桥"].save()
    assert people["虹桥"] not in people_visible_to(viewer)


def test_a_branch_scope_reads_the_organization_once(people, django_assert_num_queries) -> None:
    viewer = people["一组"]
    viewer.own_scope = "branch"
    with django_assert_num_queries(3):
        list(visible_to(viewer))


def test_every_role_is_told_what_it_may_and_sees() -> None:
    assert set(ACTS_OF) == set(SCOPE_OF) == set(Role)


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        (Act.MANAGE_USERS, {Role.OWNER, Role.ADMINISTRATOR}),
        (Act.PRIVACY, {Role.OWNER, Role.ADMINISTRATOR}),
        (Act.SEE_JOURNAL, {Role.OWNER, Role.ADMINISTRATOR, Role.MANAGER}),
        (Act.EDIT_RULES, {Role.OWNER, Role.ADMINISTRATOR, Role.MANAGER}),
        (Act.IMPORT, {Role.OWNER, Role.ADMINISTRATOR, Role.MANAGER}),
        (Act.EXPORT, {Role.OWNER, Role.ADMINISTRATOR, Role.MANAGER, Role.ANALYST}),
        (Act.RECORD_ORDERS, set(Role) - {Role.AGENT, Role.ANALYST}),
        (Act.EDIT_CUSTOMERS, set(Role) - {Role.ANALYST}),
    ],
)
def test_who_may_do_what(person, act, roles) -> None:
    assert {role for role in Role if person(role).may(act)} == roles


def test_who_left_may_nothing(person) -> None:
    gone = person(Role.OWNER, is_active=False)
    assert not any(gone.may(act) for act in Act)
