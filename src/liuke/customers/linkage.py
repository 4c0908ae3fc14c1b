"""The only door from the customer file to the statistics of who is whom."""

from liuke_analytics.linkage.likeness import alike, company_core, person_core

__all__ = ["alike", "company_core", "person_core"]
