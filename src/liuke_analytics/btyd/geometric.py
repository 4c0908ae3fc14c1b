"""What BG/NBD, MBG/NBD and MBG/CNBD-k share: a customer may leave after each purchase.

Gaps are Erlang-k with rate λ ~ Gamma(r, α); after a purchase the customer leaves with probability
p ~ Beta(a, b). In BG/NBD nobody leaves after the first purchase, in the MBG models anybody may:
the chances to leave that were survived are x + `first_chance`. Derivations: Fader, Hardie and Lee
(2005); Batislam, Denizel and Filiztekin (2007); Platzer and Reutterer (2016). The sum over the
stages of the open gap and the exact expectation for k > 1 are worked out in docs/methods.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaln, digamma, expit, gammaln, hyp2f1

from liuke_analytics.arrays import Floats, Ints, dot, sums
from liuke_analytics.btyd.fitting import Estimate, Lifetime, Likelihood, Rows, broadcast, maximise
from liuke_analytics.btyd.histories import Histories

STARTS = ((1.0, 10.0, 1.0, 2.0), (0.3, 4.0, 0.5, 5.0), (3.0, 10.0, 0.2, 1.0))
_NOBODY = (1e-9, 1.0)
_SHARES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
_ALIKE = 1e6
"""a + b of customers who all leave with the same probability."""
_MANY = 1_000
_TAIL = 1e-13


@dataclass(frozen=True)
class _Rows:
    """Sums that do not depend on the parameters, and codes into the distinct x, t_x and T."""

    k: int
    x: Floats
    survived: Floats
    recency: Floats
    age: Floats
    of_x: Ints
    of_recency: Ints
    of_age: Ints
    weight: Floats
    by_x: Floats
    by_age: Floats
    purchases_by_age: Floats

    @classmethod
    def of(
        cls, histories: Histories, rows: Rows, weight: Floats, k: int, first_chance: int
    ) -> "_Rows":
        x, of_x = np.unique(histories.frequency[rows], return_inverse=True)
        recency, of_recency = np.unique(histories.recency[rows], return_inverse=True)
        age, of_age = np.unique(histories.age[rows], return_inverse=True)
        return cls(
            k=k,
            x=x,
            survived=x + first_chance,
            recency=recency,
            age=age,
            of_x=of_x,
            of_recency=of_recency,
            of_age=of_age,
            weight=weight,
            by_x=sums(of_x, weight, len(x)),
            by_age=sums(of_age, weight, len(age)),
            purchases_by_age=sums(of_age, weight * x[of_x], len(age)),
        )

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Log-likelihood and its gradient by (r, α, a, b)."""
        r, alpha, a, b = (float(value) for value in values)
        shape = r + self.k * self.x
        age, recency = alpha + self.age, alpha + self.recency
        log_age, log_recency = np.log(age), np.log(recency)
        stages = r * self.by_age + self.k * self.purchases_by_age
        stayed = b + self.survived
        may_have_left = self.survived > 0
        before = np.where(may_have_left, stayed - 1, 1.0)
        left = np.where(may_have_left, np.log(a / before), -np.inf)

        ratio = log_age[self.of_age] - log_recency[self.of_recency]
        log_left = left[self.of_x] + shape[self.of_x] * ratio
        log_open, open_r, open_alpha = self._open_gap(shape, age)
        gone = self.weight * expit(log_left - log_open)
        here = self.weight - gone

        value = (
            self.by_x @ (gammaln(shape) - gammaln(r) + betaln(a, stayed) - betaln(a, b))
            + self.by_x.sum() * r * np.log(alpha)
            - stages @ log_age
            + dot(self.weight, np.logaddexp(log_left, log_open))
        )
        gone_by_x = sums(self.of_x, gone, len(self.x))
        total = self.by_x.sum()
        both = digamma(a + stayed)
        slope_r = (
            self.by_x @ (digamma(shape) - digamma(r))
            + total * np.log(alpha)
            - self.by_age @ log_age
            + dot(gone, ratio)
            + dot(here, open_r)
        )
        shape_gone = gone * shape[self.of_x]
        slope_alpha = (
            total * r / alpha
            - stages @ (1 / age)
            + dot(shape_gone, (1 / age)[self.of_age] - (1 / recency)[self.of_recency])
            + dot(here, open_alpha)
        )
        slope_a = self.by_x @ (digamma(a + b) - both) + gone_by_x.sum() / a
        slope_b = self.by_x @ (digamma(stayed) - both - digamma(b) + digamma(a + b)) - (
            gone_by_x @ np.where(may_have_left, 1 / before, 0.0)
        )
        return float(value), np.array([slope_r, slope_alpha, slope_a, slope_b])

    def _open_gap(self, shape: Floats, age: Floats) -> tuple[Floats, Floats, Floats]:
        """Logarithm of the chance of the open gap beside that of k = 1, and its gradient."""
        size = len(self.weight)
        if self.k == 1:
            none = np.zeros(size)
            return none, none, none
        share = (self.age[self.of_age] - self.recency[self.of_recency]) / age[self.of_age]
        form = shape[self.of_x]
        term, total = np.ones(size), np.ones(size)
        rise, by_shape, by_stage = np.zeros(size), np.zeros(size), np.zeros(size)
        for stage in range(1, self.k):
            term = term * share * (form + stage - 1) / stage
            rise = rise + 1 / (form + stage - 1)
            total = total + term
            by_shape = by_shape + term * rise
            by_stage = by_stage + term * stage
        return np.log(total), by_shape / total, -by_stage / total / age[self.of_age]


def fit(histories: Histories, k: int, first_chance: int) -> Estimate:
    """Estimate (r, α, a, b) with gaps of k stages."""

    def build(rows: Rows, weight: Floats) -> Likelihood:
        return _Rows.of(histories, rows, weight, k, first_chance)

    starts = [(r, alpha * k, a, b) for r, alpha, a, b in STARTS]
    return maximise(build, starts, histories.counts)


def fit_staying(histories: Histories, k: int, first_chance: int) -> Estimate | None:
    """Estimate (r, α) as if nobody left; None where the data say that somebody does."""

    def build(rows: Rows, weight: Floats) -> Likelihood:
        whole = _Rows.of(histories, rows, weight, k, first_chance)

        def likelihood(values: Floats) -> tuple[float, Floats]:
            value, slope = whole(np.array([values[0], values[1], *_NOBODY]))
            return value, slope[:2]

        return likelihood

    found = maximise(build, [(r, alpha * k) for r, alpha, _, _ in STARTS], histories.counts)
    whole = _Rows.of(histories, slice(None), histories.counts, k, first_chance)
    for share in _SHARES:
        leaving = np.array([share * _ALIKE, (1 - share) * _ALIKE])
        if whole(np.concatenate([found.values, leaving]))[0] > found.log_likelihood + 1:
            return None
    return found


def fit_alike(histories: Histories, k: int, first_chance: int) -> Estimate:
    """Estimate (r, α, odds of leaving after a purchase) as if these odds were the same for all.

    Raises NotEnoughData where even that is not determined.
    """

    def build(rows: Rows, weight: Floats) -> Likelihood:
        whole = _Rows.of(histories, rows, weight, k, first_chance)

        def likelihood(values: Floats) -> tuple[float, Floats]:
            odds = float(values[2])
            a, b = _ALIKE * odds / (1 + odds), _ALIKE / (1 + odds)
            value, slope = whole(np.array([values[0], values[1], a, b]))
            step = _ALIKE / (1 + odds) ** 2
            return value, np.array([slope[0], slope[1], (slope[2] - slope[3]) * step])

        return likelihood

    starts = [(r, alpha * k, share) for r, alpha, _, _ in STARTS for share in (0.02, 0.2)]
    return maximise(build, starts, histories.counts)


@dataclass(frozen=True, kw_only=True)
class BetaGeometric(Lifetime):
    """P(alive), expectation and simulation of the three models."""

    FIRST_CHANCE: ClassVar[int]

    @property
    def stages(self) -> int:
        """k of the gaps."""
        return 1

    @property
    def _four(self) -> tuple[float, float, float, float]:
        params = self.params
        return params["r"], params["alpha"], params["a"], params["b"]

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that the customer has not left by T; broadcast, weeks."""
        r, alpha, a, b = self._four
        number, recency, age = broadcast(x, t_x, T)
        shape = r + self.stages * number
        survived = number + self.FIRST_CHANCE
        before = np.where(survived > 0, b + survived - 1, 1.0)
        left = np.where(
            survived > 0,
            np.log(a / before) + shape * np.log((alpha + age) / (alpha + recency)),
            -np.inf,
        )
        open_gap = np.log(np.sum(self._stage_terms(shape, age - recency, alpha + age), axis=0))
        alive: Floats = expit(open_gap - left)
        return alive

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
        shape = number.shape
        number, recency, age = number.ravel(), recency.ravel(), age.ravel()
        if self.stages == 1:
            if_alive = _by_pair(number, age, lambda n, t: self._if_alive(horizon_weeks, n, t))
        else:
            if_alive = self._series(horizon_weeks, number, recency, age)
        return (self.p_alive(number, recency, age) * if_alive).reshape(shape)

    def expected_new(self, weeks: ArrayLike) -> Floats:
        """Expected repeat purchases within `weeks` of the first purchase, any shape."""
        spans = np.asarray(weeks, dtype=np.float64)
        nothing = np.zeros(1)
        found, place = np.unique(spans, return_inverse=True)
        each = [float(self.expected(span, nothing, nothing, nothing)[0]) for span in found]
        return np.array(each)[place].reshape(spans.shape)

    def simulate(self, ages: ArrayLike, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Repeat purchases as (customer, weeks since the first purchase), sorted."""
        r, alpha, a, b = self._four
        watched = np.asarray(ages, dtype=np.float64)
        rate = np.maximum(rng.gamma(r, 1 / alpha, len(watched)), 1e-200)
        leave = rng.beta(a, b, len(watched))
        who = np.arange(len(watched))
        if self.FIRST_CHANCE:
            who = who[rng.random(len(who)) >= leave]
        time = np.zeros(len(who))
        customers, times = [], []
        while len(who):
            time = time + rng.gamma(self.stages, 1.0, len(who)) / rate[who]
            came = time <= watched[who]
            who, time = who[came], time[came]
            customers.append(who)
            times.append(time)
            stays = rng.random(len(who)) >= leave[who]
            who, time = who[stays], time[stays]
        customer = np.concatenate([np.empty(0, dtype=np.int64), *customers])
        week = np.concatenate([np.empty(0), *times])
        order = np.argsort(customer, kind="stable")
        return customer[order], week[order]

    def _stage_terms(self, shape: Floats, gap: Floats, age: Floats) -> list[Floats]:
        """Relative chance that the open gap has passed 0, 1, … k-1 stages."""
        terms = [np.ones_like(shape)]
        for stage in range(1, self.stages):
            terms.append(terms[-1] * gap / age * (shape + stage - 1) / stage)
        return terms

    def _if_alive(self, horizon: float, number: Floats, age: Floats) -> Floats:
        """Expected purchases of customers alive at T, k = 1: closed form, else the series."""
        r, alpha, a, b = self._four
        shape, stayed = r + number, b + number + self.FIRST_CHANCE
        most = shape * horizon / (alpha + age)
        if abs(a - 1) < 1e-4:
            return self._series(horizon, number, age, age)
        with np.errstate(all="ignore"):
            share = horizon / (alpha + age + horizon)
            power = hyp2f1(shape, stayed, a + stayed - 1, share) * (1 - share) ** shape
            answer: Floats = (a + stayed - 1) / (a - 1) * (1 - power)
            doubtful = ~((answer >= 0) & (answer <= most * (1 + 1e-9)))
        if doubtful.any():
            answer[doubtful] = self._series(horizon, number[doubtful], age[doubtful], age[doubtful])
        return answer

    def _series(self, horizon: float, number: Floats, recency: Floats, age: Floats) -> Floats:
        """Expected purchases if alive at T: sum over i of P(i-th would come and is not preceded
        by leaving). The stages passed until T + h are negative binomial, a Beta tail each."""
        r, alpha, a, b = self._four
        shape, stayed = r + self.stages * number, b + number + self.FIRST_CHANCE
        terms = self._stage_terms(shape, age - recency, alpha + age)
        total = np.sum(terms, axis=0)
        share = horizon / (alpha + age + horizon)
        answer = np.zeros_like(shape)
        still = np.ones_like(shape)
        rows = np.arange(len(shape))
        ordinal = 0
        while len(rows):
            come = np.zeros(len(rows))
            for stage, term in enumerate(terms):
                needed = (ordinal + 1) * self.stages - stage
                chance = betainc(needed, shape[rows] + stage, share[rows])
                come += term[rows] / total[rows] * chance
            gain = come * still[rows]
            answer[rows] += gain
            still[rows] *= (stayed[rows] + ordinal) / (a + stayed[rows] + ordinal)
            ordinal += 1
            rows = rows[gain > _TAIL * np.maximum(answer[rows], 1e-3)]
        return answer


def _by_pair(number: Floats, age: Floats, figure: Callable[[Floats, Floats], Floats]) -> Floats:
    """`figure(number, age)`, computed once per distinct pair where there are many."""
    if len(number) < _MANY:
        return figure(number, age)
    numbers, of_number = np.unique(number, return_inverse=True)
    ages, of_age = np.unique(age, return_inverse=True)
    pairs, place = np.unique(of_number * len(ages) + of_age, return_inverse=True)
    return figure(numbers[pairs // len(ages)], ages[pairs % len(ages)])[place]
