"""When a customer wants to hear from us again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.followups.rules import (
    DEFAULTS,
    Situation,
    contact_due,
    intent_until,
    retry_on,
    situation_of,
)

DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("stage", "bought_ago", "lost_in", "situation"),
    [
        ("potential", None, None, Situation.POTENTIAL),
        ("intent", None, None, Situation.INTENT),
        ("first", 10, 100, Situation.NEW),
        ("returning", 90, 100, Situation.NEW),
        ("returning", 91, 100, Situation.OLDER),
        ("returning", 200, 0, Situation.AWAY),
    ],
)
def test_the_situation_follows_from_the_records(stage, bought_ago, lost_in, situation):
    bought = None if bought_ago is None else DAY - timedelta(days=bought_ago)
    lost = None if lost_in is None else DAY + timedelta(days=lost_in)
    assert situation_of(stage, bought, lost, DEFAULTS[Situation.NEW].lasts, DAY) == situation


def test_the_defaults_are_those_of_the_trade():
    every = {situation: cadence.every for situation, cadence in DEFAULTS.items()}
    assert every == {"intent": 14, "new": 7, "older": 30, "potential": 60, "away": 60}
    assert set(DEFAULTS) == set(Situation.values)


def test_each_further_unanswered_try_waits_longer():
    waits = [(retry_on(n, DAY) - DAY).days for n in (1, 2, 3, 4, 9)]
    assert waits == [1, 3, 7, 7, 7]


@given(
    every=st.integers(1, 400),
    attempts=st.integers(0, 20),
    ago=st.integers(0, 400),
)
def test_a_contact_is_never_due_before_its_time_nor_before_the_next_try(every, attempts, ago):
    last = DAY + timedelta(days=ago) if attempts else None
    due = contact_due(every, DAY, attempts, last)
    assert due >= DAY + timedelta(days=every)
    if last:
        assert due > last


def test_an_interest_counts_for_three_months():
    assert intent_until(DAY) == DAY + timedelta(days=90)
    assert intent_until(None) is None
