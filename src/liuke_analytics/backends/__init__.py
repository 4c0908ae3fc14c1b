"""Where expressions are computed: DuckDB inside the process, or Spark, chosen by one argument."""

from liuke_analytics.backends.engines import ENGINES, MissingEngine, connect
from liuke_analytics.backends.files import keep, read
from liuke_analytics.encodings import Unreadable

__all__ = ["ENGINES", "MissingEngine", "Unreadable", "connect", "keep", "read"]
