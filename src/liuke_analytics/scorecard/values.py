"""Is the money that was expected what came? And may frequency and value be modelled apart?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

from liuke_analytics.arrays import Floats, floats, ranks, same_length

GROUPS = 5
TIED = 0.3
"""Beyond this rank correlation, often and much go together too closely to be modelled apart."""
_SURE = 0.01


class Group(NamedTuple):
    """A fifth of the customers by what was expected of them, the least first; means, money."""

    customers: int
    expected: float
    came: float


class ValueCard(NamedTuple):
    """Money expected of customers in a horizon beside what came, and beside "as much as last time".

    `expected`, `came`: sums over customers. `error`, `error_repeat`: mean absolute error per
    customer of the expectation and of the money of the window before. `captured`,
    `captured_repeat`: share of what came that the tenth with the highest figure brought.
    """

    customers: int
    expected: float
    came: float
    repeat: float
    error: float
    error_repeat: float
    captured: float | None
    captured_repeat: float | None
    groups: tuple[Group, ...]

    @property
    def repeat_wins(self) -> bool:
        """Whether the window before alone came closer, customer by customer."""
        return self.error_repeat < self.error


def judge_values(expected: ArrayLike, came: ArrayLike, before: ArrayLike) -> ValueCard:
    """Judge `expected` money by what `came`; `before` is the money of the window before.

    All of shape (customers,), in one currency, at least one customer. Raises ValueError otherwise.
    """
    told = floats(expected, "expected")
    real, last = floats(came, "came"), floats(before, "before")
    if not same_length(expected=told, came=real, before=last):
        raise ValueError("at least one customer is needed")
    return ValueCard(
        customers=len(told),
        expected=float(told.sum()),
        came=float(real.sum()),
        repeat=float(last.sum()),
        error=float(np.abs(told - real).mean()),
        error_repeat=float(np.abs(last - real).mean()),
        captured=_captured(told, real),
        captured_repeat=_captured(last, real),
        groups=tuple(
            Group(len(part), float(told[part].mean()), float(real[part].mean()))
            for part in np.array_split(np.argsort(told, kind="stable"), GROUPS)
            if len(part)
        ),
    )


def tie(frequency: ArrayLike, mean_value: ArrayLike) -> float | None:
    """Spearman's correlation of repeats and mean amount, both (customers,); None if it is no bar.

    Gamma-Gamma takes what somebody pays to say nothing about how often they come. The correlation
    is told where it is beyond TIED and surely (p < .01) not chance.
    """
    x, value = floats(frequency, "frequency"), floats(mean_value, "mean_value")
    same_length(frequency=x, mean_value=value)
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(value) == 0:
        return None
    rho = float(np.corrcoef(ranks(x), ranks(value))[0, 1])
    freedom = len(x) - 2
    t = abs(rho) * (freedom / max(1e-300, 1 - rho**2)) ** 0.5
    return rho if abs(rho) > TIED and 2 * float(stdtr(freedom, -t)) < _SURE else None


def _captured(score: Floats, came: Floats) -> float | None:
    total = came.sum()
    if total <= 0:
        return None
    top = np.argsort(-score, kind="stable")[: max(1, len(score) // 10)]
    return float(came[top].sum() / total)
