"""All writes about whose customer it is."""

from liuke.ownership.services.assigning import (
    assign_by_rules,
    assign_evenly,
    assign_new,
    assign_waiting,
    delete_rule,
    move_rule,
    save_rule,
)
from liuke.ownership.services.claiming import Claimed, claim, release, save_pool
from liuke.ownership.services.clocks import hold, refresh_pools
from liuke.ownership.services.following import follow
from liuke.ownership.services.handover import hand_over
from liuke.ownership.services.periods import give
from liuke.ownership.services.recycling import advance, extend, save_rules

__all__ = [
    "Claimed",
    "advance",
    "assign_by_rules",
    "assign_evenly",
    "assign_new",
    "assign_waiting",
    "claim",
    "delete_rule",
    "extend",
    "follow",
    "give",
    "hand_over",
    "hold",
    "move_rule",
    "refresh_pools",
    "release",
    "save_pool",
    "save_rule",
    "save_rules",
]
