"""Keeping customers under contract, and cohorts of any customers."""

from liuke_analytics.retention.bdw import Bdw
from liuke_analytics.retention.cohorts import CohortTable, cohort_table
from liuke_analytics.retention.contracts import Cohorts
from liuke_analytics.retention.hazard import Hazard, hazard
from liuke_analytics.retention.sbg import Sbg

__all__ = ["Bdw", "CohortTable", "Cohorts", "Hazard", "Sbg", "cohort_table", "hazard"]
