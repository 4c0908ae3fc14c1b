"""P(alive) and what stands behind it: the fit, its scorecard, and honest refusals."""

from datetime import date, timedelta

import numpy as np
import pytest

from liuke.churn import scoring, services
from liuke.churn.models import Score
from liuke.churn.queries import scores
from liuke.churn.rules.kinds import to_day
from liuke.core import clock
from liuke.site.ticks import TICKS

TODAY = date(2026, 6, 1)


def simulated(customers: int = 400, seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Customers of two years, some of whom leave after nearly every visit and some after none."""
    dice = np.random.default_rng(seed)
    who, when = [], []
    for customer in range(customers):
        day = int(to_day(TODAY)) - int(dice.integers(200, 730))
        usual, leaves = dice.gamma(8, 4), dice.beta(0.8, 4)
        while day <= to_day(TODAY):
            who.append(customer)
            when.append(day)
            if dice.random() < leaves:
                break
            day += max(1, round(dice.gamma(2, usual / 2)))
    return np.array(who), np.array(when, np.int64)


@pytest.fixture(scope="module")
def fitted() -> scoring.Fit:
    return scoring.fit(*simulated(), int(to_day(TODAY)))


def test_the_model_is_fitted_and_judged_beside_two_baselines(fitted) -> None:
    assert fitted.params is not None
    assert set(fitted.params) == {"k", "r", "alpha", "a", "b"}
    assert len(fitted.cards) >= 2
    for card in fitted.cards:
        assert 0 < card["stayed_away"] < card["customers"]
        assert card["model"]["log_loss"] < card["base_rate"]["log_loss"]
        assert 0 <= card["model"]["hits"] <= card["model"]["top"]


def test_a_longer_silence_is_a_smaller_chance(fitted) -> None:
    days = [TODAY - timedelta(days=300 - 30 * n) for n in range(8)]
    seen = [
        scoring.outlook(fitted.params, days, days[-1] + timedelta(days=n)) for n in (1, 90, 250)
    ]
    assert 1 > seen[0].alive > seen[1].alive > seen[2].alive > 0
    assert seen[0].purchases > seen[1].purchases > seen[2].purchases
    assert seen[0].next_on == seen[2].next_on
    assert 20 <= (seen[0].next_on - days[-1]).days <= 40


def test_too_few_customers_are_refused_with_the_number_needed() -> None:
    who, when = simulated(5)
    found = scoring.fit(who, when, int(to_day(TODAY)))
    assert (found.params, found.cards) == (None, [])
    assert found.refusal["needed"] > found.refusal["have"]


@pytest.mark.django_db
class TestWeekly:
    @pytest.fixture(autouse=True)
    def _june(self, on_day) -> None:
        on_day(TODAY)

    def test_a_new_firm_is_told_why_there_is_nothing(self, signed_in, customer, buys) -> None:
        assert "first fit comes within a minute" in signed_in.get("/churn/scorecard/").text
        buys(customer(), date(2026, 1, 5), date(2026, 3, 5))
        services.score_when_due(clock.now())
        assert scores.latest_score().refusal["have"] == 1
        assert "Not enough data yet" in signed_in.get("/churn/scorecard/").text

    def test_a_fit_lasts_a_week_and_a_refusal_an_hour(self, on_day) -> None:
        now = clock.now()
        for after, count in [(0, 1), (0.5, 1), (1, 2)]:
            services.score_when_due(now + timedelta(hours=after))
            assert Score.objects.count() == count
        Score.objects.update(params={"k": 1})
        services.score_when_due(now + timedelta(days=6))
        assert Score.objects.count() == 2
        services.score_when_due(now + timedelta(days=8))
        assert Score.objects.count() == 3
        assert "churn.score" in TICKS

    def test_the_customer_page_says_it_and_the_scorecard_stands_behind_it(
        self, signed_in, customer, buys, fitted
    ) -> None:
        wang = customer("王海涛")
        buys(wang, *(TODAY - timedelta(days=30 * n) for n in range(1, 7)), amount=200)
        assert "Still a customer" not in signed_in.get(f"/customers/{wang.pk}/").text
        Score.objects.create(
            made_at=clock.now(), as_of=TODAY, customers=400, params=fitted.params,
            cards=fitted.cards,
        )  # fmt: skip
        page = signed_in.get(f"/customers/{wang.pk}/")
        outlook = scores.outlook_of(wang.pk, TODAY)
        assert "Still a customer" in page.text
        assert page.context["outlook"].value == round(200 * outlook.purchases)
        card = signed_in.get("/churn/scorecard/").text
        assert f"On {len(fitted.cards)} past days the model told" in card
        assert "fitted on 400 customers" in card
