"""Aalen-Johansen: how many have ended by each of several causes, when causes compete.

One minus Kaplan-Meier per cause treats who ended otherwise as still waiting and promises too
much; these shares add up to what has ended at all.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from liuke_analytics.arrays import AnyArray, Floats, same_length, sums
from liuke_analytics.survival.kaplan_meier import at_risk_at, level_of, subjects


@dataclass(frozen=True)
class AalenJohansen:
    """Arrays by cause, shape (causes, m), over the distinct event times, shape (m,).

    `share` has ended by the cause up to `time`; `se` by the delta method (Dinse and Larson
    1986); `lower` and `upper` are pointwise, on the log-log scale. `survival` is what remains.
    """

    causes: AnyArray
    time: Floats
    survival: Floats
    share: Floats
    se: Floats
    lower: Floats
    upper: Floats
    last: float

    @classmethod
    def fit(
        cls,
        durations: ArrayLike,
        causes: ArrayLike,
        counts: ArrayLike | None = None,
        *,
        censored: object = 0,
        confidence: float = 0.95,
    ) -> Self:
        """From durations (>= 0) and the cause by which each ended, or `censored`; shape (n,).

        Raises NotEnoughData for nobody, ValueError for bad arrays.
        """
        given = np.atleast_1d(np.asarray(causes))
        spent = np.atleast_1d(np.asarray(durations, dtype=np.float64))
        same_length(durations=spent, causes=given)
        ended = given != censored
        weight = np.ones(len(spent)) if counts is None else np.asarray(counts, dtype=np.float64)
        given = given[weight > 0]
        spent, happened, weight = subjects(durations, ended, counts)
        level = level_of(confidence)
        labels = np.unique(given[happened])
        time = np.unique(spent[happened])
        at_risk = at_risk_at(spent, weight, time)
        died = np.stack(
            [
                sums(np.searchsorted(time, spent[mine]), weight[mine], len(time))
                for mine in (happened & (given == label) for label in labels)
            ]
            or [np.zeros(0)]
        )[: len(labels)]
        total = died.sum(axis=0)
        survival = np.cumprod(1 - total / at_risk)
        before = np.concatenate([[1.0], survival[:-1]])[: len(time)]
        # A sum of many small shares may pass one by the last binary place.
        share = np.minimum(np.cumsum(before * died / at_risk, axis=1), 1.0)
        error = _error(died, total, at_risk, before, share)
        lower, upper = share.copy(), share.copy()
        inner = (share > 0) & (share < 1)
        log = np.log(share[inner])
        reach = level * error[inner] / (share[inner] * -log)
        lower[inner] = np.exp(log * np.exp(reach))
        upper[inner] = np.exp(log * np.exp(-reach))
        return cls(labels, time, survival, share, error, lower, upper, float(spent.max()))

    def at(self, times: ArrayLike) -> Floats:
        """Shares at `times`, shape (causes, times); nan beyond what was watched."""
        asked = np.atleast_1d(np.asarray(times, dtype=np.float64))
        steps = np.concatenate([np.zeros((len(self.causes), 1)), self.share], axis=1)
        answer = steps[:, np.searchsorted(self.time, asked, side="right")]
        finished = len(self.survival) > 0 and self.survival[-1] <= 0
        return np.where((asked > self.last) & (not finished), np.nan, answer)


def _error(died: Floats, total: Floats, at_risk: Floats, before: Floats, share: Floats) -> Floats:
    """Var F(t) = Σ_s (F(t)-F(s))² d/(n(n-d)) + S² (n-d₁)d₁/n³ - 2 (F(t)-F(s)) S d₁/n², summed in
    powers of F(t) so that all t cost one pass."""
    left = at_risk - total
    hazard = np.divide(total, at_risk * left, out=np.zeros(len(total)), where=left > 0)
    own = before**2 * died * (at_risk - died) / at_risk**3
    both = before * died / at_risk**2
    square = np.cumsum(hazard)
    cross = np.cumsum(share * hazard + both, axis=1)
    rest = np.cumsum(share**2 * hazard + own + 2 * share * both, axis=1)
    error: Floats = np.sqrt(np.maximum(share**2 * square - 2 * share * cross + rest, 0.0))
    return error
