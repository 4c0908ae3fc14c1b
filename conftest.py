"""Fixtures that tests of every app share."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from liuke.accounts import services as accounts
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.sales.rules import OrderKind
from liuke.sales.services import NewOrder, record_orders

PASSWORD = "long-enough-for-a-test"


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    """Tests read messages in English; the Chinese ones are looked at by the catalogue tests."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """A password is hashed a million times in earnest, and once where nobody is kept out."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _journal_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test ends by emptying every table, which the journal refuses on SQLite."""
    marker = request.node.get_closest_marker("django_db")
    marked = marker is not None and marker.kwargs.get("transaction")
    if not marked and "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    if connection.vendor == "sqlite":
        seals = import_module("liuke.core.migrations.0002_seals")
        with connection.cursor() as cursor:
            for name, (table, act, _condition) in seals.SQLITE_TRIGGERS.items():
                if act == "DELETE":
                    cursor.execute(f"DROP TRIGGER {name}")
                    cursor.execute(f"DELETE FROM {table}")  # noqa: S608
                    cursor.execute(seals.sqlite_trigger(name))


@pytest.fixture
def firm(db: None) -> Unit:
    return Unit.objects.create(kind="firm", name="顺达汽修")


@pytest.fixture
def person(firm: Unit) -> Callable[..., User]:
    """Make somebody: `person("seller", unit=branch)`."""

    def make(role: str = Role.OWNER, name: str = "", unit: Unit | None = None, **more: Any) -> User:
        number = User.objects.count() + 1
        user = User(
            username=f"{role}{number}",
            name=name or f"{role} {number}",
            role=accounts.role(role),
            unit=unit,
            **more,
        )
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def owner(person: Callable[..., User], firm: Unit) -> User:
    return person(Role.OWNER, "王敏", unit=firm)


@pytest.fixture
def signed_in(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def customer(owner: User) -> Callable[..., Customer]:
    """Make a customer: `customer("王海涛", owner=seller)`."""

    def make(name: str = "王海涛", actor: User | None = None, **values: Any) -> Customer:
        return customers.create_customer(
            actor=actor or owner, values={"name": name, **values}, anyway="namesakes are welcome"
        )

    return make


@pytest.fixture
def buys(owner: User) -> Callable[..., None]:
    """Record purchases: `buys(customer, date(2026, 1, 5), date(2026, 2, 7), amount=300)`."""

    def record(
        who: Customer, *days: date, amount: int = 100, kind: str = OrderKind.SALE, **more: Any
    ) -> None:
        noon = timedelta(hours=12)
        record_orders(
            actor=owner,
            orders=[
                NewOrder(
                    who.pk, clock.start_of(day) + noon, kind=kind, total=Decimal(amount), **more
                )
                for day in days
            ],
        )

    return record


@pytest.fixture
def on_day() -> Iterator[Callable[[date | datetime], None]]:
    """Move the clock: `on_day(date(2026, 3, 1))`, until the next call or the end of the test."""
    inside: list[Any] = []

    def leave() -> None:
        if inside:
            inside.pop().__exit__(None, None, None)

    def move(day: date | datetime) -> None:
        leave()
        inside.append(clock.set_to(day))
        inside[-1].__enter__()

    yield move
    leave()


@pytest.fixture
def at_once(transactional_db: None) -> Callable[..., list[Any]]:
    """Let people act in the same moment, each with a connection of its own.

    `at_once(act, act, …)` gives what each act came to, result or exception.
    """

    def run(*acts: Callable[[], Any]) -> list[Any]:
        outcomes: list[Any] = [None] * len(acts)
        ready = Barrier(len(acts))

        def act(place: int) -> None:
            try:
                connection.ensure_connection()
                ready.wait(60)
                outcomes[place] = acts[place]()
            except Exception as refusal:
                outcomes[place] = refusal
            finally:
                connection.close()

        threads = [Thread(target=act, args=[place]) for place in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            assert not thread.is_alive(), "two writers wait for each other"
        return outcomes

    return run
