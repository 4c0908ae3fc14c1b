"""Connections to the two engines."""

import os
from importlib import import_module
from typing import Any

import ibis

from liuke_analytics.extras import MissingEngine

ENGINES = ("duckdb", "spark")
# Where one of these is set, somebody has said how Spark shall run.
_CONFIGURED = ("PYSPARK_GATEWAY_PORT", "PYSPARK_SUBMIT_ARGS", "SPARK_HOME", "SPARK_CONF_DIR")


def connect(engine: str = "duckdb", session: Any = None) -> Any:
    """An Ibis connection. `session`: a running Spark session to use instead of a local one.

    Raises MissingEngine where Spark or Java is not installed, ValueError for another name.
    """
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
    # A session that is already configured (spark-submit, a cluster) is used as it is.
    builder = sql.SparkSession.builder.appName("liuke").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC")
    if not any(name in os.environ for name in _CONFIGURED):
        # Of itself Spark takes one gigabyte, and sorts millions of orders on the disk.
        builder = builder.config("spark.driver.memory", f"{_half_of_the_memory()}m")
        builder = builder.config("spark.ui.showConsoleProgress", "false")
    try:
        return builder.getOrCreate()
    except Exception as problem:
        raise MissingEngine(
            "Spark does not start; it needs Java: {problem}", problem=problem
        ) from problem


def _half_of_the_memory() -> int:
    """In megabytes; Spark's own default where the system does not tell."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):
        return 1024
    return max(1024, whole // 2**21)
