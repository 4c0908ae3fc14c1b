"""Connections to the two engines."""

from importlib import import_module
from typing import Any

import ibis

from liuke_analytics.extras import MissingExtra

ENGINES = ("duckdb", "spark")


class MissingEngine(MissingExtra):
    """The engine is not installed; the message says what to install."""


def connect(engine: str = "duckdb", session: Any = None) -> Any:
    """An Ibis connection. `session`: a running Spark session to use instead of a local one."""
    if engine == "duckdb":
        return ibis.duckdb.connect()
    if engine != "spark":
        raise ValueError(f"{engine!r} is none of {', '.join(ENGINES)}")
    session = session or _session()
    return ibis.pyspark.connect(session)


def _session() -> Any:
    try:
        sql = import_module("pyspark.sql")
    except ImportError:
        raise MissingEngine("Spark needs: pip install 'liuke-analytics[spark]' and Java") from None
    try:
        # A session that is already configured (spark-submit, a cluster) is used as it is.
        builder = sql.SparkSession.builder.appName("liuke").config("spark.ui.enabled", "false")
        return builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    except Exception as problem:
        raise MissingEngine(
            "Spark does not start; it needs Java: {problem}", problem=problem
        ) from problem
