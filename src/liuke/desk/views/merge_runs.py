"""Merging all pairs that are certain enough: what it would do, doing it, taking it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers.forms.merge_runs import MergeRunForm
from liuke.customers.queries.merge_runs import preview, runs_of
from liuke.customers.services.merge_runs import LOWEST, begin_run, begin_undo
from liuke.customers.tasks import carry_on_merging

USUAL = 99


def merge_run(request: HttpRequest) -> HttpResponse:
    """How many pairs are certain enough, ten of them, and the button."""
    viewer = viewer_of(request)
    require(viewer, Act.MERGE)
    form = MergeRunForm(request.POST or request.GET or {"least": USUAL})
    least = form.cleaned_data["least"] / 100 if form.is_valid() else 1.0
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"] or 0
            run = begin_run(actor=viewer, least=least, seen=seen)
        except ValidationError as problem:
            form.add_error(None, problem)
            status = 422
        else:
            carry_on_merging.enqueue(run.pk)
            messages.success(request, _("Merging has begun. You can go on working."))
            return redirect("duplicates")
    context = {
        "form": form,
        "preview": preview(viewer, least) if "least" not in form.errors else None,
        "lowest": round(LOWEST * 100),
    }
    return render(request, "desk/merge_run.html", context, status=status)


@require_POST
def merge_run_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that a run merged is parted again, in the background."""
    viewer = viewer_of(request)
    require(viewer, Act.MERGE)
    run = get_object_or_404(runs_of(viewer), pk=pk)
    try:
        begin_undo(actor=viewer, run_id=run.pk)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        carry_on_merging.enqueue(run.pk)
        messages.success(request, _("Undoing has begun. You can go on working."))
    return redirect("duplicates")
