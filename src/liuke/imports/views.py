"""Data → Import: drop a file, say what its columns mean, look at the check, let it run."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.imports import services, tasks
from liuke.imports.forms import MeaningForm, ReadingForm, UploadForm, too_large
from liuke.imports.models import ImportRun
from liuke.imports.queries import kept_of, visible_to
from liuke.imports.rules import CHECKABLE, ORDERS, RUNNABLE, Status

PAST_RUNS = 50
ERRORS_SHOWN = 20
ACCEPT = ".csv,.txt,.tsv,.gz,.xlsx,.xlsm,.xls,.parquet"


class SizeLimit(FileUploadHandler):
    """Stops reading when the file is too large, instead of filling the disk first."""

    exceeded = False
    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.LIUKE_MAX_UPLOAD_BYTES:
            self.exceeded = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def import_list(request: HttpRequest) -> HttpResponse:
    """What came in, and the place to drop the next file."""
    viewer = _importer(request)
    return _start_page(request, viewer, [])


@csrf_exempt
def import_new(request: HttpRequest) -> HttpResponse:
    """Take in an uploaded file."""
    # The limit must be in place before anything, the CSRF check included, reads the request.
    limit = SizeLimit(request)
    request.upload_handlers.insert(0, limit)
    return _import_new(request, limit)


@csrf_protect
def _import_new(request: HttpRequest, limit: SizeLimit) -> HttpResponse:
    viewer = _importer(request)
    if request.method != "POST":
        return redirect("import-list")
    form = UploadForm(request.POST, request.FILES)
    if limit.exceeded:
        return _start_page(request, viewer, [too_large()])
    if not form.is_valid():
        return _start_page(request, viewer, form.errors["file"])
    file = form.cleaned_data["file"]
    try:
        run = services.start_import(actor=viewer, content=file, name=file.name)
    except Refused as refused:
        return _start_page(request, viewer, refused.messages)
    return _go(request, "import-map", run)


def import_map(request: HttpRequest, pk: int) -> HttpResponse:
    """The columns as guessed beside the first rows; a person confirms."""
    viewer = _importer(request)
    run = _run(viewer, pk)
    if run.status not in CHECKABLE or run.position:
        return redirect("import-run", pk)
    if not run.is_of_orders:
        return _map_records(request, viewer, run)
    form = MeaningForm(run, request.POST or None)
    if form.is_valid():
        services.choose_meaning(actor=viewer, run_id=run.pk, meaning=form.meaning)
        tasks.check.enqueue(run.pk)
        return _go(request, "import-check", run)
    context = {"run": run, "form": form, "first": services.first_rows(run), "kinds": _kinds(run)}
    return render(request, "imports/map.html", context)


def _map_records(request: HttpRequest, viewer: User, run: ImportRun) -> HttpResponse:
    """Each column with examples and what it means; a change only shows what it would come to."""
    shape = services.KINDS[run.kind].shape_now()
    form = ReadingForm(run, shape, request.POST or None)
    reading = form.reading if form.is_bound else run.reading
    seen = services.look(run, reading)
    if request.method == "POST" and not getattr(request, "htmx", False) and form.is_valid():
        try:
            services.choose_reading(actor=viewer, run_id=run.pk, reading=reading)
        except Refused:
            pass  # The page says what is wrong, beside the column.
        else:
            tasks.check.enqueue(run.pk)
            return redirect("import-check", run.pk)
    pairs = zip(seen.columns, form.columns(), strict=True)
    columns = [pair for pair in pairs if not pair[0].blank]
    used = sum(1 for name in run.columns if name in reading.columns)
    context = {
        "run": run,
        "form": form,
        "columns": columns,
        "faults": seen.faults,
        "used": used,
        "shape": shape,
        "kinds": _kinds(run),
    }
    return render(request, "imports/map_records.html", context)


@require_POST
def import_kind(request: HttpRequest, pk: int) -> HttpResponse:
    """The file holds another kind of record than was guessed."""
    viewer = _importer(request)
    run = _run(viewer, pk)
    services.choose_kind(actor=viewer, run_id=run.pk, kind=request.POST.get("kind", ""))
    return redirect("import-map", pk)


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what an import recorded."""
    viewer = _importer(request)
    run = _run(viewer, pk)
    if run.may_be_undone:
        tasks.undo.enqueue(run.pk, viewer.pk)
    return redirect("import-run", pk)


def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would do; confirming starts it."""
    viewer = _importer(request)
    run = _run(viewer, pk)
    if request.method == "POST":
        if run.status in RUNNABLE and run.total:
            tasks.record.enqueue(run.pk)
        return redirect("import-run", pk)
    if run.position or run.status in (Status.DONE, Status.RUNNING, Status.STOPPED):
        return redirect("import-run", pk)
    waiting = run.status in (Status.UPLOADED, Status.CHECKING)
    return _watched(request, run, "imports/check.html", waiting)


def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is, then what came of it."""
    run = _run(_importer(request), pk)
    if run.status == Status.UPLOADED:
        # Nobody has said yet what the columns mean.
        return redirect("import-map", pk)
    if run.status == Status.CHECKING or (run.status == Status.FAILED and not run.total):
        return redirect("import-check", pk)
    running = run.status in (Status.CHECKED, Status.RUNNING, Status.UNDOING)
    return _watched(request, run, "imports/run.html", running)


@require_POST
def import_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a run after the chunk it is at."""
    viewer = _importer(request)
    services.stop_import(actor=viewer, run_id=_run(viewer, pk).pk)
    return redirect("import-run", pk)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file of which nothing was recorded."""
    viewer = _importer(request)
    services.discard_import(actor=viewer, run_id=_run(viewer, pk).pk)
    return redirect("import-list")


def import_rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows left out, with reason and remedy, as a file to correct."""
    run = _run(_importer(request), pk)
    if not run.rejects_file.exists():
        raise Http404
    name = f"{run.name.rsplit('.', 1)[0]}-{run.pk}.rejects.csv"
    return FileResponse(
        run.rejects_file.open("rb"), as_attachment=True, filename=name, content_type="text/csv"
    )


def _kinds(run: ImportRun) -> list[dict[str, Any]]:
    """What a file may hold: name, label, hint and whether it is chosen."""
    shapes = [kind.shape for kind in services.KINDS.values()]
    known = [(each.name, each.label, each.hint, each.icon) for each in shapes]
    known.append((ORDERS, _("Orders and visits"), _("What customers bought and when"), "receipt"))
    return [
        {"name": name, "label": label, "hint": hint, "icon": icon, "chosen": name == run.kind}
        for name, label, hint, icon in known
    ]


def label_of(run: ImportRun) -> str:
    return next(str(kind["label"]) for kind in _kinds(run) if kind["chosen"])


def _importer(request: HttpRequest) -> User:
    viewer = viewer_of(request)
    require(viewer, Act.IMPORT)
    return viewer


def _run(viewer: User, pk: int) -> ImportRun:
    return get_object_or_404(visible_to(viewer), pk=pk)


def _start_page(request: HttpRequest, viewer: User, problems: Sequence[Any]) -> HttpResponse:
    runs = visible_to(viewer)[:PAST_RUNS]
    context = {"runs": runs, "problems": problems, "accept": ACCEPT}
    # htmx shows only what comes back as a success.
    status = 422 if problems and not getattr(request, "htmx", False) else 200
    return render(request, "imports/list.html", context, status=status)


def _go(request: HttpRequest, page: str, run: ImportRun) -> HttpResponse:
    url = reverse(page, args=[run.pk])
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)


def _watched(request: HttpRequest, run: ImportRun, template: str, waiting: bool) -> HttpResponse:
    """A page that asks every second while something is under way, and is drawn anew at its end."""
    context = {
        "run": run,
        "waiting": waiting,
        "counts": run.counts,
        "errors": run.counts.get("errors", [])[:ERRORS_SHOWN],
        "has_rejects": bool(run.counts.get("rejected")) and run.rejects_file.exists(),
        "abandoned": run.status in (Status.RUNNING, Status.UNDOING)
        and not services.is_worked_on(run),
        "label": label_of(run),
        "samples": run.counts.get("samples", {}),
        "kept": kept_of(run) if run.status == Status.UNDONE else (),
    }
    if not getattr(request, "htmx", False):
        return render(request, template, context)
    if not waiting:
        return HttpResponseClientRefresh()
    return render(request, "imports/progress.html", context)
