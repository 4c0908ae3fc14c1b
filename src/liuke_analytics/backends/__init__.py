"""Where expressions are computed: DuckDB inside the process, or Spark, chosen by one argument."""

from liuke_analytics.backends.engines import ENGINES, connect
from liuke_analytics.backends.files import keep, read
from liuke_analytics.encodings import Unreadable
from liuke_analytics.extras import MissingEngine

__all__ = ["ENGINES", "MissingEngine", "Unreadable", "connect", "keep", "read"]
