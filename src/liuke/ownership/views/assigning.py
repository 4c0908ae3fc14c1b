"""Rules of assignment: who gets the customers that nobody has."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.templatetags import ui
from liuke.ownership import services
from liuke.ownership.forms.assigning import RuleForm
from liuke.ownership.models import AssignmentRule
from liuke.ownership.queries import assigning


def assignment(request: HttpRequest) -> HttpResponse:
    """The rules in their order, and how many customers wait for one."""
    viewer = viewer_of(request)
    context = {
        "rules": assigning.described(),
        "waiting": assigning.waiting_for(viewer).count(),
        "may_edit": viewer.may(Act.EDIT_RULES),
        "may_apply": viewer.may(Act.EDIT_RULES) and viewer.may(Act.ASSIGN),
    }
    return render(request, "ownership/assignment.html", context)


def assignment_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A rule; nothing is saved before the person saw whom it would give to whom."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    found = get_object_or_404(AssignmentRule, pk=pk) if pk is not None else AssignmentRule()
    form = RuleForm(request.POST or None, instance=found)
    context: dict[str, Any] = {"form": form, "rule": found, "name": found.name}
    status = 200
    if request.method == "POST" and form.is_valid():
        rule, people = form.rule(), list(form.cleaned_data["people"])
        if request.POST.get("act") == "save":
            try:
                services.save_rule(actor=viewer, rule=rule, people=people)
            except ValidationError as problem:
                form.add_error("name", problem.messages[0])
            else:
                messages.success(
                    request, _("Saved. It counts for customers who are new from now on.")
                )
                return redirect("assignment")
        else:
            context["preview"] = assigning.preview(viewer, rule, [each.pk for each in people])
    if form.errors:
        status = 422
    return render(request, "ownership/assignment_form.html", context, status=status)


@require_POST
def assignment_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Up, down, or away."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    get_object_or_404(AssignmentRule, pk=pk)
    act = request.POST.get("act")
    if act == "delete":
        services.delete_rule(actor=viewer, rule_id=pk)
        messages.success(request, _("The rule is gone. Its customers stay with their owners."))
    else:
        services.move_rule(actor=viewer, rule_id=pk, up=act == "up")
    return redirect("assignment")


@require_POST
def assignment_apply(request: HttpRequest) -> HttpResponse:
    """Try the rules on everybody without an owner."""
    done = services.assign_waiting(actor=viewer_of(request))
    said = ngettext("%(n)s customer assigned.", "%(n)s customers assigned.", done.count)
    words = said % {"n": ui.num(done.count)}
    if done.left:
        words += " " + assigning.left_words(done.left)
    messages.success(request, words)
    return redirect("assignment")
