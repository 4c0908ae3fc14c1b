"""Measures of probabilities against what came. All arrays have the shape (cases,)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit, xlogy

from liuke_analytics.arrays import ranks
from liuke_analytics.logistic import logistic
from liuke_analytics.wilson import Rate, rate

Floats = NDArray[np.float64]
# A certain prediction that fails costs infinitely much; nobody is that certain.
EDGE = 1e-6


class Measures(NamedTuple):
    """`log_loss` and `brier`: less is better. `intercept`: log-odds by which all probabilities
    are too low (+) or too high (−), 0 is right. `slope`: below 1 the probabilities are too
    extreme, above 1 too timid; None if it cannot be told. `auc`: chance that a case with the
    event got the higher score, .5 is guessing. `top`: events among the k highest scores."""

    log_loss: float
    brier: float
    intercept: float | None
    slope: float | None
    auc: float | None
    top: Rate


class Scorecard(NamedTuple):
    """The score and its two baselines over the same cases. `recency_wins` compares log-loss."""

    model: Measures
    recency: Measures
    base_rate: Measures
    cases: int
    events: int
    recency_wins: bool


def measures(probability: ArrayLike, event: ArrayLike, top: int) -> Measures:
    """Judge `probability` of an `event` (0 or 1); `top` is the k of the hit rate.

    Raises ValueError without a case.
    """
    p = np.clip(np.asarray(probability, float), EDGE, 1 - EDGE)
    y = (np.asarray(event) == 1).astype(float)
    if not len(y):
        raise ValueError("not enough data: at least 1 case needed")
    loss = -float((xlogy(y, p) + xlogy(1 - y, 1 - p)).mean())
    both = 0 < y.sum() < len(y)
    highest = np.argsort(-p, kind="stable")[:top]
    return Measures(
        loss,
        float(((p - y) ** 2).mean()),
        _intercept(p, y) if both else None,
        _slope(p, y) if both and np.ptp(p) > 0 else None,
        _auc(p, y) if both else None,
        rate(int(y[highest].sum()), len(highest)),
    )


def _auc(p: Floats, y: Floats) -> float:
    """The chance that a random event has the higher probability than a random other; ties half."""
    events = y.sum()
    high = ranks(p)[y == 1].sum()
    return float((high - events * (events + 1) / 2) / (events * (len(y) - events)))


def compare(
    model: ArrayLike, recency: ArrayLike, base_rate: ArrayLike, event: ArrayLike, top: int
) -> Scorecard:
    """The scorecard of three predictions of one event, each as in `measures`."""
    y = np.asarray(event) == 1
    score, plain, base = (measures(column, y, top) for column in (model, recency, base_rate))
    return Scorecard(score, plain, base, len(y), int(y.sum()), plain.log_loss < score.log_loss)


def _intercept(p: Floats, y: Floats) -> float | None:
    try:
        return float(logistic(np.ones((len(y), 1)), y, offset=logit(p)).coefficients[0])
    except ArithmeticError:
        return None


def _slope(p: Floats, y: Floats) -> float | None:
    try:
        design = np.column_stack([np.ones(len(y)), logit(p)])
        return float(logistic(design, y).coefficients[1])
    except ArithmeticError:
        return None
