"""MBG/CNBD-k: like MBG/NBD with gaps as regular as k stages make them (Platzer, Reutterer 2016).

k is a whole number, the estimate of Wheat and Morrison rounded, whose standard error is stated; a
k that was given has the standard error 0.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from scipy.special import gammaln

from liuke_analytics.btyd import geometric
from liuke_analytics.btyd.fitting import PER_PARAMETER, named, require
from liuke_analytics.btyd.histories import Histories
from liuke_analytics.errors import NotEnoughData

MOST_REGULAR = 20
"""Beyond, gaps are as good as constant and more stages change nothing that can be seen."""


@dataclass(frozen=True, kw_only=True)
class MbgCnbdK(geometric.BetaGeometric):
    """k: regularity; r, alpha (weeks): rate of the k stages of a gap; a, b: leaving."""

    NAMES: ClassVar[tuple[str, ...]] = ("k", "r", "alpha", "a", "b")
    FIRST_CHANCE: ClassVar[int] = 1

    @property
    def stages(self) -> int:
        """k of the gaps."""
        return int(self.params["k"])

    @classmethod
    def fit(cls, histories: Histories, k: int | None = None) -> Self:
        """Fit by maximum likelihood with `k` stages, or as many as the gaps show.

        With gaps on record the log-likelihood is that of every purchase date, so it compares
        with other k and, at k = 1, with MBG/NBD; without, the part that only depends on k is
        left out. Raises NotEnoughData where the data cannot carry it or do not show k,
        ValueError for a k below 1.
        """
        require(histories, parameters=4)
        error = 0.0
        if k is None:
            k, error = stages_seen(histories)
        if k < 1:
            raise ValueError("k must be at least 1")
        estimate = geometric.fit(histories, k=k, first_chance=cls.FIRST_CHANCE)
        fitted = cls(
            model="mbgcnbdk", customers=histories.customers, **named(cls.NAMES[1:], estimate)
        )
        constant = 0.0
        if histories.log_gaps is not None and k > 1:
            purchases = float(histories.counts @ histories.frequency)
            constant = (k - 1) * histories.log_gaps - purchases * float(gammaln(k))
        return replace(
            fitted,
            params={"k": float(k), **fitted.params},
            se={"k": error, **fitted.se},
            log_likelihood=fitted.log_likelihood + constant,
        )


def stages_seen(histories: Histories) -> tuple[int, float]:
    """Whole k that the gaps show, and the standard error of the estimate before rounding.

    Raises NotEnoughData below ten customers with two gaps.
    """
    seen = histories.regularity
    if seen is None or seen.customers < PER_PARAMETER:
        have = 0 if seen is None else seen.customers
        raise NotEnoughData("customers with two gaps", needed=PER_PARAMETER, have=have)
    return round(min(max(seen.k, 1.0), MOST_REGULAR)), seen.se
