"""The profile: the next question about a customer, and what an administrator decides about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Stale
from liuke.core.ui.pages import form_page
from liuke.customers import queries, services
from liuke.customers.forms.answers import AnswerForm
from liuke.customers.forms.definitions import (
    BuiltInForm,
    EntryFormSet,
    FieldForm,
    LevelFormSet,
    entries_of,
    level_entries_of,
)
from liuke.customers.models import ProfileField
from liuke.customers.queries import fields as known
from liuke.customers.queries.profile import profile_of
from liuke.customers.rules.fields import LISTED, FieldOf, Group

PLACES = ("page", "drawer")


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """What is best known next about a customer, and the answer to it."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    customer = get_object_or_404(queries.visible_to(viewer, Act.EDIT_CUSTOMERS), pk=pk)
    at = request.GET.get("at", "page")
    skipped = [code for code in request.GET.get("skip", "").split(",") if code]
    skipped += request.POST.getlist("skip")
    if at not in PLACES:
        raise Http404
    said = ""
    if request.method == "POST":
        spec = _field(request.POST.get("field", ""))
        form = AnswerForm(viewer, customer, spec, at, request.POST)
        if not form.is_valid() or form.cleaned_data["answer"] is None:
            return _asked(request, customer, form, skipped, at)
        try:
            customer = services.update_customer(
                actor=viewer,
                customer_id=pk,
                version=form.cleaned_data["version"],
                **form.said(),
            )
        except Stale as stale:
            said = stale.messages[0]
            customer.version = stale.current_version
        except ValidationError as problem:
            form.add_error("answer", problem.messages[0])
            return _asked(request, customer, form, skipped, at)
        else:
            said = _("Noted: %s.") % spec.label
    profile = profile_of(customer)
    next_form = AnswerForm.next(viewer, customer, profile, at, skipped)
    answer = _asked(request, customer, next_form, skipped, at, said=said)
    if request.method == "POST" and at == "page":
        # The page shows what is known in another place than the question.
        answer.headers["HX-Trigger"] = "lk:changed"
    return answer


def fields(request: HttpRequest) -> HttpResponse:
    """The fields of the profile, the firm's own first."""
    every = known.fields(archived=True)
    parts = [(Group.OWN.label, [each for each in every if each.is_own])]
    parts += [
        (group.label, [each for each in every if each.group == group])
        for group in Group
        if group != Group.OWN
    ]
    context = {"parts": parts, "may_edit": viewer_of(request).may(Act.EDIT_RULES)}
    return render(request, "customers/fields.html", context)


def field(request: HttpRequest, code: str = "") -> HttpResponse:
    """One field: an own one as a whole, of a built-in one its weight, its list and its use."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    spec = _field(code, archived=True) if code else None
    form: Any = BuiltInForm(
        request.POST or None,
        initial={"weight": spec.weight, "used": not spec.archived} if spec else None,
    )
    if spec is None or spec.is_own:
        row = ProfileField.objects.get(pk=spec.pk or 0) if spec else None
        form = FieldForm(request.POST or None, instance=row)
    entries = EntryFormSet(request.POST or None, prefix="entries", initial=_entries(spec))
    if request.method == "POST" and form.is_valid() and entries.is_valid():
        listed = entries_of(entries) if _has_list(spec, form) else None
        try:
            _save(viewer, spec, form.cleaned_data, listed)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("fields")
    context = {
        "form": form,
        "entries": entries,
        "spec": spec,
        "listed": " ".join(LISTED),
        "has_list": spec is None or (spec.type in LISTED and not spec.column),
    }
    return form_page(request, "customers/field_form.html", context)


@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """An own field one place up or down, or out of use and back."""
    viewer = viewer_of(request)
    act = request.POST.get("act", "")
    if act in ("up", "down"):
        services.move_field(actor=viewer, code=code, up=act == "up")
    else:
        services.change_field(
            actor=viewer,
            code=_field(code, archived=True).code,
            values={},
            archived=act == "archive",
        )
    return redirect("fields")


def levels(request: HttpRequest) -> HttpResponse:
    """The firm's levels, and what customers of each can count on."""
    viewer = viewer_of(request)
    may_edit = viewer.may(Act.EDIT_RULES)
    if request.method == "POST":
        require(viewer, Act.EDIT_RULES)
    rows = known.levels(archived=True)
    initial = [
        {
            "before": row.name,
            "name": row.name,
            "standard": row.standard,
            "archived": row.archived_at is not None,
        }
        for row in rows
    ]
    formset = LevelFormSet(request.POST or None, prefix="levels", initial=initial)
    wrong: list[str] = []
    if request.method == "POST" and formset.is_valid():
        try:
            services.save_levels(actor=viewer, wanted=level_entries_of(formset))
        except ValidationError as problem:
            wrong = problem.messages
        else:
            messages.success(request, _("Saved."))
            return redirect("levels")
    context = {"formset": formset, "rows": rows, "may_edit": may_edit, "wrong": wrong}
    return form_page(request, "customers/levels.html", context)


def _asked(
    request: HttpRequest, customer: Any, form: Any, skipped: list[str], at: str, **more: Any
) -> HttpResponse:
    context = {"customer": customer, "ask": form, "skip": skipped, "at": at, "may_edit": True}
    return render(request, "customers/question.html", context | more)


def _field(code: str, *, archived: bool = False) -> FieldOf:
    found = next((each for each in known.fields(archived=archived) if each.code == code), None)
    if found is None:
        raise Http404
    return found


def _entries(spec: FieldOf | None) -> list[dict[str, Any]]:
    if spec is None:
        return []
    return [{"pk": each.pk, "name": each.label, "archived": each.archived} for each in spec.choices]


def _has_list(spec: FieldOf | None, form: Any) -> bool:
    if spec is None:
        return form.cleaned_data["type"] in LISTED
    return spec.type in LISTED and not spec.column


def _save(viewer: Any, spec: FieldOf | None, values: dict[str, Any], listed: Any) -> None:
    if spec is None:
        services.create_field(actor=viewer, values=values, entries=listed or ())
        return
    used = values.pop("used", None)
    services.change_field(
        actor=viewer,
        code=spec.code,
        values=values,
        entries=listed,
        archived=None if used is None else not used,
    )
