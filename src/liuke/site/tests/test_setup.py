"""From nothing to a firm: empty with one rule, or the demo; and the command that does it."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from django.contrib.auth import authenticate
from django.db import transaction
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.accounts.services import role
from liuke.agenda.models import AgendaItem
from liuke.churn import services as churn
from liuke.churn.models import Clock, RuleVersion, Transition
from liuke.churn.queries import status_of, status_under
from liuke.churn.rules.kinds import DaysWithoutOrder, MissedVisits, OwnRhythm
from liuke.core import clock, ticks
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, CustomerState
from liuke.followups.models import CadencePolicy, Interaction
from liuke.sales.models import Order
from liuke.site import demo, setup
from liuke.site.cli import main
from liuke.site.demo import is_demo, loading
from liuke.site.demo.profiles import PROFILES
from liuke.site.ticks import TICKS

EARLY = clock.start_of(date(2026, 6, 17)) + timedelta(hours=6)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture(autouse=True)
def _no_demo_remembered():
    is_demo.cache_clear()
    yield
    is_demo.cache_clear()


@pytest.fixture
def small_demo(db, on_day, monkeypatch) -> datetime:
    """The demo with a dozen customers, built early in the morning."""
    few = {name: replace(profile, customers=16) for name, profile in PROFILES.items()}
    monkeypatch.setattr(loading, "PROFILES", few)
    on_day(EARLY)
    setup.prepare_demo()
    return EARLY


def test_an_empty_firm_has_one_person_and_a_rule(db) -> None:
    password = setup.prepare_empty("wholesale", "")
    person = authenticate(username="admin", password=password)
    assert (person.role_id, person.unit) == (Role.OWNER, Unit.objects.get())
    assert setup.is_done()
    assert demo.sign_ins() == []
    assert not Customer.objects.exists()
    version = RuleVersion.objects.get()
    assert (version.content, version.applied_at is None) == (DaysWithoutOrder(60, 90), False)


@pytest.mark.parametrize(
    ("business", "rule"),
    [
        ("workshop", MissedVisits(6, 2, 3)),
        ("wholesale", DaysWithoutOrder()),
        ("retail", OwnRhythm()),
    ],
)
def test_every_business_starts_with_its_rule(db, business, rule) -> None:
    setup.prepare_empty(business, "顺达")
    assert RuleVersion.objects.get().content == rule
    assert Unit.objects.get().name == "顺达"
    assert set(setup.BUSINESSES) == set(PROFILES) == {"workshop", "wholesale", "retail"}
    rhythm = {row.situation: row.every_days for row in CadencePolicy.objects.all()}
    assert rhythm == {key: each.every for key, each in setup.CADENCES[business].items()}


def test_init_twice_changes_nothing(db) -> None:
    first = run("init", "--empty", "--business", "retail", "--firm", "顺达")
    assert first.exit_code == 0
    password = first.output.split()[first.output.split().index("password") + 1]
    assert authenticate(username="admin", password=password)
    again = run("init", "--empty", "--firm", "another")
    assert again.exit_code == 0
    assert "already set up; nothing changed" in again.output
    assert Unit.objects.get().name == "顺达"
    assert User.objects.count() == RuleVersion.objects.count() == 1
    assert run("init", "--empty", "--business", "moon").exit_code == 2


def test_half_a_setup_is_none(db, monkeypatch) -> None:
    def fail(_business: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(setup, "start_with", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        setup.prepare_empty("wholesale", "")
    assert not setup.is_done()


def test_the_demo_is_a_firm_as_of_now(small_demo) -> None:
    assert Customer.objects.count() == 16
    assert Unit.objects.count() == 3
    assert {person.role_id for person in User.objects.all()} == set(Role)
    assert not Customer.objects.filter(owner=None).exists()
    assert Counter(Customer.objects.values_list("owner__role", flat=True)).keys() <= {
        Role.SELLER, Role.MANAGER, Role.SERVICE,
    }  # fmt: skip
    assert RuleVersion.objects.get().content == MissedVisits(6, 2, 3)
    assert Order.objects.filter(day=small_demo.date()).count() <= 16
    assert Order.objects.filter(day__gte=small_demo.date() - timedelta(days=60)).exists()


def test_what_happened_in_the_demo_happened_in_the_past(small_demo) -> None:
    for model, field in [
        (Order, "occurred_at"), (Order, "recorded_at"), (Customer, "created_at"),
        (JournalEntry, "at"), (Transition, "recorded_at"), (Interaction, "occurred_at"),
        (Interaction, "recorded_at"),
    ]:  # fmt: skip
        latest = model.objects.order_by(field).last()
        assert getattr(latest, field) <= small_demo, (model, field)
    assert not Transition.objects.filter(on__gt=small_demo.date()).exists()
    assert not Order.objects.filter(total__lte=0).exists()
    assert not Transition.objects.filter(alarm=True).exists(), "history, not alarms"


def test_the_demo_stands_as_a_rebuild_leaves_it(small_demo) -> None:
    def standing() -> list:
        clocks = Clock.objects.order_by("customer", "asset")
        return [
            list(clocks.values_list("customer", "asset", "state", "at_risk_at", "lost_at")),
            list(Transition.objects.order_by("customer", "asset", "on", "cause").values_list(
                "customer", "asset", "on", "before", "after", "cause"
            )),
            list(CustomerState.objects.order_by("customer").values()),
            list(AgendaItem.objects.order_by("pk").values("customer", "kind", "due_on", "ending")),
        ]  # fmt: skip

    before = standing()
    assert ticks.run(TICKS)
    assert standing() == before
    churn.rebuild()
    assert standing() == before
    assert status_of(Customer.objects.all()) == status_under(None, clock.today())


def test_the_demo_shows_its_people_on_the_sign_in_page_and_they_get_in(small_demo) -> None:
    shown = demo.sign_ins()
    here = [person.username for person in demo.PEOPLE if person.left_before is None]
    assert [person.username for person in shown] == here
    assert {User.objects.get(username=name).role_id for name in here} == set(Role)
    text = Client().get(reverse("account_login")).content.decode()
    assert "This is a demo" in text
    for person in shown:
        assert f'value="{person.username}"' in text
        client = Client()
        typed = {"login": person.username, "password": person.password}
        assert client.post(reverse("account_login"), typed).status_code == 302
        assert client.get(reverse("churn")).status_code == 200


def test_who_left_the_demo_is_shown_no_more(small_demo) -> None:
    User.objects.filter(username="lin").update(is_active=False)
    assert "lin" not in [person.username for person in demo.sign_ins()]


def test_a_firm_with_a_person_of_that_name_is_no_demo(db) -> None:
    User.objects.create(username="laoban", name="李老板", role=role("seller"))
    assert demo.sign_ins() == []


def commands(group: click.Group, path: tuple[str, ...] = ()):
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


EVERY_COMMAND = list(commands(main))


@pytest.mark.parametrize("path", EVERY_COMMAND, ids=" ".join)
def test_every_command_helps(path) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")
    summary = result.output.split("\n")[2]
    assert len(summary.strip()) > 10, "says in a line what it does"


def test_a_short_flag_helps_as_well() -> None:
    assert run("-h").output == run("--help").output


def test_the_commands_are_those_of_the_contract() -> None:
    names = {" ".join(path) for path in EVERY_COMMAND}
    assert {
        "run", "serve", "work", "init", "import orders", "churn table", "churn status",
        "churn rebuild", "user add", "user list", "user password", "user deactivate", "user token",
    } <= names  # fmt: skip


def test_work_once_catches_up_and_tells_when_it_could_not(db, firm, monkeypatch) -> None:
    assert run("work", "--once").exit_code == 0

    def fail(_now: datetime) -> None:
        raise RuntimeError("no")

    monkeypatch.setitem(TICKS, "churn.clocks", fail)
    assert run("work", "--once").exit_code == 1


def test_the_whole_way_in_a_process_of_its_own(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"LIUKE_HOME": str(tmp_path / "home")}

    def liuke(*words: str) -> str:
        command = [sys.executable, "-W", "error", "-m", "liuke.site", *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "Sign in as admin" in liuke("init", "--empty")
    file = tmp_path / "orders.csv"
    file.write_text("customer,date,amount\nC1,2026-03-01,50\nC2,2026-05-01,70\n")
    answer = json.loads(
        liuke("import", "orders", str(file), "--customer", "customer", "--date", "date",
              "--amount", "amount", "--json")
    )  # fmt: skip
    assert (answer["orders"], answer["sales"], answer["new_customers"]) == (2, "120.00", 2)
