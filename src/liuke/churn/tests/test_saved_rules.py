"""Rules have versions: the first covers the past, later ones begin today, a restatement is said."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from liuke.accounts.rules import Role
from liuke.churn import services
from liuke.churn.models import ChurnRule, Clock, RuleVersion, Transition
from liuke.churn.queries import rules_in_force
from liuke.churn.rules.history import Cause, State
from liuke.churn.rules.kinds import DaysWithoutOrder, MissedVisits, OwnRhythm
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.models import CustomerState

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
SHORT = DaysWithoutOrder(10, 20)


@pytest.fixture(autouse=True)
def _today(on_day) -> None:
    on_day(TODAY)


def in_force() -> list[tuple[date, object]]:
    return [(row.valid_from, row.content) for row in rules_in_force()[""]]


def crossings() -> list[tuple[date, State, Cause]]:
    rows = Transition.objects.order_by("on", "cause")
    return [(row.on, State(row.after), Cause(row.cause)) for row in rows]


def test_the_first_version_decides_over_the_past(customer, buys, rule) -> None:
    buys(customer("王海涛"), date(2026, 1, 1))
    assert crossings() == []
    rule()
    assert [row[0] for row in crossings()] == [date(2026, 3, 2), date(2026, 4, 1)]


def test_a_later_version_decides_from_today_on(customer, buys, rule, on_day) -> None:
    buys(customer("王海涛"), date(2026, 1, 1))
    buys(customer("李娜"), date(2026, 5, 15))
    rule()
    past = crossings()
    rule(SHORT)
    assert crossings() == [*past, (TODAY, State.AT_RISK, Cause.RULE)]
    assert [valid_from for valid_from, _content in in_force()] == [date(1900, 1, 1), TODAY]


def test_whom_a_milder_rule_calls_safe_again_was_not_won_back(customer, buys, rule) -> None:
    wang = customer("王海涛")
    buys(wang, date(2026, 1, 1))
    rule()
    rule(DaysWithoutOrder(300, 400))
    assert crossings()[-1] == (TODAY, State.ACTIVE, Cause.RULE)
    assert CustomerState.objects.get(pk=wang.pk).recovered_on is None


def test_a_restatement_decides_over_the_past_as_well(customer, buys, rule) -> None:
    buys(customer("王海涛"), date(2026, 1, 1))
    rule()
    rule(SHORT, restate=True)
    assert in_force() == [(date(1900, 1, 1), SHORT)]
    assert [row[0] for row in crossings()] == [date(2026, 1, 11), date(2026, 1, 21)]
    assert RuleVersion.objects.count() == 2, "what was superseded is kept"


def test_of_two_saved_on_one_day_the_second_counts(customer, buys, rule) -> None:
    buys(customer("王海涛"), date(2026, 5, 15))
    rule(MissedVisits())
    rule(DaysWithoutOrder(1, 2))
    rule(SHORT)
    assert in_force()[1:] == [(TODAY, SHORT)]
    assert crossings() == [(TODAY, State.AT_RISK, Cause.RULE)]


def test_the_first_rule_corrected_the_same_day_still_covers_the_past(customer, buys, rule) -> None:
    buys(customer("王海涛"), date(2026, 1, 1))
    rule()
    rule(SHORT, restate=True)
    rule(MissedVisits(), restate=True)
    assert in_force() == [(date(1900, 1, 1), MissedVisits())]


def test_the_name_is_kept_unless_a_new_one_is_given(rule) -> None:
    rule(name="保养")
    rule(SHORT)
    assert ChurnRule.objects.get().name == "保养"
    rule(SHORT, name="月结客户")
    assert ChurnRule.objects.get().name == "月结客户"


def test_the_journal_keeps_both_contents_and_whether_the_past_was_restated(owner) -> None:
    services.save_rule(actor=owner, content=SHORT)
    entry = JournalEntry.objects.latest("pk")
    assert (entry.verb, entry.actor_id, entry.before) == ("churn.rule_saved", owner.pk, None)
    services.save_rule(actor=owner, content=MissedVisits(), restate=True)
    entry = JournalEntry.objects.latest("pk")
    assert entry.verb == "churn.rule_restated"
    assert entry.before == {"kind": "days", "at_risk": 10, "lost": 20, "expected": None}
    assert entry.after["kind"] == "visits"
    assert entry.after["valid_from"] == "1900-01-01"


@pytest.mark.parametrize("role", [Role.SELLER, Role.SERVICE, Role.AGENT, Role.ANALYST])
def test_who_may_not_change_rules_changes_none(person, role) -> None:
    with pytest.raises(PermissionDenied, match="may not change rules"):
        services.save_rule(actor=person(role), content=SHORT)
    assert not ChurnRule.objects.exists()


def test_applying_is_noted_and_done_once(customer, buys) -> None:
    buys(customer("王海涛"), date(2026, 1, 1))
    services.save_rule(actor=None, content=SHORT)
    assert RuleVersion.objects.get().applied_at is None
    assert services.apply_rules(now=clock.now()) == 1
    assert RuleVersion.objects.get().applied_at == clock.now()
    before = list(Transition.objects.values()), list(Clock.objects.values())
    assert services.apply_rules(now=clock.now()) == 0
    assert (list(Transition.objects.values()), list(Clock.objects.values())) == before


class TestSegments:
    def test_a_rule_of_ones_own_kind_goes_before_the_general_one(
        self, customer, buys, rule
    ) -> None:
        person = customer("王海涛", kind="person")
        firm = customer("顺达物流有限公司", kind="organization")
        buys(person, TODAY)
        buys(firm, TODAY)
        rule(SHORT)
        rule(DaysWithoutOrder(30, 60), applies_to="organization")
        assert Clock.objects.get(customer=person).at_risk_at == TODAY + timedelta(days=10)
        assert Clock.objects.get(customer=firm).at_risk_at == TODAY + timedelta(days=30)

    def test_a_first_rule_for_a_kind_leaves_the_past_to_the_general_one(
        self, customer, buys, rule
    ) -> None:
        buys(customer("王海涛"), date(2026, 5, 15))
        buys(customer("顺达物流有限公司", kind="organization"), date(2026, 1, 1))
        rule()
        past = crossings()
        rule(DaysWithoutOrder(100, 200), applies_to="organization")
        assert crossings() == [*past, (TODAY, State.AT_RISK, Cause.RULE)]

    def test_unless_the_past_is_restated(self, customer, buys, rule) -> None:
        buys(customer("顺达物流有限公司", kind="organization"), date(2026, 1, 1))
        rule()
        rule(DaysWithoutOrder(100, 200), applies_to="organization", restate=True)
        assert crossings() == [(date(2026, 4, 11), State.AT_RISK, Cause.TIME)]

    def test_without_a_rule_nobody_has_a_clock(self, customer, buys, rule) -> None:
        firm = customer("顺达物流有限公司", kind="organization")
        buys(firm, TODAY)
        buys(customer("王海涛"), TODAY)
        rule(SHORT, applies_to="person")
        assert Clock.objects.count() == 1
        assert not Clock.objects.filter(customer=firm).exists()


class TestOwnRhythm:
    RULE = OwnRhythm(0.5, 0.9, 0.98)

    @pytest.fixture
    def regulars(self, customer, buys) -> Callable[..., None]:
        """Sixty customers who come about every four weeks, two to eight times."""

        def make(**more: Any) -> None:
            dice = np.random.default_rng(3)
            for number in range(60):
                usual = dice.gamma(9, 28 / 9)
                gaps = np.maximum(1, dice.gamma(3, usual / 3, size=2 + number % 7)).astype(int)
                days = [date(2025, 8, 1) + timedelta(days=int(gap)) for gap in gaps.cumsum()]
                buys(customer(f"王{number}", **more), *(day for day in days if day <= TODAY))

        return make

    def test_what_the_segment_shows_is_learned_when_it_is_saved(
        self, customer, buys, rule, regulars
    ) -> None:
        regulars()
        weekly, rare = customer("每周"), customer("每季")
        for who, every in ((weekly, 7), (rare, 60)):
            buys(who, *(TODAY - timedelta(days=every * n) for n in range(12)))
        saved = rule(self.RULE).content
        assert saved.k >= 2
        assert saved.segment_gaps > 200
        waits = [
            (Clock.objects.get(customer=who).at_risk_at - TODAY).days for who in (weekly, rare)
        ]
        assert 8 <= waits[0] <= 21
        assert 70 <= waits[1] <= 160

    def test_only_of_the_segment_that_it_decides_about(self, rule, regulars) -> None:
        regulars(kind="organization")
        assert rule(self.RULE, applies_to="organization").content.learned is not None
        assert rule(self.RULE).content == self.RULE

    def test_too_few_for_a_rhythm_give_the_usual_days_of_all(self, customer, buys, rule) -> None:
        days = [date(2026, 3, 1) + timedelta(days=7 * n) for n in range(11)]
        buys(customer("王海涛"), *days)
        newcomer = customer("李娜")
        buys(newcomer, TODAY)
        saved = rule(self.RULE).content
        assert (saved.segment_expected, saved.segment_at_risk, saved.segment_lost) == (7, 8, 9)
        assert (saved.segment_gaps, saved.learned) == (10, None)
        assert Clock.objects.get(customer=newcomer).at_risk_at == TODAY + timedelta(days=8)

    def test_from_too_few_gaps_nothing_is_claimed(self, customer, buys, rule) -> None:
        buys(customer("王海涛"), date(2026, 5, 1), date(2026, 5, 2))
        assert rule(self.RULE).content == self.RULE

    @pytest.mark.parametrize(("days_later", "versions"), [(1, 1), (30, 2)])
    def test_a_rule_saved_before_the_data_learns_from_them(
        self, rule, regulars, on_day, days_later, versions
    ) -> None:
        """In a firm's first days over the past as well, later only from that day on."""
        rule(self.RULE)
        regulars()
        today = TODAY + timedelta(days=days_later)
        on_day(today)
        services.score_when_due(clock.now())
        found = in_force()
        assert len(found) == versions
        assert found[-1][1].learned is not None
        assert (found[-1][0] == today) == (versions == 2)
        assert RuleVersion.objects.filter(applied_at=None).count() == 0
        services.score_when_due(clock.now() + timedelta(days=8))
        assert in_force() == found

    def test_a_customer_who_never_bought_may_get_a_car(self, customer, car, rule) -> None:
        rule(self.RULE)
        car(customer("王海涛"))
        assert not Clock.objects.exists()
