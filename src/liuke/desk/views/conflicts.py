"""Two people on one customer: the cases, one case, opening and deciding it, and the figures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.desk.queries import conflicts as pages
from liuke.ownership import services
from liuke.ownership.forms.conflicts import AppealForm, ClaimForm, DecisionForm, TermsForm
from liuke.ownership.queries import conflicts as queries

# More cases than that are a list, not a statistic that somebody reads.
MOST = 5000


def conflicts(request: HttpRequest) -> HttpResponse:
    """Which cases are there, and which wait for me?"""
    viewer = viewer_of(request)
    rows = queries.conflicts_visible_to(viewer)
    page = pages.conflict_list(viewer).page(
        rows,
        request.GET,
        export_url=reverse("export-new", args=["conflicts"]) if viewer.may(Act.EXPORT) else "",
    )
    waiting = queries.waiting_for(viewer)
    return render(request, "desk/conflicts.html", {"page": page, "waiting": waiting})


def conflict_new(request: HttpRequest) -> HttpResponse:
    """Claim a customer of a colleague; nothing is said of it that one may not know."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    query = request.GET
    asked = pages.asked(
        viewer, query.get("sign", ""), query.get("customer", ""), query.get("pair", "")
    )
    if asked is None:
        messages.error(request, _("Choose the customer first: on its page, or where it is shown."))
        return redirect("conflicts")
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = services.NewConflict(
            asked.customer_id,
            asked.claimant.pk,
            form.cleaned_data["claim"],
            asked.source,
            asked.besides,
        )
        try:
            made = services.open_conflict(actor=viewer, new=new, facts=asked.facts())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("The case is open. Who leads both decides."))
            return redirect("conflict", pk=made.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "asked": asked, "is_mine": asked.claimant == viewer}
    return render(request, "desk/conflict_form.html", context, status=status)


def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """What speaks for whom, what was decided, and what I can do."""
    case = _case(request, pk)
    form = DecisionForm(initial={"verdict": case.proposal.verdict})
    return _page(request, case, form, AppealForm())


def conflict_decide(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, case = viewer_of(request), _case(request, pk)
    require(viewer, Act.SETTLE)
    form = DecisionForm(request.POST or None)
    if request.method != "POST":
        return redirect("conflict", pk=pk)

    def act() -> str:
        services.decide_conflict(actor=viewer, conflict_id=pk, **form.cleaned_data)
        return _("Decided. Both see it.")

    if form.is_valid():
        return _done(request, pk, act)
    return _page(request, case, form, AppealForm(), 422)


def conflict_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, case = viewer_of(request), _case(request, pk)
    form = AppealForm(request.POST or None)
    if request.method != "POST":
        return redirect("conflict", pk=pk)

    def act() -> str:
        why = form.cleaned_data["why"]
        services.appeal_conflict(actor=viewer, conflict_id=pk, why=why)
        return _("Somebody above decides once more.")

    if form.is_valid():
        return _done(request, pk, act)
    first = DecisionForm(initial={"verdict": case.proposal.verdict})
    return _page(request, case, first, form, 422)


@require_POST
def conflict_drop(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    _case(request, pk)

    def act() -> str:
        services.drop_conflict(actor=viewer, conflict_id=pk)
        return _("The case is withdrawn.")

    return _done(request, pk, act)


def conflict_figures(request: HttpRequest) -> HttpResponse:
    """How many cases, how they went, and how long they took."""
    viewer = viewer_of(request)
    rows = queries.conflicts_visible_to(viewer).prefetch_related("decisions")
    found = list(rows.order_by("-opened_at")[:MOST])
    context = {"months": queries.by_month(found), "people": queries.by_person(found)}
    return render(request, "desk/conflict_figures.html", context)


def conflict_terms(request: HttpRequest) -> HttpResponse:
    """The days that decide, and what helpers get of a sale."""
    viewer = viewer_of(request)
    may_edit = viewer.may(Act.EDIT_RULES)
    form = TermsForm(queries.terms(), request.POST or None)
    if request.method == "POST":
        require(viewer, Act.EDIT_RULES)
        if form.is_valid():
            services.save_terms(actor=viewer, terms=form.terms())
            messages.success(request, _("Saved."))
            return redirect("conflict-terms")
    context = {"form": form, "terms": queries.terms(), "may_edit": may_edit}
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/conflict_terms.html", context, status=status)


def _case(request: HttpRequest, pk: int) -> pages.Case:
    viewer = viewer_of(request)
    found = get_object_or_404(queries.conflicts_visible_to(viewer), pk=pk)
    return pages.case(viewer, found, clock.today())


def _page(
    request: HttpRequest, case: pages.Case, form: Any, appeal: AppealForm, status: int = 200
) -> HttpResponse:
    context = {"case": case, "form": form, "appeal": appeal, "terms": queries.terms()}
    return render(request, "desk/conflict.html", context, status=status)


def _done(request: HttpRequest, pk: int, act: Callable[[], str]) -> HttpResponse:
    try:
        said = act()
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        messages.success(request, said)
    return redirect("conflict", pk=pk)
