from liuke.ownership.models.period import OwnerPeriod
from liuke.ownership.models.pool import Pool
from liuke.ownership.models.recycle import RecycleRule, RecycleSteps

__all__ = ["OwnerPeriod", "Pool", "RecycleRule", "RecycleSteps"]
