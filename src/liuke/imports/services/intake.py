"""A file comes in, and a person confirms what its columns mean."""

import hashlib
import shutil
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.imports.models import ImportRun
from liuke.imports.readers import recognising
from liuke.imports.readers.declare import Reading, mistakes
from liuke.imports.readers.guessing import guess
from liuke.imports.readers.mapping import Meaning, check_meaning
from liuke.imports.readers.mistakes import mistake_text
from liuke.imports.readers.staging import Preview, preview
from liuke.imports.rules import BUSY, CHECKABLE, ORDERS, Status
from liuke.imports.services.kinds import KINDS
from liuke.imports.services.work import source_of, workbench_of

BLOCK = 1 << 20


def start_import(
    *,
    actor: User | None,
    content: BinaryIO,
    name: str,
    in_place: Path | None = None,
    kind: str = "",
) -> ImportRun:
    """Take a file in and guess what it holds and its columns; `kind` is said, not guessed.

    A file `in_place` is read there instead of copied.
    """
    require(actor, Act.IMPORT)
    run = ImportRun.objects.create(
        name=name[-200:], size=0, created_by=actor, language=get_language() or "en"
    )
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
        _take_in(run, content, in_place)
        seen = preview(source_of(run))
    except BaseException:
        shutil.rmtree(run.folder, ignore_errors=True)
        run.delete()
        raise
    run.columns = seen.columns
    run.described = seen.described[:60]
    _guess(run, seen, kind)
    with transaction.atomic():
        run.save()
        after = {"name": run.name, "size": run.size, "digest": run.digest}
        journal.record(actor, "import.uploaded", [Change(run, after=after)])
    return run


@transaction.atomic
def choose_kind(*, actor: User | None, run_id: int, kind: str) -> ImportRun:
    """Say that the file holds another kind of record; its columns are guessed anew."""
    require(actor, Act.IMPORT)
    if kind != ORDERS and kind not in KINDS:
        raise Refused(_("There is no such kind of record."))
    run = _open_run(run_id)
    _guess(run, preview(source_of(run)), kind)
    return _unchecked(run)


@transaction.atomic
def choose_meaning(*, actor: User | None, run_id: int, meaning: Meaning) -> ImportRun:
    """Keep what a person says the columns of orders mean; an earlier check no longer counts."""
    require(actor, Act.IMPORT)
    run = _open_run(run_id)
    check_meaning(meaning, run.columns)
    run.kind = ORDERS
    run.meaning = meaning.as_dict()
    return _unchecked(run)


@transaction.atomic
def choose_reading(*, actor: User | None, run_id: int, reading: Reading) -> ImportRun:
    """The same for records of any other kind, with the choices that a person made."""
    require(actor, Act.IMPORT)
    run = _open_run(run_id)
    shape = KINDS[run.kind].shape_now()
    if wrong := mistakes(shape, reading, run.columns):
        raise Refused([mistake_text(shape, reading, *each) for each in wrong])
    run.meaning = reading.as_dict()
    return _unchecked(run)


@transaction.atomic
def discard_import(*, actor: User | None, run_id: int) -> None:
    """Forget a file of which nothing was recorded."""
    require(actor, Act.IMPORT)
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.position or run.status in BUSY:
        raise Refused(_("This import has already begun. Stop it first."))
    journal.record(actor, "import.discarded", [Change(run, before={"name": run.name})])
    shutil.rmtree(run.folder, ignore_errors=True)
    run.delete()


def first_rows(run: ImportRun, count: int = 5) -> Preview:
    """The file's columns and its first rows, for the person who confirms them."""
    seen = preview(source_of(run))
    return Preview(seen.columns, seen.sample[:count], seen.described)


def _open_run(run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.status not in CHECKABLE or run.position:
        raise Refused(_("This import has already begun. Upload the file again."))
    return run


def _unchecked(run: ImportRun) -> ImportRun:
    run.status = Status.UPLOADED
    run.total = 0
    run.counts = {}
    run.error = ""
    run.save()
    workbench_of(run).unlink(missing_ok=True)
    return run


def _guess(run: ImportRun, seen: Preview, kind: str) -> None:
    """Orders are what has a day and an amount; everything else is what explains most columns."""
    meaning = guess(seen.columns, seen.sample)
    if not kind:
        amount = meaning.amount or (meaning.quantity and meaning.price)
        name, explained = recognising.kind_of(
            [each.shape_now() for each in KINDS.values()], seen.columns, seen.sample
        )
        whole = bool(meaning.customer and meaning.date and amount)
        kind = ORDERS if whole or not explained else name
    run.kind = kind
    run.meaning = (
        meaning.as_dict()
        if kind == ORDERS
        else recognising.read(KINDS[kind].shape_now(), seen.columns, seen.sample).as_dict()
    )


def _take_in(run: ImportRun, content: BinaryIO, in_place: Path | None) -> None:
    digest = hashlib.sha256()
    target = source_of(run)
    if in_place is not None:
        target.symlink_to(in_place.resolve())
        while block := content.read(BLOCK):
            digest.update(block)
            run.size += len(block)
    else:
        with target.open("wb") as file:
            while block := content.read(BLOCK):
                file.write(block)
                digest.update(block)
                run.size += len(block)
    run.digest = digest.hexdigest()
