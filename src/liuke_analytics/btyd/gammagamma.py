"""Gamma-Gamma: the value of a repeat purchase (Fader and Hardie 2013).

Amounts of one customer are Gamma(p, ν) with ν ~ Gamma(q, γ), independent of how often one buys.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from liuke_analytics.arrays import Floats, Ints, dot, sums
from liuke_analytics.btyd.fitting import (
    PER_PARAMETER,
    HistoryModel,
    Likelihood,
    Rows,
    maximise,
    named,
)
from liuke_analytics.btyd.histories import Histories
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.saying import Said


@dataclass(frozen=True)
class _Rows:
    x: Floats
    of_x: Ints
    by_x: Floats
    mean: Floats
    total: Floats
    weight: Floats

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by (p, q, γ)."""
        p, q, gamma = (float(value) for value in values)
        size = self.weight.sum()
        shape = p * self.x
        both = shape + q
        log_rest = np.log(self.total + gamma)
        each = self.weight * self.x[self.of_x]
        weighed = self.weight * both[self.of_x]
        log_total = np.log(self.total)
        value = (
            self.by_x @ (gammaln(both) - gammaln(shape) - gammaln(q))
            + size * q * np.log(gamma)
            + p * dot(each, log_total)
            - dot(self.weight, np.log(self.mean))
            - dot(weighed, log_rest)
        )
        slope = np.array(
            [
                self.by_x @ (self.x * (digamma(both) - digamma(shape)))
                + dot(each, log_total - log_rest),
                self.by_x @ (digamma(both) - digamma(q))
                + size * np.log(gamma)
                - dot(self.weight, log_rest),
                size * q / gamma - dot(weighed, 1 / (self.total + gamma)),
            ]
        )
        return float(value), slope


@dataclass(frozen=True, kw_only=True)
class GammaGamma(HistoryModel):
    """p: evenness of one customer's amounts; q, gamma (money): how customers differ."""

    NAMES: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")

    @classmethod
    def fit(cls, histories: Histories) -> Self:
        """Fit by maximum likelihood on repeat buyers with a positive mean amount.

        `customers` is their number. Raises ValueError without amounts, NotEnoughData with fewer
        than ten such buyers per parameter or amounts that determine nothing.
        """
        if histories.mean_value is None:
            raise Said("histories carry no amounts")
        each = histories.frequency[histories.row_of]
        with np.errstate(invalid="ignore"):
            used = (each > 0) & (histories.mean_value > 0)
        number = int(used.sum())
        needed = PER_PARAMETER * len(cls.NAMES)
        if number < needed:
            raise NotEnoughData("repeat buyers with amounts", needed=needed, have=number)
        frequency, mean = each[used], histories.mean_value[used]
        unit = float(np.exp(np.log(mean).mean()))

        def build(rows: Rows, weight: Floats) -> Likelihood:
            x, of_x = np.unique(frequency[rows], return_inverse=True)
            values = mean[rows] / unit
            by_x = sums(of_x, weight, len(x))
            return _Rows(x, of_x, by_x, values, values * frequency[rows], weight)

        starts = ((1.0, 2.0, 1.0), (5.0, 4.0, 1.0), (0.5, 1.0, 0.5))
        estimate = maximise(build, starts, np.ones(number))
        scale = np.array([1.0, 1.0, unit])
        in_money = estimate._replace(
            values=estimate.values * scale,
            errors=estimate.errors * scale,
            log_likelihood=estimate.log_likelihood - number * float(np.log(unit)),
        )
        return cls(model="gammagamma", customers=number, **named(cls.NAMES, in_money))

    def expected_value(self, x: ArrayLike, mean_value: ArrayLike) -> Floats:
        """Expected mean amount of a customer with x repeats of `mean_value`; broadcast, money.

        Own mean and that of all customers, weighted by how much x repeats say; with x = 0 the
        amount is not looked at. Infinite for x = 0 where q <= 1: the mean of all does not exist.
        """
        p, q, gamma = self.values
        number, mean = np.broadcast_arrays(
            np.asarray(x, dtype=np.float64), np.asarray(mean_value, dtype=np.float64)
        )
        own = np.where(number > 0, number * mean, 0.0)
        weight = p * number + q - 1
        answer: Floats = np.where(
            weight > 0, p * (gamma + own) / np.where(weight > 0, weight, 1.0), np.inf
        )
        return answer

    def simulate(self, x: ArrayLike, rng: np.random.Generator) -> Floats:
        """Mean amounts of customers with x repeats, shape (n,); nan where x = 0."""
        p, q, gamma = self.values
        number = np.asarray(x, dtype=np.float64)
        rate = np.maximum(rng.gamma(q, 1 / gamma, len(number)), 1e-200)
        many = np.maximum(number, 1)
        return np.where(number > 0, rng.gamma(p * many) / (rate * many), np.nan)
