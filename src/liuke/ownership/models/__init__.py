from liuke.ownership.models.period import OwnerPeriod

__all__ = ["OwnerPeriod"]
