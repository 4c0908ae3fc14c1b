"""Buy till you die: how often customers buy, whether they are still there, what they are worth."""

from collections.abc import Mapping
from types import MappingProxyType

from liuke_analytics.btyd.bgbb import BgBb
from liuke_analytics.btyd.bgnbd import BgNbd
from liuke_analytics.btyd.fitting import Fitted, HistoryModel, Lifetime
from liuke_analytics.btyd.gammagamma import GammaGamma
from liuke_analytics.btyd.histories import Histories, Regularity, wheat_morrison
from liuke_analytics.btyd.mbgcnbdk import MbgCnbdK
from liuke_analytics.btyd.mbgnbd import MbgNbd
from liuke_analytics.btyd.paretonbd import ParetoNbd
from liuke_analytics.errors import NotEnoughData

__all__ = [
    "LIFETIMES",
    "MODELS",
    "BgBb",
    "BgNbd",
    "Fitted",
    "GammaGamma",
    "Histories",
    "HistoryModel",
    "Lifetime",
    "MbgCnbdK",
    "MbgNbd",
    "NotEnoughData",
    "ParetoNbd",
    "Regularity",
    "wheat_morrison",
]

LIFETIMES: Mapping[str, type[Lifetime]] = MappingProxyType(
    {
        "bgnbd": BgNbd,
        "mbgnbd": MbgNbd,
        "mbgcnbdk": MbgCnbdK,
        "paretonbd": ParetoNbd,
        "bgbb": BgBb,
    }
)
"""Models of buying and leaving, by the name the command line knows."""

MODELS: Mapping[str, type[HistoryModel]] = MappingProxyType({**LIFETIMES, "gammagamma": GammaGamma})
"""All models; each answers `fit(histories)`."""
