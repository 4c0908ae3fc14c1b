"""All writes about exports: ask for one, run it, cancel it, let it go."""

import shutil
from array import array
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal, sheets
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.exports.models import Export
from liuke.exports.queries import described, reach_kept, selection, sources
from liuke.exports.rules import BUSY, KEPT, SILENT, Status, covers

CHUNK = 2000


class Interrupted(Refused):
    """Somebody cancelled this export, or another worker took it over."""


def start_export(
    *,
    actor: User,
    list_name: str,
    query: QueryDict,
    columns: Sequence[str],
    format: str,
    picked: Sequence[int] | None = None,
) -> Export:
    """Note that this person wants a list as a file; `run_export` writes it."""
    _may(actor, list_name)
    return Export.objects.create(
        list_name=list_name,
        about=described(actor, list_name, query, picked is not None),
        query=query.urlencode(),
        columns=list(columns),
        format=format,
        picked=None if picked is None else list(picked),
        language=translation.get_language() or "en",
        created_by=actor,
    )


def run_export(*, export_id: int) -> Export:
    """Write the file as whoever asked for it sees the list now, in flat memory."""
    export = _claim(export_id)
    if export is None:
        return Export.objects.get(pk=export_id)
    partial = export.folder / "partial"
    try:
        export.folder.mkdir(parents=True, exist_ok=True)
        with translation.override(export.language):
            _write(export, partial)
            _finish(export, partial)
    except Interrupted:
        _remove_file(export)
    except PermissionDenied as refused:
        _fail(export, str(refused))
    except Exception as failure:
        _fail(export, repr(failure))
        raise
    return Export.objects.get(pk=export_id)


@transaction.atomic
def stop_export(*, actor: User, export_id: int) -> Export:
    """Cancel an own export that is not ready yet; nothing of it is kept."""
    export = Export.objects.select_for_update().get(pk=export_id, created_by=actor)
    if export.status in BUSY:
        export.status, export.token = Status.STOPPED, ""
        export.save(update_fields=["status", "token"])
    return export


@transaction.atomic
def discard_export(*, actor: User, export_id: int) -> None:
    """Remove the file of an own export now."""
    export = Export.objects.select_for_update().get(pk=export_id, created_by=actor)
    if export.status not in BUSY:
        _expire([export])


def opened_file(*, actor: User, export_id: int) -> Any:
    """The finished file to read, if the person may still see all that is in it."""
    export = Export.objects.get(pk=export_id, created_by=actor)
    _may(actor, export.list_name)
    if export.status != Status.DONE or not export.file.exists():
        raise Refused(_("This file is no longer here. Export again."))
    if not covers(reach_kept(actor, export.list_name), export.reach or {}):
        raise Refused(_("You may see less than when this was exported. Export again."))
    journal.record(actor, "export.downloaded", [Change(export, after={"rows": export.rows})])
    return export.file.open("rb")


def expire(now: datetime) -> None:
    """The tick: remove files that were kept long enough, and give up what no worker works on."""
    _expire(Export.objects.filter(status=Status.DONE, expires_at__lte=now))
    lost = Export.objects.filter(status=Status.RUNNING, touched_at__lte=now - SILENT)
    for export in lost:
        with translation.override(export.language):
            _fail(export, _("The worker stopped in the middle. Export again."))


def expire_all() -> None:
    """Remove every file and all that was asked for: somebody in them has to be forgotten."""
    Export.objects.filter(status__in=BUSY).update(status=Status.STOPPED, token="")
    _expire(Export.objects.exclude(status=Status.EXPIRED))


def _may(actor: User, list_name: str) -> None:
    require(actor, Act.EXPORT)
    require(actor, sources()[list_name].act)


@transaction.atomic
def _claim(export_id: int) -> Export | None:
    rows = Export.objects.select_for_update(of=("self",)).select_related("created_by__unit")
    export = rows.get(pk=export_id)
    if export.status != Status.WAITING:
        return None
    export.status, export.token, export.touched_at = Status.RUNNING, uuid4().hex, clock.now()
    export.save()
    return export


def _write(export: Export, path: Any) -> None:
    actor = export.created_by
    _may(actor, export.list_name)
    source = sources()[export.list_name]
    declared, rows = source.declared(actor), source.rows(actor)
    export.reach = reach_kept(actor, export.list_name)
    query = QueryDict(export.query)
    asked = selection(actor, export.list_name, query, export.picked, declared)
    # Eight bytes a row, read at once: a cursor held open would keep SQLite from writing progress.
    keys = array("q", asked.values_list("pk", flat=True).iterator(chunk_size=10 * CHUNK))
    export.total = len(keys)
    with sheets.opened(path, export.format) as sheet:
        sheet.write(declared.headings(export.columns))
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK].tolist()
            for line in declared.lines_of(rows, chunk, export.columns):
                sheet.write(line)
                export.rows += 1
            _advance(export)


def _advance(export: Export) -> None:
    held = Export.objects.filter(pk=export.pk, token=export.token, status=Status.RUNNING)
    if not held.update(rows=export.rows, total=export.total, touched_at=clock.now()):
        raise Interrupted(_("The export was cancelled."))


@transaction.atomic
def _finish(export: Export, partial: Any) -> None:
    held = Export.objects.select_for_update().filter(
        pk=export.pk, token=export.token, status=Status.RUNNING
    )
    if not held.exists():
        raise Interrupted(_("The export was cancelled."))
    partial.rename(export.file)
    export.status = Status.DONE
    export.size = export.file.stat().st_size
    export.expires_at = clock.now() + KEPT
    export.save()
    after = {
        "list": export.list_name, "filters": export.query, "columns": export.columns,
        "rows": export.rows, "format": export.format,
    }  # fmt: skip
    journal.record(export.created_by, "list.exported", [Change(export, after=after)])


def _fail(export: Export, error: str) -> None:
    _remove_file(export)
    Export.objects.filter(pk=export.pk, status__in=BUSY).update(status=Status.FAILED, error=error)


def _expire(exports: Any) -> None:
    for export in exports:
        _remove_file(export)
        Export.objects.filter(pk=export.pk).update(
            status=Status.EXPIRED, about="", query="", picked=None
        )


def _remove_file(export: Export) -> None:
    shutil.rmtree(export.folder, ignore_errors=True)
