"""MBG/NBD: a one-time buyer may be gone too (Batislam, Denizel and Filiztekin 2007)."""

from dataclasses import dataclass
from typing import ClassVar, Self

from liuke_analytics.btyd import geometric
from liuke_analytics.btyd.fitting import named, require
from liuke_analytics.btyd.histories import Histories


@dataclass(frozen=True, kw_only=True)
class MbgNbd(geometric.BetaGeometric):
    """r, alpha (weeks): rate of buying; a, b: leaving after any purchase, the first included."""

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    FIRST_CHANCE: ClassVar[int] = 1

    @classmethod
    def fit(cls, histories: Histories) -> Self:
        """Fit by maximum likelihood. Raises NotEnoughData where the data cannot carry it."""
        require(histories, parameters=4)
        estimate = geometric.fit(histories, k=1, first_chance=cls.FIRST_CHANCE)
        return cls(model="mbgnbd", customers=histories.customers, **named(cls.NAMES, estimate))
