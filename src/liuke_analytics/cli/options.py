"""What the commands share: options, and how a refusal ends one."""

import json
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click

from liuke_analytics.backends import ENGINES
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.orders import DATE_ORDERS
from liuke_analytics.saying import say, told

REFUSED = 1


class DayType(click.ParamType[date]):
    """A day of the calendar, 2011-12-09."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            language = ctx.params.get("language", "en") if ctx else "en"
            self.fail(say("{value!r} is not a date like 2011-12-09", language, value=value))


file_argument = click.argument("file", type=click.Path(exists=True, path_type=Path), metavar="FILE")
customer_option = click.option(
    "--customer", metavar="COL", help="Column that names the customer; guessed if left out."
)
date_option = click.option(
    "--date", "day", metavar="COL", help="Column with the day of purchase; guessed if left out."
)
amount_option = click.option(
    "--amount",
    metavar="COL",
    help="Column with the money of a row, or two to multiply like Quantity*Price; guessed if "
    "left out.",
)
date_order_option = click.option(
    "--date-order",
    type=click.Choice(DATE_ORDERS),
    help="How to read 3/4/2011; needed only when the file does not show it.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="duckdb",
    show_default=True,
    help="What reads and computes; spark needs pyspark and Java.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")


def refuse(problem: Exception, as_json: bool, language: str, **named: Any) -> NoReturn:
    """Say what is missing, in words and, if asked for, as an object; exit code 1."""
    if as_json:
        answer = {**named, "error": told(problem, language)}
        if isinstance(problem, NotEnoughData):
            answer |= {"what": problem.what, "needed": problem.needed, "have": problem.have}
        click.echo(json.dumps(answer, ensure_ascii=False))
    click.echo(told(problem, language), err=True)
    raise SystemExit(REFUSED)
