"""The customer's own rhythm: the gap that somebody still there exceeds only so often.

Gaps are Erlang-k with rate λ ~ Gamma(r, α) over customers. After x repeats up to t_x the rate is
Gamma(r + k x, α + t_x) and the next gap g has g / (g + α + t_x) ~ Beta(k, r + k x). So the gap
exceeded with probability 1 - q is (α + t_x) B / (1 - B) with B the q-quantile of that Beta.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from liuke_analytics.arrays import Days, Floats, days
from liuke_analytics.btyd.fitting import broadcast, require
from liuke_analytics.btyd.geometric import fit_alike, fit_staying
from liuke_analytics.btyd.histories import DAYS_A_WEEK, Histories
from liuke_analytics.btyd.mbgcnbdk import MbgCnbdK, stages_seen
from liuke_analytics.errors import NotEnoughData

QUANTILES = (0.5, 0.9, 0.98)
_LEAST = 1e-12
"""So that the gap of somebody who may hardly ever come stays a number."""
_FOREVER = 3_000_000
"""Days: a gap that long lies beyond any calendar and is cut there."""


class Dates(NamedTuple):
    """First day on which a customer is expected back, at risk, lost. Each datetime64[D], (n,)."""

    expected: Days
    at_risk: Days
    lost: Days


@dataclass(frozen=True)
class Rhythm:
    """Gaps of a firm's customers: k stages each, rate Gamma(r, alpha), alpha in weeks."""

    k: float
    r: float
    alpha: float

    def __post_init__(self) -> None:
        """Raise ValueError unless all three are positive and finite."""
        for name in ("k", "r", "alpha"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be positive")

    @classmethod
    def fit(cls, histories: Histories) -> Self:
        """The rhythm of MBG/CNBD-k fitted to `histories`.

        Where that fit is refused, the rhythm of customers who stay, if the data do not say that
        somebody leaves, or of customers who all leave alike. Raises NotEnoughData where the data
        do not carry that either.
        """
        try:
            return cls.of(MbgCnbdK.fit(histories))
        except NotEnoughData:
            require(histories, parameters=4)
        k, _ = stages_seen(histories)
        found = fit_staying(histories, k, MbgCnbdK.FIRST_CHANCE)
        if found is None:
            found = fit_alike(histories, k, MbgCnbdK.FIRST_CHANCE)
        return cls(float(k), float(found.values[0]), float(found.values[1]))

    @classmethod
    def of(cls, fitted: MbgCnbdK) -> Self:
        """The rhythm within a fitted model."""
        return cls(fitted.params["k"], fitted.params["r"], fitted.params["alpha"])

    def threshold(self, q: float, x: ArrayLike, t_x: ArrayLike) -> Floats:
        """Weeks that the next gap exceeds with probability 1 - q while the customer is there.

        `x` repeats, the last `t_x` weeks after the first purchase; broadcast, any size: the Beta
        quantile is computed once per distinct x. Raises ValueError for q outside (0, 1).
        """
        if not 0 < q < 1:
            raise ValueError("q must lie between 0 and 1")
        number, recency, _ = broadcast(x, t_x, 0.0)
        found, place = np.unique(number, return_inverse=True)
        below = betaincinv(self.k, self.r + self.k * found, q)
        # The complement is asked for by itself: 1 - below would lose its digits near 1.
        above = betaincinv(self.r + self.k * found, self.k, 1 - q)
        odds = below / np.maximum(above, _LEAST)
        answer: Floats = (self.alpha + recency) * odds[place].reshape(number.shape)
        return answer

    def share_back(self, gap: ArrayLike, x: ArrayLike, t_x: ArrayLike) -> Floats:
        """Probability that somebody still there is back within `gap` weeks; broadcast."""
        number, recency, weeks = broadcast(x, t_x, gap)
        back: Floats = betainc(
            self.k, self.r + self.k * number, weeks / (weeks + self.alpha + recency)
        )
        return back

    def dates(
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        last: ArrayLike,
        quantiles: tuple[float, float, float] = QUANTILES,
    ) -> Dates:
        """Expected, at-risk and lost dates after the last purchase days `last`, shape (n,).

        Each is the first whole day by which the gap of its quantile is over, at least one day
        after `last`. Raises ValueError unless the quantiles rise.
        """
        if not quantiles[0] < quantiles[1] < quantiles[2]:
            raise ValueError("quantiles must rise")
        day = days(last, "last")

        def after(q: float) -> Days:
            gap = np.ceil(self.threshold(q, x, t_x) * DAYS_A_WEEK)
            date: Days = day + np.clip(gap, 1, _FOREVER).astype("timedelta64[D]")
            return date

        return Dates(*(after(q) for q in quantiles))
