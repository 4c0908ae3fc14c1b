"""Screens that mix apps: the customers list, one customer, search."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.customers.models import Customer
from liuke.desk.queries import contact_page, customer_page, listing
from liuke.desk.queries import today as today_page
from liuke.followups import services as followups
from liuke.followups.forms import ContactForm, interaction_of
from liuke.sales import queries as sales

COLUMNS = "columns:customers"
WHOSE = "today:whose"
MORE = 40
MOST = 400
MOST_PICKED = 10_000
LONGEST_ID = 19


def today(request: HttpRequest) -> HttpResponse:
    """What do I do now?"""
    viewer, day = viewer_of(request), clock.today()
    which = _whose(request, viewer)
    kind = request.GET.get("kind", "")
    page = today_page.today_of(viewer, which, kind, day)
    context = {
        "today": day,
        "page": page,
        "which": which,
        "kind": kind,
        "chips": [
            (label, f"?kind={key}" if key else "?", key == kind, page.counts[key] if key else None)
            for key, label in today_page.CHIPS
        ],
        "team": today_page.team(viewer, which, day),
        "back": today_page.back_this_week(viewer, day),
        "may_follow_up": viewer.may(Act.FOLLOW_UP),
    }
    return render(request, "desk/today.html", context)


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawer in which a contact is written down; saving offers the next one."""
    viewer = viewer_of(request)
    require(viewer, Act.FOLLOW_UP)
    rows = customers.visible_to(viewer).select_related("state", "owner")
    found = get_object_or_404(rows.prefetch_related("contact_points", "assets"), pk=pk)
    which, kind = _whose(request, viewer), request.GET.get("kind", "")
    follows = None
    if request.GET.get("list"):
        follows = today_page.next_after(viewer, which, kind, pk, clock.today())
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            new = interaction_of(pk, form)
            followups.record_interactions(actor=viewer, interactions=[new])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = _("%(name)s: contact recorded.") % {"name": found.name}
            if request.POST.get("then") == "next" and follows is not None:
                following = rows.prefetch_related("contact_points", "assets").get(
                    pk=follows.customer.pk
                )
                after = today_page.next_after(viewer, which, kind, following.pk, clock.today())
                answer = _drawer(request, following, ContactForm(), after, kind)
            else:
                answer = HttpResponse()
            trigger_client_event(answer, "lk:toast", {"text": said})
            return trigger_client_event(answer, "lk:changed", {})
    return _drawer(request, found, form, follows, kind)


def _drawer(
    request: HttpRequest,
    found: Customer,
    form: ContactForm,
    follows: today_page.Line | None,
    kind: str,
) -> HttpResponse:
    context = {
        "customer": found,
        "form": form,
        "follows": follows,
        "kind": kind,
        "in_list": bool(request.GET.get("list")),
        **contact_page.briefing(found, clock.today()),
    }
    return render(request, "desk/contact.html", context)


def _whose(request: HttpRequest, viewer: User) -> today_page.Whose:
    """Whose list was chosen last; the choice stays until another one is made."""
    if "whose" in request.GET:
        request.session[WHOSE] = request.GET["whose"]
    return today_page.whose(viewer, request.session.get(WHOSE, ""))


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
    context = {
        "page": page,
        "stages": listing.stage_line(visible, request.GET),
        "watch": listing.watched(visible),
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
        "future": customer_page.future(found, today),
        "may_follow_up": viewer.may(Act.FOLLOW_UP),
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
