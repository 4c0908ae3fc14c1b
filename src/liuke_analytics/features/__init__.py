"""What was known about each customer on a day, as one relational expression for any engine."""

from liuke_analytics.features.asof import COLUMNS, DESCRIPTIONS, features

__all__ = ["COLUMNS", "DESCRIPTIONS", "features"]
