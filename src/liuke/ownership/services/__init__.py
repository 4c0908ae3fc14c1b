"""All writes about whose customer it is."""

from liuke.ownership.services.periods import follow, give

__all__ = ["follow", "give"]
