"""`report`, `fit`, `uplift`, `survival`: statistics of one file, for people and for programs."""

import json
import locale
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
import numpy as np
from ibis import Table

from liuke_analytics import report as reports
from liuke_analytics.backends import ENGINES, MissingEngine, Unreadable, connect, read
from liuke_analytics.btyd import MODELS, Histories
from liuke_analytics.errors import NotEnoughData
from liuke_analytics.orders import DATE_ORDERS, Unclear, merged, read_orders

REFUSED = 1


class DayType(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2011-12-09", param, ctx)


file_argument = click.argument("file", type=click.Path(exists=True, path_type=Path), metavar="FILE")
customer_option = click.option(
    "--customer", metavar="COL", help="Column that names the customer; guessed if left out."
)
date_option = click.option(
    "--date", "day", metavar="COL", help="Column with the day of purchase; guessed if left out."
)
amount_option = click.option(
    "--amount", metavar="COL", help="Column with the money of a row; guessed if left out."
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


def _language() -> str:
    said = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if said.lower().startswith("zh") else "en"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Who is leaving, how sure that is and what it costs, from a CSV or Parquet file."""


@main.command()
@file_argument
@customer_option
@date_option
@amount_option
@click.option(
    "--as-of",
    type=DayType(),
    help="Judge as of this day; else the last on record, at most today.",
)
@date_order_option
@engine_option
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default=_language,
    show_default="that of the system",
    help="Language of the page.",
)
@click.option(
    "--top", default=100, show_default=True, type=click.IntRange(1), help="Customers listed."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="The page to write.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write all figures as JSON here.",
)
def report(
    file: Path,
    customer: str | None,
    day: str | None,
    amount: str | None,
    as_of: date | None,
    date_order: str | None,
    engine: str,
    language: str,
    top: int,
    out: Path,
    json_file: Path | None,
) -> None:
    """Write a page on who is leaving: what to do, the list, and how far it can be trusted.

    FILE has one row per purchase. Purchases of one customer on one day are one.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            orders = read_orders(
                connect(engine), file, Path(folder), customer=customer, day=day, amount=amount,
                as_of=as_of, date_order=date_order,
            )  # fmt: skip
            analysis = reports.analyse(orders)
        except (Unclear, MissingEngine) as problem:
            raise click.UsageError(str(problem)) from None
        except (Unreadable, NotEnoughData) as problem:
            _refuse(problem, json_file is not None)
    out.write_text(reports.page(analysis, top, language), encoding="utf-8")
    figures = {"file": str(file), "engine": engine, **reports.summary(analysis, top)}
    if json_file is not None:
        text = json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    states = figures["states"] or {}
    told = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in states.items())
    click.echo(
        f"{out}: {figures['customers']:,} customers; {told or figures['model_refused']['message']}"
    )
    for reason, rows in figures["left_out"].items():
        click.echo(f"{rows:>10,} rows left out: {reason.replace('_', ' ')}")


@main.command()
@file_argument
@click.option("--model", type=click.Choice(sorted(MODELS)), required=True)
@customer_option
@date_option
@amount_option
@click.option(
    "--calibration-end", type=DayType(), help="Use purchases up to this day; else all of them."
)
@date_order_option
@click.option(
    "--period-weeks", default=1, show_default=True, type=click.IntRange(1),
    help="Length of a period of bgbb.",
)  # fmt: skip
@engine_option
@json_option
def fit(
    file: Path,
    model: str,
    customer: str | None,
    day: str | None,
    amount: str | None,
    calibration_end: date | None,
    date_order: str | None,
    period_weeks: int,
    engine: str,
    as_json: bool,
) -> None:
    """Fit one model of buying and leaving, or of value (gammagamma). Times in weeks.

    FILE has one row per purchase, or one row per customer with the columns x, t_x and T (for
    gammagamma also zbar; for groups of customers also count), as published data sets have.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            connection = connect(engine)
            table = read(connection, file, Path(folder)).table
            summarised = _summaries(table) if day is None else None
            if summarised is None:
                orders = read_orders(
                    connection, file, Path(folder), customer=customer, day=day,
                    amount=amount, as_of=calibration_end, date_order=date_order,
                )  # fmt: skip
                bought = merged(orders)
                histories = Histories.from_purchases(
                    bought.customer, bought.day, bought.amount,
                    end=np.datetime64(orders.as_of, "D"),
                    period_days=7 * period_weeks if model == "bgbb" else 1,
                )  # fmt: skip
            else:
                histories = summarised
            fitted = MODELS[model].fit(histories)
        except (Unclear, MissingEngine) as problem:
            raise click.UsageError(str(problem)) from None
        except ValueError as problem:
            _refuse(problem, as_json, model=model)
    if as_json:
        click.echo(json.dumps(fitted.as_dict()))
        return
    click.echo(
        f"{model}  log-likelihood {fitted.log_likelihood:,.2f}  {fitted.customers:,} customers"
    )
    for name, value in fitted.params.items():
        click.echo(f"{name:>8} {value:>12.4f}  ± {fitted.se[name]:.4f}")


_SUMMARY_COLUMNS = {
    "frequency": ("x", "frequency"),
    "recency": ("t_x", "tx", "t.x", "recency"),
    "age": ("t", "t_cal", "n", "n_cal", "age", "periods"),
}
_SUMMARY_EXTRAS = {
    "mean_value": ("zbar", "monetary_value", "mean_value"),
    "counts": ("count", "counts", "weight", "weights", "num_cust", "customers"),
}


def _summaries(table: Table) -> Histories | None:
    """Histories of a file with one row per customer or group, None if it is not one."""
    by_name = {name.strip().lower(): name for name in table.columns}
    found = {
        meaning: next((by_name[name] for name in names if name in by_name), None)
        for meaning, names in {**_SUMMARY_COLUMNS, **_SUMMARY_EXTRAS}.items()
    }
    if any(found[meaning] is None for meaning in _SUMMARY_COLUMNS):
        return None
    chosen = {meaning: name for meaning, name in found.items() if name is not None}
    numbers = table.select(
        **{meaning: table[name].cast("float64") for meaning, name in chosen.items()}
    ).to_pyarrow()
    return Histories.from_arrays(**{meaning: numbers[meaning].to_numpy() for meaning in chosen})


def _refuse(problem: Exception, as_json: bool, **named: Any) -> NoReturn:
    """Say what is missing, in words and, if asked for, as an object; exit code 1."""
    if as_json:
        answer = {**named, "error": str(problem)}
        if isinstance(problem, NotEnoughData):
            answer |= {"what": problem.what, "needed": problem.needed, "have": problem.have}
        click.echo(json.dumps(answer, ensure_ascii=False))
    click.echo(str(problem), err=True)
    raise SystemExit(REFUSED)
