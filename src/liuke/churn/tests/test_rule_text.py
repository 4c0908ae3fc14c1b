"""Rules as written on the command line and as kept in the database."""

import pytest
from hypothesis import given

from liuke.churn.rules.kinds import (
    DaysWithoutOrder,
    FixedPeriod,
    MissedVisits,
    OwnRhythm,
    Rule,
    RuleError,
    build,
    params_of,
    parse,
    written,
)
from liuke.churn.tests.drawing import RULES


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("days:60,90", DaysWithoutOrder(60, 90)),
        ("days:60,90,30", DaysWithoutOrder(60, 90, 30)),
        ("visits:6,2,3", MissedVisits(6, 2, 3)),
        ("period:12,1,2", FixedPeriod(12, 1, 2)),
        ("rhythm:0.5,0.9,0.98", OwnRhythm(0.5, 0.9, 0.98)),
    ],
)
def test_what_is_written_is_what_is_read(text: str, rule: Rule) -> None:
    assert parse(text) == rule
    assert written(rule) == text


def test_spaces_and_short_decimals_are_understood() -> None:
    assert parse("rhythm: .5, .9, .98") == OwnRhythm(0.5, 0.9, 0.98)
    assert parse("visits") == MissedVisits()


@given(RULES)
def test_every_rule_survives_being_written(rule: Rule) -> None:
    assert parse(written(rule)) == rule


@given(RULES)
def test_every_rule_survives_the_database(rule: Rule) -> None:
    assert build(rule.kind, params_of(rule)) == rule


@pytest.mark.parametrize(
    "text", ["", "weeks:2,3", "days:sixty,90", "days:60.5,90", "visits:1,2,3,4", "days:60;90"]
)
def test_what_is_no_rule_is_answered_with_examples(text: str) -> None:
    with pytest.raises(RuleError, match="days:60,90 or visits:6,2,3") as refusal:
        parse(text)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("days:90,60", "lost must be > at_risk"),
        ("visits:0,2,3", "interval_months must be 1–60"),
        ("period:5,1,2", "months must be 1, 3, 6, 12"),
        ("rhythm:.9,.5,.98", "expected_q must be < at_risk_q"),
    ],
)
def test_numbers_that_make_no_sense_are_named(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("kind", "params", "message"),
    [
        ("weeks", {}, "unknown kind 'weeks'; known: visits, days, period, rhythm"),
        ("days", {"at_risk": 60, "since": 3}, "days has no since"),
        ("days", {"at_risk": "60", "lost": 90}, "at_risk"),
        ("days", {"at_risk": 60.5, "lost": 90}, "at_risk"),
        ("visits", {"interval_months": None}, "interval_months"),
        ("rhythm", {"k": 10.5}, "k must be a whole number"),
        ("rhythm", {"expected_q": "half"}, "expected_q"),
    ],
)
def test_what_a_program_sends_is_refused_with_a_message(kind, params, message) -> None:
    with pytest.raises(RuleError, match=message):
        build(kind, params)
