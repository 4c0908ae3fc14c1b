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
from liuke.ownership.services.conflicts import (
    NewConflict,
    appeal_conflict,
    decide_conflict,
    drop_conflict,
    open_conflict,
    save_terms,
)
from liuke.ownership.services.following import follow
from liuke.ownership.services.handover import hand_over
from liuke.ownership.services.periods import give
from liuke.ownership.services.recycling import advance, extend, save_rules

__all__ = [
    "Claimed",
    "NewConflict",
    "advance",
    "appeal_conflict",
    "assign_by_rules",
    "assign_evenly",
    "assign_new",
    "assign_waiting",
    "claim",
    "decide_conflict",
    "delete_rule",
    "drop_conflict",
    "extend",
    "follow",
    "give",
    "hand_over",
    "hold",
    "move_rule",
    "open_conflict",
    "refresh_pools",
    "release",
    "save_pool",
    "save_rule",
    "save_rules",
    "save_terms",
]
