"""From coefficients to what people can read: how much the risk differs, all else as it is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import norm

from liuke_analytics.logistic import logistic
from liuke_analytics.rates import Interval, discoveries

Floats = NDArray[np.float64]
CASES_PER_TRAIT = 10


class Factor(NamedTuple):
    """`risk_difference`: average change of the risk when a yes/no trait goes from no to yes, or
    any other trait up by one standard deviation, everything else as it is. `q` is corrected for
    the number of traits looked at; `found` says q ≤ limit; `chosen` is the share of bootstrap
    samples in which it was found again (None if not asked for)."""

    name: str
    risk_difference: float
    interval: Interval
    p: float
    q: float
    found: bool
    chosen: float | None


class Factors(NamedTuple):
    """All traits, the surest first; `customers` looked at, `events` among them."""

    factors: tuple[Factor, ...]
    customers: int
    events: int


def factors(
    traits: ArrayLike,
    outcome: ArrayLike,
    names: Sequence[str],
    *,
    method: str = "firth",
    ridge: float = 1.0,
    limit: float = 0.10,
    level: float = 0.95,
    resamples: int = 0,
    seed: int = 0,
) -> Factors:
    """Which of the `traits` (customers, traits) go with `outcome` (customers,) of 0 and 1.

    `method` "firth" (default) or "ridge" with penalty `ridge` on standardised traits (intervals
    then lean towards 0). ValueError when the rarer outcome has fewer than CASES_PER_TRAIT cases
    per trait (ridge: CASES_PER_TRAIT in all) or a trait is the same for all.
    """
    x, y = np.asarray(traits, float), (np.asarray(outcome) == 1).astype(float)
    _check(x, y, names, method)
    effect, error = _risk_differences(x, y, method, ridge)
    p = 2 * norm.sf(np.abs(effect / error))
    found, q = discoveries(p, limit)
    chosen = _chosen(x, y, method, ridge, limit, resamples, seed) if resamples else None
    reach = float(norm.ppf((1 + level) / 2))
    rows = [
        Factor(
            name,
            float(effect[index]),
            Interval(float(effect[index] - reach * error[index]),
                     float(effect[index] + reach * error[index])),
            float(p[index]),
            float(q[index]),
            bool(found[index]),
            None if chosen is None else float(chosen[index]),
        )
        for index, name in enumerate(names)
    ]  # fmt: skip
    rows.sort(key=lambda row: row.p)
    return Factors(tuple(rows), len(y), int(y.sum()))


def _check(x: Floats, y: Floats, names: Sequence[str], method: str) -> None:
    if method not in ("firth", "ridge"):
        raise ValueError(f"{method!r} is neither firth nor ridge")
    if x.shape != (len(y), len(names)):
        raise ValueError("traits have the shape (customers, names)")
    rarer = int(min(y.sum(), len(y) - y.sum()))
    needed = CASES_PER_TRAIT * (x.shape[1] if method == "firth" else 1)
    if rarer < needed:
        raise ValueError(f"not enough data: {needed} cases of each outcome needed, have {rarer}")
    for index, name in enumerate(names):
        if np.ptp(x[:, index]) == 0:
            raise ValueError(f"{name} is the same for all customers")


def _risk_differences(x: Floats, y: Floats, method: str, ridge: float) -> tuple[Floats, Floats]:
    """Average risk differences and standard errors (delta method), both (traits,)."""
    centre, scale = x.mean(axis=0), x.std(axis=0)
    design = np.column_stack([np.ones(len(y)), (x - centre) / scale])
    penalty = np.append(0.0, np.full(x.shape[1], ridge))
    fitted = (
        logistic(design, y, firth=True) if method == "firth" else logistic(design, y, ridge=penalty)
    )
    effect, error = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for index in range(x.shape[1]):
        binary = np.isin(x[:, index], (0, 1)).all()
        low, high = design.copy(), design.copy()
        if binary:
            low[:, index + 1] = (0 - centre[index]) / scale[index]
            high[:, index + 1] = (1 - centre[index]) / scale[index]
        else:
            high[:, index + 1] += 1
        p_low, p_high = (expit(side @ fitted.coefficients) for side in (low, high))
        slope = (p_high * (1 - p_high)) @ high - (p_low * (1 - p_low)) @ low
        slope = slope / len(y)
        effect[index] = (p_high - p_low).mean()
        error[index] = np.sqrt(slope @ fitted.covariance @ slope)
    return effect, error


def _chosen(
    x: Floats, y: Floats, method: str, ridge: float, limit: float, resamples: int, seed: int
) -> Floats:
    generator = np.random.default_rng(seed)
    count, used = np.zeros(x.shape[1]), 0
    for _ in range(resamples):
        pick = generator.integers(0, len(y), len(y))
        if not 0 < y[pick].sum() < len(y) or (np.ptp(x[pick], axis=0) == 0).any():
            continue
        effect, error = _risk_differences(x[pick], y[pick], method, ridge)
        count += discoveries(2 * norm.sf(np.abs(effect / error)), limit)[0]
        used += 1
    return count / max(1, used)
