"""Is a call list better than chance? Radcliffe's Qini curve."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liuke_analytics.rates import Interval
from liuke_analytics.saying import Said

Floats = NDArray[np.float64]


class Qini(NamedTuple):
    """The curve and the area between it and the straight line of a random list.

    `share` (points,) of people taken from the top of the list, `gain` (points,) extra outcomes
    Y_T − Y_C·N_T/N_C among them, `coefficient` the area per person; its bootstrap interval.
    """

    share: Floats
    gain: Floats
    coefficient: float
    interval: Interval


def qini(
    score: ArrayLike,
    treated: ArrayLike,
    outcome: ArrayLike,
    level: float = 0.95,
    resamples: int = 500,
    seed: int = 0,
) -> Qini:
    """Qini of a `score`, highest first; all of shape (people,). Equal scores are taken together.

    Gain Y_T − Y_C·N_T/N_C along the list (Radcliffe 2007), its area less that of a random list,
    with the interval of `resamples` bootstrap samples. ValueError where one side has nobody.
    """
    s, w, y = (np.asarray(column, float) for column in (score, treated, outcome))
    if not 0 < w.sum() < len(w):
        raise Said("not enough data: both sides need at least {needed} people", needed=1)
    order = np.argsort(-s, kind="stable")
    s, w, y = s[order], w[order], y[order]
    share, gain = _curve(s, w, y, np.ones(len(s)))
    generator = np.random.default_rng(seed)
    draws = [_area(*_curve(s, w, y, _redrawn(w, generator))) / len(s) for _ in range(resamples)]
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Qini(share, gain, _area(share, gain) / len(s), Interval(float(low), float(high)))


def _curve(s: Floats, w: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """At the last of each run of equal scores, with (0, 0) in front."""
    last = np.append(s[1:] != s[:-1], True)
    n_t, n_c = np.cumsum(weight * w)[last], np.cumsum(weight * (1 - w))[last]
    y_t, y_c = np.cumsum(weight * w * y)[last], np.cumsum(weight * (1 - w) * y)[last]
    # Before the first control there is nothing to compare with.
    ratio = np.divide(n_t, n_c, out=np.zeros_like(n_t), where=n_c > 0)
    gain = np.where(n_c > 0, y_t - y_c * ratio, 0.0)
    share = np.cumsum(weight)[last] / weight.sum()
    return np.append(0.0, share), np.append(0.0, gain)


def _area(share: Floats, gain: Floats) -> float:
    return float(np.trapezoid(gain - gain[-1] * share, share))


def _redrawn(w: Floats, generator: np.random.Generator) -> Floats:
    """How often each person is in a resample that keeps both sides' sizes."""
    weight = np.zeros(len(w))
    for side in (np.flatnonzero(w == 1), np.flatnonzero(w == 0)):
        weight[side] = np.bincount(generator.integers(0, len(side), len(side)), minlength=len(side))
    return weight
