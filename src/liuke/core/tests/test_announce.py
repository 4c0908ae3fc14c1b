"""How apps hear each other: inside the writer's transaction, once, in order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from liuke.core import announce as machinery
from liuke.core.announce import announce
from liuke.core.models import TickRun
from liuke.facts import AssetsChanged, OrdersRecorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Let these functions answer to OrdersRecorded instead of the real ones."""

    def answer(*reactions: Callable[[OrdersRecorded], None]) -> None:
        monkeypatch.setattr(machinery, "_reactions", lambda: {OrdersRecorded: reactions})

    yield answer
    assert not machinery._reacting.get()


def test_reactions_run_in_the_order_of_the_table(answering) -> None:
    heard = []
    answering(lambda fact: heard.append(("first", fact)), lambda fact: heard.append(("then", fact)))
    with transaction.atomic():
        announce(OrdersRecorded([7]))
    assert heard == [("first", OrdersRecorded([7])), ("then", OrdersRecorded([7]))]


def test_a_failing_reaction_undoes_the_write(answering) -> None:
    def fails(_fact: OrdersRecorded) -> None:
        raise ValueError("扳手掉了")

    answering(fails)

    def write() -> None:
        with transaction.atomic():
            TickRun.objects.create(name="written before")
            announce(OrdersRecorded([7]))

    with pytest.raises(ValueError, match="扳手掉了"):
        write()
    assert not TickRun.objects.exists()


def test_a_reaction_never_announces(answering) -> None:
    answering(lambda _fact: announce(AssetsChanged([7])))
    with (
        pytest.raises(RuntimeError, match="AssetsChanged; reactions never announce"),
        transaction.atomic(),
    ):
        announce(OrdersRecorded([7]))


def test_after_a_failure_facts_are_heard_again(answering) -> None:
    answering(lambda _fact: announce(AssetsChanged([7])))
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(OrdersRecorded([7]))
    heard = []
    answering(heard.append)
    with transaction.atomic():
        announce(OrdersRecorded([8]))
    assert heard == [OrdersRecorded([8])]


def test_a_fact_that_nobody_knows_is_a_mistake_of_the_program() -> None:
    @dataclass
    class Eclipse:
        customer_ids: list[int]

    with pytest.raises(KeyError, match="Eclipse"), transaction.atomic():
        announce(Eclipse([7]))


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_announced(answering) -> None:
    heard = []
    answering(heard.append)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        announce(OrdersRecorded([7]))
    assert heard == []
