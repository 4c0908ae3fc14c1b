"""`liuke churn …`: the month table, the status and the rebuild, for people and for programs."""

import json
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from liuke.churn import queries, services
from liuke.churn.rules import kinds
from liuke.churn.rules.months import Month
from liuke.core import clock

COLUMNS = (
    "month", "customers", "settled", "newly_at_risk", "newly_lost", "recovered", "returned",
    "at_risk_end", "lost_end", "hazard", "recovery_rate", "workshop_churn_rate",
)  # fmt: skip


class RuleType(click.ParamType[kinds.Rule]):
    name = "rule"

    def convert(self, value: Any, param: Any, ctx: Any) -> kinds.Rule:
        try:
            return kinds.parse(value)
        except kinds.RuleError as problem:
            self.fail(str(problem), param, ctx)


class DayType(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2011-12-09", param, ctx)


rule_option = click.option(
    "--rule",
    type=RuleType(),
    help="As if this had always been the rule: days:60,90 · visits:6,2,3 · period:12,1,2 · "
    "rhythm:.5,.9,.98. Left out: the firm's own rules.",
)
day_option = click.option(
    "--as-of", "as_of", type=DayType(), default=clock.today, show_default="today", help="Last day."
)
json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def churn() -> None:
    """Who is leaving, how many, and since when."""


@churn.command()
@rule_option
@day_option
@json_option
def table(rule: kinds.Rule | None, as_of: date, as_json: bool) -> None:
    """The monthly table."""
    months = queries.months_under(rule, as_of)
    if as_json:
        answer = {
            "as_of": as_of.isoformat(),
            "rule": kinds.written(rule) if rule else None,
            "months": [{name: getattr(month, name) for name in COLUMNS} for month in months],
        }
        json.dump(answer, sys.stdout)
        click.echo()
        return
    click.echo("  ".join(f"{name:>9}"[:20] for name in COLUMNS))
    for month in months:
        click.echo("  ".join(_cell(month, name).rjust(max(9, len(name))) for name in COLUMNS))
    if months:
        click.echo(f"{months[-1].month} is not over yet.")


@churn.command()
@rule_option
@day_option
@json_option
def status(rule: kinds.Rule | None, as_of: date, as_json: bool) -> None:
    """How many are active, at risk and lost."""
    found = queries.status_under(rule, as_of)
    if as_json:
        json.dump({"as_of": as_of.isoformat(), **asdict(found)}, sys.stdout)
        click.echo()
        return
    for name, count in asdict(found).items():
        click.echo(f"{name:<10}{count:>10,}")


@churn.command()
def rebuild() -> None:
    """Work out every clock and crossing again; under unchanged rules nothing changes."""
    click.echo(f"{services.rebuild():,} customers")


def _cell(month: Month, name: str) -> str:
    value = getattr(month, name)
    if value is None:
        return "—"
    return f"{value:.1%}" if isinstance(value, float) else str(value)
