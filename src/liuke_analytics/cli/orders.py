"""`report` and `fit`: what purchases say."""

import json
import tempfile
from datetime import date
from pathlib import Path

import click
import numpy as np
from ibis import Table
from threadpoolctl import threadpool_limits

from liuke_analytics import report as reports
from liuke_analytics.backends import Unreadable, connect, read
from liuke_analytics.btyd import MODELS, Histories
from liuke_analytics.cli.options import (
    DayType,
    amount_option,
    customer_option,
    date_option,
    date_order_option,
    engine_option,
    file_argument,
    json_option,
    refuse,
)
from liuke_analytics.errors import LEFT_OUT, NotEnoughData
from liuke_analytics.extras import MissingExtra
from liuke_analytics.helping import Command
from liuke_analytics.orders import Unclear, merged, read_orders
from liuke_analytics.saying import language_option, say, usage


@click.command(cls=Command, short_help="Who is leaving: a page with what to do.")
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
@language_option
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

    FILE has one row per purchase. Purchases of one customer on one day are one. In a file without
    a line of names columns are given by number: --customer 1 --date 2 --amount 4.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            orders = read_orders(
                connect(engine), file, Path(folder), customer=customer, day=day, amount=amount,
                as_of=as_of, date_order=date_order,
            )  # fmt: skip
            analysis = reports.analyse(orders)
        except (Unclear, MissingExtra) as problem:
            raise usage(problem, language) from None
        except (Unreadable, NotEnoughData) as problem:
            refuse(problem, json_file is not None, language)
    out.write_text(reports.page(analysis, top, language), encoding="utf-8")
    figures = {"file": str(file), "engine": engine, **reports.summary(analysis, top)}
    if json_file is not None:
        text = json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    states = [
        say(template, language, count=count)
        for template, count in zip(
            ("active {count:,}", "quiet {count:,}", "at risk {count:,}", "lost {count:,}"),
            analysis.counts().values(),
            strict=False,
        )
    ]
    refused = "" if analysis.model_refused is None else analysis.model_refused.told(language)
    click.echo(
        say(
            "{out}: {customers:,} customers; {told}", language, out=out,
            customers=figures["customers"], told=say(", ", language).join(states) or refused,
        )
    )  # fmt: skip
    for code, rows in figures["left_out"].items():
        reason = say(LEFT_OUT[code], language)
        click.echo(say("{rows:>10,} rows left out: {reason}", language, rows=rows, reason=reason))


@click.command(cls=Command, short_help="Fit one model of buying and leaving.")
@file_argument
@click.option("--model", type=click.Choice(sorted(MODELS)), required=True, help="Which model.")
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
@language_option
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
    language: str,
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
            with threadpool_limits(1, user_api="blas"):
                fitted = MODELS[model].fit(histories)
        except (Unclear, MissingExtra) as problem:
            raise usage(problem, language) from None
        except ValueError as problem:
            refuse(problem, as_json, language, model=model)
    if as_json:
        click.echo(json.dumps(fitted.as_dict()))
        return
    click.echo(
        say(
            "{model}  log-likelihood {likelihood:,.2f}  {customers:,} customers", language,
            model=model, likelihood=fitted.log_likelihood, customers=fitted.customers,
        )
    )  # fmt: skip
    head = say("estimate  ± standard error", language)
    click.echo(f"{'':>8} {'':>{max(0, 12 - len(head.partition(' ')[0]))}}{head}")
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
