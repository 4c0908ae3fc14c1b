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


def simulated(
    customers: int = 400, seed: int = 7, tied: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers of two years, some of whom leave after nearly every visit and some after none.

    What they pay says nothing of how often they come, unless `tied`: then the frequent, who mostly
    stay, pay more.
    """
    dice = np.random.default_rng(seed)
    who, when, paid = [], [], []
    for customer in range(customers):
        day = int(to_day(TODAY)) - int(dice.integers(200, 730))
        usual, leaves = dice.gamma(8, 4), 0.02 if tied else dice.beta(0.8, 4)
        level = 4000 / usual if tied else 400 / dice.gamma(4, 1)
        while day <= to_day(TODAY):
            who.append(customer)
            when.append(day)
            paid.append(dice.gamma(6, level / 6))
            if dice.random() < leaves:
                break
            day += max(1, round(dice.gamma(2, usual / 2)))
    return np.array(who), np.array(when, np.int64), np.array(paid)


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
    bought = [(day, 100.0) for day in days]
    seen = [
        scoring.outlook(fitted.params, None, bought, days[-1] + timedelta(days=n))
        for n in (1, 90, 250)
    ]
    assert 1 > seen[0].alive > seen[1].alive > seen[2].alive > 0
    assert seen[0].purchases > seen[1].purchases > seen[2].purchases
    assert seen[0].next_on == seen[2].next_on
    assert 20 <= (seen[0].next_on - days[-1]).days <= 40


def test_what_a_purchase_is_worth_leans_on_all_until_the_own_ones_tell(fitted) -> None:
    assert fitted.value_refusal is None
    p, q, gamma = (fitted.value_params[name] for name in ("p", "q", "gamma"))
    usual = p * gamma / (q - 1)

    def each(*amounts: float) -> float:
        bought = [(TODAY - timedelta(days=30 * n), each) for n, each in enumerate(amounts)]
        return scoring.outlook(fitted.params, fitted.value_params, bought[::-1], TODAY).each

    assert each(9_000) == pytest.approx(usual)
    assert usual < each(1_000, 1_000) < each(*[1_000] * 20) < 1_000
    assert each(*[1_000] * 20) > 900
    # The first purchase is apart, as in the fit.
    assert each(1_000, 1_000, 5_000) == pytest.approx(each(1_000, 1_000, 1))


def test_money_is_judged_on_past_days_beside_the_plain_guess(fitted) -> None:
    for card in fitted.cards:
        money = card["value"]
        assert money["expected"] == pytest.approx(money["came"], rel=0.25)
        assert not money["repeat_wins"]
        assert 0.1 < money["captured"] <= 1
        expected = [told for _count, told, _came in money["groups"]]
        assert expected == sorted(expected)
        assert sum(count for count, *_means in money["groups"]) == card["customers"]
        assert money["groups"][-1][2] > money["groups"][0][2]


def test_where_often_and_much_go_together_the_own_average_serves() -> None:
    who, when, paid = simulated(tied=True)
    found = scoring.fit(who, when, paid, int(to_day(TODAY)))
    assert found.params is not None
    assert found.value_params is None
    assert found.value_refusal["why"] == "tied"
    assert found.value_refusal["rho"] > 0.3
    assert all(card["value"] is None for card in found.cards)
    bought = [(TODAY - timedelta(days=60), 100.0), (TODAY - timedelta(days=30), 300.0)]
    seen = scoring.outlook(found.params, None, bought, TODAY)
    assert (seen.each, seen.modelled, seen.value) == (200, False, 200 * seen.purchases)


def test_a_mean_that_does_not_exist_is_not_told() -> None:
    who, when, _paid = simulated()
    dice = np.random.default_rng(1)
    level = np.repeat(1 / dice.gamma(0.7, 1, 400), np.bincount(who))
    paid = dice.gamma(4, level)
    found = scoring.fit(who, when, paid, int(to_day(TODAY)))
    assert (found.value_params, found.value_refusal) == (None, {"why": "spread"})


def test_too_few_customers_are_refused_with_the_number_needed() -> None:
    found = scoring.fit(*simulated(5), int(to_day(TODAY)))
    assert (found.params, found.cards) == (None, [])
    assert (found.value_params, found.value_refusal["why"]) == (None, "few")
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
            cards=fitted.cards, value_refusal={"why": "few", "needed": 30, "have": 4},
        )  # fmt: skip
        page = signed_in.get(f"/customers/{wang.pk}/")
        outlook = scores.outlook_of(wang.pk, TODAY)
        assert "Still a customer" in page.text
        assert "At their average" in page.text
        assert page.context["outlook"].value == pytest.approx(200 * outlook.purchases)
        card = signed_in.get("/churn/scorecard/").text
        assert f"On {len(fitted.cards)} past days the model told" in card
        assert "fitted on 400 customers" in card
        assert "it needs 30 repeat buyers with amounts, there are 4" in card

    def test_with_a_model_of_value_the_page_tells_it_and_the_api_too(
        self, signed_in, customer, buys, fitted
    ) -> None:
        wang = customer("王海涛")
        address = f"/api/customers/{wang.pk}/outlook"
        assert signed_in.get(address).status_code == 404
        assert signed_in.get("/api/churn/scorecard").status_code == 404
        buys(wang, *(TODAY - timedelta(days=30 * n) for n in range(1, 7)), amount=200)
        Score.objects.create(
            made_at=clock.now(), as_of=TODAY, customers=400, params=fitted.params,
            cards=fitted.cards, value_params=fitted.value_params,
        )  # fmt: skip
        seen = signed_in.get(f"/customers/{wang.pk}/")
        assert "Worth in 3 months" in seen.text
        outlook = scores.outlook_of(wang.pk, TODAY)
        assert seen.context["outlook"] == outlook
        answer = signed_in.get(address).json()
        assert answer["modelled"]
        assert answer["value"] == pytest.approx(outlook.purchases * outlook.each)
        assert answer["next_on"] == outlook.next_on.isoformat()
        assert answer["horizon_days"] == 91
        told = signed_in.get("/api/churn/scorecard").json()
        assert told["value_params"] == fitted.value_params
        assert told["cards"] == fitted.cards
        card = signed_in.get("/churn/scorecard/").text
        assert "Money expected, and what came" in card
        assert "In five groups" in card

    def test_purchases_of_one_day_are_one(self, customer, buys) -> None:
        wang = customer("王海涛")
        buys(wang, TODAY, TODAY, TODAY - timedelta(days=9), amount=50)
        who, _days, paid = scores.purchases_to_fit(100)
        assert (who.tolist(), sorted(paid.tolist())) == ([wang.pk] * 2, [50, 100])
