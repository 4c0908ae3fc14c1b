"""Pareto/NBD: customers leave at any time, not at a purchase (Schmittlein, Morrison, Colombo 1987).

Rate of buying λ ~ Gamma(r, α), rate of leaving μ ~ Gamma(s, β). The usual form of the likelihood
with Gauss' hypergeometric function cancels and overflows; here the integral over the moment of
leaving is done as it stands, by Gauss-Legendre on a logarithmic axis, with its gradient.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, expit, exprel, gammaln

from liuke_analytics.arrays import Floats, Ints
from liuke_analytics.btyd.fitting import (
    Lifetime,
    Likelihood,
    Rows,
    broadcast,
    maximise,
    named,
    require,
)
from liuke_analytics.btyd.histories import Histories

STARTS = ((1.0, 10.0, 1.0, 10.0), (0.5, 5.0, 0.5, 20.0), (3.0, 10.0, 0.3, 3.0))
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_NODES, _LOG_WEIGHTS = (_NODES + 1) / 2, np.log(_WEIGHTS / 2)
_FOLDS = 42.0
"""Beyond e^-42 of its height the integrand no longer counts."""
_CHUNK = 4_096


class _Parts(NamedTuple):
    """Of each history: log chance of living on and of having left; at the moments of leaving,
    log(α + t), log(β + t) and the share of each, shape (rows, nodes)."""

    alive: Floats
    left: Floats
    log_buying: Floats
    log_leaving: Floats
    shares: Floats


def _parts(values: tuple[float, ...], x: Floats, recency: Floats, age: Floats) -> _Parts:
    r, alpha, s, beta = values
    shape = r + x
    alive = -shape * np.log(alpha + age) + s * np.log(beta / (beta + age))
    reach = (alpha + recency) * np.exp(np.minimum(_FOLDS / shape, 500.0)) - alpha
    end = np.minimum(age, reach)
    least = min(alpha, beta)
    low = np.log(least + recency)
    width = np.log(least + end) - low
    # The axis is the logarithm of one of the two sums; only the other is computed.
    near = low[:, None] + width[:, None] * _NODES
    far = np.log(np.exp(near) + (max(alpha, beta) - least))
    log_buying, log_leaving = (near, far) if alpha <= beta else (far, near)
    with np.errstate(divide="ignore"):
        log_width = np.log(width)
    logs = _LOG_WEIGHTS - shape[:, None] * log_buying - (s + 1) * log_leaving + near
    top = logs.max(axis=1)
    shares = np.exp(logs - top[:, None])
    total = shares.sum(axis=1)
    left = top + np.log(total) + log_width + np.log(s) + s * np.log(beta)
    return _Parts(alive, left, log_buying, log_leaving, shares / total[:, None])


@dataclass(frozen=True)
class _Rows:
    x: Floats
    recency: Floats
    age: Floats
    weight: Floats

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by (r, α, s, β)."""
        value, slope = 0.0, np.zeros(4)
        for start in range(0, len(self.x), _CHUNK):
            part = slice(start, start + _CHUNK)
            more, tilt = self._chunk(values, part)
            value += more
            slope += tilt
        return value, slope

    def _chunk(self, values: Floats, part: slice) -> tuple[float, Floats]:
        r, alpha, s, beta = (float(value) for value in values)
        x, recency, age, weight = (
            array[part] for array in (self.x, self.recency, self.age, self.weight)
        )
        shape = r + x
        alive, left, log_buying, log_leaving, shares = _parts((r, alpha, s, beta), x, recency, age)
        value = weight @ (
            gammaln(shape) - gammaln(r) + r * np.log(alpha) + np.logaddexp(alive, left)
        )
        here = weight * expit(alive - left)
        gone = weight - here

        def mean(figure: Floats) -> Floats:
            average: Floats = np.einsum("ij,ij->i", shares, figure)
            return average

        slope = np.array(
            [
                weight @ (digamma(shape) - digamma(r) + np.log(alpha))
                - here @ np.log(alpha + age)
                - gone @ mean(log_buying),
                weight.sum() * r / alpha
                - here @ (shape / (alpha + age))
                - gone @ (shape * mean(np.exp(-log_buying))),
                here @ np.log(beta / (beta + age))
                + gone @ (1 / s + np.log(beta) - mean(log_leaving)),
                here @ (s / beta - s / (beta + age))
                + gone @ (s / beta - (s + 1) * mean(np.exp(-log_leaving))),
            ]
        )
        return float(value), slope


@dataclass(frozen=True, kw_only=True)
class ParetoNbd(Lifetime):
    """r, alpha (weeks): rate of buying; s, beta (weeks): rate of leaving."""

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    @classmethod
    def fit(cls, histories: Histories) -> Self:
        """Fit by maximum likelihood. Raises NotEnoughData where the data cannot carry it."""
        require(histories, parameters=4)

        def build(rows: Rows, weight: Floats) -> Likelihood:
            return _Rows(
                histories.frequency[rows], histories.recency[rows], histories.age[rows], weight
            )

        estimate = maximise(build, STARTS, histories.counts)
        return cls(model="paretonbd", customers=histories.customers, **named(cls.NAMES, estimate))

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that the customer has not left by T; broadcast, weeks."""
        arrays = broadcast(x, t_x, T)
        flat = [array.ravel() for array in arrays]
        answer = np.empty(flat[0].shape)
        for start in range(0, len(answer), _CHUNK):
            part = slice(start, start + _CHUNK)
            parts = _parts(self.values, *(array[part] for array in flat))
            answer[part] = expit(parts.alive - parts.left)
        return answer.reshape(arrays[0].shape)

    def expected(
        self,
        horizon_weeks: float,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """Expected purchases in the `horizon_weeks` after T; broadcast, weeks.

        Raises ValueError for a negative horizon.
        """
        if not horizon_weeks >= 0:
            raise ValueError("horizon_weeks must not be negative")
        number, recency, age = broadcast(x, t_x, T)
        r, alpha, _, _ = self.values
        rate = (r + number) / (alpha + age)
        return rate * self._lived(horizon_weeks, age) * self.p_alive(number, recency, age)

    def expected_new(self, weeks: ArrayLike) -> Floats:
        """Expected repeat purchases within `weeks` of the first purchase, any shape."""
        spans = np.asarray(weeks, dtype=np.float64)
        r, alpha, _, _ = self.values
        return r / alpha * self._lived(spans, np.zeros_like(spans))

    def simulate(self, ages: ArrayLike, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Repeat purchases as (customer, weeks since the first purchase), sorted."""
        r, alpha, s, beta = self.values
        watched = np.asarray(ages, dtype=np.float64)
        rate = rng.gamma(r, 1 / alpha, len(watched))
        leaving = np.maximum(rng.gamma(s, 1 / beta, len(watched)), 1e-200)
        end = np.minimum(watched, rng.exponential(1.0, len(watched)) / leaving)
        customer = np.repeat(np.arange(len(watched)), rng.poisson(rate * end))
        week = rng.random(len(customer)) * end[customer]
        order = np.lexsort((week, customer))
        return customer[order], week[order]

    def _lived(self, horizon: ArrayLike, age: Floats) -> Floats:
        """Expected weeks of life within the horizon for somebody alive at T."""
        _, _, s, beta = self.values
        span = np.log1p(np.asarray(horizon) / (beta + age))
        weeks: Floats = (beta + age) * span * exprel(-(s - 1) * span)
        return weeks
