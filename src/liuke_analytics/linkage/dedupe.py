"""Who is whom in a file: normalise, exact keys, probabilities, clusters."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from liuke_analytics.linkage import clusters, keys, model, spark
from liuke_analytics.linkage.clusters import Clash, Flags, Floats, Ints
from liuke_analytics.linkage.fields import Columns, Unusable
from liuke_analytics.linkage.normalise import normalise
from liuke_analytics.linkage.reading import Marks, read

# Probability from which a pair counts as one person.
CERTAIN = 0.9
# What an exact key weighs: more than chance can.
EXACT_WEIGHT = 40.0
LARGEST = 100
# Pairs below this weight are not even counted.
PROMISING = -6.0
# Of random pairs not more are taken for true, however small the file.
MOST_TRUE = 0.1
ROUNDS = 5
MEMORY = "6GB"
MARKS = ("bought", "intent")

CLASH = """
    l.giv is not null and r.giv is not null and l.sur is not null and r.sur is not null
    and (l.giv != r.giv or l.sur != r.sur)
    and not (l.sur = r.sur and (
        levenshtein(l.giv_code, r.giv_code) = 1 and length(l.giv_code) + length(r.giv_code) > 2
        or jaro_winkler_similarity(l.giv_code, r.giv_code) > 0.85 and length(l.giv_code) > 2))
    and not (l.giv = r.giv and jaro_winkler_similarity(l.sur_code, r.sur_code) > 0.85)
    and not (length(l.sur_code) > 2 and length(l.giv_code) > 2
        and jaro_winkler_similarity(l.sur_code, r.sur_code) > 0.85
        and jaro_winkler_similarity(l.giv_code, r.giv_code) > 0.85)
    and not (l.giv = r.sur and l.sur = r.giv)"""
# What relatives do not share.
PERSONAL = """
    coalesce(l.email = r.email, false) or coalesce(l.company = r.company, false)
    or coalesce(l.birth_date = r.birth_date, false) or coalesce(l.id_number = r.id_number, false)"""

# Brothers and sisters often share one character of their given names: one wrong character in a
# short name is a slip only while nothing personal speaks against it.
SIBLING = f"""
    l.sur = r.sur and l.giv != r.giv and length(l.giv_code) = 2 and length(r.giv_code) = 2
    and not ({PERSONAL}) and (
        coalesce(damerau_levenshtein(l.email, r.email) > 2, false)
        or coalesce(levenshtein(l.company_code, r.company_code) > 1, false))"""
# A slip is hardly made twice.
REPEATED_SIBLING = """
    l.sur = r.sur and length(l.giv_code) = 2 and length(r.giv_code) = 2
    and l.times > 1 and r.times > 1"""


@dataclass(frozen=True)
class Found:
    """The cluster of every record of the file, in its order."""

    labels: Ints

    @property
    def clusters(self) -> int:
        return int(self.labels.max(initial=0))


def connect(memory: str = MEMORY) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    try:
        con.execute("set memory_limit = '{}'".format(memory.replace("'", "")))
    except duckdb.Error as problem:
        raise Unusable("{memory} is no size; write for example 4GB", memory=memory) from problem
    con.execute("set preserve_insertion_order = true")
    con.execute("set enable_progress_bar = false")
    return con


def dedupe(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    id_column: str,
    columns: Columns,
    *,
    certain: float = CERTAIN,
    exact_only: bool = False,
    engine: str = "duckdb",
    marks: Marks | None = None,
) -> Found:
    """Finds who stands in the file more than once; leaves its ids in the table `source`.

    `engine` says who compares the pairs; the rest takes little and stays with DuckDB, so that
    both give the same clusters.
    """
    size = read(con, path, id_column, columns, marks)
    normalise(con)
    keys.forget_shared(con)
    parts = tuple(
        sorted({keys.column_of(p) for key in keys.EXACT + keys.BLOCKS + keys.BROAD for p in key})
    )
    present = keys.columns_in(con, parts)
    left, right = exact_edges(con, keys.usable(keys.EXACT, present))
    labels = clusters.components(size, left, right)
    fields, blocks = model.fields_in(present), keys.blocks_for(size, present)
    if exact_only or size < 2 or not fields or not blocks:
        return Found(clusters.by_first_row(labels))
    certainly = clusters.pairs(labels)
    share = min(max(certainly, 1) / model.EXACT_RECALL / (size * (size - 1) / 2), MOST_TRUE)
    names = keys.add_blocks(con, blocks, size)
    data = model.records(con)
    learned = model.learn(data, fields, names[:3], share)
    compare = names if size > keys.SMALL else []
    if engine == "spark":
        table = spark.predict(con, learned, compare, share, PROMISING)
    else:
        table = model.predict(data, learned, compare, share, PROMISING)
    likely = _edges(con, table, _bits(certain) - correction(con, table, share, size))
    left = np.concatenate([left, likely[0]])
    right = np.concatenate([right, likely[1]])
    weight = np.concatenate([np.full(len(left) - len(likely[0]), EXACT_WEIGHT), likely[2]])
    personal = np.concatenate([np.full(len(left) - len(likely[0]), True), likely[3]])
    kept = clusters.without_giants(size, left, right, weight, LARGEST)
    left, right, weight, personal = left[kept], right[kept], weight[kept], personal[kept]
    labels = clusters.components(size, left, right)
    named, clashes = _clashes(con, labels)
    labels = clusters.split_clashing(labels, left, right, weight, personal, named, clashes)
    return Found(clusters.by_first_row(labels))


def write(con: duckdb.DuckDBPyConnection, found: Found, out: Path) -> None:
    """The ids of `source` with their clusters, in the order of the file."""
    _put_labels(con, found.labels)
    target = str(out).replace("'", "''")
    try:
        con.execute(f"""
            copy (select id, label as cluster from source join label using (rid) order by rid)
            to '{target}' (format csv, header)""")
    except duckdb.IOException as problem:
        raise Unusable(
            "{out} cannot be written: choose a folder that exists and is yours", out=out
        ) from problem


def _put_labels(con: duckdb.DuckDBPyConnection, labels: Ints) -> None:
    table = pa.table({"rid": np.arange(1, len(labels) + 1), "label": labels})
    con.register("labels", table)
    con.execute("create or replace temp table label as from labels")
    con.unregister("labels")


def split(con: duckdb.DuckDBPyConnection, found: Found) -> dict[str, int]:
    """How many clusters bought, mean to without having bought, or neither, by the marks read."""
    _put_labels(con, found.labels)
    there = {row[0] for row in con.execute("describe source").fetchall()}
    bought, intent = (f"bool_or({name})" if name in there else "false" for name in MARKS)
    rows = con.execute(f"""
        select what, count(*) from (
            select case when {bought} then 'bought' when {intent} then 'intent' else 'none' end
                as what
            from source join label using (rid) group by label)
        group by what""").fetchall()
    return {"bought": 0, "intent": 0, "none": 0} | dict(rows)


def exact_edges(con: duckdb.DuckDBPyConnection, exact: list[tuple[str, ...]]) -> tuple[Ints, Ints]:
    lefts, rights = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for key in exact:
        found = con.execute(f"""
            select first - 1 as l, rid - 1 as r from (
                select rid, min(rid) over (partition by {", ".join(key)}) as first from normal
                where {" and ".join(f"{part} is not null" for part in key)})
            where first < rid order by l, r""").fetchnumpy()
        lefts.append(np.asarray(found["l"], np.int64))
        rights.append(np.asarray(found["r"], np.int64))
    return np.concatenate(lefts), np.concatenate(rights)


def _bits(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def correction(con: duckdb.DuckDBPyConnection, table: str, share: float, size: int) -> float:
    """What all weights gain when the share of true pairs is counted from the compared ones."""
    weight = con.execute(f"select match_weight as w from {table}").fetchnumpy()["w"]
    gain = 0.0
    for _ in range(ROUNDS):
        expected = float((1 / (1 + np.exp2(-(weight + gain)))).sum())
        counted = min(max(expected / (size * (size - 1) / 2), share), MOST_TRUE)
        gain = _bits(counted) - _bits(share)
    return gain


def _edges(
    con: duckdb.DuckDBPyConnection, table: str, threshold: float
) -> tuple[Ints, Ints, Floats, Flags]:
    found = con.execute(f"""
        select rid_l - 1 as l, rid_r - 1 as r, match_weight as w, ({PERSONAL}) as personal
        from {table} p join normal l on l.rid = rid_l join normal r on r.rid = rid_r
        where match_weight >= {threshold} and (not coalesce({CLASH}, false) or {PERSONAL})
        and not coalesce({SIBLING}, false)
        order by l, r""").fetchnumpy()
    return (
        np.asarray(found["l"], np.int64),
        np.asarray(found["r"], np.int64),
        np.asarray(found["w"], np.float64),
        np.asarray(found["personal"], np.bool_),
    )


def _clashes(con: duckdb.DuckDBPyConnection, labels: Ints) -> tuple[Ints, dict[int, Clash]]:
    """Names as numbers (-1: not known), and which of them clash inside one component."""
    _put_labels(con, labels)
    con.execute("""
        create or replace temp table named as
        select n.rid, label, sur, giv, sur_code, giv_code,
            dense_rank() over (order by sur, giv) as name
        from label join normal n using (rid)
        where giv is not null and sur is not null""")
    known = con.execute("select rid - 1 as rid, name from named order by rid").fetchnumpy()
    names = np.full(len(labels), -1, np.int64)
    names[np.asarray(known["rid"], np.int64)] = known["name"]
    rows = con.execute(f"""
        with name as (
            select label, name, sur, giv, sur_code, giv_code, count(*) as times from named
            where label in (select label from named group by label having count(distinct name) > 1)
            group by all)
        select l.label, l.name, r.name from name l join name r on l.label = r.label
        and l.name < r.name where ({CLASH}) or ({REPEATED_SIBLING}) order by all""").fetchall()
    clashes: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for label, one, other in rows:
        clashes[label].add((one, other))
    return names, {label: frozenset(found) for label, found in clashes.items()}
