import numpy as np
import pytest
import statsmodels.api as sm

from liuke_analytics.errors import NotEnoughData
from liuke_analytics.retention import Bdw, Cohorts, Sbg, cohort_table, contracts, hazard

# Fader and Hardie (2007), share of 1,000 customers kept after each year.
REGULAR = np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3])
HIGH_END = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4])


def first_years(shares: np.ndarray, years: int) -> Cohorts:
    return Cohorts.of(10 * shares[: years + 1])


@pytest.mark.parametrize(
    ("shares", "gamma", "delta", "log_likelihood"),
    [(REGULAR, 0.704, 1.182, -1680.3), (HIGH_END, 0.668, 3.806, -1611.2)],
)
def test_sbg_as_published(shares, gamma, delta, log_likelihood) -> None:
    found = Sbg.fit(first_years(shares, 7))
    assert found.params == pytest.approx({"gamma": gamma, "delta": delta}, abs=6e-4)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=0.05)
    assert found.customers == 1000
    # The point of the paper: twelve years from seven, within two points.
    assert abs(100 * found.survival(np.arange(13)) - shares).max() < 2.1


@pytest.mark.parametrize(
    ("shares", "values"),
    [(REGULAR, (0.523, 0.894, 1.196)), (HIGH_END, (0.259, 1.723, 1.584))],
)
def test_bdw_as_published(shares, values) -> None:
    found = Bdw.fit(first_years(shares, 4))
    assert found.values == pytest.approx(values, abs=6e-4)
    assert abs(100 * found.survival(12.0) - shares[12]) < 4


def test_survival_and_retention_by_hand() -> None:
    model = Sbg(
        model="sbg", params={"gamma": 1.0, "delta": 3.0}, se={}, log_likelihood=0.0, customers=0
    )
    # r(t) = (delta + t - 1) / (gamma + delta + t - 1)
    np.testing.assert_allclose(model.retention([1, 2, 7]), [3 / 4, 4 / 5, 9 / 10])
    np.testing.assert_allclose(model.survival([[0, 1], [2, 3]]), [[1, 3 / 4], [3 / 5, 1 / 2]])
    # S = 3 / (3 + t): renewals still to come after one, by the sum.
    by_hand = sum((4 / (4 + n)) / 1.1 ** (n - 1) for n in range(1, 400))
    assert model.residual(1, 0.1) == pytest.approx(by_hand, rel=1e-9)
    assert model.residual(5, 0.1) > model.residual(1, 0.1)


def test_cohorts_of_different_age_are_one_fit() -> None:
    rng = np.random.default_rng(1)
    survivors = []
    for years in (2, 4, 6, 8):
        end = rng.geometric(rng.beta(0.8, 2.5, 3000))
        survivors.append([(end > year).sum() for year in range(years + 1)])
    found = Sbg.fit(Cohorts.of(*survivors))
    assert found.customers == 12_000
    assert found.params["gamma"] == pytest.approx(0.8, abs=4 * found.se["gamma"])
    assert found.params["delta"] == pytest.approx(2.5, abs=4 * found.se["delta"])


def test_gradient_is_the_slope() -> None:
    likelihood = contracts._Likelihood(first_years(REGULAR, 6))
    point = np.array([0.6, 1.4, 1.3])
    _, slope = likelihood(point)
    for place in range(3):
        move = np.zeros(3)
        move[place] = 1e-6
        rise = (likelihood(point + move)[0] - likelihood(point - move)[0]) / 2e-6
        assert slope[place] == pytest.approx(rise, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize(
    ("survivors", "words"),
    [
        ([[1, 0]], "20 customers needed, 1"),
        ([], "20 customers needed, 0"),
        ([[500, 500, 490]], "20 ended contracts needed, 10"),
        ([[500, 400]], "2 renewals needed, 1"),
        ([[5000, 2500, 1250, 625]], "20,000 customers needed, 5,000"),
    ],
)
def test_refusals(survivors, words) -> None:
    """The last: everybody ends with one half, and customers do not differ at all."""
    with pytest.raises(NotEnoughData, match=words):
        Sbg.fit(Cohorts.of(*survivors))


def test_bad_calls() -> None:
    with pytest.raises(ValueError, match="rise"):
        Cohorts.of([10, 11])
    model = Sbg(
        model="sbg", params={"gamma": 1.0, "delta": 3.0}, se={}, log_likelihood=0.0, customers=0
    )
    with pytest.raises(ValueError, match="below 1"):
        model.retention(0)
    with pytest.raises(ValueError, match="discount"):
        model.residual(1, 0.0)


def test_hazard_by_period() -> None:
    found = hazard([1, 2, 2, 3], [100, 40, 40, 0], [20, 4, 6, 0])
    assert found.period.tolist() == [1, 2]
    np.testing.assert_allclose(found.hazard, [0.2, 0.125])
    np.testing.assert_allclose(found.survival, [0.8, 0.7])
    np.testing.assert_allclose([found.lower[0], found.upper[0]], [0.1334, 0.2888], atol=5e-5)
    assert found.odds.tolist() == [1]


def test_odds_are_those_of_one_row_per_customer_and_period() -> None:
    rng = np.random.default_rng(2)
    period, group = rng.integers(1, 5, 4000), rng.choice(["a", "b", "c"], 4000)
    logit = -2 + 0.3 * period + np.select([group == "b", group == "c"], [0.7, -0.5], 0.0)
    ended = rng.random(4000) < 1 / (1 + np.exp(-logit))
    cells, place = np.unique(np.stack([period.astype(str), group]), axis=1, return_inverse=True)
    place = place.reshape(-1)
    found = hazard(
        cells[0].astype(int), np.bincount(place), np.bincount(place, weights=ended), cells[1]
    )
    design = np.c_[
        period[:, None] == np.arange(1, 5), group[:, None] == np.array(["b", "c"])
    ].astype(float)
    single = sm.Logit(ended.astype(float), design).fit(disp=0)
    np.testing.assert_allclose(np.log(found.odds), [0, *single.params[-2:]], atol=1e-6)
    np.testing.assert_allclose(np.log(found.odds_lower[1:]), single.conf_int()[-2:, 0], atol=1e-5)
    np.testing.assert_allclose(found.p[1:], single.pvalues[-2:], atol=1e-6)
    assert found.odds_lower[1] < np.exp(0.7) < found.odds_upper[1]


def test_odds_are_refused_where_they_do_not_exist() -> None:
    with pytest.raises(NotEnoughData, match="10 customers who ended in each group needed, 0"):
        hazard([1, 1], [100, 100], [20, 0], ["a", "b"])
    with pytest.raises(NotEnoughData, match="10 customers who stayed in each group needed, 5"):
        hazard([1, 1], [100, 100], [95, 50], ["a", "b"])
    with pytest.raises(NotEnoughData, match="share a period"):
        hazard([1, 2], [100, 100], [30, 50], ["a", "b"])
    with pytest.raises(NotEnoughData, match="exposed"):
        hazard([1], [0], [0])
    with pytest.raises(ValueError, match="exceed"):
        hazard([1], [3], [4])
    silent = hazard([1, 1, 2, 2], [100, 100, 30, 30], [20, 20, 0, 0], ["a", "b", "a", "b"])
    np.testing.assert_allclose(silent.odds, [1, 1])


def test_cohort_table() -> None:
    rows = [
        ("a", "2024-01-03"),
        ("a", "2024-01-20"),
        ("a", "2024-03-01"),
        ("b", "2024-01-31"),
        ("b", "2024-02-01"),
        ("c", "2024-02-15"),
        ("c", "2024-04-02"),
    ]
    customer, day = zip(*rows, strict=True)
    day = np.array(day, dtype="datetime64[D]")
    found = cohort_table(customer, day, end=np.datetime64("2024-03-31"))
    assert found.cohorts.astype(str).tolist() == ["2024-01-01", "2024-02-01"]
    assert found.size.tolist() == [2, 1]
    np.testing.assert_array_equal(found.active, [[2, 1, 1], [1, 0, np.nan]])
    np.testing.assert_array_equal(found.share, [[1, 0.5, 0.5], [1, 0, np.nan]])
    assert not found.running
    cut = cohort_table(customer, day, end=np.datetime64("2024-03-30"))
    assert cut.running
    np.testing.assert_array_equal(cut.active, [[2, 1], [1, np.nan]])
    assert cohort_table([], [], end=np.datetime64("2024-03-30")).active.shape == (0, 0)
    with pytest.raises(ValueError, match="unit"):
        cohort_table(customer, day, end=day[0], unit="D")
