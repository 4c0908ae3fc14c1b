"""A rate and its interval after Wilson (1927).

Four lines of arithmetic of our own: statsmodels would bring pandas to every process that only
wants these.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from liuke_analytics.arrays import Floats


class Interval(NamedTuple):
    """Both ends, of whatever the interval is for."""

    low: float
    high: float


class Rate(NamedTuple):
    """`value` is None when nobody was counted: no rate is not a rate of zero."""

    events: int
    total: int
    value: float | None
    interval: Interval


def rate(events: int, total: int, level: float = 0.95) -> Rate:
    """A rate with its Wilson interval; ValueError when the counts make no rate."""
    check(events, total)
    if total == 0:
        return Rate(events, total, None, Interval(0.0, 1.0))
    low, high = wilson(events, total, level)
    return Rate(events, total, events / total, Interval(float(low), float(high)))


def wilson(events: ArrayLike, total: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper bound of events / total, by element; weighted counts may be broken."""
    n = np.asarray(total, float)
    z = float(ndtri((1 + level) / 2))
    share = np.asarray(events, float) / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    # A share that rounding moved past 1 must not make the root of a negative number.
    spread = np.sqrt(np.maximum(0.0, share * (1 - share)) / n + z**2 / (4 * n**2))
    half = z / (1 + z**2 / n) * spread
    return np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)


def check(events: int, total: int) -> None:
    """ValueError where `events` of `total` is no rate."""
    if not 0 <= events <= total:
        raise ValueError(f"{events} of {total} is no rate")
