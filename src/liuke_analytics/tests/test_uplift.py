"""Hillstrom's e-mail test: published counts. Bounds: probability of any false alarm."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from liuke_analytics.uplift import (
    LOOKS,
    Verdict,
    difference,
    e_process,
    look,
    mean_difference,
    qini,
    sample_ratio_p,
    t_learner,
)

# Visits within two weeks: nobody mailed, women's mail, men's mail (Hillstrom 2008, 64,000 people).
NONE, WOMENS, MENS = (2262, 21306), (3238, 21387), (3894, 21307)


def test_hillstrom_published_effects():
    womens, mens = difference(*WOMENS, *NONE), difference(*MENS, *NONE)
    assert mens.control == pytest.approx(0.1062, abs=5e-5)
    assert (womens.treated, mens.treated) == pytest.approx((0.1514, 0.1828), abs=5e-5)
    assert womens.difference == pytest.approx(0.0452, abs=5e-5)
    assert mens.difference == pytest.approx(0.0766, abs=5e-5)
    assert mens.interval == pytest.approx((0.0699, 0.0833), abs=2e-4)
    assert mens.p < 1e-100


def test_sample_ratio():
    assert sample_ratio_p(21307, 21306, 0.5) > 0.9
    assert sample_ratio_p(21307, 20000, 0.5) < 0.001


def test_means():
    found = mean_difference([3.0, 4.0, 5.0, 6.0], [1.0, 2.0, 3.0])
    assert found.difference == pytest.approx(2.5)
    assert found.interval.low < 2.5 < found.interval.high
    assert mean_difference([1, 1], [1, 1]).p == 1
    with pytest.raises(ValueError, match="not enough data"):
        mean_difference([1], [1, 2])


def test_nobody_on_one_side():
    with pytest.raises(ValueError, match="not enough data"):
        difference(0, 0, 1, 2)


def test_three_looks_cost_five_percent():
    # Correlation of z at information i and j is sqrt(i/j).
    at = np.array([1, 2, 3]) / 3
    covariance = np.sqrt(np.minimum.outer(at, at) / np.maximum.outer(at, at))
    within = multivariate_normal(cov=covariance).cdf(LOOKS, lower_limit=-np.array(LOOKS))
    assert 1 - within == pytest.approx(0.05, abs=5e-4)


def test_looks():
    assert look(1, 3.4) is Verdict.CONTINUE
    assert look(2, 2.5) is Verdict.BETTER
    assert look(3, -2.1) is Verdict.WORSE
    assert look(3, 1.9) is Verdict.NO_DIFFERENCE
    with pytest.raises(ValueError, match="3 looks"):
        look(4, 1.0)


def test_e_process_seldom_cries_without_effect():
    generator = np.random.default_rng(5)
    size = np.full(200, 3)
    draws = generator.binomial(3, 0.3, (400, 2, 200))
    alarms = [e_process(a, size, b, size).decided_at is not None for a, b in draws]
    assert np.mean(alarms) <= 0.05


def test_e_process_is_a_bet_at_fair_odds():
    """Under no effect the expected factor of a batch is at most 1: summed over all outcomes."""
    past = ([2, 5], [4, 9], [1, 1], [3, 8])
    share = 0.35
    before = e_process(*past).values[-1]
    total = 0.0
    for a in (0, 1, 2):
        for b in (0, 1):
            chance = [0.65**2, 2 * 0.35 * 0.65, 0.35**2][a] * (share if b else 1 - share)
            batches = [[*column, new] for column, new in zip(past, (a, 2, b, 1), strict=True)]
            total += chance * e_process(*batches).values[-1] / before
    assert total <= 1 + 1e-12


def test_e_process_sees_an_effect():
    generator = np.random.default_rng(6)
    size = np.full(300, 5)
    found = e_process(generator.binomial(5, 0.45, 300), size, generator.binomial(5, 0.3, 300), size)
    assert found.decided_at is not None
    with pytest.raises(ValueError, match="more events"):
        e_process([2], [1], [0], [1])


def test_qini_by_hand():
    # Two treated, two controls, best first: gains 1, 1 (one control without), 1, 1.
    found = qini([4, 3, 2, 1], [1, 0, 1, 0], [1, 0, 1, 1], resamples=10)
    assert found.gain.tolist() == [0, 0, 1, 2, 1]
    assert found.coefficient == pytest.approx((0 + 0.5 + 1.5 + 1.5) / 4 / 4 - 0.5 / 4)


def test_one_score_for_all_is_a_random_list():
    generator = np.random.default_rng(0)
    found = qini(np.zeros(50), generator.integers(0, 2, 50), generator.integers(0, 2, 50))
    assert found.coefficient == 0


def test_t_learner_finds_whom_it_helps():
    generator = np.random.default_rng(7)
    x = generator.normal(size=(6000, 3))
    treated = generator.integers(0, 2, 6000)
    chance = 0.3 + 0.2 * treated * (x[:, 0] > 0)
    outcome = generator.random(6000) < chance
    score = t_learner(x, treated, outcome)
    assert score[x[:, 0] > 0].mean() - score[x[:, 0] < 0].mean() > 0.1
    found = qini(score, treated, outcome, resamples=200)
    assert found.interval.low > 0
    noise = qini(generator.random(6000), treated, outcome, resamples=200)
    assert noise.interval.low < 0 < noise.interval.high


def test_t_learner_refuses_small_sides():
    with pytest.raises(ValueError, match="20 people"):
        t_learner(np.zeros((30, 1)), [0, 1] * 15, [0, 1] * 15)
