"""A list into a file: choose how, get it at once or when it is ready, find it again."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.exports import services, tasks
from liuke.exports.forms import ALL, ExportForm
from liuke.exports.models import Export
from liuke.exports.queries import around, described, is_small, selection, sources, visible_to
from liuke.exports.rules import Status

SHOWN = 50


def export_new(request: HttpRequest, name: str) -> HttpResponseBase:
    """Which file of this list, as it stands on the screen?"""
    viewer = _exporter(request)
    source = sources().get(name)
    if source is None or source.of:
        raise Http404
    require(viewer, source.act)
    form = ExportForm(around(name), request.POST or None)
    if request.method == "POST" and form.is_valid():
        what = form.cleaned_data.get("what") or name
        wanted = sources()[what]
        columns = wanted.columns(viewer, request.GET)
        if form.cleaned_data["columns"] == ALL:
            columns = [column.key for column in wanted.declared(viewer).columns]
        return answer(viewer, what, request.GET, columns, form.cleaned_data["format"])
    context = {
        "form": form,
        "source": source,
        "about": described(viewer, name, request.GET, picked=False),
        "total": selection(viewer, name, request.GET).order_by().count(),
        "back": request.GET.urlencode(),
    }
    return render(request, "exports/new.html", context)


def answer(
    viewer: User,
    name: str,
    query: QueryDict,
    columns: Sequence[str],
    format: str,
    picked: Sequence[int] | None = None,
) -> HttpResponseBase:
    """A small file at once; a large one is written meanwhile and waits under "My exports"."""
    small = is_small(selection(viewer, name, query, picked))
    export = services.start_export(
        actor=viewer, list_name=name, query=query, columns=columns, format=format, picked=picked
    )
    if not small:
        tasks.write.enqueue(export.pk)
        return redirect("exports")
    services.run_export(export_id=export.pk)
    return _file(viewer, export.pk)


def export_list(request: HttpRequest) -> HttpResponse:
    """My exports."""
    viewer = _exporter(request)
    exports = list(visible_to(viewer)[:SHOWN])
    waiting = any(export.is_busy for export in exports)
    known = sources()
    titled = [
        (export, known[export.list_name].label if export.list_name in known else "")
        for export in exports
    ]
    context = {"exports": titled, "waiting": waiting}
    if not getattr(request, "htmx", False):
        return render(request, "exports/list.html", context)
    return render(request, "exports/rows.html", context) if waiting else HttpResponseClientRefresh()


def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, to whoever asked for it and may still see it."""
    viewer = _exporter(request)
    export = _own(viewer, pk)
    try:
        return _file(viewer, export.pk)
    except Refused as refused:
        messages.error(request, refused.messages[0])
        return redirect("exports")


@require_POST
def export_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel what is not ready, or remove the file of what is."""
    viewer = _exporter(request)
    export = _own(viewer, pk)
    if export.is_busy:
        services.stop_export(actor=viewer, export_id=pk)
    else:
        services.discard_export(actor=viewer, export_id=pk)
        messages.success(request, _("The file is removed."))
    return redirect("exports")


def _exporter(request: HttpRequest) -> User:
    viewer = viewer_of(request)
    require(viewer, Act.EXPORT)
    return viewer


def _own(viewer: User, pk: int) -> Export:
    return get_object_or_404(visible_to(viewer), pk=pk)


def _file(viewer: User, pk: int) -> FileResponse:
    file = services.opened_file(actor=viewer, export_id=pk)
    export = Export.objects.get(pk=pk, status=Status.DONE)
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    return FileResponse(
        file, as_attachment=True, filename=export.file_name, content_type=kinds[export.format]
    )
