"""`report`, `fit`, `uplift`, `survival`: statistics of one file, for people and for programs."""

import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
import numpy as np
from ibis import Table
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from liuke_analytics import report as reports
from liuke_analytics.backends import ENGINES, Unreadable, connect, read
from liuke_analytics.btyd import MODELS, Histories
from liuke_analytics.errors import LEFT_OUT, NotEnoughData
from liuke_analytics.extras import MissingExtra
from liuke_analytics.orders import DATE_ORDERS, Unclear, column, merged, read_orders
from liuke_analytics.saying import language_option, say, told, usage
from liuke_analytics.survival import AalenJohansen, KaplanMeier, log_rank
from liuke_analytics.uplift import LOOKS, Comparison, look, qini, sample_ratio_p, trial
from liuke_analytics.uplift.trial import numeric

REFUSED = 1


class DayType(click.ParamType[date]):
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

    FILE has one row per purchase. Purchases of one customer on one day are one.
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
            _refuse(problem, json_file is not None, language)
    out.write_text(reports.page(analysis, top, language), encoding="utf-8")
    figures = {"file": str(file), "engine": engine, **reports.summary(analysis, top)}
    if json_file is not None:
        text = json.dumps(figures, ensure_ascii=False, indent=2, allow_nan=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    states = [
        say(template, language, count=count)
        for template, count in zip(
            ("active {count:,}", "at risk {count:,}", "lost {count:,}"),
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
            _refuse(problem, as_json, language, model=model)
    if as_json:
        click.echo(json.dumps(fitted.as_dict()))
        return
    click.echo(
        say(
            "{model}  log-likelihood {likelihood:,.2f}  {customers:,} customers", language,
            model=model, likelihood=fitted.log_likelihood, customers=fitted.customers,
        )
    )  # fmt: skip
    for name, value in fitted.params.items():
        click.echo(f"{name:>8} {value:>12.4f}  ± {fitted.se[name]:.4f}")


@main.command()
@file_argument
@click.option("--treatment", metavar="COL", required=True, help="Column with what a person got.")
@click.option(
    "--outcome", metavar="COL", required=True, help="Column with yes/no, 0/1 or a number."
)
@click.option(
    "--control", metavar="VALUE", help="The treatment that is none; 0, no, control … are known."
)
@click.option(
    "--treated-share",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Share that was to be treated: checks that the drawing worked.",
)
@click.option(
    "--look",
    "number",
    type=click.IntRange(1, len(LOOKS)),
    help="Which of three planned looks this is: 1, 2 or 3.",
)
@click.option(
    "--score", metavar="COL", help="Column with a score, high is treat first: gives its Qini."
)
@language_option
@json_option
def uplift(
    file: Path,
    treatment: str,
    outcome: str,
    control: str | None,
    treated_share: float | None,
    number: int | None,
    score: str | None,
    language: str,
    as_json: bool,
) -> None:
    """What a treatment changed, with its interval. FILE has one row per person.

    Treatments must have been drawn at random.
    """
    columns = _columns(file, [treatment, outcome, *([score] if score else [])], language)
    try:
        found = trial(columns[treatment], columns[outcome], control)
        comparisons = [_compared(one, treated_share, number) for one in found.comparisons]
        answer: dict[str, Any] = {
            "outcome": outcome,
            "kind": found.kind,
            "control": found.control,
            "rows": found.rows,
            "left_out": found.left_out,
            "comparisons": comparisons,
        }
        if score:
            answer["qini"] = _qini(columns, treatment, outcome, score, found.control)
    except ValueError as problem:
        _refuse(problem, as_json, language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
        return
    if found.left_out:
        template = "{left:,} of {rows:,} rows left out: nothing given or no outcome"
        click.echo(say(template, language, left=found.left_out, rows=found.rows))
    for one in comparisons:
        click.echo(
            say(
                "{treatment} {treated:.4f} of {people:,}, {name} {control:.4f} of {others:,}: "
                "{difference:+.4f} ({low:+.4f} to {high:+.4f}), p {p:.3g}",
                language,
                **{**one, "treated": one["treated"]["value"], "control": one["control"]["value"]},
                people=one["treated"]["people"],
                others=one["control"]["people"],
                name=found.control,
            )
        )
        if "verdict" in one:
            click.echo(say("    verdict: {value}", language, value=one["verdict"]))
        if "sample_ratio_p" in one:
            told = say("    sample ratio p: {value:.3g}", language, value=one["sample_ratio_p"])
            click.echo(told)
    if score:
        template = "Qini {coefficient:.5f} ({low:.5f} to {high:.5f})"
        click.echo(say(template, language, **answer["qini"]))


@main.command()
@file_argument
@click.option("--duration", metavar="COL", required=True, help="Column with how long, a number.")
@click.option(
    "--event",
    metavar="COL",
    required=True,
    help="Column with 1 where it ended in the event, 0 where it was still open; other values: "
    "competing ways of ending.",
)
@click.option("--group", metavar="COL", help="Column to compare by.")
@language_option
@json_option
def survival(
    file: Path, duration: str, event: str, group: str | None, language: str, as_json: bool
) -> None:
    """How long until something happens, counting those still open fairly. One row per case."""
    columns = _columns(file, [duration, event, *([group] if group else [])], language)
    try:
        answer = _survived(columns, duration, event, group)
    except ValueError as problem:
        _refuse(problem, as_json, language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
        return
    if answer["left_out"]:
        template = "{rows:,} rows left out: no duration or no event"
        click.echo(say(template, language, rows=answer["left_out"]))
    for one in answer["groups"]:
        median = one["median"]
        click.echo(
            say(
                "{name}: {cases:,} cases, {events:,} events, median {median}", language,
                name=one["group"] or say("all", language), cases=one["cases"],
                events=one["events"],
                median=say("not reached", language) if median is None else f"{median:g}",
            )
        )  # fmt: skip
        template = "{time:>10g}  {survival:.4f}  ({low:.4f} to {high:.4f})"
        for step in one["curve"]:
            click.echo(say(template, language, **step))
    if answer["log_rank"]:
        template = "log-rank {statistic:.3f}, {df} df, p {p:.3g}"
        click.echo(say(template, language, **answer["log_rank"]))


def _columns(file: Path, wanted: Sequence[str], language: str) -> dict[str, list[str | None]]:
    """Columns of a small file as text."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            table = read(connect(), file, Path(folder)).table
        except (Unreadable, MissingExtra) as problem:
            raise usage(problem, language) from None
        try:
            for name in wanted:
                column(table, name, name)
        except Unclear as problem:
            raise usage(problem, language) from None
        chosen = table.select(
            **{name: table[name].cast("string") for name in dict.fromkeys(wanted)}
        )
        found: dict[str, list[str | None]] = chosen.to_pyarrow().to_pydict()
    return found


def _compared(one: Comparison, treated_share: float | None, number: int | None) -> dict[str, Any]:
    effect = one.effect
    answer: dict[str, Any] = {
        "treatment": one.treatment,
        "treated": {"value": effect.treated, "people": effect.treated_total},
        "control": {"value": effect.control, "people": effect.control_total},
        "difference": effect.difference,
        "low": effect.interval.low,
        "high": effect.interval.high,
        "z": effect.z,
        "p": effect.p,
    }
    if number is not None:
        answer["verdict"] = str(look(number, effect.z))
    if treated_share is not None:
        answer["sample_ratio_p"] = sample_ratio_p(
            effect.treated_total, effect.control_total, treated_share
        )
    return answer


def _qini(
    columns: dict[str, list[str | None]], treatment: str, outcome: str, score: str, control: str
) -> dict[str, Any]:
    rows = [
        (numeric(points), float((given or "").strip() != control), numeric(came))
        for points, given, came in zip(
            columns[score], columns[treatment], columns[outcome], strict=True
        )
        if (given or "").strip()
    ]
    table = np.array(rows)
    table = table[~np.isnan(table).any(axis=1)]
    found = qini(table[:, 0], table[:, 1], table[:, 2])
    return {
        "coefficient": found.coefficient,
        "low": found.interval.low,
        "high": found.interval.high,
        "people": len(table),
    }


def _survived(
    columns: dict[str, list[str | None]], duration: str, event: str, group: str | None
) -> dict[str, Any]:
    spent = np.array([numeric(value) for value in columns[duration]])
    ended = np.array([numeric(value) for value in columns[event]])
    label = np.array([value or "" for value in columns[group]] if group else [""] * len(spent))
    used = ~np.isnan(spent) & ~np.isnan(ended) & (spent >= 0)
    spent, ended, label = spent[used], ended[used], label[used]
    competing = len(np.unique(ended[ended != 0])) > 1
    groups = [
        _curve(str(name), spent[label == name], ended[label == name], competing)
        for name in (np.unique(label) if len(spent) else [""])
    ]
    test = None
    if len(groups) > 1 and not competing:
        found = log_rank(spent, ended, label)
        test = {"statistic": found.statistic, "df": found.freedom, "p": found.p}
    return {"groups": groups, "log_rank": test, "left_out": int((~used).sum())}


def _curve(
    name: str, spent: NDArray[np.float64], ended: NDArray[np.float64], competing: bool
) -> dict[str, Any]:
    found = KaplanMeier.fit(spent, ended)
    answer: dict[str, Any] = {
        "group": name or None,
        "cases": len(spent),
        "events": int((ended != 0).sum()),
        "median": found.median if np.isfinite(found.median) else None,
        "curve": [
            {"time": time, "at_risk": left, "events": died, "survival": here, "low": low,
             "high": high}
            for time, left, died, here, low, high in zip(
                *(column.tolist() for column in (found.time, found.at_risk, found.events,
                                                 found.survival, found.lower, found.upper)),
                strict=True,
            )
        ],
    }  # fmt: skip
    if competing:
        shares = AalenJohansen.fit(spent, ended)
        answer["competing"] = {
            f"{cause:g}": {"time": shares.time.tolist(), "share": shares.share[index].tolist()}
            for index, cause in enumerate(shares.causes)
        }
    return answer


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


def _refuse(problem: Exception, as_json: bool, language: str, **named: Any) -> NoReturn:
    """Say what is missing, in words and, if asked for, as an object; exit code 1."""
    if as_json:
        answer = {**named, "error": told(problem, language)}
        if isinstance(problem, NotEnoughData):
            answer |= {"what": problem.what, "needed": problem.needed, "have": problem.have}
        click.echo(json.dumps(answer, ensure_ascii=False))
    click.echo(told(problem, language), err=True)
    raise SystemExit(REFUSED)
