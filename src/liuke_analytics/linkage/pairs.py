"""Which two records may be one, with a probability and how each field agrees, for people to see."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from liuke_analytics.linkage import clusters, dedupe, keys, model
from liuke_analytics.linkage.fields import Columns
from liuke_analytics.linkage.normalise import normalise
from liuke_analytics.linkage.reading import read

# Two ids, the probability that they are one, and (field, how it agrees).
Pair = tuple[str, str, float, list[tuple[str, str]]]

LEAST = 0.5
# An exact key leaves hardly room for another person.
EXACT = 0.999
DOUBTFUL = 0.6
SHOWN = {
    "name": "full_name",
    "mobile": "mobile",
    "email": "email",
    "company": "company",
    "address": "place",
    "birth_date": "birth_date",
    "id_number": "id_number",
}
AGREE = {
    column: f"case when l.{column} = r.{column} then 'same' "
    f"when levenshtein(l.{column}, r.{column}) <= {slips} then 'near' else '' end"
    for column, slips in (
        ("full_name", 3), ("mobile", 1), ("email", 2), ("company", 3), ("place", 0),
        ("birth_date", 1), ("id_number", 2),
    )
}  # fmt: skip


def likely_pairs(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    id_column: str,
    columns: Columns,
    *,
    least: float = LEAST,
) -> Iterator[Pair]:
    """Pairs from a probability on, the likeliest first."""
    size = read(con, path, id_column, columns)
    normalise(con)
    keys.forget_shared(con)
    every = keys.EXACT + keys.BLOCKS + keys.BROAD
    parts = tuple(sorted({keys.column_of(part) for key in every for part in key}))
    present = keys.columns_in(con, parts)
    left, right = dedupe.exact_edges(con, keys.usable(keys.EXACT, present))
    con.execute("create or replace temp table likely (l bigint, r bigint, p double)")
    exact = [(int(a), int(b), EXACT) for a, b in zip(left + 1, right + 1, strict=True)]
    if exact:
        con.executemany("insert into likely values (?, ?, ?)", exact)
    fields, blocks = model.fields_in(present), keys.blocks_for(size, present)
    if size > 1 and fields and blocks:
        certainly = clusters.pairs(clusters.components(size, left, right))
        share = max(certainly, 1) / model.EXACT_RECALL / (size * (size - 1) / 2)
        share = min(share, dedupe.MOST_TRUE)
        names = keys.add_blocks(con, blocks, size)
        data = model.records(con)
        learned = model.learn(data, fields, names[:3], share)
        compare = names if size > keys.SMALL else []
        table = model.predict(data, learned, compare, share, dedupe.PROMISING)
        gain = dedupe.correction(con, table, share, size)
        con.execute(f"""
            insert into likely select rid_l, rid_r, 1 / (1 + pow(2, -(match_weight + {gain})))
            from {table}""")
    # Names that belong to two people, with nothing that relatives do not share: people decide.
    apart = (
        f"coalesce({dedupe.CLASH}, false) and not ({dedupe.PERSONAL}) "
        f"or coalesce({dedupe.SIBLING}, false)"
    )
    agree = ", ".join(f"{AGREE[column]} as {field}" for field, column in SHOWN.items())
    rows = con.execute(f"""
        select a.id, b.id, case when {apart} then least(p, {DOUBTFUL}) else p end as p, {agree}
        from (
            select least(l, r) as one, greatest(l, r) as other, max(p) as p from likely
            group by all having max(p) >= {least}) as pair
        join normal l on l.rid = one join normal r on r.rid = other
        join source a on a.rid = one join source b on b.rid = other
        order by 3 desc, one, other""")
    while batch := rows.fetchmany(1000):
        for one, other, probability, *ways in batch:
            reasons = [(field, how) for field, how in zip(SHOWN, ways, strict=True) if how]
            yield one, other, float(probability), reasons
