"""Where expressions are computed: DuckDB inside the process, or Spark, chosen by one argument."""

from liuke_analytics.backends.engines import ENGINES, MissingEngine, connect
from liuke_analytics.backends.files import Unreadable, keep, read

__all__ = ["ENGINES", "MissingEngine", "Unreadable", "connect", "keep", "read"]
