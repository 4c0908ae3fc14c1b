"""Kaplan-Meier: how many are still there after a while, with those still watched counted fairly."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, norm

from liuke_analytics.arrays import AnyArray, Bools, Floats, Ints, floats, same_length, sums
from liuke_analytics.errors import NotEnoughData


@dataclass(frozen=True)
class KaplanMeier:
    """One entry per distinct event time, ascending; arrays of shape (m,), unit of the durations.

    `survival` holds from `time` on, until the next. `se` is Greenwood's; `lower` and `upper` are
    its pointwise band on the log-log scale, which stays within [0, 1]. `last` is the longest time
    anybody was watched: beyond it nothing is known.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    se: Floats
    lower: Floats
    upper: Floats
    last: float

    @classmethod
    def fit(
        cls,
        durations: ArrayLike,
        events: ArrayLike,
        counts: ArrayLike | None = None,
        *,
        confidence: float = 0.95,
    ) -> Self:
        """From durations (>= 0) and whether each ended in the event, shape (n,), or groups of
        `counts`. An event and a censoring at one time: the event came first. Raises NotEnoughData
        for nobody, ValueError for bad arrays.
        """
        spent, happened, weight = subjects(durations, events, counts)
        level = level_of(confidence)
        time = np.unique(spent[happened])
        at_risk = at_risk_at(spent, weight, time)
        died = sums(np.searchsorted(time, spent[happened]), weight[happened], len(time))
        survival = np.cumprod(1 - died / at_risk, dtype=np.float64)
        left = at_risk - died
        hazard = np.divide(died, at_risk * left, out=np.full(len(time), np.inf), where=left > 0)
        spread = np.sqrt(np.cumsum(hazard))
        inner = survival > 0
        error = np.zeros(len(time))
        error[inner] = survival[inner] * spread[inner]
        lower, upper = np.zeros(len(time)), np.zeros(len(time))
        log = np.log(survival[inner])
        reach = level * spread[inner] / -log
        lower[inner] = np.exp(log * np.exp(reach))
        upper[inner] = np.exp(log * np.exp(-reach))
        return cls(time, at_risk, died, survival, error, lower, upper, float(spent.max()))

    @property
    def median(self) -> float:
        """First time at which half or fewer are left; infinite if more than half remain."""
        return self.quantile(0.5)

    def quantile(self, gone: float) -> float:
        """First time at which at least the share `gone` has had the event, or infinity."""
        # Products of fractions end a hair above the share that they equal.
        reached = np.flatnonzero(self.survival <= 1 - gone + 1e-12)
        return float(self.time[reached[0]]) if len(reached) else float("inf")

    def at(self, times: ArrayLike) -> Floats:
        """Survival at `times`; nan beyond what was watched, unless nobody was left."""
        asked = np.asarray(times, dtype=np.float64)
        steps = np.concatenate([[1.0], self.survival])
        answer = steps[np.searchsorted(self.time, asked, side="right")]
        return np.where((asked > self.last) & (answer > 0), np.nan, answer)


class LogRank(NamedTuple):
    """Mantel's test that all groups share one hazard. `expected` under it, by group."""

    statistic: float
    freedom: int
    p: float
    groups: AnyArray
    observed: Floats
    expected: Floats


def log_rank(
    durations: ArrayLike, events: ArrayLike, groups: ArrayLike, counts: ArrayLike | None = None
) -> LogRank:
    """Log-rank test over two or more groups; all arrays of shape (n,).

    Raises NotEnoughData with fewer than two groups or no event.
    """
    spent, happened, weight = subjects(durations, events, counts)
    labels, group = np.unique(np.asarray(groups), return_inverse=True)
    same_length(durations=spent, groups=group)
    if len(labels) < 2:
        raise NotEnoughData("groups", needed=2, have=len(labels))
    time = np.unique(spent[happened])
    if not len(time):
        raise NotEnoughData("events", needed=1, have=0)
    at_risk = np.stack(
        [at_risk_at(spent[group == g], weight[group == g], time) for g in range(len(labels))]
    )
    died = np.stack(
        [
            sums(np.searchsorted(time, spent[mine]), weight[mine], len(time))
            for mine in (happened & (group == g) for g in range(len(labels)))
        ]
    )
    everybody, deaths = at_risk.sum(axis=0), died.sum(axis=0)
    share = at_risk / everybody
    expected = share @ deaths
    spread = deaths * (everybody - deaths) / np.maximum(everybody - 1, 1)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    excess = died.sum(axis=1) - expected
    freedom = len(labels) - 1
    statistic = float(excess @ np.linalg.pinv(covariance, hermitian=True) @ excess)
    return LogRank(
        statistic=statistic,
        freedom=freedom,
        p=float(chi2.sf(statistic, freedom)),
        groups=labels,
        observed=died.sum(axis=1),
        expected=expected,
    )


def subjects(
    durations: ArrayLike, events: ArrayLike, counts: ArrayLike | None
) -> tuple[Floats, Bools, Floats]:
    """Checked durations, whether each ended, and weights; those without weight are left out.

    Raises ValueError for arrays that do not fit, NotEnoughData where nobody is left.
    """
    spent = floats(durations, "durations", least=0)
    happened = np.atleast_1d(np.asarray(events)) != 0
    weight = np.ones(len(spent)) if counts is None else floats(counts, "counts", least=0)
    same_length(durations=spent, events=happened, counts=weight)
    if weight.sum() == 0:
        raise NotEnoughData("subjects", needed=1, have=0)
    kept = weight > 0
    return spent[kept], happened[kept], weight[kept]


def at_risk_at(spent: Floats, weight: Floats, time: Floats) -> Floats:
    """How many were still watched just before each time."""
    order = np.argsort(spent)
    before = np.concatenate([[0.0], np.cumsum(weight[order])])
    place: Ints = np.searchsorted(spent[order], time, side="left")
    remaining: Floats = before[-1] - before[place]
    return remaining


def level_of(confidence: float) -> float:
    """Standard normal quantile of a two-sided interval; ValueError unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    return float(norm.ppf((1 + confidence) / 2))
