"""What a role may do and how far, and that somebody always keeps the keys."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts import services
from liuke.accounts.models import FirmRole, Unit, User
from liuke.accounts.queries import may_with, reach_of, roles
from liuke.accounts.rules import FIRM_WIDE, Act, Role, scope_for, starting_grants
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.core.scoping import Reach, Scope

SCOPES = list(Scope)


@given(st.sampled_from(Act), st.sampled_from(SCOPES), st.sampled_from(SCOPES))
def test_no_act_reaches_further_than_one_sees(act: Act, granted: Scope, seen: Scope) -> None:
    scope = scope_for(act, {act: granted}, seen)
    assert scope is not None
    if act not in FIRM_WIDE:
        assert SCOPES.index(scope) <= SCOPES.index(seen)
    assert scope_for(act, {}, seen) is None


@given(st.lists(st.integers(1, 4)), st.lists(st.integers(1, 4)), st.integers(1, 4))
def test_a_reach_holds_nothing_that_is_nobodys(users, units, one) -> None:
    reach = Reach(users, units)
    assert not reach.holds(None, None)
    assert reach.holds(one, None) == (one in users)
    assert reach.holds(None, one) == (one in units)


@pytest.mark.django_db
def test_reach_and_rows_agree(firm, person, customer) -> None:
    branch = Unit.objects.create(kind="branch", name="店", parent=firm)
    grants = starting_grants(Role.MANAGER) | {Act.EDIT_CUSTOMERS.value: "own"}
    FirmRole.objects.update_or_create(key=Role.MANAGER, defaults={"grants": grants})
    chen, lin = person(Role.MANAGER, unit=branch), person(Role.SELLER, unit=branch)
    for owner in (chen, lin, None):
        for where in (branch, None):
            made = customer(f"{owner} {where}", owner=owner, branch=where)
            for act in (Act.SEE, Act.EDIT_CUSTOMERS):
                reach = reach_of(chen, act)
                rows = type(made).objects.filter(reach.rows("owner", "branch"), pk=made.pk)
                assert reach.holds(made.owner_id, made.branch_id) == rows.exists()
            assert may_with(chen, Act.EDIT_CUSTOMERS, made) == (owner == chen)


@pytest.mark.django_db
def test_a_firm_changes_a_role_and_it_counts_at_once(owner, person) -> None:
    lin = person(Role.SELLER)
    assert not lin.may(Act.EXPORT)
    grants = starting_grants(Role.SELLER) | {Act.EXPORT.value: "own"}
    services.save_role(actor=owner, key=Role.SELLER, name="销售顾问", grants=grants)
    again = User.objects.get(pk=lin.pk)
    assert (again.may(Act.EXPORT), str(again.role)) == (True, "销售顾问")
    entry = JournalEntry.objects.get(verb="role.saved")
    assert (entry.actor_id, entry.after["grants"]["export"]) == (owner.pk, "own")


@pytest.mark.django_db
def test_a_role_of_ones_own_comes_and_goes(owner, person) -> None:
    made = services.save_role(actor=owner, key="", name="实习生", grants={"see": "own"})
    assert [str(each) for each in roles()][-1] == "实习生"
    intern = person(made.key)
    with pytest.raises(Refused, match="Somebody still has this role"):
        services.delete_role(actor=owner, key=made.key)
    with pytest.raises(ProtectedError):
        FirmRole.objects.get(pk=made.key).delete()
    services.change_user(actor=owner, user_id=intern.pk, name="小王", role="seller", unit=None)
    services.delete_role(actor=owner, key=made.key)
    assert len(roles()) == len(Role)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "name", "grants", "words"),
    [
        ("seller", "", {"export": "all"}, "has to see"),
        ("", "", {"see": "own"}, "Give the role a name"),
        ("seller", "", {"see": "everywhere"}, "no such act or scope"),
        ("seller", "", {"see": "own", "fly": "all"}, "no such act or scope"),
    ],
)
def test_what_a_role_cannot_be(owner, key, name, grants, words) -> None:
    with pytest.raises(Refused, match=words):
        services.save_role(actor=owner, key=key, name=name, grants=grants)


@pytest.mark.django_db
def test_somebody_keeps_the_keys(owner) -> None:
    without = starting_grants(Role.OWNER)
    del without[Act.MANAGE_USERS]
    with pytest.raises(Refused, match="Nobody could manage people"):
        services.save_role(actor=owner, key=Role.OWNER, name="", grants=without)
    with pytest.raises(Refused, match="Nobody could manage people"):
        services.deactivate_user(actor=owner, username=owner.username)
    with pytest.raises(Refused, match="Nobody could manage people"):
        services.change_user(
            actor=owner, user_id=owner.pk, name="x", role="seller", unit=owner.unit
        )
    assert User.objects.get(pk=owner.pk).may(Act.MANAGE_USERS)


def test_two_who_take_the_right_from_each_other(at_once, firm, person) -> None:
    one, two = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)
    outcomes = at_once(
        lambda: services.deactivate_user(actor=one, username=two.username),
        lambda: services.deactivate_user(actor=two, username=one.username),
    )
    assert sorted(type(each).__name__ for each in outcomes) in (
        ["Refused", "User"],
        ["PermissionDenied", "User"],
    )
    assert User.objects.filter(is_active=True).count() == 1


@pytest.mark.django_db
def test_only_those_who_manage_people_may(person) -> None:
    manager = person(Role.MANAGER)
    with pytest.raises(PermissionDenied):
        services.save_role(actor=manager, key="", name="x", grants={"see": "all"})
    with pytest.raises(PermissionDenied):
        services.change_user(actor=manager, user_id=manager.pk, name="x", role="owner", unit=None)


@pytest.mark.django_db
def test_a_unit_never_stands_below_itself(owner, firm) -> None:
    branch = Unit.objects.create(kind="branch", name="店", parent=firm)
    below = Unit.objects.create(kind="branch", name="分店", parent=branch)
    with pytest.raises(Refused, match="below itself"):
        services.change_unit(actor=owner, unit_id=branch.pk, name="店", parent=below)
    moved = services.change_unit(actor=owner, unit_id=below.pk, name="南店", parent=firm)
    assert (moved.name, moved.parent) == ("南店", firm)
