"""Published figures: Newcombe 1998, Benjamini and Hochberg 1995, Charig 1986 (kidney stones)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom
from statsmodels.stats.proportion import proportion_confint

from liuke_analytics.rates import (
    Prior,
    difference_interval,
    discoveries,
    drift,
    fit_prior,
    mantel_haenszel,
    rate,
    shrink,
)
from liuke_analytics.wilson import wilson

BH_1995 = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
           .6528, .7590, 1.0]  # fmt: skip


def test_newcombe_1998_example():
    assert difference_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_wilson_1998_examples():
    # Newcombe 1998, table I.
    assert rate(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert rate(0, 20).interval == pytest.approx((0.0, 0.1611), abs=5e-5)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_that_of_statsmodels(counts):
    assert tuple(map(float, wilson(*counts, level=0.9))) == pytest.approx(
        proportion_confint(*counts, alpha=0.1, method="wilson"), abs=1e-12
    )


def test_nobody_has_no_rate():
    assert rate(0, 0).value is None
    assert rate(0, 0).interval == (0, 1)


@pytest.mark.parametrize(("events", "total"), [(3, 2), (-1, 2)])
def test_counts_that_make_no_rate(events, total):
    with pytest.raises(ValueError, match="no rate"):
        rate(events, total)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_rate(counts):
    found = rate(*counts)
    assert found.interval.low - 1e-12 <= found.value <= found.interval.high + 1e-12
    assert 0 <= found.interval.low <= found.interval.high <= 1


def test_benjamini_hochberg_1995():
    found, adjusted = discoveries(BH_1995, 0.05)
    assert found.sum() == 4
    assert found[:4].all()
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)
    assert not len(discoveries([])[0])


def test_kidney_stones():
    # Open surgery against percutaneous, small and large stones; success, failure.
    found = mantel_haenszel([[[81, 6], [234, 36]], [[192, 71], [55, 25]]])
    assert found.crude == pytest.approx(0.748, abs=5e-4)
    assert found.pooled == pytest.approx(1.447, abs=5e-4)
    assert found.interval.low < found.pooled < found.interval.high


def test_mantel_haenszel_wants_tables():
    with pytest.raises(ValueError, match="shape"):
        mantel_haenszel([[1, 2], [3, 4]])


def test_prior_is_found_again():
    n = np.full(4000, 30)
    y = betabinom.rvs(n, 2.0, 6.0, random_state=1)
    prior = fit_prior(y, n)
    assert prior.alpha == pytest.approx(2.0, rel=0.1)
    assert prior.beta == pytest.approx(6.0, rel=0.1)


def test_groups_that_differ_by_chance_shrink_together():
    n = np.full(300, 40)
    prior = fit_prior(np.random.default_rng(0).binomial(n, 0.2), n)
    assert shrink(0, 40, prior)[0] == pytest.approx(0.2, abs=0.04)


def test_shrunk_value_is_the_formula():
    value, (low, high) = shrink(3, 4, Prior(2.0, 8.0))
    assert value == pytest.approx(5 / 14)
    assert low < value < high


def test_prior_needs_groups():
    with pytest.raises(ValueError, match="2 groups"):
        fit_prior([1, 0], [5, 0])


def test_drift_limit_is_passed_once_in_twenty():
    generator = np.random.default_rng(3)
    moved = [drift(generator.normal(size=400), generator.normal(size=300)).moved
             for _ in range(400)]  # fmt: skip
    assert 0.02 < np.mean(moved) < 0.09


def test_drift_is_seen():
    generator = np.random.default_rng(4)
    assert drift(generator.normal(size=500), generator.normal(0.5, size=500)).moved
    with pytest.raises(ValueError, match="not enough data: 20"):
        drift(range(5), range(5))
