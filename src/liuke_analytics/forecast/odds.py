"""What sellers' odds are worth: the same odds, bent to what became of earlier deals."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from liuke_analytics.logistic import logistic

MIN_EACH = 10
_EDGE = 1e-3


class Recalibration(NamedTuple):
    """log-odds won = intercept + slope · log-odds said."""

    intercept: float
    slope: float
    deals: int

    def __call__(self, said: ArrayLike) -> NDArray[np.float64]:
        """Recalibrated probabilities of shape (deals,)."""
        bent: NDArray[np.float64] = expit(self.intercept + self.slope * _log_odds(said))
        return bent


def recalibrate(said: ArrayLike, won: ArrayLike) -> Recalibration:
    """Learn from closed deals: probability said while open, and whether won, both (deals,).

    ValueError with fewer than MIN_EACH won or lost deals.
    """
    outcome = np.asarray(won) == 1
    fewest = min(int(outcome.sum()), int((~outcome).sum()))
    if fewest < MIN_EACH:
        raise ValueError(f"not enough data: {MIN_EACH} won and {MIN_EACH} lost deals needed")
    # One and the same odds for all deals say nothing about the slope.
    if np.ptp(_log_odds(said)) == 0:
        return Recalibration(float(logit(outcome.mean())), 0.0, len(outcome))
    design = np.column_stack([np.ones(len(outcome)), _log_odds(said)])
    found = logistic(design, outcome, firth=True)
    return Recalibration(float(found.coefficients[0]), float(found.coefficients[1]), len(outcome))


def _log_odds(said: ArrayLike) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = logit(np.clip(np.asarray(said, float), _EDGE, 1 - _EDGE))
    return odds
