"""What must hold for every model, whatever the data."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betainc

from liuke_analytics.btyd import (
    LIFETIMES,
    BgNbd,
    GammaGamma,
    Histories,
    Lifetime,
    MbgCnbdK,
    MbgNbd,
    NotEnoughData,
    ParetoNbd,
    bgbb,
    gammagamma,
    geometric,
    paretonbd,
)
from liuke_analytics.btyd.fitting import Likelihood


def fitted(name: str, **params: float) -> Lifetime:
    return LIFETIMES[name](
        model=name, params=params, se={}, log_likelihood=float("nan"), customers=0
    )


EXAMPLES = {
    "bgnbd": fitted("bgnbd", r=0.6, alpha=4.4, a=0.8, b=2.4),
    "mbgnbd": fitted("mbgnbd", r=0.9, alpha=6.2, a=0.9, b=3.6),
    "mbgcnbdk": fitted("mbgcnbdk", k=3.0, r=0.8, alpha=2.0, a=0.6, b=2.5),
    "paretonbd": fitted("paretonbd", r=0.9, alpha=6.0, s=0.8, beta=14.0),
    "bgbb": fitted("bgbb", alpha=1.2, beta=2.8, gamma=0.7, delta=5.0),
}


def cut(model: Lifetime, customers: int, weeks: float, ahead: float, seed: int = 1):
    """Simulated customers: histories up to `weeks` and what each bought in `ahead` after it."""
    rng = np.random.default_rng(seed)
    ages = weeks - rng.integers(0, 12, customers)
    who, week = model.simulate(ages + ahead, rng)
    seen = week <= ages[who]
    x = np.bincount(who[seen], minlength=customers)
    last = np.zeros(customers)
    np.maximum.at(last, who[seen], week[seen])
    return (x, last, ages), np.bincount(who[~seen], minlength=customers)


@pytest.mark.parametrize("name", EXAMPLES)
def test_expectation_is_what_simulated_customers_buy(name: str) -> None:
    """For groups by x, within four standard errors of the mean of 40,000 customers."""
    model = EXAMPLES[name]
    (x, last, age), bought = cut(model, 40_000, 40, 26)
    expected = model.expected(26, x, last, age)
    for low, high in ((0, 0), (1, 1), (2, 4), (5, 10_000)):
        group = (x >= low) & (x <= high)
        error = (bought[group] - expected[group]).std() / group.sum() ** 0.5
        assert abs((bought[group] - expected[group]).mean()) < 4 * error, (low, high)


@pytest.mark.parametrize("name", EXAMPLES)
def test_p_alive_bounds_who_comes_back(name: str) -> None:
    """Within three years nearly everybody alive has come back, and nobody else."""
    model = EXAMPLES[name]
    (x, last, age), bought = cut(model, 20_000, 40, 5000, seed=2)
    alive = model.p_alive(x, last, age)
    assert alive.min() >= 0
    assert alive.max() <= 1
    back = (bought > 0).astype(float)
    # Leaving at a purchase means that whoever is alive comes back one day; in the other two
    # models one may still leave before.
    slack = 0.0 if name in ("bgnbd", "mbgnbd", "mbgcnbdk") else 1.0
    error = (back - alive).std() / len(back) ** 0.5
    assert (alive - back).mean() > -4 * error
    assert slack or (alive - back).mean() < 4 * error + 0.02


@pytest.mark.parametrize("name", EXAMPLES)
def test_fit_recovers_what_was_simulated(name: str) -> None:
    model = EXAMPLES[name]
    (x, last, age), _ = cut(model, 3_000 if name in ("bgbb", "paretonbd") else 8_000, 52, 0, seed=3)
    histories = Histories.from_arrays(x, last, age)
    found = MbgCnbdK.fit(histories, k=3) if name == "mbgcnbdk" else LIFETIMES[name].fit(histories)
    for parameter, truth in model.params.items():
        slack = 4 * found.se[parameter] + 1e-9
        assert found.params[parameter] == pytest.approx(truth, abs=slack), parameter


@pytest.mark.parametrize("name", EXAMPLES)
def test_new_customers_buy_what_is_expected(name: str) -> None:
    model = EXAMPLES[name]
    who, _ = model.simulate(np.full(30_000, 30.0), np.random.default_rng(4))
    number = np.bincount(who, minlength=30_000)
    expected = float(model.expected_new(30.0))
    assert number.mean() == pytest.approx(expected, abs=4 * number.std() / 30_000**0.5)
    assert model.expected_new(np.array([[0.0, 10.0], [20.0, 30.0]])).shape == (2, 2)
    assert model.expected_new(0.0) == pytest.approx(0.0, abs=1e-12)


def likelihoods() -> dict[str, tuple[Likelihood, np.ndarray]]:
    (x, last, age), _ = cut(EXAMPLES["mbgnbd"], 400, 40, 0, seed=5)
    histories = Histories.from_arrays(x, last, age)
    (n, late, periods), _ = cut(EXAMPLES["bgbb"], 400, 30, 0, seed=5)
    four = np.array([0.7, 5.0, 0.9, 2.2])
    each = np.maximum(x[x > 0], 1).astype(float)
    mean = np.random.default_rng(6).gamma(3.0, 10.0, len(each))
    found, of_x = np.unique(each, return_inverse=True)
    by_x = np.bincount(of_x).astype(float)
    counts, everybody = histories.counts, slice(None)
    return {
        "bgnbd": (geometric._Rows.of(histories, everybody, counts, 1, 0), four),
        "mbgnbd": (geometric._Rows.of(histories, everybody, counts, 1, 1), four),
        "mbgcnbdk": (geometric._Rows.of(histories, everybody, counts, 4, 1), four),
        "paretonbd": (
            paretonbd._Rows(histories.frequency, histories.recency, histories.age, counts),
            four,
        ),
        "bgbb": (
            bgbb._Terms.of(n, late.astype(int), periods.astype(int), np.ones(len(n))),
            np.array([0.7, 1.3, 0.9, 2.2]),
        ),
        "gammagamma": (
            gammagamma._Rows(found, of_x, by_x, mean, mean * each, np.ones(len(each))),
            np.array([2.0, 3.0, 20.0]),
        ),
    }


@pytest.mark.parametrize("name", [*EXAMPLES, "gammagamma"])
def test_gradients_are_the_slopes(name: str) -> None:
    likelihood, point = likelihoods()[name]
    _, slope = likelihood(point)
    for place in range(len(point)):
        move = np.zeros(len(point))
        move[place] = 1e-5 * point[place]
        rise = (likelihood(point + move)[0] - likelihood(point - move)[0]) / (2 * move[place])
        assert slope[place] == pytest.approx(rise, rel=1e-5, abs=1e-4), place


histories = st.tuples(
    st.integers(0, 200),
    st.floats(0.2, 300, allow_nan=False),
    st.floats(0, 300, allow_nan=False),
)


@given(histories, st.sampled_from(["bgnbd", "mbgnbd", "mbgcnbdk", "paretonbd"]))
@settings(deadline=None)
def test_p_alive_is_a_probability_that_falls_with_silence(
    history: tuple[int, float, float], name: str
) -> None:
    x, t_x, silence = history
    t_x = t_x if x else 0.0
    model = EXAMPLES[name]
    alive = model.p_alive(x, t_x, t_x + silence + np.array([0.0, 1.0, 10.0]))
    assert ((alive >= 0) & (alive <= 1)).all()
    if not (name == "bgnbd" and x == 0):
        assert (np.diff(alive) <= 1e-12).all()
    expected = model.expected(13, x, t_x, t_x + silence)
    assert 0 <= expected < np.inf
    assert model.expected(26, x, t_x, t_x + silence) >= expected


@pytest.mark.parametrize("name", ["bgnbd", "mbgnbd"])
@pytest.mark.parametrize("a", [0.3, 0.99995, 1.0, 1.5, 20.0])
def test_closed_form_and_series_agree(name: str, a: float) -> None:
    model = fitted(name, r=0.3, alpha=5.0, a=a, b=0.4)
    assert isinstance(model, geometric.BetaGeometric)
    x, age = np.array([0.0, 1.0, 5.0, 40.0]), np.array([3.0, 30.0, 60.0, 100.0])
    closed = model._if_alive(30.0, x, age)
    np.testing.assert_allclose(closed, model._series(30.0, x, age, age), rtol=1e-8)


def test_pareto_integral_against_quadrature() -> None:
    """Also where the usual closed form overflows: many purchases, tiny and huge parameters."""
    cases = [
        ((0.5, 10.0, 0.6, 12.0), 0, 0.0, 39.0),
        ((0.5, 10.0, 0.6, 12.0), 300, 38.0, 39.0),
        ((2.0, 0.05, 0.1, 90.0), 400, 2.0, 150.0),
        ((0.05, 200.0, 3.0, 0.02), 3, 1.0, 100.0),
        ((9.0, 50.0, 0.9, 0.5), 1, 0.5, 500.0),
        ((0.3, 5.0, 1.0, 5.0), 2, 20.0, 20.0),
    ]
    for (r, alpha, s, beta), x, t_x, age in cases:
        parts = paretonbd._parts(
            (r, alpha, s, beta), np.array([float(x)]), np.array([t_x]), np.array([age])
        )
        left, _ = quad(
            lambda t, r=r, alpha=alpha, s=s, beta=beta, x=x, t_x=t_x: (
                np.exp((r + x) * np.log((alpha + t_x) / (alpha + t)))
                * s
                / (beta + t)
                * np.exp(s * np.log(beta / (beta + t)))
            ),
            t_x,
            age,
            epsabs=0,
            epsrel=1e-11,
            limit=500,
        )
        found = np.exp(parts.left[0] + (r + x) * np.log(alpha + t_x))
        assert found == pytest.approx(left, rel=1e-8)


def test_regular_gaps_change_what_silence_means() -> None:
    """Somebody as regular as a clock who is late is gone; by chance buyers may be late."""
    regular = fitted("mbgcnbdk", k=8.0, r=2.0, alpha=1.0, a=0.5, b=5.0)
    chance = fitted("mbgcnbdk", k=1.0, r=2.0, alpha=8.0, a=0.5, b=5.0)
    same = fitted("mbgnbd", r=2.0, alpha=8.0, a=0.5, b=5.0)
    assert regular.p_alive(10, 40, 52) < 0.02 < 0.3 < chance.p_alive(10, 40, 52)
    assert chance.p_alive(10, 40, 52) == pytest.approx(same.p_alive(10, 40, 52))
    assert chance.expected(26, 10, 40, 52) == pytest.approx(same.expected(26, 10, 40, 52))
    assert regular.p_alive(10, 40, 41) > 0.85


def test_k_is_read_from_the_gaps() -> None:
    rng = np.random.default_rng(8)
    model = fitted("mbgcnbdk", k=4.0, r=3.0, alpha=3.0, a=0.5, b=6.0)
    ages = np.full(3000, 300.0)
    who, week = model.simulate(ages, rng)
    start = np.datetime64("2020-01-01")
    customer = np.concatenate([np.arange(3000), who])
    day = start + np.ceil(np.concatenate([np.zeros(3000), week]) * 7).astype("timedelta64[D]")
    histories = Histories.from_purchases(customer, day, end=start + 2100)
    assert histories.regularity is not None
    # Days instead of moments blur gaps of some weeks a little.
    assert histories.regularity.k == pytest.approx(4, abs=4 * histories.regularity.se + 0.2)
    found = MbgCnbdK.fit(histories)
    assert found.params["k"] == 4
    assert found.se["k"] == histories.regularity.se
    values = {k: MbgCnbdK.fit(histories, k=k).log_likelihood for k in (1, 3, 4, 5)}
    assert max(values, key=values.__getitem__) == 4
    assert values[1] == pytest.approx(MbgNbd.fit(histories).log_likelihood, abs=1e-6)


def test_gamma_gamma_recovers_and_shrinks() -> None:
    truth = GammaGamma(
        model="gammagamma",
        params={"p": 4.0, "q": 3.0, "gamma": 50.0},
        se={},
        log_likelihood=0.0,
        customers=0,
    )
    rng = np.random.default_rng(9)
    x = rng.poisson(3, 5000).astype(float)
    value = truth.simulate(x, rng)
    recency = np.where(x > 0, 10.0, 0.0)
    histories = Histories.from_arrays(x, recency, np.full(5000, 20.0), mean_value=value)
    found = GammaGamma.fit(histories)
    for name, parameter in truth.params.items():
        assert found.params[name] == pytest.approx(parameter, abs=4 * found.se[name])
    everybody = 4 * 50 / 2
    assert truth.expected_value(0, 7.0) == pytest.approx(everybody)
    assert 500 > truth.expected_value(1, 500.0) > everybody
    assert truth.expected_value(10_000, 500.0) == pytest.approx(500, rel=1e-3)
    in_cents = Histories.from_arrays(x, recency, np.full(5000, 20.0), mean_value=value * 100)
    assert GammaGamma.fit(in_cents).params["gamma"] == pytest.approx(
        100 * found.params["gamma"], rel=1e-5
    )


REFUSED: dict[str, tuple[Callable[[], Histories], str]] = {
    "one customer": (lambda: Histories.from_arrays([3], [10], [20]), "40 customers needed, 1"),
    "nobody": (lambda: Histories.from_arrays([], [], []), "40 customers needed, 0"),
    "all bought once": (
        lambda: Histories.from_arrays(np.zeros(500), np.zeros(500), np.full(500, 30.0)),
        "40 repeat buyers needed, 0",
    ),
    "few came back": (
        lambda: Histories.from_arrays(
            np.r_[np.zeros(300), np.ones(39)],
            np.r_[np.zeros(300), np.full(39, 5.0)],
            np.full(339, 30),
        ),
        "40 repeat buyers needed, 39",
    ),
    "all alike": (
        lambda: Histories.from_arrays(np.full(300, 10), np.full(300, 30.0), np.full(300, 31.0)),
        "1,200 customers needed, 300",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("model", [BgNbd, MbgNbd, ParetoNbd])
def test_refusals_name_the_number(case: str, model: type[Lifetime]) -> None:
    build, words = REFUSED[case]
    with pytest.raises(NotEnoughData, match=words) as refused:
        model.fit(build())
    assert refused.value.needed > refused.value.have


def test_refusals_of_value_and_regularity() -> None:
    few = Histories.from_arrays([2] * 20, [5] * 20, [9] * 20, mean_value=np.arange(20) + 1.0)
    with pytest.raises(NotEnoughData, match="30 repeat buyers with amounts needed, 20"):
        GammaGamma.fit(few)
    with pytest.raises(ValueError, match="no amounts"):
        GammaGamma.fit(Histories.from_arrays([2] * 50, [5] * 50, [9] * 50))
    with pytest.raises(NotEnoughData, match="two gaps"):
        MbgCnbdK.fit(Histories.from_arrays([2] * 50, [5] * 50, [9] * 50))


def test_bad_calls() -> None:
    with pytest.raises(ValueError, match="negative"):
        EXAMPLES["bgnbd"].expected(-1, 1, 2, 3)
    with pytest.raises(ValueError, match="whole periods"):
        EXAMPLES["bgbb"].expected(2.5, 1, 2, 3)
    with pytest.raises(ValueError, match="whole periods"):
        bgbb.BgBb.fit(Histories.from_arrays([1] * 50, [1.5] * 50, [9] * 50))


def test_the_tail_of_the_series_is_negative_binomial() -> None:
    """One stage, nobody leaves: the expectation is rate times horizon."""
    model = fitted("mbgcnbdk", k=1.0, r=2.0, alpha=4.0, a=1e-9, b=1.0)
    assert isinstance(model, geometric.BetaGeometric)
    one = np.array([3.0])
    found = model._series(20.0, one, np.array([10.0]), np.array([10.0]))
    assert found[0] == pytest.approx(5.0 * 20 / 14, rel=1e-6)
    assert betainc(1.0, 5.0, 20 / 34) <= found[0]
