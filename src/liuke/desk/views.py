"""Screens that mix apps: the customers list, one customer, search."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.desk.queries import customer_page, listing
from liuke.sales import queries as sales

COLUMNS = "columns:customers"
MORE = 40
MOST = 400
MOST_PICKED = 10_000
LONGEST_ID = 19


def customer_list(request: HttpRequest) -> HttpResponse:
    """Who are they, and where do they stand?"""
    viewer = viewer_of(request)
    visible = customers.visible_to(viewer)
    if chosen := request.GET.getlist("column"):
        request.session[COLUMNS] = chosen
    page = listing.customer_list(viewer).page(
        visible,
        request.GET,
        columns=request.session.get(COLUMNS, ()),
        export_url=reverse("customers-export") if viewer.may(Act.EXPORT) else "",
    )
    tally = customers.tally(viewer)
    context = {
        "page": page,
        "stages": listing.stage_line(tally, request.GET),
        "watch": listing.watched(tally),
        "is_new": not visible.exists(),
    }
    return render(request, "desk/customers.html", context)


def customers_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it stands on the screen, as a file; a POST names the selected rows only."""
    viewer = viewer_of(request)
    require(viewer, Act.EXPORT)
    rows, query = customers.visible_to(viewer), request.GET
    if request.POST.get("all") == "1":
        query = QueryDict(request.POST.get("query", ""))
    elif request.method == "POST":
        named = request.POST.get("ids", "").split(",")[:MOST_PICKED]
        picked = [int(pk) for pk in named if pk.isdecimal() and len(pk) < LONGEST_ID]
        rows, query = rows.filter(pk__in=picked), QueryDict()
    return listing.customer_list(viewer).csv(
        rows,
        query,
        name="customers",
        columns=request.session.get(COLUMNS, ()),
    )


def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Past and present of one customer."""
    viewer = viewer_of(request)
    rows = customers.visible_to(viewer).select_related("state", "owner", "branch")
    found = get_object_or_404(rows.prefetch_related("contact_points", "assets"), pk=pk)
    today = clock.today()
    clocks = customer_page.clock_views(found, today)
    kind = request.GET.get("past", "")
    asked = request.GET.get("shown", "")
    shown = min(int(asked), MOST) if asked.isdecimal() and len(asked) < 5 else MORE
    past = customer_page.past(found, kind, shown)
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
        "facts": customer_page.facts(found),
        "may_edit": viewer.may(Act.EDIT_CUSTOMERS),
        "may_record": viewer.may(Act.RECORD_ORDERS),
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
