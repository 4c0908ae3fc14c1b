import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from liuke_analytics.arrays import ranks
from liuke_analytics.scorecard import Purchases, compare, measures, rolling_origin, tie


def _drawn(n=20_000, seed=0):
    generator = np.random.default_rng(seed)
    p = generator.beta(2, 3, n)
    return p, (generator.random(n) < p).astype(int)


def test_measures_are_the_known_ones():
    p, y = _drawn()
    found = measures(p, y, 500)
    assert found.log_loss == pytest.approx(log_loss(y, p))
    assert found.brier == pytest.approx(brier_score_loss(y, p))
    assert found.intercept == pytest.approx(0, abs=0.05)
    assert found.slope == pytest.approx(1, abs=0.05)
    highest = np.argsort(-p)[:500]
    assert found.top.value == pytest.approx(y[highest].mean())


def test_wrong_probabilities_show():
    p, y = _drawn()
    odds = np.log(p / (1 - p))
    assert measures(1 / (1 + np.exp(-(odds - 1))), y, 9).intercept == pytest.approx(1, abs=0.05)
    assert measures(1 / (1 + np.exp(-2 * odds)), y, 9).slope == pytest.approx(0.5, abs=0.05)


def test_one_outcome_only():
    found = measures([0.2, 0.4], [1, 1], 1)
    assert (found.intercept, found.slope, found.auc) == (None, None, None)
    assert measures([0.3, 0.3, 0.3], [1, 0, 0], 1).slope is None
    assert measures([0.2, 0.8], [0, 1], 1).slope is None
    with pytest.raises(ValueError, match="1 case"):
        measures([], [], 1)


def test_recency_may_win():
    p, y = _drawn(500)
    assert compare(np.full(500, 0.5), p, np.full(500, 0.4), y, 10).recency_wins


def _purchases(seed=1, customers=400, days=720):
    generator = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        gone = generator.exponential(500)
        day = 0.0
        while (day := day + generator.exponential(30)) < min(days, gone):
            rows.append((customer, int(day)))
    return Purchases(*(np.array(column) for column in zip(*rows, strict=True)))


def test_rolling_origin_never_shows_the_future():
    purchases = _purchases()
    seen = []

    def predict(past, day, customers):
        seen.append((day, int(past.day.max()), len(customers)))
        return np.full(len(customers), 0.5)

    found = rolling_origin(purchases, predict, horizon=90, origins=[30, 360, 450], top=20)
    # On day 30 nobody could have been learned from yet.
    assert [origin.day for origin in found] == [360, 450]
    assert all(last <= day for day, last, _ in seen)
    for origin in found:
        card = origin.scorecard
        later = (purchases.day > origin.day) & (purchases.day <= origin.day + 90)
        came = np.isin(origin.customers, purchases.customer[later])
        assert card.events == (~came).sum()
        assert card.recency.log_loss < card.base_rate.log_loss < card.model.log_loss + 0.1
        assert card.recency.auc > 0.7
        assert card.recency_wins


def test_customers_unknown_on_the_day_do_not_count():
    purchases = _purchases()
    found = rolling_origin(purchases, lambda past, day, who: np.full(len(who), 0.5),
                           horizon=90, origins=[200])  # fmt: skip
    assert found[0].scorecard.cases == len(np.unique(purchases.customer[purchases.day <= 200]))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_ranks_are_those_of_scipy(values):
    np.testing.assert_array_equal(ranks(values), rankdata(values))


def test_auc_with_ties_is_that_of_scikit_learn():
    p, y = _drawn(500)
    rounded = np.round(p, 1)
    assert measures(rounded, y, 9).auc == pytest.approx(roc_auc_score(y, rounded))


@pytest.mark.parametrize("seed", range(30))
def test_often_and_much_are_tied_where_scipy_says_so(seed):
    generator = np.random.default_rng(seed)
    x = generator.integers(1, 9, 60).astype(float)
    value = generator.gamma(2, 10, 60) * x ** (seed % 5 / 4)
    known = spearmanr(x, value)
    expected = known.statistic if abs(known.statistic) > 0.3 and known.pvalue < 0.01 else None
    found = tie(x, value)
    assert (found is None) == (expected is None)
    assert found is None or found == pytest.approx(expected)
