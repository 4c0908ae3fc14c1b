"""`liuke import orders FILE`, `customers FILE` …: the wizard for scripts and large files."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from django.utils.translation import gettext as _

from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.queries import unfinished
from liuke.imports.readers.declare import Mode, Twins
from liuke.imports.readers.errors import Unclear
from liuke.imports.readers.mapping import Field, Meaning
from liuke.imports.rules import ORDERS, Status
from liuke.imports.services import (
    check_import,
    choose_meaning,
    choose_reading,
    discard_import,
    run_import,
    start_import,
    undo_import,
)
from liuke.imports.services.kinds import KINDS
from liuke.imports.services.kinds.kind import RecordKind
from liuke.imports.services.work import Progress, silent

LIST_COUNTS = ("rows", "new", "change", "same", "left", "twins", "rejected", "noticed", "skipped")
NOTHING_IMPORTED = 1
WRONG_USE = 2
SHOWN_ERRORS = 10
# The answer of --json: these keys, in this order. See `answer`.
COUNTS: dict[str, Any] = {
    "rows": 0,
    "orders": 0,
    "returns": 0,
    "return_lines": 0,
    "lines": 0,
    "customers": 0,
    "new_customers": 0,
    "sales": "0.00",
    "returned": "0.00",
    "without_customer": 0,
    "rejected": 0,
    "unchanged": 0,
}


@click.command("orders")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--customer", metavar="COL", default="", help="Column that names the customer.")
@click.option("--date", metavar="COL", default="", help="Column with the date.")
@click.option("--amount", metavar="COL", default="", help="Column with the money of a row.")
@click.option("--quantity", metavar="COL", default="", help="Column with the quantity.")
@click.option("--price", metavar="COL", default="", help="Column with the price of one.")
@click.option("--order", metavar="COL", default="", help="Column with the order number.")
@click.option("--product", metavar="COL", default="", help="Column with the product number.")
@click.option("--description", metavar="COL", default="", help="Column with the product in words.")
@click.option("--name", metavar="COL", default="", help="Column with the customer's name.")
@click.option("--status", metavar="COL", default="", help="Column that says what was cancelled.")
@click.option("--phone", metavar="COL", default="", help="Column with the customer's telephone.")
@click.option("--kind", type=click.Choice(["sale", "visit"]), default="sale", show_default=True)
@click.option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="How to read 3/4/2011; needed only when the file does not show it.",
)
@click.option("--dry-run", is_flag=True, help="Check and count; record nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
def import_orders(
    file: Path,
    date_order: str | None,
    kind: str,
    dry_run: bool,
    as_json: bool,
    **columns: str,
) -> None:
    """Import orders or visits from a CSV, XLSX or Parquet FILE.

    Columns that are not given are guessed from their names and printed. A file imported again
    changes nothing; an import that was cut off continues where it stopped.
    """
    progress = _line_on_terminal if sys.stderr.isatty() else silent
    try:
        run = _taken_in(file, columns, kind, date_order or "")
        if not as_json:
            click.echo(_described(run))
        run = _carried_out(run, dry_run, progress)
    except Unclear as unclear:
        raise click.UsageError(_said(unclear) + " --date-order dmy|mdy") from None
    except Refused as refused:
        _give_up(file, _said(refused), as_json)
    click.echo(_as_json(answer(run, file, dry_run)) if as_json else _report(run))
    if not _anything(run.counts):
        sys.exit(NOTHING_IMPORTED)


def answer(run: ImportRun, file: Path, dry_run: bool) -> dict[str, Any]:
    """The stable answer.

    orders, lines, sales: sales and visits newly recorded, their lines and their sum;
    returns, return_lines, returned: the same for returns, `returned` as a positive sum;
    customers: distinct customers with a sale or visit in the file; unchanged: orders that were
    recorded before with the same content; without_customer, rejected: rows left out.
    In a dry run the same figures say what would be.
    """
    counts = COUNTS | {key: run.counts[key] for key in COUNTS if key in run.counts}
    return {
        "file": str(file),
        **counts,
        "rejects_file": str(run.rejects_file) if counts["rejected"] else None,
        "dry_run": dry_run,
        "reasons": run.counts.get("reasons", []),
        "errors": run.counts.get("errors", []),
        "columns": dict(run.mapping.columns()),
        "date_order": run.mapping.date_order,
    }


def _taken_in(file: Path, columns: Mapping[str, str], kind: str, date_order: str) -> ImportRun:
    with file.open("rb") as content:
        run = start_import(actor=None, content=content, name=file.name, in_place=file, kind=ORDERS)
    meaning = replace(_chosen(run.mapping, columns), kind=kind, date_order=date_order)
    try:
        run = choose_meaning(actor=None, run_id=run.pk, meaning=meaning)
    except Refused as refused:
        discard_import(actor=None, run_id=run.pk)
        raise click.UsageError(_said(refused)) from None
    earlier = unfinished(None, run.digest, meaning, except_id=run.pk)
    if earlier is None:
        return run
    discard_import(actor=None, run_id=run.pk)
    return earlier


def _chosen(guessed: Meaning, columns: Mapping[str, str]) -> Meaning:
    """What was said wins: over the guess of that field, and over other guesses of that column."""
    said = {field: column for field, column in columns.items() if column}
    values = {field.value: getattr(guessed, field) for field in Field}
    values = {field: "" if column in said.values() else column for field, column in values.items()}
    if "amount" in said:
        values |= {"quantity": "", "price": ""}
    if "quantity" in said or "price" in said:
        values["amount"] = ""
    return Meaning(**(values | said))


def _carried_out(run: ImportRun, dry_run: bool, progress: Progress) -> ImportRun:
    if run.status in (Status.UPLOADED, Status.CHECKED):
        try:
            run = check_import(actor=None, run_id=run.pk, progress=progress)
        except Refused:
            discard_import(actor=None, run_id=run.pk)
            raise
    if not dry_run and run.total:
        run = run_import(actor=None, run_id=run.pk, progress=progress)
    if progress is not silent:
        click.echo("\r\x1b[K", nl=False, err=True)
    return run


@click.command("undo")
@click.argument("run_id", metavar="NUMBER", type=int)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
def undo(run_id: int, as_json: bool) -> None:
    """Take back import NUMBER, as far as nobody has worked with what it brought."""
    progress = _line_on_terminal if sys.stderr.isatty() else silent
    try:
        run = undo_import(actor=None, run_id=run_id, progress=progress)
    except ImportRun.DoesNotExist:
        raise click.UsageError(_("There is no import %s.") % run_id) from None
    except Refused as refused:
        raise click.ClickException(_said(refused)) from None
    counts = {name: run.counts[name] for name in ("removed", "restored", "kept")}
    if as_json:
        click.echo(_as_json({"run": run.pk, **counts}))
        return
    words = {
        "removed": _("removed"),
        "restored": _("set back"),
        "kept": _("left, because somebody has worked with them since"),
    }
    for name, count in counts.items():
        click.echo(f"{count:>12,}  {words[name]}")


def _command_of(kind: RecordKind) -> click.Command:
    """`liuke import customers FILE`: one command for each declared kind."""
    shape = kind.shape
    fields = ", ".join(each.name for each in shape.fields)

    @click.command(shape.name, help=f"Import {shape.name} from a CSV, XLSX or Parquet FILE.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--map",
        "said",
        multiple=True,
        metavar="COL=FIELD",
        help=f"What a column means, else it is guessed; an empty FIELD leaves it out. {fields}.",
    )
    @click.option("--key", type=click.Choice([key.name for key in shape.keys]), help="Find by.")
    @click.option(
        "--mode", type=click.Choice([each.value for each in Mode]), default=Mode.BOTH.value
    )
    @click.option(
        "--twins",
        type=click.Choice([each.value for each in Twins]),
        default=Twins.REFUSE.value,
        help="What to do with a mobile that another customer has.",
    )
    @click.option("--reason", default="", help="Why they share it, with --twins share.")
    @click.option("--erase", is_flag=True, help="Empty cells erase what is recorded.")
    @click.option("--strict", is_flag=True, help="Leave out rows with an unreadable cell.")
    @click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), default=None)
    @click.option("--dry-run", is_flag=True, help="Check and count; record nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
    def command(
        file: Path,
        said: Sequence[str],
        key: str | None,
        date_order: str | None,
        dry_run: bool,
        as_json: bool,
        **choices: Any,
    ) -> None:
        progress = _line_on_terminal if sys.stderr.isatty() else silent
        try:
            run = _list_taken_in(shape.name, file, said, key, date_order or "", choices)
            run = _carried_out(run, dry_run, progress)
        except Unclear as unclear:
            raise click.UsageError(_said(unclear) + " --date-order dmy|mdy") from None
        except Refused as refused:
            _give_up(file, _said(refused), as_json)
        if as_json:
            click.echo(_as_json(_list_answer(run, file, dry_run)))
        else:
            click.echo(_list_report(run))
        if not any(run.counts.get(name) for name in ("new", "change", "same", "left")):
            sys.exit(NOTHING_IMPORTED)

    return command


def _list_taken_in(
    kind: str, file: Path, said: Sequence[str], key: str | None, date_order: str,
    choices: Mapping[str, Any],
) -> ImportRun:  # fmt: skip
    with file.open("rb") as content:
        run = start_import(actor=None, content=content, name=file.name, in_place=file, kind=kind)
    mapped = dict(pair.rpartition("=")[::2] for pair in said)
    columns = {**run.reading.columns, **mapped}
    reading = replace(
        run.reading,
        columns={column: field for column, field in columns.items() if field},
        key=key or run.reading.key,
        date_order=date_order,
        **choices,
    )
    try:
        run = choose_reading(actor=None, run_id=run.pk, reading=reading)
    except Refused as refused:
        discard_import(actor=None, run_id=run.pk)
        raise click.UsageError(_said(refused)) from None
    earlier = unfinished(None, run.digest, reading, except_id=run.pk)
    if earlier is None:
        return run
    discard_import(actor=None, run_id=run.pk)
    return earlier


def _list_answer(run: ImportRun, file: Path, dry_run: bool) -> dict[str, Any]:
    """The stable answer: rows by what became of them, and the number to undo the import by."""
    counted = {name: run.counts.get(name, 0) for name in LIST_COUNTS}
    return {
        "file": str(file),
        "run": run.pk,
        **counted,
        "rejects_file": str(run.rejects_file) if run.rejects_file.exists() else None,
        "dry_run": dry_run,
        "reasons": run.counts.get("reasons", []),
        "errors": run.counts.get("errors", []),
        "columns": dict(run.reading.columns),
        "key": run.reading.key,
        "date_order": run.reading.date_order,
    }


def _list_report(run: ImportRun) -> str:
    columns = ", ".join(f"{column} = {field}" for column, field in run.reading.columns.items())
    words = {
        "rows": _("rows in the file"),
        "new": _("new"),
        "change": _("changed"),
        "same": _("unchanged"),
        "left": _("left out as chosen"),
        "rejected": _("rows refused"),
        "noticed": _("cells left out"),
    }
    lines = [f"{run.name} ({run.described})", _("Columns: %(columns)s") % {"columns": columns}]
    lines += [f"{run.counts.get(name, 0):>12,}  {said}" for name, said in words.items()]
    lines += [f"{item['rows']:>16,}  {item['reason']}" for item in run.counts.get("reasons", [])]
    if run.rejects_file.exists():
        lines.append(_("All rejected rows: %(file)s") % {"file": run.rejects_file})
    lines.append(_("To take it back: liuke import undo %s") % run.pk)
    return "\n".join(lines)


def _as_json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _give_up(file: Path, message: str, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(_as_json({"file": str(file), "error": message}))
    click.echo(message, err=True)
    sys.exit(NOTHING_IMPORTED)


def _anything(counts: Mapping[str, Any]) -> bool:
    return any(counts.get(key) for key in ("orders", "returns", "unchanged"))


def _said(refused: Refused) -> str:
    return " ".join(refused.messages)


def _described(run: ImportRun) -> str:
    columns = ", ".join(f"{field} = {column}" for field, column in run.mapping.columns())
    said = _("Columns: %(columns)s") % {"columns": columns}
    return f"{run.name} ({run.described})\n{said}"


def _report(run: ImportRun) -> str:
    counts = {**COUNTS, **run.counts}
    named = {
        "rows": _("rows in the file"),
        "orders": _("orders, %(sales)s") % {"sales": counts["sales"]},
        "returns": _("returns, %(returned)s") % {"returned": counts["returned"]},
        "customers": _("customers, %(new)s of them new") % {"new": counts["new_customers"]},
        "unchanged": _("orders already recorded"),
        "without_customer": _("rows without customer, left out"),
        "rejected": _("rows rejected"),
    }
    lines = [f"{counts[key]:>12,}  {words}" for key, words in named.items()]
    lines += [f"{item['rows']:>16,}  {item['reason']}" for item in counts.get("reasons", [])]
    for error in counts.get("errors", [])[:SHOWN_ERRORS]:
        where = " ".join(filter(None, (str(error["row"]), error["column"], repr(error["value"]))))
        said = _("row %(where)s: %(reason)s. %(remedy)s") % {**error, "where": where}
        lines.append(f"  {said}")
    if counts["rejected"]:
        lines.append(_("All rejected rows: %(file)s") % {"file": run.rejects_file})
    return "\n".join(lines)


def _line_on_terminal(step: str, done: int, total: int) -> None:
    words = {
        "read": _("Reading"),
        "judge": _("Checking"),
        "check": _("Checking"),
        "record": _("Recording"),
        "undo": _("Undoing"),
    }
    share = f"{done * 100 // total:3}%" if total else f"{done:,}"
    click.echo(f"\r\x1b[K{words[step]} {share}", nl=False, err=True)


COMMANDS = (import_orders, *map(_command_of, KINDS.values()), undo)
