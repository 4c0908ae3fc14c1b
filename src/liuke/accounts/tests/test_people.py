"""Writes about people and places: who may, what is refused, what the journal keeps."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from liuke.accounts import services
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.core.models import JournalEntry

pytestmark = pytest.mark.django_db
PASSWORD = "雨刮器-与-火花塞-42"


def make(actor, username="liwei", **more) -> User:
    given = {"name": "李伟", "role": Role.SELLER, "password": PASSWORD, **more}
    return services.create_user(actor=actor, username=username, **given)


def last() -> JournalEntry:
    return JournalEntry.objects.latest("pk")


def test_a_new_person_signs_in_with_the_password(owner, client) -> None:
    user = make(owner)
    assert client.login(username="liwei", password=PASSWORD)
    assert (last().verb, last().actor_id, last().subject_id) == ("user.created", owner.pk, user.pk)
    assert PASSWORD not in str(last().after)


def test_without_a_password_nobody_signs_in(owner) -> None:
    assert not make(owner, password=None).has_usable_password()


def test_a_weak_password_is_refused(owner) -> None:
    with pytest.raises(ValidationError, match="too short"):
        make(owner, password="123456")
    assert not User.objects.filter(username="liwei").exists()


def test_a_sign_in_name_is_used_once(owner) -> None:
    make(owner)
    with pytest.raises(ValidationError, match="already exists"):
        make(owner)


def test_a_new_password_replaces_the_old_one(owner, client) -> None:
    make(owner)
    services.set_password(actor=owner, username="liwei", password=PASSWORD + "!")
    assert not client.login(username="liwei", password=PASSWORD)
    assert client.login(username="liwei", password=PASSWORD + "!")
    assert last().verb == "user.password_set"
    assert PASSWORD not in f"{last().before}{last().after}"


def test_who_is_deactivated_no_longer_signs_in(owner, client) -> None:
    make(owner)
    assert not services.deactivate_user(actor=owner, username="liwei").is_active
    assert not client.login(username="liwei", password=PASSWORD)
    assert (last().before, last().after) == ({"is_active": True}, {"is_active": False})


def test_a_name_that_nobody_has_is_named(owner) -> None:
    with pytest.raises(ValidationError, match="no person with the sign-in name “wangwu”"):
        services.deactivate_user(actor=owner, username="wangwu")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER, Role.ADMINISTRATOR}))
def test_only_owner_and_administrator_manage_people(person, firm, role) -> None:
    actor = person(role)
    acts = (
        lambda: make(actor),
        lambda: services.set_password(actor=actor, username=actor.username, password=PASSWORD),
        lambda: services.deactivate_user(actor=actor, username=actor.username),
        lambda: services.create_unit(actor=actor, kind="branch", name="浦东店", parent=firm),
    )
    for act in acts:
        with pytest.raises(PermissionDenied, match=r"may not manage people\. Ask an administrator"):
            act()


def test_the_tree_grows_from_the_firm(owner, firm) -> None:
    branch = services.create_unit(actor=owner, kind="branch", name="浦东店", parent=firm)
    team = services.create_unit(actor=owner, kind="team", name="一组", parent=branch)
    assert team.parent.parent == firm
    assert (last().verb, last().after) == ("unit.created", {"kind": "team", "name": "一组"})


@pytest.mark.parametrize(
    ("kind", "under_firm"), [("firm", False), ("branch", False), ("firm", True)]
)
def test_one_firm_at_the_root_and_nothing_beside_it(owner, firm, kind, under_firm) -> None:
    parent = firm if under_firm else None
    with pytest.raises(ValidationError):
        services.create_unit(actor=owner, kind=kind, name="另一家", parent=parent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(kind=kind, name="另一家", parent=parent)


def test_nobody_signs_up_alone(client) -> None:
    answer = client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD})
    assert not User.objects.exists()
    assert answer.status_code in (200, 302)
