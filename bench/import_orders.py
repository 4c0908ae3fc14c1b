"""How long an order file takes into an empty SQLite installation, and how much memory.

    python bench/import_orders.py orders.parquet

Prints one line of JSON: seconds of the command from start to end, its peak resident memory, and
the counts of the import, beside the seconds that a bare reading of the same file by DuckDB takes
(only for CSV and Parquet), so that figures of different machines compare as a ratio.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

COUNTS = ("rows", "orders", "returns", "lines", "return_lines", "customers", "sales", "rejected")


def main(path: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LIUKE_HOME": home}
        environment.pop("DATABASE_URL", None)
        liuke = [sys.executable, "-m", "liuke.site"]
        subprocess.run([*liuke, "init", "--empty"], env=environment, check=True, stdout=2)
        begin = time.perf_counter()
        command = [*liuke, "import", "orders", str(path), "--json"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    answer = json.loads(done.stdout)
    result = {"seconds": round(seconds, 1), "peak_mb": round(peak), "bare_read": _bare(path)}
    print(json.dumps({**result, **{name: answer[name] for name in COUNTS}}))


def _bare(path: Path) -> float | None:
    if path.suffix.lower() not in (".csv", ".parquet"):
        return None
    begin = time.perf_counter()
    duckdb.sql("CREATE TABLE rows AS SELECT * FROM '{}'".format(str(path).replace("'", "''")))
    return round(time.perf_counter() - begin, 2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
