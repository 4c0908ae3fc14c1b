"""All writes about whose customer it is."""

from liuke.ownership.services.claiming import claim, release, save_pool
from liuke.ownership.services.clocks import hold, refresh_pools
from liuke.ownership.services.following import follow
from liuke.ownership.services.handover import hand_over
from liuke.ownership.services.periods import give
from liuke.ownership.services.recycling import advance, extend, save_rules

__all__ = [
    "advance",
    "claim",
    "extend",
    "follow",
    "give",
    "hand_over",
    "hold",
    "refresh_pools",
    "release",
    "save_pool",
    "save_rules",
]
