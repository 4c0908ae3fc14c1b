"""Settling what is due, from wherever it stands; the page behind loads its list anew."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import queries, services
from liuke.agenda.forms import HandOverForm, SnoozeForm
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.core.ui.figures import day_text


def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    form = SnoozeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        said = _("%(name)s comes back on %(day)s.") % {
            "name": item.customer,
            "day": day_text(until, clock.today()),
        }
        viewer = viewer_of(request)
        act = partial(services.snooze_item, actor=viewer, item_id=pk, until=until)
        return _settle(request, form, item, "agenda/snooze.html", act, said)
    return _dialog(request, form, item, "agenda/snooze.html")


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    form = HandOverForm(item, request.POST or None)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        said = _("%(name)s is handed over.") % {"name": item.customer}
        viewer = viewer_of(request)
        act = partial(services.hand_over_item, actor=viewer, item_id=pk, to_id=to)
        return _settle(request, form, item, "agenda/hand_over.html", act, said)
    return _dialog(request, form, item, "agenda/hand_over.html")


@require_POST
def done(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    try:
        services.complete_item(actor=viewer_of(request), item_id=pk)
    except ValidationError as problem:
        return _told(HttpResponse(), problem.messages[0], mean="lost")
    return _told(HttpResponse(), _("%(name)s: done.") % {"name": item.customer}, undo=pk)


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    _item(request, pk)
    try:
        services.restore_item(actor=viewer_of(request), item_id=pk)
    except ValidationError as problem:
        return _told(HttpResponse(), problem.messages[0], mean="lost")
    return HttpResponse()


def _item(request: HttpRequest, pk: int) -> AgendaItem:
    viewer = viewer_of(request)
    require(viewer, Act.FOLLOW_UP)
    return get_object_or_404(queries.visible_to(viewer).select_related("customer"), pk=pk)


def _settle(
    request: HttpRequest,
    form: Any,
    item: AgendaItem,
    template: str,
    act: Callable[[], object],
    said: str,
) -> HttpResponse:
    try:
        act()
    except ValidationError as problem:
        form.add_error(None, problem)
        return _dialog(request, form, item, template)
    return _told(HttpResponse(), said, undo=item.pk)


def _dialog(request: HttpRequest, form: Any, item: AgendaItem, template: str) -> HttpResponse:
    return render(request, template, {"form": form, "item": item})


def _told(
    response: HttpResponse, text: str, *, undo: int | None = None, mean: str = ""
) -> HttpResponse:
    """An empty answer closes the dialog; the message may be taken back for a moment."""
    toast = {"text": text, "mean": mean}
    if undo is not None:
        toast["undo"] = reverse("agenda-restore", args=[undo])
    trigger_client_event(response, "lk:toast", toast)
    return trigger_client_event(response, "lk:changed", {})
