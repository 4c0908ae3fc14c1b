"""Logistic regression by Newton's method: plain, ridge, or Firth's (1993) against small samples."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
_STEPS = 200


class Logistic(NamedTuple):
    """Coefficients (columns,), their covariance (columns, columns), fitted probabilities (n,)."""

    coefficients: Floats
    covariance: Floats
    probability: Floats


def logistic(
    design: ArrayLike,
    outcome: ArrayLike,
    *,
    ridge: ArrayLike = 0.0,
    firth: bool = False,
    offset: ArrayLike = 0.0,
) -> Logistic:
    """Fit P(outcome) = 1 / (1 + exp(−offset − design · coefficients)).

    design (n, columns) with a column of ones if an intercept is wanted; `ridge` is one penalty
    λ/2·β² for all columns or one each. ArithmeticError when nothing finite is most likely
    (a column separates the outcomes): use firth or ridge.
    """
    x, y = np.asarray(design, float), np.asarray(outcome, float)
    penalty = np.broadcast_to(np.asarray(ridge, float), x.shape[1:])
    base = np.asarray(offset, float)
    beta = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = expit(base + x @ beta)
        weight = p * (1 - p)
        information = (x.T * weight) @ x
        bent = information + np.diag(penalty)
        try:
            inverse = np.linalg.inv(bent)
        except np.linalg.LinAlgError:
            break
        residual = y - p
        if firth:
            hat = weight * ((x @ inverse) * x).sum(axis=1)
            residual = residual + hat * (0.5 - p)
        step = inverse @ (x.T @ residual - penalty * beta)
        # Long steps overshoot where probabilities are close to 0 or 1.
        beta = beta + step * min(1.0, 5.0 / max(1e-300, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-9:
            covariance = inverse @ information @ inverse
            return Logistic(beta, covariance, expit(base + x @ beta))
    raise ArithmeticError("no finite coefficients: a trait separates the outcomes")
