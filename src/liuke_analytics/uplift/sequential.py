"""Looking before the end without fooling oneself.

`look`: three looks at a third, two thirds and all of the planned people, O'Brien-Fleming bounds,
5 % false alarms over all three (O'Brien, Fleming 1979). `e_process`: for plans without an end.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

LOOKS = (3.471, 2.454, 2.004)
# The prior with the least regret over all pairs of rates (Turner, Ly, Grünwald 2021).
_PSEUDO = 0.18


class Verdict(StrEnum):
    """What a look says of the treatment."""

    BETTER = "better"
    WORSE = "worse"
    CONTINUE = "continue"
    NO_DIFFERENCE = "no difference shown"


class Evidence(NamedTuple):
    """E-values after each batch, shape (batches,). Under no effect any of them ever reaches
    1/α with probability at most α, however often and whenever one looks."""

    values: NDArray[np.float64]
    decided_at: int | None


def look(number: int, z: float) -> Verdict:
    """What look `number` (1, 2 or 3) says to a test statistic z = difference / standard error.

    Bounds of O'Brien and Fleming (1979); ValueError for a fourth look.
    """
    if not 1 <= number <= len(LOOKS):
        raise ValueError(f"there are {len(LOOKS)} looks")
    if abs(z) >= LOOKS[number - 1]:
        return Verdict.BETTER if z > 0 else Verdict.WORSE
    return Verdict.CONTINUE if number < len(LOOKS) else Verdict.NO_DIFFERENCE


def e_process(
    treated_events: ArrayLike,
    treated_totals: ArrayLike,
    control_events: ArrayLike,
    control_totals: ArrayLike,
    alpha: float = 0.05,
) -> Evidence:
    """Evidence against "the rates are equal" from batches in order of time, shape (batches,).

    Each batch is bet on with the rates learned from earlier batches only (the two-sample test of
    Turner, Ly and Grünwald 2021). `decided_at` is the first batch that reaches 1/alpha, or None.
    Raises ValueError where a batch has more events than people.
    """
    y_a, n_a, y_b, n_b = (
        np.asarray(column, float)
        for column in (treated_events, treated_totals, control_events, control_totals)
    )
    if (y_a > n_a).any() or (y_b > n_b).any() or min(y_a.min(), y_b.min()) < 0:
        raise ValueError("more events than people")
    a, b = _learned(y_a, n_a), _learned(y_b, n_b)
    size = n_a + n_b
    both = np.divide(n_a * a + n_b * b, size, out=np.full_like(a, 0.5), where=size > 0)
    growth = _likelihood(y_a, n_a, a) + _likelihood(y_b, n_b, b)
    growth -= _likelihood(y_a + y_b, size, both)
    values = np.exp(np.minimum(np.cumsum(growth), 700.0))
    reached = np.flatnonzero(values >= 1 / alpha)
    return Evidence(values, int(reached[0]) if len(reached) else None)


def _learned(y: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    before_y, before_n = np.cumsum(y) - y, np.cumsum(n) - n
    return (before_y + _PSEUDO) / (before_n + 2 * _PSEUDO)


def _likelihood(
    y: NDArray[np.float64], n: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = xlogy(y, share) + xlogy(n - y, 1 - share)
    return found
