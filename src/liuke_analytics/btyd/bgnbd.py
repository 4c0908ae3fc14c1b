"""BG/NBD: nobody leaves after the first purchase (Fader, Hardie and Lee 2005)."""

from dataclasses import dataclass
from typing import ClassVar, Self

from liuke_analytics.btyd import geometric
from liuke_analytics.btyd.fitting import named, require
from liuke_analytics.btyd.histories import Histories


@dataclass(frozen=True, kw_only=True)
class BgNbd(geometric.BetaGeometric):
    """r, alpha (weeks): rate of buying; a, b: leaving after a repeat purchase."""

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    FIRST_CHANCE: ClassVar[int] = 0

    @classmethod
    def fit(cls, histories: Histories) -> Self:
        """Fit by maximum likelihood. Raises NotEnoughData where the data cannot carry it."""
        require(histories, parameters=4)
        estimate = geometric.fit(histories, k=1, first_chance=cls.FIRST_CHANCE)
        return cls(model="bgnbd", customers=histories.customers, **named(cls.NAMES, estimate))
