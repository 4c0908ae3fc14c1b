"""Possible duplicates: two customers side by side, one key each for what to do."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.customers import queries as customers
from liuke.customers.queries.duplicates import merges_of, pairs_of
from liuke.customers.queries.intents import CLASSES
from liuke.customers.rules import ABSORBED, SURVIVOR, Verdict
from liuke.customers.services import decide_pair, merge_customers, propose_pair, undo_merge
from liuke.customers.tasks import search_duplicates
from liuke.desk.queries import duplicates as queries
from liuke.desk.queries import twin_lines

RECENT = 10
LONGEST_ID = 19


def duplicates(request: HttpRequest) -> HttpResponse:
    """Which customers are one?"""
    viewer, asked = viewer_of(request), request.GET
    require(viewer, Act.EDIT_CUSTOMERS)
    which = asked.get("of", "")
    review = queries.review(
        viewer, asked.get("pair", ""), asked.get("after", ""), asked.get("survivor", ""), which
    )
    tabs = twin_lines.tabs(viewer, which)
    context = {
        "review": review,
        "which": which,
        "tabs": tabs,
        "waiting": queries.waiting(viewer, review, which),
        "count": tabs[0][-1],
        "runs": twin_lines.runs(viewer),
        "merges": list(merges_of(viewer).select_related("by", "undone_by")[:RECENT]),
        "may_merge": viewer.may(Act.MERGE),
        "may_export": viewer.may(Act.EXPORT),
    }
    return render(request, "desk/duplicates.html", context)


@require_POST
def duplicates_find(request: HttpRequest) -> HttpResponse:
    """The whole file against itself, while the person goes on."""
    require(viewer_of(request), Act.MERGE)
    search_duplicates.enqueue()
    messages.success(request, _("The search has begun. Pairs appear here as they are found."))
    return redirect("duplicates")


@require_POST
def duplicate_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two customers become one, with the values chosen."""
    viewer = viewer_of(request)
    require(viewer, Act.MERGE)
    pair = get_object_or_404(pairs_of(viewer), pk=pk)
    both = [pair.first_id, pair.second_id]
    if request.POST.get("survivor") == str(pair.second_id):
        both.reverse()
    chosen = {
        name.removeprefix("keep-"): value
        for name, value in request.POST.items()
        if name.startswith("keep-") and value in (SURVIVOR, ABSORBED)
    }

    def act() -> str:
        merge = merge_customers(
            actor=viewer, survivor_id=both[0], absorbed_id=both[1], chosen=chosen
        )
        said = _("%(absorbed)s is now part of %(survivor)s.") % {
            "absorbed": merge.absorbed_name,
            "survivor": merge.survivor_name,
        }
        messages.success(request, said, extra_tags=reverse("merge-undo", args=[merge.pk]))
        return ""

    return _then_next(request, act)


@require_POST
def duplicate_apart(request: HttpRequest, pk: int) -> HttpResponse:
    """They are two customers, and nobody is asked again."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    pair = get_object_or_404(pairs_of(viewer), pk=pk)

    def act() -> str:
        reason = request.POST.get("reason", "")
        decide_pair(actor=viewer, pair_id=pair.pk, verdict=Verdict.DISTINCT, reason=reason)
        return _("They stay two customers.")

    return _then_next(request, act)


@require_POST
def duplicate_propose(request: HttpRequest) -> HttpResponse:
    """Two selected customers are one: for those who may merge to look at."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    named = request.POST.get("ids", "").split(",")
    ids = [int(pk) for pk in named if pk.isdecimal() and len(pk) < LONGEST_ID]
    try:
        if len(ids) != 2 or request.POST.get("all") == "1":
            raise Refused(_("Select the two customers that are one."))
        pair = propose_pair(actor=viewer, one=ids[0], other=ids[1])
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("customers")
    return redirect(f"{reverse('duplicates')}?pair={pair.pk}")


@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to two customers; what somebody changed since is named."""
    viewer = viewer_of(request)
    require(viewer, Act.MERGE)
    merge = get_object_or_404(merges_of(viewer), pk=pk)
    try:
        parted = undo_merge(actor=viewer, merge_id=merge.pk)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        said = _("%(name)s is a customer of its own again.") % {"name": merge.absorbed_name}
        if parted.left:
            kept = _("Changed since and left as it is: %(what)s.")
            said = f"{said} {kept % {'what': ', '.join(parted.left)}}"
        messages.success(request, said)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(_home(viewer, merge.absorbed_id))


def _home(viewer: User, customer_id: int) -> str:
    if customers.visible_to(viewer).filter(pk=customer_id).exists():
        return reverse("customer", args=[customer_id])
    return reverse("duplicates")


def _then_next(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        said = act()
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        if said:
            messages.success(request, said)
    which = request.POST.get("of", "")
    return redirect(f"{reverse('duplicates')}?of={which}" if which in CLASSES else "duplicates")
