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
from liuke.imports.readers.guessing import guess
from liuke.imports.readers.mapping import Meaning, check_meaning
from liuke.imports.readers.staging import Preview, preview
from liuke.imports.rules import BUSY, CHECKABLE, Status
from liuke.imports.services.work import source_of, workbench_of

BLOCK = 1 << 20


def start_import(
    *, actor: User | None, content: BinaryIO, name: str, in_place: Path | None = None
) -> ImportRun:
    """Take a file in and guess its columns; a file `in_place` is read there instead of copied."""
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
    run.meaning = guess(seen.columns, seen.sample).as_dict()
    with transaction.atomic():
        run.save()
        after = {"name": run.name, "size": run.size, "digest": run.digest}
        journal.record(actor, "import.uploaded", [Change(run, after=after)])
    return run


@transaction.atomic
def choose_meaning(*, actor: User | None, run_id: int, meaning: Meaning) -> ImportRun:
    """Keep what a person says the columns mean; an earlier check no longer counts."""
    require(actor, Act.IMPORT)
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.status not in CHECKABLE or run.position:
        raise Refused(_("This import has already begun. Upload the file again."))
    check_meaning(meaning, run.columns)
    run.meaning = meaning.as_dict()
    run.status = Status.UPLOADED
    run.total = 0
    run.counts = {}
    run.error = ""
    run.save()
    workbench_of(run).unlink(missing_ok=True)
    return run


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
