"""BdW: the chance of ending also moves with time (Fader, Hardie, Liu, Davin, Steenburgh 2018)."""

from dataclasses import dataclass
from typing import ClassVar, Self

from liuke_analytics.btyd.fitting import named
from liuke_analytics.retention.contracts import Cohorts, Contract, estimate

STARTS = ((1.0, 1.0, 1.0), (0.5, 3.0, 1.5), (1.0, 3.0, 0.7))


@dataclass(frozen=True, kw_only=True)
class Bdw(Contract):
    """gamma, delta: the Beta of ending at a renewal; c: above 1, ending grows likelier."""

    NAMES: ClassVar[tuple[str, ...]] = ("gamma", "delta", "c")

    @classmethod
    def fit(cls, cohorts: Cohorts) -> Self:
        """Fit by maximum likelihood. Raises NotEnoughData where the cohorts cannot carry it."""
        found = estimate(cohorts, STARTS)
        return cls(model="bdw", customers=cohorts.customers, **named(cls.NAMES, found))
