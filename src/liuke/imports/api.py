"""Imports over the API: a file in, its check, the run, the rows left out, and the way back."""

import json
from dataclasses import replace
from http import HTTPStatus
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.imports import services, tasks
from liuke.imports.forms import too_large
from liuke.imports.models import ImportRun
from liuke.imports.queries import visible_to
from liuke.imports.readers.declare import Mode, Twins
from liuke.imports.rules import ORDERS, RUNNABLE

router = Router(tags=["imports"])


class Choices(Schema):
    """How the file is read; what is not said is guessed, as in the wizard.

    `columns` is a JSON object, column → field, that completes or corrects the guess; an empty
    field leaves the column out. All but `kind` is for records other than orders.
    """

    kind: str = ""
    columns: str = "{}"
    key: str = ""
    mode: Mode = Mode.BOTH
    twins: Twins = Twins.REFUSE
    reason: str = ""
    date_order: str = ""


class ImportOut(Schema):
    """`counts` are those of the check until the run begins, then those of the run."""

    id: int
    name: str
    kind: str
    status: str
    percent: int
    rows: int
    columns: dict[str, str]
    counts: dict[str, Any]
    error: str
    may_run: bool
    may_be_undone: bool

    @staticmethod
    def resolve_columns(run: ImportRun) -> dict[str, str]:
        if run.is_of_orders:
            return {column: field.value for field, column in run.mapping.columns()}
        return dict(run.reading.columns)


@router.post("/imports", response={201: ImportOut})
def start(request: HttpRequest, file: File[UploadedFile], said: Form[Choices]) -> Status[ImportRun]:
    """Take a file in and check it; nothing is recorded before `run` is called."""
    viewer = viewer_of(request)
    require(viewer, Act.IMPORT)
    if (file.size or 0) > settings.LIUKE_MAX_UPLOAD_BYTES:
        raise Refused(too_large())
    run = services.start_import(
        actor=viewer,
        content=cast(BinaryIO, file),
        name=file.name or "",
        kind=_kind(said.kind),
    )
    if not run.is_of_orders:
        try:
            run = _read_as(run, viewer, said)
        except Refused:
            services.discard_import(actor=viewer, run_id=run.pk)
            raise
    tasks.check.enqueue(run.pk)
    run.refresh_from_db()
    return Status(HTTPStatus.CREATED, run)


@router.get("/imports/{pk}", response=ImportOut)
def status(request: HttpRequest, pk: int) -> ImportRun:
    """How far an import is and what it came to."""
    return _run(request, pk)


@router.post("/imports/{pk}/run", response=ImportOut)
def record(request: HttpRequest, pk: int) -> ImportRun:
    """Record what the check accepted, or go on where it was cut off."""
    run = _run(request, pk)
    if run.status not in RUNNABLE or not run.total:
        raise Refused(_("Check the file before it is imported."))
    tasks.record.enqueue(run.pk)
    run.refresh_from_db()
    return run


@router.post("/imports/{pk}/undo", response=ImportOut)
def undo(request: HttpRequest, pk: int) -> ImportRun:
    """Take back what an import recorded, as far as nobody has worked with it."""
    run = _run(request, pk)
    if not run.may_be_undone:
        raise Refused(_("Nothing of this import can be undone."))
    tasks.undo.enqueue(run.pk, viewer_of(request).pk)
    run.refresh_from_db()
    return run


@router.get("/imports/{pk}/rejects")
def rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows left out with reason and remedy, as CSV; 404 when there are none."""
    run = _run(request, pk)
    if not run.rejects_file.exists():
        raise Http404
    return FileResponse(run.rejects_file.open("rb"), content_type="text/csv")


def _run(request: HttpRequest, pk: int) -> ImportRun:
    viewer = viewer_of(request)
    require(viewer, Act.IMPORT)
    return get_object_or_404(visible_to(viewer), pk=pk)


def _kind(kind: str) -> str:
    if kind not in ("", ORDERS, *services.KINDS):
        raise Refused(_("There is no such kind of record."))
    return kind


def _read_as(run: ImportRun, viewer: User, said: Choices) -> ImportRun:
    chosen = _columns(said.columns)
    shape = services.KINDS[run.kind].shape_now()
    for field in sorted({*chosen.values()} - {""}):
        if not shape.has(field):
            raise Refused(_("There is no field “%s”.") % field)
    columns = {**run.reading.columns, **chosen}
    reading = replace(
        run.reading,
        columns={column: field for column, field in columns.items() if field},
        key=said.key or run.reading.key,
        mode=said.mode.value,
        twins=said.twins.value,
        reason=said.reason.replace("\x00", ""),
        date_order=said.date_order,
    )
    return services.choose_reading(actor=viewer, run_id=run.pk, reading=reading)


def _columns(text: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise Refused(_("Columns are a JSON object of column and field."))
    return said
