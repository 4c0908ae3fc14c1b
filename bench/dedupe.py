"""How well and how fast `liuke dedupe` finds the same person in a file with the truth.

    python bench/dedupe.py people.parquet --id id --truth person --map name=name,mobile=mobile

Prints one line of JSON: seconds from start to end and peak resident memory of the command,
precision and recall over pairs, the same for the union of exact keys alone, and, where a mobile
is mapped, for rows with one mobile, so that the three stand beside each other from one run. With
--splink also what Splink finds with the settings of its tutorial: fields as they are, the
comparisons of its library, exact blocking on each field, pairs above .95.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

PAIRS = "coalesce(sum(n * (n - 1) // 2), 0)"


COMPARED = {
    "name": compare.JaroWinklerAtThresholds,
    "company": compare.JaroWinklerAtThresholds,
    "address": compare.JaroWinklerAtThresholds,
    "email": compare.EmailComparison,
    "mobile": compare.DamerauLevenshteinAtThresholds,
}


def main(
    path: Path, id_column: str, truth: str, mapping: str, *, full_only: bool, splink: bool
) -> None:
    truths = f"select \"{id_column}\"::varchar as id, {truth} as truth from '{path}'"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "clusters.csv"
        result = {"file": path.name, **_run(path, id_column, mapping, out, truths, [])}
        if not full_only:
            exact = _run(path, id_column, mapping, out, truths, ["--exact-only"])
            result |= {f"exact_{name}": exact[name] for name in ("seconds", "precision", "recall")}
            result |= _mobile_union(path, id_column, mapping, out, truths)
        if splink:
            result |= _tutorial(path, id_column, mapping, out, truths)
    print(json.dumps(result))


def _run(
    path: Path, id_column: str, mapping: str, out: Path, truths: str, options: list[str]
) -> dict[str, float | int]:
    command = [sys.executable, "-m", "liuke.site", "dedupe", str(path), "--id", id_column]
    command += ["--map", mapping, "--out", str(out), "--json", *options]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    answer = process.stdout.read() if process.stdout else b""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return {
        "rows": json.loads(answer)["rows"],
        "seconds": round(time.perf_counter() - begin, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
        **_quality(out, truths),
    }


def _quality(out: Path, truths: str) -> dict[str, float]:
    with duckdb.connect() as con:
        con.execute(f"""
            create table judged as select cluster, truth
            from read_csv('{out}', all_varchar = true) join ({truths}) using (id)""")
        found, true, both = (
            int(
                con.execute(f"""
                select {PAIRS} from (select count(*) as n from judged group by {by})
            """).fetchall()[0][0]
            )
            for by in ("cluster", "truth", "cluster, truth")
        )
    precision, recall = both / max(found, 1), both / max(true, 1)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
    }


def _mobile_union(
    path: Path, id_column: str, mapping: str, out: Path, truths: str
) -> dict[str, float]:
    columns = dict(part.split("=") for part in mapping.split(","))
    if "mobile" not in columns:
        return {}
    with duckdb.connect() as con:
        con.execute(f"""
            copy (select "{id_column}" as id, coalesce(
                right(nullif(regexp_replace("{columns["mobile"]}"::varchar, '[^0-9]', '', 'g'), ''),
                    11), 'none ' || "{id_column}") as cluster
            from '{path}') to '{out}' (header)""")
    quality = _quality(out, truths)
    return {f"mobile_{name}": quality[name] for name in ("precision", "recall")}


def _tutorial(path: Path, id_column: str, mapping: str, out: Path, truths: str) -> dict[str, float]:
    columns = dict(part.split("=") for part in mapping.split(","))
    known = {field: column for field, column in columns.items() if field in COMPARED}
    begin = time.perf_counter()
    with duckdb.connect() as con:
        chosen = ", ".join(f'"{column}"::varchar as {field}' for field, column in known.items())
        con.execute(
            f'create table people as select "{id_column}"::varchar as unique_id, {chosen} '
            f"from '{path}'"
        )
        data = DuckDBAPI(con).register("people")
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=[COMPARED[field](field) for field in known],
            blocking_rules_to_generate_predictions=[block_on(field) for field in known],
        )
        linker = Linker(data, settings, log_level=None)
        first, second = list(known)[:2]
        linker.training.estimate_probability_two_random_records_match(
            [block_on(first, second)], recall=0.7
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
        for field in (first, second):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(field))
        pairs = linker.inference.predict(threshold_match_probability=0.95)
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
        con.execute(
            f"copy (select unique_id as id, cluster_id as cluster from {found.physical_name}) "
            f"to '{out}' (header)"
        )
    quality = _quality(out, truths)
    return {
        "splink_seconds": round(time.perf_counter() - begin, 1),
        **{f"splink_{name}": quality[name] for name in ("precision", "recall")},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--id", required=True, help="column with the id")
    parser.add_argument("--truth", required=True, help="SQL over the columns: who it is")
    parser.add_argument("--map", required=True, help="as for liuke dedupe")
    parser.add_argument("--full-only", action="store_true", help="without the two baselines")
    parser.add_argument("--splink", action="store_true", help="also Splink as in its tutorial")
    given = parser.parse_args()
    main(
        given.file, given.id, given.truth, given.map, full_only=given.full_only,
        splink=given.splink,
    )  # fmt: skip
