"""sBG and BdW: how many of a cohort keep a contract, renewal after renewal.

Every customer ends a contract with a probability of his own, Beta over the cohort, so those who
remain are ever more faithful. sBG (Fader and Hardie 2007) keeps each probability constant; in
BdW (Fader, Hardie, Liu, Davin and Steenburgh 2018) it moves with time by the power c.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, digamma

from liuke_analytics.arrays import Floats, floats
from liuke_analytics.btyd.fitting import (
    PER_PARAMETER,
    Estimate,
    Fitted,
    maximise,
)
from liuke_analytics.errors import NotEnoughData


class Cohorts(NamedTuple):
    """Customers who ended at renewal t, and those still there after `kept_after` renewals.

    Shapes (m,); sums over cohorts of different age.
    """

    ended_at: Floats
    ended: Floats
    kept_after: Floats
    kept: Floats

    @classmethod
    def of(cls, *survivors: ArrayLike) -> Self:
        """From one array per cohort: customers at the beginning and after each renewal.

        Raises ValueError for numbers that rise or are negative.
        """
        ended_at: list[float] = []
        ended: list[float] = []
        kept_after: list[float] = []
        kept: list[float] = []
        for given in survivors:
            number = floats(given, "survivors", least=0)
            if (np.diff(number) > 0).any():
                raise ValueError("survivors must not rise")
            if len(number) < 2:
                continue
            ended_at.extend(range(1, len(number)))
            ended.extend((-np.diff(number)).tolist())
            kept_after.append(len(number) - 1)
            kept.append(float(number[-1]))
        parts = (ended_at, ended, kept_after, kept)
        return cls(*(np.array(part, dtype=np.float64) for part in parts))

    @property
    def customers(self) -> int:
        """All customers of all cohorts."""
        return round(float(self.ended.sum() + self.kept.sum()))


@dataclass(frozen=True)
class _Likelihood:
    """Log-likelihood of (a, b, c): S(t) = B(a, b + t^c) / B(a, b)."""

    cohorts: Cohorts

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        a, b, c = (float(value) for value in values)
        ended_at, ended, kept_after, kept = self.cohorts
        before, slope_before = _log_survival(a, b, c, ended_at - 1)
        after, slope_after = _log_survival(a, b, c, ended_at)
        still, slope_still = _log_survival(a, b, c, kept_after)
        # log(S(t-1) - S(t)), in which S(t) < S(t-1) always.
        ratio = np.exp(after - before)
        gone = np.maximum(-np.expm1(after - before), 1e-300)
        slope_gone = (slope_before - ratio * slope_after) / gone
        value = ended @ (before + np.log(gone)) + kept @ still
        return float(value), slope_gone @ ended + slope_still @ kept


def _log_survival(a: float, b: float, c: float, t: Floats) -> tuple[Floats, Floats]:
    """log S at the renewals t, and its slopes by (a, b, c), shape (3, m)."""
    power = t**c
    later, all_later = digamma(b + power), digamma(a + b + power)
    turn = np.where(t > 0, power * np.log(np.maximum(t, 1.0)), 0.0)
    slopes = np.stack(
        [
            digamma(a + b) - all_later,
            later - all_later - digamma(b) + digamma(a + b),
            (later - all_later) * turn,
        ]
    )
    return betaln(a, b + power) - betaln(a, b), slopes


@dataclass(frozen=True, kw_only=True)
class Contract(Fitted):
    """What both models answer; times are renewals since the beginning."""

    @property
    def _three(self) -> tuple[float, float, float]:
        return self.params["gamma"], self.params["delta"], self.params.get("c", 1.0)

    def survival(self, renewals: ArrayLike) -> Floats:
        """Share of a new cohort still there after so many renewals, any shape, fractions too."""
        t = floats(np.ravel(renewals), "renewals", least=0)
        log, _ = _log_survival(*self._three, t)
        return np.exp(log).reshape(np.shape(renewals))

    def retention(self, renewals: ArrayLike) -> Floats:
        """Share kept at renewal t of those there before it; t >= 1, any shape."""
        t = floats(np.ravel(renewals), "renewals", least=1)
        return (self.survival(t) / self.survival(t - 1)).reshape(np.shape(renewals))

    def residual(self, renewals: int, discount: float, *, horizon: int = 1_000) -> float:
        """Expected discounted renewals still to come for somebody kept `renewals` times.

        `discount` per renewal period, at least 0.01 so that `horizon` periods are enough;
        ValueError below. After Fader and Hardie (2010).
        """
        if discount < 0.01:
            raise ValueError("discount must be at least 0.01")
        ahead = np.arange(1, horizon + 1)
        share = self.survival(renewals + ahead) / self.survival(float(renewals))
        return float((share / (1 + discount) ** (ahead - 1)).sum())


def estimate(cohorts: Cohorts, starts: Sequence[Sequence[float]]) -> Estimate:
    """Maximum likelihood for (a, b), or for (a, b, c) where the starts name c.

    Raises NotEnoughData with fewer than ten customers or endings per parameter, or with fewer
    renewals than parameters.
    """
    size = len(starts[0])
    needed = PER_PARAMETER * size
    if cohorts.customers < needed:
        raise NotEnoughData("customers", needed=needed, have=cohorts.customers)
    ended = round(float(cohorts.ended.sum()))
    if ended < needed:
        raise NotEnoughData("ended contracts", needed=needed, have=ended)
    renewals = int(cohorts.ended_at.max())
    if renewals < size:
        raise NotEnoughData("renewals", needed=size, have=renewals)
    whole = _Likelihood(cohorts)

    def likelihood(values: Floats) -> tuple[float, Floats]:
        value, slope = whole(np.append(values, np.ones(3 - size)))
        return value, slope[:size]

    return maximise(lambda rows, weight: likelihood, starts, np.array([float(cohorts.customers)]))
