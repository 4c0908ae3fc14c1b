"""The two tables: who answers to which fact, and what time does."""

from inspect import signature
from typing import get_args

from liuke.core import announce
from liuke.facts import Fact
from liuke.site.reactions import REACTIONS
from liuke.site.ticks import TICKS


def test_every_fact_has_an_entry_and_every_entry_is_a_fact() -> None:
    assert set(REACTIONS) == set(get_args(Fact))
    assert all(REACTIONS.values()), "a fact that nobody answers to says nothing"


def test_every_reaction_takes_its_fact() -> None:
    for fact, reactions in REACTIONS.items():
        for reaction in reactions:
            (parameter,) = signature(reaction).parameters.values()
            assert parameter.annotation in (fact, Fact) or fact in get_args(parameter.annotation)


def test_the_table_is_the_one_that_announce_reads() -> None:
    assert announce._reactions() is REACTIONS


def test_purchases_are_known_before_the_clocks_and_these_before_the_contacts() -> None:
    for reactions in REACTIONS.values():
        names = [each.__name__ for each in reactions]
        order = (
            "_closures",
            "_purchases",
            "_clocks",
            "_contacts",
            "_places",
            "_owners",
            "_rules",
            "_pool_clocks",
            "_months",
            "_files",
            "_left",
            "_alone",
        )
        assert names == [name for name in order if name in names]


def test_every_tick_takes_the_present_moment() -> None:
    assert "churn.clocks" in TICKS
    for tick in TICKS.values():
        assert list(signature(tick).parameters) == ["now"]
