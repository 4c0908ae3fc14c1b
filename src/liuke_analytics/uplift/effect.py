"""The difference between treated and control, with its interval."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chisquare, norm, t, ttest_ind

from liuke_analytics.rates import Interval, difference_interval
from liuke_analytics.saying import Said


class Effect(NamedTuple):
    """Means (shares for yes/no outcomes), their difference, its interval, z and p of no effect."""

    treated: float
    control: float
    difference: float
    interval: Interval
    z: float
    p: float
    treated_total: int
    control_total: int


def difference(
    treated_events: int,
    treated_total: int,
    control_events: int,
    control_total: int,
    level: float = 0.95,
) -> Effect:
    """Difference of two shares: Newcombe's interval, z of the pooled test.

    ValueError when a side has nobody.
    """
    if not treated_total or not control_total:
        raise Said("not enough data: both sides need at least {needed} people", needed=1)
    interval = difference_interval(
        treated_events, treated_total, control_events, control_total, level
    )
    treated, control = treated_events / treated_total, control_events / control_total
    pooled = (treated_events + control_events) / (treated_total + control_total)
    error = (pooled * (1 - pooled) * (1 / treated_total + 1 / control_total)) ** 0.5
    z = (treated - control) / error if error else 0.0
    p = float(2 * norm.sf(abs(z)))
    return Effect(treated, control, treated - control, interval, z, p, treated_total, control_total)


def mean_difference(treated: ArrayLike, control: ArrayLike, level: float = 0.95) -> Effect:
    """Difference of two means (money, days): Welch's interval and test.

    Both of shape (people,). ValueError below two people on a side.
    """
    a, b = np.asarray(treated, float), np.asarray(control, float)
    if min(len(a), len(b)) < 2:
        raise Said("not enough data: both sides need at least {needed} people", needed=2)
    gap = float(a.mean() - b.mean())
    parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    error = float(np.sqrt(sum(parts)))
    if error == 0:
        return Effect(
            float(a.mean()), float(b.mean()), gap, Interval(gap, gap), 0.0, 1.0, len(a), len(b)
        )
    result = ttest_ind(a, b, equal_var=False)
    reach = float(t.ppf((1 + level) / 2, result.df)) * error
    return Effect(
        float(a.mean()),
        float(b.mean()),
        gap,
        Interval(gap - reach, gap + reach),
        gap / error,
        float(result.pvalue),
        len(a),
        len(b),
    )


def sample_ratio_p(treated_total: int, control_total: int, treated_share: float) -> float:
    """How likely the split is if `treated_share` was drawn; below .001 the drawing is broken."""
    total = treated_total + control_total
    expected = [total * treated_share, total * (1 - treated_share)]
    return float(chisquare([treated_total, control_total], expected).pvalue)
