"""`liuke dedupe FILE`: who stands in a file more than once."""

import json
import logging
from pathlib import Path
from typing import Any

import click

from liuke_analytics.backends import ENGINES, Unreadable
from liuke_analytics.extras import MissingExtra
from liuke_analytics.linkage import clusters
from liuke_analytics.linkage.dedupe import (
    CERTAIN,
    MARKS,
    MEMORY,
    Found,
    connect,
    dedupe,
    split,
    write,
)
from liuke_analytics.linkage.fields import FIELDS, Columns, Unusable, parse_mapping
from liuke_analytics.saying import language_option, say, usage


class MappingType(click.ParamType[Columns]):
    name = "mapping"

    def convert(
        self, value: str | Columns, param: click.Parameter | None, ctx: click.Context | None
    ) -> Columns:
        if not isinstance(value, str):
            return value
        try:
            return parse_mapping(value)
        except Unusable as problem:
            self.fail(problem.told(ctx.params.get("language", "en") if ctx else "en"))


@click.command("dedupe")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "id_column", metavar="COL", required=True, help="Column with a unique id.")
@click.option(
    "--map",
    "columns",
    type=MappingType(),
    metavar="FIELD=COL,…",
    required=True,
    help=f"What the columns mean, any of {', '.join(FIELDS)}; several columns are joined with +, "
    "a given name before the surname: name=first+last.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write the CSV with the columns id and cluster.",
)
@click.option(
    "--certain",
    type=click.FloatRange(0.5, 0.999999),
    default=CERTAIN,
    show_default=True,
    help="Probability from which two rows are one person.",
)
@click.option("--exact-only", is_flag=True, help="Only equal keys, no probabilities.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="Who compares the pairs; the clusters are the same.",
)
@click.option(
    "--memory", metavar="SIZE", default=MEMORY, show_default=True, help="Most that DuckDB takes."
)
@click.option("--bought", metavar="COL", help="Column that says who bought: not empty and not 0.")
@click.option("--intent", metavar="COL", help="Column that says who means to buy.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def dedupe_file(
    file: Path,
    id_column: str,
    columns: Columns,
    out: Path,
    certain: float,
    exact_only: bool,
    engine: str,
    memory: str,
    bought: str | None,
    intent: str | None,
    language: str,
    as_json: bool,
) -> None:
    """Find who stands in FILE more than once (CSV, Excel or Parquet)."""
    # Splink reports what a small file cannot teach; what is known beforehand then holds.
    logging.getLogger("splink").setLevel(logging.ERROR)
    con = None
    marks = {name: column for name, column in zip(MARKS, (bought, intent), strict=True) if column}
    try:
        con = connect(memory)
        found = dedupe(
            con, file, id_column, columns, certain=certain, exact_only=exact_only, engine=engine,
            marks=marks,
        )  # fmt: skip
        write(con, found, out)
        answer = _counts(found) | ({"groups": split(con, found)} if marks else {})
    except (Unusable, Unreadable) as problem:
        click.echo(problem.told(language), err=True)
        raise SystemExit(1) from problem
    except MissingExtra as problem:
        raise usage(problem, language) from problem
    finally:
        if con is not None:
            con.close()
    if as_json:
        click.echo(json.dumps(answer))
        return
    click.echo(
        say(
            "{rows:,} rows are {clusters:,} different ones: {duplicates:,} stand there more than "
            "once. Written to {out}.",
            language,
            out=out,
            **answer,
        )
    )


def _counts(found: Found) -> dict[str, Any]:
    return {
        "rows": len(found.labels),
        "clusters": found.clusters,
        "duplicates": len(found.labels) - found.clusters,
        "pairs": clusters.pairs(found.labels),
        "largest": clusters.largest(found.labels),
    }
