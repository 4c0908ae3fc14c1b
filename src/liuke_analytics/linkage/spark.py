"""The comparing of pairs, which grows with the file, on Spark."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from liuke_analytics.extras import MissingEngine, need
from liuke_analytics.linkage import model
from liuke_analytics.linkage.model import Level

# What DuckDB calls otherwise than Spark and the functions that Splink brings along for it.
NAMES = {
    "jaro_winkler_similarity(": "jaro_winkler(",
    "list_intersect(": "array_intersect(",
    "len(": "size(",
}
LOCAL_PARTS = "8"
COLLAPSE = "org.apache.spark.sql.catalyst.optimizer.CollapseProject"


def predict(
    con: duckdb.DuckDBPyConnection,
    comparisons: Mapping[str, list[Level]],
    blocks: Sequence[str],
    share: float,
    weight: float,
) -> str:
    """As `model.predict` of the table `record`; the pairs come back as a table of `con`."""
    session = _session()
    with tempfile.TemporaryDirectory() as folder:
        records, pairs = Path(folder) / "records.parquet", Path(folder) / "pairs.parquet"
        con.execute(f"copy record to '{records}' (format parquet)")
        session.sparkContext.setCheckpointDir(str(Path(folder) / "steps"))
        api = model.splink_part("splink.backends.spark").SparkAPI(spark_session=session)
        data = api.register(session.read.parquet(str(records)))
        levels = {
            field: [for_spark(level) for level in comparisons[field]] for field in comparisons
        }
        linker = model.linker_for(data, levels, blocks, share)
        found = linker.inference.predict(threshold_match_weight=weight)
        kept = session.table(found.physical_name).select("rid_l", "rid_r", "match_weight")
        kept.write.parquet(str(pairs))
        con.execute(
            f"create temp table compared as select * from read_parquet('{pairs}/*.parquet')"
        )
    return "compared"


def for_spark(level: Level) -> Level:
    """A level in the words of Spark."""
    condition = level["sql_condition"]
    for theirs, ours in NAMES.items():
        condition = condition.replace(theirs, ours)
    return {**level, "sql_condition": condition}


def _session() -> Any:
    sql = need("pyspark.sql", "spark", "comparing with Spark")
    jar = model.splink_part("splink.backends.spark").similarity_jar_location()
    try:
        # What spark-submit or a cluster has configured is used as it is.
        builder = sql.SparkSession.builder.appName("liuke").config("spark.jars", jar)
        builder = builder.config("spark.ui.enabled", "false")
        session = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except Exception as problem:
        raise MissingEngine(
            "Spark does not start; it needs Java: {problem}", problem=problem
        ) from problem
    session.sparkContext.setLogLevel("ERROR")
    # A comparison would be worked out again wherever its answer is used.
    session.conf.set("spark.sql.optimizer.excludedRules", COLLAPSE)
    if session.sparkContext.master.startswith("local"):
        # As many parts as for a cluster would be hundreds of tiny ones.
        session.conf.set("spark.sql.shuffle.partitions", LOCAL_PARTS)
    return session
