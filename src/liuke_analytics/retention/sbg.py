"""sBG: everybody keeps the same chance of ending at each renewal (Fader and Hardie 2007)."""

from dataclasses import dataclass
from typing import ClassVar, Self

from liuke_analytics.btyd.fitting import named
from liuke_analytics.retention.contracts import Cohorts, Contract, estimate

STARTS = ((1.0, 1.0), (0.5, 3.0), (2.0, 5.0))


@dataclass(frozen=True, kw_only=True)
class Sbg(Contract):
    """gamma, delta: the Beta of ending at a renewal."""

    NAMES: ClassVar[tuple[str, ...]] = ("gamma", "delta")

    @classmethod
    def fit(cls, cohorts: Cohorts) -> Self:
        """Fit by maximum likelihood. Raises NotEnoughData where the cohorts cannot carry it."""
        found = estimate(cohorts, STARTS)
        return cls(model="sbg", customers=cohorts.customers, **named(cls.NAMES, found))
