"""All writes of churn: rules, clocks and crossings, and the monthly table that is kept of them."""

from liuke.churn.services.clocks import advance, apply_rules, rebuild, refresh_clocks, save_rule
from liuke.churn.services.counting import fold_changes, move_counts, recount
from liuke.churn.services.scoring import score_when_due

__all__ = [
    "advance",
    "apply_rules",
    "fold_changes",
    "move_counts",
    "rebuild",
    "recount",
    "refresh_clocks",
    "save_rule",
    "score_when_due",
]
