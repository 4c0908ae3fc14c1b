"""The simulation. Money in one currency, time in days, probabilities already recalibrated.

In one draw every deal shares one shock to its log-odds: good and bad quarters exist, and a
forecast that takes deals as independent is far too sure of itself.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from liuke_analytics.rates import Interval, fit_prior

Floats = NDArray[np.float64]
_CELLS = 4_000_000
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)


class Deals(NamedTuple):
    """Open deals: value, probability of being won at all, and age in days, all (deals,)."""

    value: ArrayLike
    probability: ArrayLike
    age: ArrayLike


class Unborn(NamedTuple):
    """Deals that will be opened: expected number per day, past values to draw from, win rate."""

    per_day: float
    values: ArrayLike
    probability: float


class Forecast(NamedTuple):
    """Revenue won within the horizon: draws (n,), mean, sd, 80 % interval, P(quota met).

    `from_open` and `from_unborn` are the means of the two parts.
    """

    draws: Floats
    mean: float
    sd: float
    interval: Interval
    quota_probability: float | None
    from_open: float
    from_unborn: float


def simulate(
    deals: Deals,
    days_to_win: ArrayLike,
    horizon: float,
    *,
    already: float = 0.0,
    quota: float | None = None,
    unborn: Unborn | None = None,
    shock: float = 0.0,
    draws: int = 10_000,
    seed: int = 0,
) -> Forecast:
    """Simulate revenue won within `horizon` days.

    days_to_win (n,): how long past won deals took; a deal of age a takes as long as a past one
    that took longer than a. Older than all of them, it gets a whole new clock: nothing better is
    known. `shock` is the standard deviation of the common shock on the log-odds; win rates stay
    right on average (the shift is solved for), only their spread grows. `already` is money won
    before today in the same period. Raises ValueError without a past won deal or for
    probabilities beyond 0 to 1.
    """
    value, probability, age = (np.asarray(column, float) for column in deals)
    cycle = np.sort(np.asarray(days_to_win, float))
    if not len(cycle):
        raise ValueError("not enough data: at least 1 won deal needed to know how long it takes")
    if ((probability < 0) | (probability > 1)).any():
        raise ValueError("probabilities lie between 0 and 1")
    generator = np.random.default_rng(seed)
    common = generator.normal(0.0, shock, draws) if shock else np.zeros(draws)
    opened = _open(value, probability, age, cycle, horizon, common, shock, generator)
    born = np.zeros(draws)
    if unborn is not None and unborn.per_day > 0:
        born = _unborn(unborn, cycle, horizon, common, shock, generator)
    total = already + opened + born
    low, high = np.quantile(total, [0.1, 0.9])
    return Forecast(
        total,
        float(total.mean()),
        float(total.std()),
        Interval(float(low), float(high)),
        None if quota is None else float((total >= quota).mean()),
        float(opened.mean()),
        float(born.mean()),
    )


def shock_from_periods(won: ArrayLike, closed: ArrayLike) -> float:
    """The common shock seen in past periods: won of closed deals per month or quarter, (periods,).

    What the win rates of periods differ more than chance, as a standard deviation on log-odds.
    """
    prior = fit_prior(won, closed)
    share, strength = prior.alpha / sum(prior), sum(prior)
    return float(np.sqrt(1 / (strength + 1) / (share * (1 - share))))


def _open(
    value: Floats,
    probability: Floats,
    age: Floats,
    cycle: Floats,
    horizon: float,
    common: Floats,
    shock: float,
    generator: np.random.Generator,
) -> Floats:
    total = np.zeros(len(common))
    if not len(value):
        return total
    centre = _centred(probability, shock)
    first = np.searchsorted(cycle, age, "right")
    spent = np.where(first < len(cycle), age, 0.0)
    first = np.where(first < len(cycle), first, 0)
    step = max(1, _CELLS // len(value))
    for begin in range(0, len(common), step):
        shift = common[begin : begin + step, None]
        shape = (len(shift), len(value))
        won = generator.random(shape) < expit(centre + shift)
        pick = first + (generator.random(shape) * (len(cycle) - first)).astype(np.int64)
        in_time = cycle[pick] - spent <= horizon
        total[begin : begin + step] = (won & in_time) @ value
    return total


def _unborn(
    unborn: Unborn,
    cycle: Floats,
    horizon: float,
    common: Floats,
    shock: float,
    generator: np.random.Generator,
) -> Floats:
    values = np.asarray(unborn.values, float)
    number = generator.poisson(unborn.per_day * horizon, len(common))
    draw = np.repeat(np.arange(len(common)), number)
    left = horizon * (1 - generator.random(len(draw)))
    in_time = generator.choice(cycle, len(draw)) <= left
    chance = expit(_centred(np.array([unborn.probability]), shock)[0] + common[draw])
    won = in_time & (generator.random(len(draw)) < chance)
    money = generator.choice(values, len(draw)) * won
    return np.bincount(draw, money, minlength=len(common)).astype(np.float64)


def _centred(probability: Floats, shock: float) -> Floats:
    """Log-odds whose average probability under the shock is `probability`, by Newton steps."""
    certain = (probability <= 0) | (probability >= 1)
    target = np.clip(probability, 1e-9, 1 - 1e-9)
    centre = logit(target)
    weights = _WEIGHTS / _WEIGHTS.sum()
    for _ in range(30):
        shifted = expit(centre[:, None] + shock * _NODES)
        slope = (shifted * (1 - shifted)) @ weights
        step = (shifted @ weights - target) / np.maximum(slope, 1e-12)
        centre = centre - np.clip(step, -1.0, 1.0)
    return np.where(certain, np.where(probability >= 1, np.inf, -np.inf), centre)
