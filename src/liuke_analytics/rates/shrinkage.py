"""Rates of small groups, drawn towards what groups are like (Beta-Binomial, empirical Bayes)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit
from scipy.stats import beta

from liuke_analytics.wilson import Interval

MAX_LOG_STRENGTH = 14.0


class Prior(NamedTuple):
    """Group rates are Beta(alpha, beta): alpha events in alpha + beta seen before."""

    alpha: float
    beta: float


def fit_prior(events: ArrayLike, totals: ArrayLike) -> Prior:
    """The most likely prior behind groups with `events` of `totals`, both of shape (groups,).

    Groups that differ no more than chance get a very strong prior: all shrink to the common rate.
    ValueError with fewer than two groups that have anything to count.
    """
    y, n = np.asarray(events, float), np.asarray(totals, float)
    y, n = y[n > 0], n[n > 0]
    if len(n) < 2:
        raise ValueError("a prior needs at least 2 groups")
    if (y < 0).any() or (y > n).any():
        raise ValueError("more events than people")
    start = logit((y.sum() + 0.5) / (n.sum() + 1))
    bounds = [(-15.0, 15.0), (-3.0, MAX_LOG_STRENGTH)]
    fits = [
        minimize(_loss, (start, strength), (y, n), method="L-BFGS-B", bounds=bounds)
        for strength in (1.0, 4.0, 8.0)
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    share, strength = float(expit(best.x[0])), float(np.exp(best.x[1]))
    return Prior(share * strength, (1 - share) * strength)


def shrink(events: int, total: int, prior: Prior, level: float = 0.95) -> tuple[float, Interval]:
    """(α + events) / (α + β + total) and its credible interval."""
    a, b = prior.alpha + events, prior.beta + total - events
    low, high = beta.ppf([(1 - level) / 2, (1 + level) / 2], a, b)
    return a / (a + b), Interval(float(low), float(high))


def _loss(point: Sequence[float], y: NDArray[np.float64], n: NDArray[np.float64]) -> float:
    share, strength = expit(point[0]), np.exp(point[1])
    a, b = share * strength, (1 - share) * strength
    return -float((betaln(y + a, n - y + b) - betaln(a, b)).sum())
