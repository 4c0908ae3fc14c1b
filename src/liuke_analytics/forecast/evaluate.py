"""How good forecasts were: CRPS and coverage over past periods, beside what was always said."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from liuke_analytics.rates import Rate, rate


class Evaluation(NamedTuple):
    """Mean CRPS (same unit as revenue, less is better) of the forecasts and of past revenue
    used as the forecast, and how often the 80 % interval held what came."""

    crps: float
    baseline_crps: float
    coverage: Rate


def crps(draws: ArrayLike, actual: float) -> float:
    """Continuous ranked probability score of a sample (n,) against what came; 0 is perfect."""
    x = np.sort(np.asarray(draws, float))
    n = len(x)
    spread = float((x * (2 * np.arange(1, n + 1) - n - 1)).sum()) / n**2
    return float(np.abs(x - actual).mean()) - spread


def evaluate(forecasts: Sequence[ArrayLike], actual: Sequence[float]) -> Evaluation:
    """Judge forecasts made period after period, each by draws (n,), against actual revenue.

    The baseline knows only the actual revenues before; it starts with the second period.
    Raises ValueError for fewer than two periods or forecasts that do not match.
    """
    if len(forecasts) != len(actual) or len(actual) < 2:
        raise ValueError("not enough data: at least 2 periods needed")
    scores = [crps(draws, came) for draws, came in zip(forecasts, actual, strict=True)]
    plain = [crps(actual[:index], actual[index]) for index in range(1, len(actual))]
    held = 0
    for draws, came in zip(forecasts, actual, strict=True):
        low, high = np.quantile(np.asarray(draws, float), [0.1, 0.9])
        held += int(low <= came <= high)
    return Evaluation(float(np.mean(scores[1:])), float(np.mean(plain)), rate(held, len(actual)))
