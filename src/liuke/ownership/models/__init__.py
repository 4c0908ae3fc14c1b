from liuke.ownership.models.assignment import AssignmentRule
from liuke.ownership.models.conflict import Conflict, ConflictTerms, Decision
from liuke.ownership.models.handover import HandedCustomer, Handover
from liuke.ownership.models.period import OwnerPeriod
from liuke.ownership.models.pool import Pool
from liuke.ownership.models.recycle import RecycleRule, RecycleSteps

__all__ = [
    "AssignmentRule",
    "Conflict",
    "ConflictTerms",
    "Decision",
    "HandedCustomer",
    "Handover",
    "OwnerPeriod",
    "Pool",
    "RecycleRule",
    "RecycleSteps",
]
