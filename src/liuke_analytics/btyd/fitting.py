"""Maximum likelihood for models with positive parameters, and what every fitted model offers.

Parameters are searched as logarithms. Several starts are tried on a sample of the rows, the best
is polished on all of them, and Newton steps finish. Standard errors come from the curvature by
the delta method. Where the curvature says that the data do not determine a parameter, the answer
is a refusal instead of a number.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from liuke_analytics.arrays import Floats, Ints
from liuke_analytics.btyd.histories import Histories
from liuke_analytics.errors import NotEnoughData

PER_PARAMETER = 10
"""Repeat buyers asked for each parameter: below, the estimate says more of chance than of them."""
_LIMIT = 3.0
"""Largest standard error of a log parameter: beyond, a factor of twenty either way."""
_BOUND = 11.0
_NEAR = 1e-7
_SAMPLE = 20_000
_STEP = 1e-4

Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters to (log-likelihood, gradient by the parameters themselves)."""


Rows = slice | Ints
"""Which rows of the histories."""


class Estimate(NamedTuple):
    """Parameters in their order, their standard errors, and the log-likelihood."""

    values: Floats
    errors: Floats
    log_likelihood: float


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A fitted model: parameters and standard errors by name, log-likelihood, customers used."""

    NAMES: ClassVar[tuple[str, ...]]

    model: str
    params: Mapping[str, float]
    se: Mapping[str, float]
    log_likelihood: float
    customers: int

    def as_dict(self) -> dict[str, Any]:
        """What `fit --json` answers."""
        return {
            "model": self.model,
            "params": dict(self.params),
            "se": dict(self.se),
            "log_likelihood": self.log_likelihood,
            "customers": self.customers,
        }

    @property
    def values(self) -> tuple[float, ...]:
        """The parameters in the order of their names."""
        return tuple(self.params[name] for name in self.NAMES)


@dataclass(frozen=True, kw_only=True)
class HistoryModel(Fitted, ABC):
    """A model fitted to purchase histories."""

    @classmethod
    @abstractmethod
    def fit(cls, histories: Histories) -> Self:
        """Fit by maximum likelihood. Raises NotEnoughData where the data cannot carry it."""


@dataclass(frozen=True, kw_only=True)
class Lifetime(HistoryModel):
    """A fitted model of buying and leaving. Times in weeks; x, t_x and T broadcast."""

    @abstractmethod
    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Probability that the customer has not left by T."""

    @abstractmethod
    def expected(
        self,
        horizon_weeks: float,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
    ) -> Floats:
        """Expected purchases in the `horizon_weeks` after T."""

    @abstractmethod
    def expected_new(self, weeks: ArrayLike) -> Floats:
        """Expected repeat purchases of a new customer within `weeks` of the first purchase."""

    @abstractmethod
    def simulate(self, ages: ArrayLike, rng: np.random.Generator) -> tuple[Ints, Floats]:
        """Repeat purchases of new customers watched for `ages` weeks, shape (n,).

        Returns (customer, weeks since the first purchase), sorted, one entry per repeat.
        """


def require(histories: Histories, parameters: int, *, repeaters: bool = True) -> None:
    """Raise NotEnoughData unless there are enough customers, and repeat buyers among them."""
    needed = PER_PARAMETER * parameters
    if histories.customers < needed:
        raise NotEnoughData("customers", needed=needed, have=histories.customers)
    if repeaters and histories.repeaters < needed:
        raise NotEnoughData("repeat buyers", needed=needed, have=histories.repeaters)


def named(names: Sequence[str], estimate: Estimate) -> dict[str, Any]:
    """An estimate as the fields `params`, `se` and `log_likelihood` of a fitted model."""
    return {
        "params": dict(zip(names, map(float, estimate.values), strict=True)),
        "se": dict(zip(names, map(float, estimate.errors), strict=True)),
        "log_likelihood": estimate.log_likelihood,
    }


def broadcast(x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """The three as float arrays of one shape."""
    number, recency, total = np.broadcast_arrays(
        *(np.asarray(array, dtype=np.float64) for array in (x, t_x, age))
    )
    return number, recency, total


def maximise(
    build: Callable[[Rows, Floats], Likelihood],
    starts: Sequence[Sequence[float]],
    counts: Floats,
) -> Estimate:
    """The best of several starts, polished on all rows.

    `build(rows, weight)` gives the log-likelihood of some rows with those weights; `counts`,
    shape (rows,), are the customers of each. Many rows are searched on a sample of customers
    first. Raises NotEnoughData when the likelihood has no inner maximum or a parameter is not
    determined within a factor of 20.
    """
    customers = round(float(counts.sum()))
    everything = build(slice(None), counts)
    rough = everything
    if len(counts) > 2 * _SAMPLE:
        drawn = np.random.default_rng(0).multinomial(_SAMPLE, counts / counts.sum())
        rows = np.flatnonzero(drawn)
        rough = build(rows, drawn[rows].astype(np.float64))
    found = [_climb(rough, np.log(start), loose=True) for start in starts]
    _, point = max(found, key=lambda pair: pair[0])
    if rough is not everything:
        point = _approach(everything, point, _curvature(rough, point) * (customers / _SAMPLE))
    else:
        _, point = _climb(everything, point, loose=False)
    curvature = _curvature(everything, point)
    point = _approach(everything, point, curvature)
    errors = _errors(curvature)
    if errors is None or np.abs(point).max() > _BOUND - 0.5:
        raise NotEnoughData(
            "customers",
            needed=4 * customers,
            have=customers,
            why="the likelihood has no inner maximum: customers hardly differ in what is fitted",
        )
    if errors.max() > _LIMIT:
        raise NotEnoughData(
            "customers",
            needed=int(np.ceil(customers * (errors.max() / _LIMIT) ** 2)),
            have=customers,
            why="a parameter is not determined within a factor of 20",
        )
    values = np.exp(point)
    return Estimate(values, values * errors, everything(values)[0])


def _approach(likelihood: Likelihood, point: Floats, curvature: Floats) -> Floats:
    """Newton's steps with one curvature, which need a gradient each; a climb where they fail."""
    value, slope = _in_logs(likelihood, point)
    for _ in range(30):
        step = _newton(curvature, slope)
        if step is None:
            break
        if np.abs(step).max() < _NEAR:
            return point
        there, tilt = _in_logs(likelihood, point + step)
        if not there >= value - 1e-9 * abs(value):
            break
        point, value, slope = point + step, there, tilt
    return _climb(likelihood, point, loose=False)[1]


def _in_logs(likelihood: Likelihood, point: Floats) -> tuple[float, Floats]:
    values = np.exp(point)
    value, slope = likelihood(values)
    return value, slope * values


def _climb(likelihood: Likelihood, start: Floats, *, loose: bool) -> tuple[float, Floats]:
    scale = max(abs(_in_logs(likelihood, start)[0]), 1.0)

    def down(point: Floats) -> tuple[float, Floats]:
        value, slope = _in_logs(likelihood, point)
        return -value / scale, -slope / scale

    done = minimize(
        down,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_BOUND, _BOUND)] * len(start),
        options={"ftol": 1e-9 if loose else 1e-13, "gtol": 1e-6 if loose else 1e-9, "maxiter": 500},
    )
    return -float(done.fun) * scale, np.asarray(done.x, dtype=np.float64)


def _curvature(likelihood: Likelihood, point: Floats) -> Floats:
    """The negative Hessian by the log parameters, from central differences of the gradient."""
    size = len(point)
    rows = np.empty((size, size))
    for place in range(size):
        move = np.zeros(size)
        move[place] = _STEP
        up, down = (_in_logs(likelihood, point + sign * move)[1] for sign in (1, -1))
        rows[place] = -(up - down) / (2 * _STEP)
    return (rows + rows.T) / 2


def _newton(curvature: Floats, slope: Floats) -> Floats | None:
    values, vectors = np.linalg.eigh(curvature)
    if values.min() <= 0:
        return None
    step: Floats = vectors @ ((vectors.T @ slope) / values)
    return step if np.abs(step).max() < 1 else None


def _errors(curvature: Floats) -> Floats | None:
    values, vectors = np.linalg.eigh(curvature)
    if values.min() <= 1e-9 * values.max():
        return None
    spread: Floats = np.sqrt((vectors**2 / values).sum(axis=1))
    return spread
