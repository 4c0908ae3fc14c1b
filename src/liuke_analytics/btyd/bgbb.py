"""BG/BB: whether a customer comes in a period or not (Fader, Hardie and Shang 2010).

In each period a customer alive comes with probability Beta(α, β); at the beginning of each period
the customer leaves with probability Beta(γ, δ). Suits rounds, markets, donations, seasons.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln

from liuke_analytics.arrays import Floats, Ints, dot
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
from liuke_analytics.saying import Said

STARTS = ((1.0, 1.0, 1.0, 3.0), (0.5, 2.0, 0.5, 5.0), (2.0, 2.0, 0.5, 1.0))


@dataclass(frozen=True)
class _Terms:
    """Every way a history can have come about: left after period t_x + i, or still here."""

    weight: Floats
    begin: Ints
    row: Ints
    came: Ints
    missed: Ints
    left: Ints
    stayed: Ints

    @classmethod
    def of(cls, x: Ints, recency: Ints, periods: Ints, weight: Floats) -> "_Terms":
        ways = periods - recency + 1
        begin = np.cumsum(ways) - ways
        row = np.repeat(np.arange(len(x)), ways)
        step = np.arange(len(row)) - begin[row]
        here = step == periods[row] - recency[row]
        return cls(
            weight=weight,
            begin=begin,
            row=row,
            came=x[row],
            missed=recency[row] - x[row] + step,
            left=np.where(here, 0, 1),
            stayed=recency[row] + step,
        )

    def logs(self, values: tuple[float, ...]) -> tuple[Floats, Floats]:
        """Logarithm of every way, shape (ways,), and of their sums, shape (rows,)."""
        a, b, c, d = values
        logs = (
            _rising(a, self.came)
            + _rising(b, self.missed)
            - _rising(a + b, self.came + self.missed)
            + _rising(c, self.left)
            + _rising(d, self.stayed)
            - _rising(c + d, self.left + self.stayed)
        )
        top = np.maximum.reduceat(logs, self.begin)
        return logs, top + np.log(np.add.reduceat(np.exp(logs - top[self.row]), self.begin))

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by (α, β, γ, δ)."""
        a, b, c, d = (float(value) for value in values)
        logs, sums = self.logs((a, b, c, d))
        share = np.exp(logs - sums[self.row]) * self.weight[self.row]
        purchases = _slope(a + b, self.came + self.missed)
        life = _slope(c + d, self.left + self.stayed)
        slope = np.array(
            [
                dot(share, _slope(a, self.came) - purchases),
                dot(share, _slope(b, self.missed) - purchases),
                dot(share, _slope(c, self.left) - life),
                dot(share, _slope(d, self.stayed) - life),
            ]
        )
        return dot(self.weight, sums), slope


def _rising(base: float, steps: Ints) -> Floats:
    """log Γ(base + n) - log Γ(base), by table."""
    table: Floats = gammaln(base + np.arange(steps.max() + 1)) - gammaln(base)
    return table[steps]


def _slope(base: float, steps: Ints) -> Floats:
    table: Floats = digamma(base + np.arange(steps.max() + 1)) - digamma(base)
    return table[steps]


@dataclass(frozen=True, kw_only=True)
class BgBb(Lifetime):
    """alpha, beta: coming in a period; gamma, delta: leaving before one.

    `period_weeks` is the length of a period; histories and horizons must be whole periods.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    period_weeks: float = 1.0

    @classmethod
    def fit(cls, histories: Histories, period_weeks: float = 1.0) -> Self:
        """Fit by maximum likelihood to histories of whole periods.

        Read them with `Histories.from_purchases(..., period_days=7 * period_weeks)`. Raises
        ValueError for broken periods, NotEnoughData where the data cannot carry it.
        """
        require(histories, parameters=4)
        x = histories.frequency.astype(np.int64)
        recency = _whole(histories.recency, period_weeks, "recency")
        periods = _whole(histories.age, period_weeks, "age")
        if (x > recency).any():
            raise Said("frequency must not exceed the periods until the last purchase")

        def build(rows: Rows, weight: Floats) -> Likelihood:
            return _Terms.of(x[rows], recency[rows], periods[rows], weight)

        estimate = maximise(build, STARTS, histories.counts)
        return cls(
            model="bgbb",
            customers=histories.customers,
            period_weeks=period_weeks,
            **named(cls.NAMES, estimate),
        )

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability of being there in the period after T, as published; broadcast, weeks."""
        arrays = broadcast(x, t_x, T)
        here = self._here(*arrays)
        _, _, c, d = self.values
        periods = arrays[2] / self.period_weeks
        answer: Floats = here * (d + periods) / (c + d + periods)
        return answer

    def expected(
        self,
        horizon_weeks: float,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """Expected periods with a purchase in the `horizon_weeks` after T; broadcast, weeks."""
        arrays = broadcast(x, t_x, T)
        a, b, c, d = self.values
        ahead = int(_whole(np.atleast_1d(horizon_weeks), self.period_weeks, "horizon_weeks")[0])
        periods = arrays[2] / self.period_weeks
        lived = np.zeros(periods.shape)
        still = np.ones(periods.shape)
        for step in range(ahead):
            still = still * (d + periods + step) / (c + d + periods + step)
            lived += still
        answer: Floats = self._here(*arrays) * (a + arrays[0]) / (a + b + periods) * lived
        return answer

    def expected_new(self, weeks: ArrayLike) -> Floats:
        """Expected periods with a repeat purchase within `weeks` of the first, any shape."""
        spans = np.asarray(weeks, dtype=np.float64)
        found, place = np.unique(spans, return_inverse=True)
        nothing = np.zeros(1)
        each = [float(self.expected(span, nothing, nothing, nothing)[0]) for span in found]
        return np.array(each)[place].reshape(spans.shape)

    def simulate(self, ages: ArrayLike, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Repeat purchases as (customer, weeks since the first purchase), sorted."""
        a, b, c, d = self.values
        watched = np.floor(np.asarray(ages, dtype=np.float64) / self.period_weeks)
        come, leave = rng.beta(a, b, len(watched)), rng.beta(c, d, len(watched))
        who = np.arange(len(watched))
        customers, times = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        period = 0
        while len(who):
            period += 1
            who = who[(watched[who] >= period) & (rng.random(len(who)) >= leave[who])]
            bought = who[rng.random(len(who)) < come[who]]
            customers.append(bought)
            times.append(np.full(len(bought), period * self.period_weeks))
        customer, week = np.concatenate(customers), np.concatenate(times)
        order = np.argsort(customer, kind="stable")
        return customer[order], week[order]

    def _here(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """Probability of being alive in the last period observed."""
        shape = x.shape
        terms = _Terms.of(
            x.ravel().astype(np.int64),
            _whole(recency.ravel(), self.period_weeks, "recency"),
            _whole(age.ravel(), self.period_weeks, "age"),
            np.ones(x.size),
        )
        logs, sums = terms.logs(self.values)
        last = np.append(terms.begin[1:], len(logs)) - 1
        answer: Floats = np.exp(logs[last] - sums)
        return answer.reshape(shape)


def _whole(weeks: Floats, period: float, name: str) -> Ints:
    number = np.rint(weeks / period)
    if not np.allclose(number * period, weeks, rtol=0, atol=1e-6):
        raise Said("{name} must be whole periods of {period:g} weeks", name=name, period=period)
    return number.astype(np.int64)
