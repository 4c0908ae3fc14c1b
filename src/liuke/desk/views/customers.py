"""Screens that mix apps: the customers list, one customer, search."""

import json
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liuke.accounts.queries import acts_with, viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import keep_columns, require
from liuke.churn.queries import scores
from liuke.core import clock, text
from liuke.core.errors import Stale
from liuke.customers import queries as customers
from liuke.customers.forms import CellForm
from liuke.customers.forms.answers import AnswerForm
from liuke.customers.forms.closing import CloseForm
from liuke.customers.models import Customer
from liuke.customers.queries.closing import closure_of
from liuke.customers.queries.duplicates import successor
from liuke.customers.queries.fields import levels, standard_of
from liuke.customers.queries.helping import helpers_of
from liuke.customers.queries.profile import profile_of
from liuke.customers.services import (
    update_customer,
)
from liuke.desk.queries import around, conflicts, customer_page, listing, own_views, pool_line
from liuke.desk.views.many import asked_within, named
from liuke.exports.rules import Format
from liuke.exports.views import answer
from liuke.ownership import queries as ownership
from liuke.ownership.queries.conflicts import pending_of
from liuke.sales import queries as sales

MORE = 40
MOST = 400
OFFERED = 8
RANKED = 60


def customer_list(request: HttpRequest) -> HttpResponse:
    """Who are they, and where do they stand?"""
    viewer = viewer_of(request)
    if not request.GET and (address := own_views.opening(viewer)):
        return redirect(reverse("customers") + address)
    own = customers.within_reach(viewer)
    within = asked_within(viewer, request.GET, own)
    visible = Customer.objects.filter(within)
    look = own_views.look(viewer, request.GET)
    if request.GET.getlist("column") and not look.current:
        keep_columns(actor=viewer, list_name=own_views.LIST, columns=look.columns)
    tally = customers.tally(viewer)
    may_edit = viewer.may(Act.EDIT_CUSTOMERS)
    ranks = levels(archived=True)
    declared = listing.customer_list(viewer, ranks)
    if look.tabs:
        look = look.with_counts(own_views.counts_at_hand(viewer, declared, large=tally.kept))
    choices = {each.key: each.choices for each in declared.filters}
    page = declared.page(
        visible,
        request.GET,
        within=within,
        about=listing.about(declared, tally, request.GET),
        columns=look.columns,
        export_url=reverse("export-new", args=["customers"]) if viewer.may(Act.EXPORT) else "",
    )
    context = {
        "page": page,
        "look": look,
        "views_url": reverse("customers-view"),
        "stages": [*listing.stage_line(tally, request.GET), *pool_line.boxes(viewer)],
        "watch": listing.watched(tally),
        "is_new": not Customer.objects.filter(own).exists(),
        "may_edit": may_edit,
        "may_pick": may_edit or viewer.may(Act.EXPORT),
        "people": [each for each in choices["owner"] if each[0] != "me"],
        "may_assign": viewer.may(Act.ASSIGN),
        "tags": choices["tag"],
        "levels": [row.name for row in ranks if row.archived_at is None],
        "close_form": CloseForm(),
    }
    return render(request, "desk/customers.html", context)


def customers_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it stands on the screen, as CSV; a POST names the selected rows only."""
    viewer = viewer_of(request)
    require(viewer, Act.EXPORT)
    query: QueryDict = request.GET
    picked = None
    if request.method == "POST":
        everything = request.POST.get("all") == "1"
        query = QueryDict(request.POST.get("query", "") if everything else "")
        picked = None if everything else named(request)
    columns = own_views.look(viewer, request.GET).columns
    return answer(viewer, "customers", query, columns, Format.CSV, picked)


def customer_cell(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """One cell of the list: its small form, and after saving how it looks now."""
    viewer = viewer_of(request)
    act = Act.ASSIGN if field == "owner" else Act.EDIT_CUSTOMERS
    require(viewer, act)
    rows = customers.visible_to(viewer).select_related("owner").prefetch_related("tags")
    found = get_object_or_404(rows, pk=pk)
    require(viewer, act, found)
    if request.GET.get("shown"):
        return HttpResponse(listing.shown_cell(found, field))
    form = CellForm(viewer, found, field, request.POST or None)
    warned: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {"values": {field: form.cleaned_data[field]}}
        if field == "tags":
            values = {"values": {}, "tags": form.tags()}
        try:
            saved = update_customer(
                actor=viewer, customer_id=pk, version=form.cleaned_data["version"], **values
            )
        except Stale as stale:
            form, warned = CellForm(viewer, found, field), _stale(stale)
        except ValidationError as problem:
            form.add_error("more" if field == "tags" else field, problem.messages[0])
        else:
            answer = HttpResponse(listing.shown_cell(saved, field))
            # The form of the tags stands in a dialog; what it changes stands in the list.
            answer.headers["HX-Retarget"] = f"#{listing.cell_id(saved, field)}"
            answer.headers["HX-Trigger-After-Swap"] = "lk:close"
            return answer
    context = {"form": form, "customer": found, "field": field}
    answer = render(request, "desk/cell.html", context)
    for name, value in warned.items():
        answer.headers[name] = value
    return answer


def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Past and present of one customer."""
    viewer = viewer_of(request)
    rows = customers.visible_to(viewer).select_related("state", "owner", "branch")
    found = rows.prefetch_related("assets").filter(pk=pk).first()
    if found is None:
        return redirect("customer", pk=get_object_or_404(rows, pk=successor(pk)).pk)
    today = clock.today()
    clocks = customer_page.clock_views(found, today)
    kind = request.GET.get("past", "")
    asked = request.GET.get("shown", "")
    shown = min(int(asked), MOST) if asked.isdecimal() and len(asked) < 5 else MORE
    acts = acts_with(viewer, found)
    customers.hide_phones(viewer, [found])
    past = customer_page.past(found, kind, shown, Act.SEE_PHONES in acts)
    profile = profile_of(found)
    context = {
        "customer": found,
        "state": listing.state_of(found, today),
        "clocks": clocks,
        "rhythm": customer_page.rhythm(found, clocks, today),
        "past": past,
        "past_kind": kind,
        "past_chips": [
            (label, f"?past={key}#past", key == kind, past.counts[key])
            for key, label in customer_page.CHIPS
        ],
        "more": shown + MORE,
        "around": around.around(viewer, found, today),
        "profile": profile,
        "ask": AnswerForm.next(viewer, found, profile, "page"),
        "children": list(found.children.all()),
        "closure": closure_of(found),
        "standard": standard_of(found.level),
        "outlook": scores.outlook_of(found.pk, today),
        "future": customer_page.future(found, today),
        "owners": ownership.history_of(found.pk),
        "has_pools": ownership.has_pools(),
        "helpers": helpers_of(pk),
        "conflicts": pending_of(pk),
        "may_claim": conflicts.may_claim(viewer, found, acts),
        "may_assign": Act.ASSIGN in acts,
        "may_follow_up": Act.FOLLOW_UP in acts,
        "may_edit": Act.EDIT_CUSTOMERS in acts,
        "may_record": Act.RECORD_ORDERS in acts,
        "may_see_journal": viewer.may(Act.SEE_JOURNAL),
        "may_erase": Act.PRIVACY in acts,
    }
    return render(request, "desk/customer.html", context)


def search(request: HttpRequest) -> HttpResponse:
    """One hit opens the customer, or the order of that number; several open the list."""
    viewer, words = viewer_of(request), request.GET.get("q", "").strip()
    hits = list(customers.find(viewer, words).values_list("pk", flat=True)[:2])
    if words and len(hits) == 1:
        return redirect("customer", pk=hits[0])
    if words and not hits and (order := sales.visible_to(viewer).filter(number=words).first()):
        return redirect("order", pk=order.pk)
    return redirect(f"{reverse('customers')}?{request.GET.urlencode()}")


def palette(request: HttpRequest) -> HttpResponse:
    """The customers somebody may mean, while typing; those with this name before all others."""
    viewer, words = viewer_of(request), request.GET.get("q", "").strip()
    found = (
        customers.find(viewer, words).order_by("name_sort", "pk")
        if words
        else Customer.objects.none()
    )
    context = {
        "found": sorted(
            found.prefetch_related("assets")[:RANKED],
            key=lambda customer: not text.fits(words, [customer.name]),
        )[:OFFERED],
        "words": words,
        "search": urlencode({"q": words}),
        "may_record": viewer.may(Act.RECORD_ORDERS),
    }
    return render(request, "desk/palette.html", context)


def _stale(stale: Stale) -> dict[str, str]:
    """The header that says in a toast what somebody else changed meanwhile."""
    what = pgettext("list", ", ").join(
        f"{change.label} {change.before_text} → {change.after_text} ({change.actor})"
        for change in stale.changes
    )
    words = _("Somebody else was faster: %s. Choose again.") % what
    return {"HX-Trigger": json.dumps({"lk:toast": {"text": words, "mean": "lost"}})}
