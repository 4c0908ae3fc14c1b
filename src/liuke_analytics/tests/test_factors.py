import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from liuke_analytics.factors import factors, logistic


def test_firth_of_a_table_adds_half_to_each_cell():
    # One yes/no trait: the bias-reduced log odds ratio is known (Firth 1993); here separated.
    a, b, c, d = 8, 0, 3, 9
    x = np.repeat([1, 1, 0, 0], [a, b, c, d])
    y = np.repeat([1, 0, 1, 0], [a, b, c, d])
    found = logistic(np.column_stack([np.ones(len(x)), x]), y, firth=True)
    expected = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    assert found.coefficients[1] == pytest.approx(expected, abs=1e-6)


def test_plain_fit_refuses_separation():
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    with pytest.raises(ArithmeticError, match="separates"):
        logistic(x, [0, 0, 0, 1, 1, 1])


def test_ridge_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(300, 4))
    y = generator.random(300) < 1 / (1 + np.exp(-x[:, 0] + 0.3))
    found = logistic(np.column_stack([np.ones(300), x]), y, ridge=[0, 3, 3, 3, 3])
    other = LogisticRegression(C=1 / 3, tol=1e-10, max_iter=1000).fit(x, y)
    assert found.coefficients[1:] == pytest.approx(other.coef_[0], abs=1e-5)
    assert found.coefficients[0] == pytest.approx(other.intercept_[0], abs=1e-5)


def _made(seed=1, n=4000):
    generator = np.random.default_rng(seed)
    x = np.column_stack([generator.integers(0, 2, n), generator.normal(50, 10, n),
                         generator.normal(size=(n, 4))])  # fmt: skip
    y = generator.random(n) < 0.2 + 0.15 * x[:, 0]
    return x, y, ["late", "age", "a", "b", "c", "d"]


@pytest.mark.parametrize("method", ["firth", "ridge"])
def test_risk_difference_of_a_yes_no_trait(method):
    x, y, names = _made()
    found = factors(x, y, names, method=method)
    best = found.factors[0]
    assert best.name == "late"
    assert best.interval.low < 0.15 < best.interval.high
    assert [row.name for row in found.factors if row.found] == ["late"]
    assert found.events == y.sum()


def test_selection_frequency():
    x, y, names = _made(n=1500)
    found = {row.name: row.chosen for row in factors(x, y, names, resamples=20).factors}
    assert found["late"] > 0.9
    assert found["a"] < 0.7


def test_noise_is_seldom_found():
    generator = np.random.default_rng(5)
    names = [f"t{index}" for index in range(8)]
    false = [any(row.found for row in factors(generator.normal(size=(400, 8)),
                                              generator.integers(0, 2, 400), names).factors)
             for _ in range(100)]  # fmt: skip
    assert np.mean(false) <= 0.2


def test_refusals():
    x, y, names = _made(n=60)
    with pytest.raises(ValueError, match="60 cases of each outcome"):
        factors(x, y, names)
    with pytest.raises(ValueError, match="same for all"):
        factors(np.ones((100, 1)), [0, 1] * 50, ["one"])
    with pytest.raises(ValueError, match="neither"):
        factors(x, y, names, method="lasso")
    with pytest.raises(ValueError, match="shape"):
        factors(x, y, names[:2])
