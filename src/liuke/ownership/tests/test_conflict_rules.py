"""What the record speaks for, whatever the record is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.ownership.rules.conflicts import (
    Ground,
    Side,
    Terms,
    Verdict,
    from_json,
    propose,
    to_json,
)

TODAY = date(2026, 6, 1)
TERMS = Terms()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


DAYS = st.integers(0, 400).map(ago)
SIDES = st.builds(
    Side,
    recorded_on=st.none() | DAYS,
    owned_since=st.none() | DAYS,
    contacts=st.lists(DAYS, max_size=6).map(sorted),
    orders=st.integers(0, 5),
    claims=st.integers(0, 3),
)


@pytest.mark.parametrize(
    ("owner", "other", "verdict", "ground"),
    [
        # Silent for more than ninety days, and the other one was there last week.
        (Side(ago(300), ago(300), [ago(120)]), Side(contacts=[ago(5)]), "moves", Ground.SILENT),
        # Ninety days to the day is not silent yet.
        (Side(ago(300), ago(300), [ago(90)]), Side(contacts=[ago(5)]), "helps", Ground.EQUAL),
        # Who was given the customer yesterday had no time to be silent.
        (Side(ago(1), ago(1)), Side(contacts=[ago(5)]), "helps", Ground.EQUAL),
        # The other one recorded it first and rang within thirty days.
        (Side(ago(20), ago(20), [ago(10)]), Side(ago(60), None, [ago(31)]), "moves",
         Ground.OTHER_FIRST),
        # First, but too late on the telephone.
        (Side(ago(20), ago(20), [ago(10)]), Side(ago(60), None, [ago(29)]), "helps",
         Ground.EQUAL),
        (Side(ago(60), ago(60), [ago(50)]), Side(ago(20), None, [ago(10)]), "stays",
         Ground.OWNER_FIRST),
        (Side(ago(60), ago(60), [ago(50)]), Side(ago(90)), "stays", Ground.NOTHING),
        (Side(ago(60), ago(60)), Side(None, None, [ago(10)]), "helps", Ground.EQUAL),
    ],
)  # fmt: skip
def test_the_rules_by_example(owner, other, verdict, ground) -> None:
    found = propose(owner, other, TERMS, TODAY)
    assert (found.verdict, found.ground) == (verdict, ground)


@given(SIDES, SIDES)
def test_nobody_gains_without_having_spoken_to_the_customer(owner, other) -> None:
    found = propose(owner, other, TERMS, TODAY)
    if not other.contacts:
        assert found.verdict == Verdict.STAYS
    if found.verdict == Verdict.MOVES:
        assert other.contacts


@given(SIDES, SIDES, st.integers(0, 30).map(ago))
def test_another_contact_of_the_owner_never_harms_the_owner(owner, other, day) -> None:
    more = Side(owner.recorded_on, owner.owned_since, sorted([*owner.contacts, day]))
    before, after = (propose(each, other, TERMS, TODAY).verdict for each in (owner, more))
    assert after != Verdict.MOVES or before == Verdict.MOVES


@given(SIDES, SIDES)
def test_not_both_can_have_come_first(one, two) -> None:
    assert not (one.before(two) and two.before(one))


@given(SIDES)
def test_a_case_keeps_what_it_was_opened_with(side) -> None:
    kept = {
        key: [str(day) for day in value] if isinstance(value, list) else value and str(value)
        if isinstance(value, date) else value
        for key, value in to_json(side).items()
    }  # fmt: skip
    assert from_json(kept) == side
    assert from_json({}) == Side(contacts=[])
