"""Short remarks in Chinese and English: groups to suggest, and how far two coders agree."""

from liuke_analytics.text.agreement import Agreement, kappa, kappa_of_codes
from liuke_analytics.text.groups import Group, Groups, suggest_groups

__all__ = ["Agreement", "Group", "Groups", "kappa", "kappa_of_codes", "suggest_groups"]
