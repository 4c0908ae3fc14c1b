"""Exact keys: those that prove a pair by themselves, and those that only bring pairs together."""

from collections.abc import Sequence

import duckdb

Key = tuple[str, ...]

# A number or address in more rows than this belongs to a desk or a shop, not to a person.
SHARED = 30
# A blocking key with more rows than this makes more pairs than it is worth.
KEY_ROWS = 60

# Together they leave hardly room for another person.
EXACT = (
    ("full_name", "mobile"),
    ("full_name", "email"),
    ("full_name", "id_number"),
    ("full_name", "place", "room"),
    ("full_name", "company", "place"),
    ("full_name", "birth_date", "postcode"),
    ("full_name", "birth_date", "place"),
    ("full_name", "birth_date", "company"),
    ("mobile", "email"),
)
BLOCKS = (
    ("mobile",),
    ("email",),
    ("id_number",),
    ("full_name", "left(mobile, 6)"),
    ("full_name", "right(mobile, 5)"),
    ("full_name", "company"),
    ("full_name", "place"),
    ("full_name", "birth_date"),
    ("full_name", "mailbox"),
    ("sur", "mailbox"),
    ("sur", "place", "room"),
    ("sur", "company", "place"),
    ("mailbox", "birth_date"),
    ("sur", "birth_date"),
    ("giv", "birth_date"),
    ("birth_date", "place"),
    ("birth_date", "postcode"),
    ("birth_date", "city"),
    ("full_name", "left(email, 5)"),
    ("full_name",),
    ("giv", "place"),
    ("sur", "postcode"),
    ("giv", "postcode"),
    ("sur", "city", "left(birth_date, 4)"),
    ("giv", "city", "left(birth_date, 4)"),
    ("place", "postcode"),
    ("birth_date",),
    ("place", "room"),
    ("company",),
)
# What a file of moderate size can afford besides.
BROAD = (
    ("sur",),
    ("giv",),
    ("place",),
    ("left(birth_date, 6)", "left(giv, 1)"),
    ("left(birth_date, 6)", "left(sur, 1)"),
    ("left(birth_date, 6)", "city"),
    ("right(birth_date, 4)", "left(giv, 1)"),
    ("right(birth_date, 4)", "left(sur, 1)"),
    ("right(birth_date, 4)", "city"),
    ("city", "left(sur, 1)", "left(giv, 1)"),
    ("postcode",),
)
MODERATE = 200_000
# In larger files only a rare name brings two rows together by itself: of a common one nearly all
# pairs are strangers, and comparing them took most of the time.
RARE: dict[Key, int] = {("full_name",): 5}
# Below this every record is compared with every other.
SMALL = 2_000


def columns_in(con: duckdb.DuckDBPyConnection, columns: tuple[str, ...]) -> set[str]:
    """Those of the columns of `normal` that hold anything."""
    counts = con.execute(
        f"select {', '.join(f'count({column})' for column in columns)} from normal"
    ).fetchall()[0]
    return {column for column, count in zip(columns, counts, strict=True) if count}


def usable(keys: Sequence[Key], present: set[str]) -> list[Key]:
    """The keys all of whose columns hold something."""
    return [key for key in keys if {column_of(part) for part in key} <= present]


def column_of(part: str) -> str:
    return part.partition("(")[2].partition(",")[0] or part


def blocks_for(size: int, present: set[str]) -> list[Key]:
    """The blocking keys for a file of this size."""
    return usable(BLOCKS + (BROAD if size <= MODERATE else ()), present)


def forget_shared(con: duckdb.DuckDBPyConnection) -> None:
    """Numbers and addresses of desks and shops say nothing about a person."""
    for column in ("mobile", "email"):
        con.execute(f"""
            update normal set {column} = null where {column} in (
                select {column} from normal where {column} is not null
                group by {column} having count(*) > {SHARED})""")


def most_rows(key: Key, size: int) -> int:
    """How many rows of a file of this size may share a blocking key."""
    return RARE.get(key, KEY_ROWS) if size > MODERATE else KEY_ROWS


def add_blocks(con: duckdb.DuckDBPyConnection, blocks: list[Key], size: int) -> list[str]:
    """The table `record`: `normal` with one number per blocking key, empty where too common."""
    names = [f"block_{number}" for number in range(len(blocks))]
    hashes = [
        f"case when {' and '.join(f'{column_of(p)} is not null' for p in key)} "
        f"then (hash({', '.join(key)}) >> 1)::bigint end as {name}"
        for name, key in zip(names, blocks, strict=True)
    ]
    con.execute(f"create temp table hashed as select *, {', '.join(hashes)} from normal")
    joins = []
    for name, key in zip(names, blocks, strict=True):
        con.execute(f"""
            create temp table {name}_kept as select {name} from hashed where {name} is not null
            group by {name} having count(*) between 2 and {most_rows(key, size)}""")
        joins.append(f"left join {name}_kept on hashed.{name} = {name}_kept.{name}")
    kept = [f"{name}_kept.{name} as {name}" for name in names]
    con.execute(f"""
        create temp table record as select hashed.* replace ({", ".join(kept)})
        from hashed {" ".join(joins)}""")
    for name in ("hashed", *(f"{name}_kept" for name in names)):
        con.execute(f"drop table {name}")
    return names
