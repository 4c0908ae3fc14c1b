"""The door to the customer's own rhythm: what it is learned from, and the spans it gives.

The arithmetic is that of `liuke_analytics.rhythm`: pure, without database or clock. Days are whole
numbers as in `rules.kinds`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from liuke_analytics.btyd import Histories, NotEnoughData
from liuke_analytics.rhythm import Rhythm

Days = NDArray[np.int64]

LONGEST = 36_500
"""Days: a hundred years, and no date of a calendar breaks."""
_WEEK = 7
# The last digits of a fit differ between machines; a rule must not.
_DIGITS = 6
_HAIR = 1e-6


class Learned(NamedTuple):
    """Gaps of a segment's customers: `k` stages each, rate Gamma(`r`, `alpha`), alpha in weeks."""

    k: int
    r: float
    alpha: float


def learn(subject: Days, day: Days, today: np.int64) -> Learned | None:
    """The rhythm of purchases, both (n,), as known on `today`; None where they do not show one."""
    known = day <= today
    if not known.any():
        return None
    with threadpool_limits(1, user_api="blas"):
        histories = Histories.from_purchases(
            subject[known], day[known].astype("datetime64[D]"), end=today.astype("datetime64[D]")
        )
        try:
            found = Rhythm.fit(histories)
        except NotEnoughData:
            return None
    return Learned(round(found.k), _rounded(found.r), _rounded(found.alpha))


def spans(
    learned: Learned, quantiles: tuple[float, float, float], subject: Days, day: Days
) -> tuple[Days, Days, Days]:
    """Days until expected, at risk and lost after each purchase, each at least one day later.

    `subject` and `day`, shape (n,), sorted. Each purchase is judged by those before it and itself.
    """
    rhythm = Rhythm(float(learned.k), learned.r, learned.alpha)
    first = np.searchsorted(subject, subject)
    x, t_x = np.arange(len(subject)) - first, (day - day[first]) / _WEEK

    def after(q: float) -> Days:
        gap = np.ceil(rhythm.threshold(q, x, t_x) * _WEEK - _HAIR)
        return np.clip(gap, 1, LONGEST).astype(np.int64)

    expected = after(quantiles[0])
    at_risk = np.maximum(after(quantiles[1]), expected + 1)
    return expected, at_risk, np.maximum(after(quantiles[2]), at_risk + 1)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
