"""`report`, `fit`, `uplift`, `survival`: statistics of one file, for people and for programs."""

import click

from liuke_analytics.cli.orders import fit, report
from liuke_analytics.cli.tables import survival, uplift
from liuke_analytics.helping import Group

__all__ = ["fit", "main", "report", "survival", "uplift"]


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Who is leaving, how sure that is and what it costs, from a CSV or Parquet file."""


for command in (report, fit, uplift, survival):
    main.add_command(command)
