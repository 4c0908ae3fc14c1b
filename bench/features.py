"""Features of 1,000,000 customers from 50,000,000 orders, beside a bare group-by of the same file.

    python bench/features.py [--customers N] [--orders N] [--spark] [--file orders.parquet]

Prints one line of JSON: seconds of a bare DuckDB group-by by customer (count, sum, first and last
day), of the same by customer and day (what merging same-day purchases costs at least), of all
features, their ratio to both, and the peak resident memory. Each is the best of two runs, written
to a Parquet file. With --spark the same expressions also run on a local Spark, once, and the sums
of both answers are compared.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from liuke_analytics.backends import connect
from liuke_analytics.features import features

AS_OF = date(2024, 6, 30)
MAKE = """COPY (
    SELECT 1000000 + (hash(i * 7) % {customers})::BIGINT AS customer,
           DATE '2022-01-01' + (i * 1000 // {orders})::INTEGER AS day,
           round(random() * 100, 2)::DOUBLE AS amount
    FROM range({orders}) AS made(i)
) TO '{path}'"""
BARE = "SELECT customer, count(*), sum(amount), min(day), max(day) FROM '{path}' GROUP BY customer"
DAILY = "SELECT customer, day, count(*), sum(amount) FROM '{path}' GROUP BY customer, day"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=50_000_000)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--file", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.file or Path(folder) / "orders.parquet"
        if not path.exists():
            said = {"customers": asked.customers, "orders": asked.orders, "path": path}
            duckdb.execute(MAKE.format(**said))
        out = Path(folder) / "out.parquet"
        bare = _best(lambda: duckdb.execute(f"COPY ({BARE.format(path=path)}) TO '{out}'"))
        daily = _best(lambda: duckdb.execute(f"COPY ({DAILY.format(path=path)}) TO '{out}'"))
        ours = _best(lambda: _features(connect(), path).to_parquet(out))
        result: dict[str, Any] = {
            "customers": asked.customers,
            "orders": asked.orders,
            "bare_seconds": round(bare, 2),
            "bare_daily_seconds": round(daily, 2),
            "features_seconds": round(ours, 2),
            "ratio": round(ours / bare, 2),
            "ratio_daily": round(ours / daily, 2),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        if asked.spark:
            begin = time.perf_counter()
            spark = connect("spark")
            result["spark_start_seconds"] = round(time.perf_counter() - begin, 2)
            folder_out = Path(folder) / "spark.parquet"
            table = _features(spark, path)
            # Once: a session that just started is what whoever asks for a report waits for.
            seconds = _best(lambda: table.to_parquet(folder_out), times=1)
            result["spark_seconds"] = round(seconds, 2)
            result["same_customers"] = _customers(folder_out / "*.parquet") == _customers(out)
    print(json.dumps(result))


def _features(connection: Any, path: Path) -> Any:
    return features(connection.read_parquet(str(path)), AS_OF)


def _customers(path: Path) -> Any:
    """Customers, their purchases and the days between them, in sum."""
    return duckdb.sql(
        f"SELECT count(*), sum(purchases), sum(recency_days), round(sum(gap_mean)) FROM '{path}'"
    ).fetchall()


def _best(run: Callable[[], object], times: int = 2) -> float:
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


if __name__ == "__main__":
    main()
