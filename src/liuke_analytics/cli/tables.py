"""`uplift` and `survival`: one row per person or case."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from liuke_analytics.backends import Unreadable, connect, read
from liuke_analytics.cli.options import file_argument, json_option, refuse
from liuke_analytics.extras import MissingExtra
from liuke_analytics.helping import Command
from liuke_analytics.orders import Unclear, column
from liuke_analytics.saying import language_option, say, usage
from liuke_analytics.survival import AalenJohansen, KaplanMeier, log_rank
from liuke_analytics.uplift import LOOKS, Comparison, look, qini, sample_ratio_p, trial
from liuke_analytics.uplift.trial import numeric


@click.command(cls=Command, short_help="What a treatment changed.")
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
        refuse(problem, as_json, language)
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
            click.echo(say("    verdict: {value}", language, value=say(one["verdict"], language)))
        if "sample_ratio_p" in one:
            told = say("    sample ratio p: {value:.3g}", language, value=one["sample_ratio_p"])
            click.echo(told)
    if score:
        template = "Qini {coefficient:.5f} ({low:.5f} to {high:.5f})"
        click.echo(say(template, language, **answer["qini"]))


@click.command(cls=Command, short_help="How long until something happens.")
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
        refuse(problem, as_json, language)
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
        click.echo(say("      time  share still open (95 % band)", language))
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
            named = {name: column(table, name, name) for name in wanted}
        except Unclear as problem:
            raise usage(problem, language) from None
        chosen = table.select(
            **{name: table[place].cast("string") for name, place in named.items()}
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
