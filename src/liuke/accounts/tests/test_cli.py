"""`liuke user …`: who may sign in, without a traceback for what cannot be."""

import pytest
from click.testing import CliRunner, Result
from django.contrib.auth import authenticate

from liuke.accounts.cli import user
from liuke.accounts.models import ApiToken, Unit, User
from liuke.accounts.queries import person_with_token
from liuke.core.models import JournalEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("firm")]
PASSWORD = "a-long-way-home-42"


def run(*words: str) -> Result:
    return CliRunner().invoke(user, words)


def refused(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output
    return result.output


def test_somebody_is_let_in_with_a_password_made_up() -> None:
    result = run("add", "chen")
    said, _with, made_up = result.output.partition(" with the password ")
    assert (result.exit_code, said) == (0, "chen may sign in")
    chen = authenticate(username="chen", password=made_up.strip())
    assert (chen.name, chen.role_id, chen.unit) == ("chen", "seller", Unit.objects.get())
    assert JournalEntry.objects.get(verb="user.created").actor_id is None


def test_somebody_is_let_in_as_said(firm) -> None:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    words = ("--name", "陈店长", "--role", "manager", "--scope", "all", "--unit", "浦东店")
    result = run("add", "chen", *words, "--password", PASSWORD)
    assert result.output == "chen may sign in\n", "a given password is not repeated"
    chen = authenticate(username="chen", password=PASSWORD)
    assert (chen.name, chen.role_id, chen.scope, chen.unit) == ("陈店长", "manager", "all", branch)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "wang", "--unit", "月球店"), "There is no unit “月球店”."),
        (("add", "owner1"), "already exists"),
        (("add", "wang", "--password", "123"), "too short"),
        (("add", "wang me"), "valid username"),
        (("password", "nobody"), "There is no person with the sign-in name “nobody”."),
        (("password", "owner1", "--password", "12345678"), "too common"),
        (("deactivate", "nobody"), "There is no person with the sign-in name “nobody”."),
        (("token", "nobody"), "There is no person with the sign-in name “nobody”."),
    ],
)
def test_what_cannot_be_is_said_in_a_line(owner, words, said) -> None:
    before = list(User.objects.values_list("username", "password"))
    assert said in refused(*words)
    assert list(User.objects.values_list("username", "password")) == before
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("words", [("--role", "king"), ("--scope", "moon"), ("--colour", "red")])
def test_an_unknown_choice_lists_the_known(words) -> None:
    result = run("add", "wang", *words)
    assert result.exit_code == 2
    assert not User.objects.exists()


def test_a_new_password_replaces_the_old(owner) -> None:
    assert run("password", owner.username, "--password", PASSWORD).output == "Changed.\n"
    assert authenticate(username=owner.username, password=PASSWORD) == owner
    made_up = run("password", owner.username).output.removeprefix("The new password is ").strip()
    assert authenticate(username=owner.username, password=PASSWORD) is None
    assert authenticate(username=owner.username, password=made_up) == owner


def test_who_leaves_cannot_sign_in_and_keys_end(owner) -> None:
    key = run("token", owner.username).output.strip()
    assert person_with_token(key) == owner
    assert ApiToken.objects.get().digest != key, "only the digest is kept"
    assert run("deactivate", owner.username).output == "owner1 can no longer sign in.\n"
    assert person_with_token(key) is None
    assert not User.objects.get().is_active


def test_the_list_says_who_and_where(owner, person) -> None:
    person("seller", name="李娜", is_active=False)
    lines = run("list").output.splitlines()
    assert [line.split() for line in lines] == [
        ["owner1", "owner", "all", "顺达汽修"],
        ["seller2", "seller", "own", "-", "(deactivated)"],
    ]


def test_branches_and_teams_are_added_under_a_unit(firm) -> None:
    assert run("unit", "浦东店").output == "浦东店 is there.\n"
    assert run("unit", "一组", "--kind", "team", "--under", "浦东店").exit_code == 0
    team = Unit.objects.get(name="一组")
    assert (team.kind, team.parent.name, team.parent.parent) == ("team", "浦东店", firm)
    assert "There is no unit “月球店”. There are:" in refused("unit", "二组", "--under", "月球店")
    assert run("unit", "总部", "--kind", "firm").exit_code == 2
