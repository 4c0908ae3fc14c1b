from functools import cache

import numpy as np
import pytest

from liuke_analytics.btyd import (
    MODELS,
    BgBb,
    BgNbd,
    GammaGamma,
    Histories,
    HistoryModel,
    Lifetime,
)
from liuke_analytics.tests import published

CALIBRATION_END = np.datetime64("1997-09-30")
CDNOW = {
    # name: (parameters to half a unit of the last published digit, log-likelihood)
    "bgnbd": ({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, -9582.4),
    "mbgnbd": ({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, -9582.1),
    "paretonbd": ({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, -9595.0),
}


@pytest.fixture(scope="module")
def cdnow() -> Histories:
    return published.cdnow_summary()


@pytest.fixture(scope="module")
def calibration() -> Histories:
    return Histories.from_purchases(*published.cdnow_purchases(), end=CALIBRATION_END)


@cache
def fit(name: str, *, days: bool = False) -> HistoryModel:
    """Fit once to the published summary, or to the purchases themselves."""
    if days:
        histories = Histories.from_purchases(*published.cdnow_purchases(), end=CALIBRATION_END)
    else:
        histories = published.cdnow_summary()
    return MODELS[name].fit(histories)


@pytest.mark.parametrize("name", CDNOW)
def test_cdnow_as_published(name: str) -> None:
    params, log_likelihood = CDNOW[name]
    found = fit(name)
    assert found.customers == 2357
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=0.05)
    for parameter, value in params.items():
        # β of Pareto/NBD lies on a flat ridge; programs differ by a thousandth there.
        near = 2e-3 if parameter == "beta" else 6e-4
        assert found.params[parameter] == pytest.approx(value, abs=near), parameter
    assert set(found.se) == set(params)


def test_cdnow_from_its_purchases_gives_the_same(calibration: Histories) -> None:
    assert calibration.customers == 2357
    assert calibration.repeaters == 946
    assert calibration.counts @ calibration.frequency == 2457
    found = fit("bgnbd", days=True)
    assert found.log_likelihood == pytest.approx(-9582.429, abs=5e-4)
    assert found.params["r"] == pytest.approx(0.243, abs=5e-4)


def test_standard_errors_are_those_of_the_curvature(cdnow: Histories) -> None:
    # lifetimes 0.11 prints these for the same file, rounded.
    assert BgNbd.fit(cdnow).se == pytest.approx(
        {"r": 0.0126, "alpha": 0.378, "a": 0.186, "b": 0.705}, rel=0.01
    )


def test_gamma_gamma_as_published(cdnow: Histories) -> None:
    found = GammaGamma.fit(cdnow)
    assert found.customers == 946
    assert found.params["p"] == pytest.approx(6.25, abs=5e-3)
    assert found.params["q"] == pytest.approx(3.74, abs=6e-3)
    assert found.params["gamma"] == pytest.approx(15.45, abs=1e-2)
    assert found.log_likelihood == pytest.approx(-4055.9, abs=0.05)
    # lifetimes, Quickstart: 35.25 on average over all customers; 35.08 was observed.
    each = cdnow.frequency[cdnow.row_of]
    assert cdnow.mean_value is not None
    expected = found.expected_value(each, np.nan_to_num(cdnow.mean_value))
    assert expected.mean() == pytest.approx(35.25, abs=0.01)


def test_one_customer_as_published(cdnow: Histories) -> None:
    found = BgNbd.fit(cdnow)
    assert found.expected(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=5e-4)
    assert found.p_alive(2, 30.43, 38.86) == pytest.approx(0.727, abs=5e-4)


def test_pareto_customers_as_published() -> None:
    """BTYD vignette; its parameters stop at the third digit, hence the tolerance."""
    found = fit("paretonbd")
    assert isinstance(found, Lifetime)
    assert found.expected_new(52.0) == pytest.approx(1.4734, abs=5e-4)
    assert found.expected(52, 26, 30.857, 31) == pytest.approx(25.456, abs=5e-3)
    assert found.p_alive(26, 30.857, 31) == pytest.approx(0.99787, abs=5e-5)
    paradox = found.expected(52, [10, 15, 20, 25], 20, 39)
    np.testing.assert_allclose(paradox, [0.7062, 0.1442, 0.02251, 0.003093], rtol=2e-3)


def test_donations_as_published() -> None:
    found = BgBb.fit(published.donations())
    assert found.customers == 11_104
    assert found.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    assert found.params == pytest.approx(
        {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}, abs=6e-4
    )


@pytest.mark.parametrize(("name", "closeness"), [("bgnbd", 0.04), ("paretonbd", 0.02)])
def test_cdnow_holdout_by_week(name: str, closeness: float) -> None:
    """Fader, Hardie and Lee (2005): by week 78 BG/NBD is about 4 % low, Pareto/NBD within 2 %."""
    customers, days, _ = published.cdnow_purchases()
    found = fit(name, days=True)
    assert isinstance(found, Lifetime)
    visits = np.unique(np.stack([customers.astype(np.int64), days.astype(np.int64)]), axis=1)
    repeat = np.diff(visits[0], prepend=-1) == 0
    day = visits[1] - np.datetime64("1997-01-01").astype(np.int64)
    first = day[~repeat]
    assert len(first) == 2357
    starts, counts = np.unique(first, return_counts=True)
    for week in range(40, 79):
        actual = int((repeat & (day < 7 * week)).sum())
        expected = counts @ found.expected_new(week - starts / 7)
        assert abs(expected / actual - 1) < closeness + 0.02, week
    assert actual == 4339
    assert abs(expected / actual - 1) < closeness + 0.005


def test_pareto_weeks_as_published() -> None:
    """BTYD walkthrough, weeks 20 to 25; its clock starts within the first day."""
    customers, days, _ = published.cdnow_purchases()
    first: dict[str, int] = {}
    for customer, day in zip(customers.tolist(), days.astype(np.int64).tolist(), strict=True):
        first[customer] = min(day, first.get(customer, day))
    starts = np.array(list(first.values())) - np.datetime64("1997-01-01").astype(np.int64)
    found = fit("paretonbd", days=True)
    assert isinstance(found, Lifetime)
    total = [found.expected_new(week - starts / 7).sum() for week in range(19, 26)]
    published_weeks = [78.308, 76.419, 74.648, 72.983, 71.414, 69.933]
    np.testing.assert_allclose(np.diff(total), published_weeks, rtol=1e-3)
