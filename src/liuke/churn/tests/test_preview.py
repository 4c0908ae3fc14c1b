"""The preview counts exactly whom saving and applying then moves."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.churn import services
from liuke.churn.models import Clock
from liuke.churn.queries import preview
from liuke.churn.rules.history import State
from liuke.churn.rules.kinds import DaysWithoutOrder, OwnRhythm
from liuke.churn.tests.drawing import RULES
from liuke.churn.tests.firm import undone
from liuke.churn.tests.living import EVENTS, Firm
from liuke.core import clock

pytestmark = pytest.mark.django_db
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
TODAY = date(2026, 6, 1)


def standing() -> dict[tuple[int, int | None], State]:
    rows = Clock.objects.values_list("customer", "asset", "state")
    return {(customer, asset): State(state) for customer, asset, state in rows}


def moved_by_saving(rule, applies_to: str) -> Counter:
    """(before, after) → how many subjects really move."""
    before = standing()
    services.save_rule(actor=None, content=rule, applies_to=applies_to)
    services.apply_rules(now=clock.now())
    pairs = [(before.get(subject, State.ACTIVE), after) for subject, after in standing().items()]
    return Counter(pair for pair in pairs if pair[0] != pair[1])


def promised(rule, applies_to: str = "") -> Counter:
    seen = preview(rule, applies_to, clock.today())
    return Counter({(move.before, move.after): move.count for move in seen.moves})


def _keeps_its_word(owner, first, events, second, applies_to) -> None:
    with undone():
        firm = Firm(owner, first).live(events)
        firm.tick()
        with clock.set_to(firm.today):
            before = promised(second, applies_to)
            assert before == moved_by_saving(second, applies_to)


SEGMENT = st.sampled_from(["", "", "person", "organization"])


@settings(max_examples=30, deadline=None, suppress_health_check=CHECKS)
@given(first=RULES, events=EVENTS, second=RULES, applies_to=SEGMENT)
def test_a_preview_keeps_its_word(owner, first, events, second, applies_to) -> None:
    _keeps_its_word(owner, first, events, second, applies_to)


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=CHECKS)
@given(first=RULES, events=EVENTS, second=RULES, applies_to=SEGMENT)
def test_a_preview_keeps_its_word_many_times(owner, first, events, second, applies_to) -> None:
    _keeps_its_word(owner, first, events, second, applies_to)


@pytest.fixture(autouse=True)
def _today(on_day) -> None:
    on_day(TODAY)


def test_it_names_some_of_whom_it_moves_and_changes_nothing(customer, buys, rule) -> None:
    rule()
    moves, stays = customer("王海涛"), customer("李娜")
    buys(moves, date(2026, 5, 1))
    buys(stays, date(2026, 6, 1))
    before = list(Clock.objects.values())
    seen = preview(DaysWithoutOrder(20, 40), "", TODAY)
    assert (seen.watched, promised(DaysWithoutOrder(20, 40))) == (
        2,
        {(State.ACTIVE, State.AT_RISK): 1},
    )
    assert list(seen.examples) == [moves]
    assert list(Clock.objects.values()) == before


def test_a_rhythm_is_previewed_as_what_it_would_learn(customer, buys, rule) -> None:
    """Gaps of a week make 李 lost; the days it was typed with would not."""
    rule(DaysWithoutOrder(100, 200))
    for name in ("王海涛", "赵敏", "周杰"):
        buys(customer(name), *(date(2026, 5, day) for day in (5, 8, 15, 22, 29)))
    buys(customer("李娜"), date(2026, 5, 1))
    assert (
        promised(OwnRhythm()) == {(State.ACTIVE, State.LOST): 1} == moved_by_saving(OwnRhythm(), "")
    )


def test_the_general_rule_is_previewed_without_those_who_have_their_own(
    customer, buys, rule
) -> None:
    rule(DaysWithoutOrder(100, 200), applies_to="organization")
    buys(customer("顺达公司", kind="organization"), date(2026, 5, 1))
    buys(customer("王海涛"), date(2026, 5, 1))
    assert preview(DaysWithoutOrder(10, 20), "", TODAY).watched == 1
    assert promised(DaysWithoutOrder(10, 20)) == {(State.ACTIVE, State.LOST): 1}
