"""Today: what is due, and the drawer in which a contact is written down."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.core.ui.figures import day_text
from liuke.customers import queries as customers
from liuke.customers.models import Customer
from liuke.desk.queries import contact_page
from liuke.desk.queries import today as today_page
from liuke.desk.queries.around import reach
from liuke.followups import services as followups
from liuke.followups.forms import ContactForm, interaction_of
from liuke.ownership import queries as ownership

WHOSE = "today:whose"


def today(request: HttpRequest) -> HttpResponse:
    """What do I do now?"""
    viewer, day = viewer_of(request), clock.today()
    which = _whose(request, viewer)
    kind = request.GET.get("kind", "")
    more = request.GET.get("more") == "1"
    shown = today_page.SHOWN_AT_MOST if more else today_page.SHOWN
    page = today_page.today_of(viewer, which, kind, day, shown)
    customers.hide_phones(viewer, [line.customer for line in page.lines])
    context = {
        "today": day,
        "page": page,
        "which": which,
        "kind": kind,
        "more_url": "" if more else f"?{urlencode({'kind': kind, 'more': 1})}",
        "chips": [
            (label, f"?kind={key}" if key else "?", key == kind, page.counts[key] if key else None)
            for key, label in today_page.CHIPS
        ],
        "team": today_page.team(viewer, which, day),
        "asked": today_page.asked_by(viewer),
        "handed": ownership.handed_lately(viewer, day),
        "back": today_page.back_this_week(viewer, day),
        "may_follow_up": viewer.may(Act.FOLLOW_UP),
        "export_url": _export_url(which, kind) if viewer.may(Act.EXPORT) else "",
    }
    return render(request, "desk/today.html", context)


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawer in which a contact is written down; saving offers the next one."""
    viewer = viewer_of(request)
    require(viewer, Act.FOLLOW_UP)
    rows = customers.visible_to(viewer).select_related("state", "owner")
    found = get_object_or_404(rows.prefetch_related("people", "assets"), pk=pk)
    require(viewer, Act.FOLLOW_UP, found)
    which, kind = _whose(request, viewer), request.GET.get("kind", "")
    follows = None
    if request.GET.get("list"):
        follows = today_page.next_after(viewer, which, kind, pk, clock.today())
    form = _form(viewer, found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            new = interaction_of(pk, form)
            followups.record_interactions(actor=viewer, interactions=[new])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            said = _("%(name)s: contact recorded.") % {"name": found.name}
            if new.next_on is not None:
                day = day_text(new.next_on, clock.today())
                said = f"{said} {_('Next on %(day)s.') % {'day': day}}"
            if request.POST.get("then") == "next" and follows is not None:
                following = rows.prefetch_related("people", "assets").get(pk=follows.customer.pk)
                after = today_page.next_after(viewer, which, kind, following.pk, clock.today())
                answer = _drawer(request, following, _form(viewer, following), after, kind)
            else:
                answer = HttpResponse()
            trigger_client_event(answer, "lk:toast", {"text": said})
            return trigger_client_event(answer, "lk:changed", {})
    return _drawer(request, found, form, follows, kind)


def _form(viewer: User, customer: Customer, data: Any = None) -> ContactForm:
    """The way to use first is chosen already."""
    ways = reach(viewer, customer, clock.today())
    points = [each.point for each in ways.ways]
    people = [person for person in customer.people.all() if person.left_on is None]
    return ContactForm(data, points=points, first=ways.first, people=people)


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
        **contact_page.briefing(viewer_of(request), found, clock.today()),
    }
    return render(request, "desk/contact.html", context)


def _export_url(which: today_page.Whose, kind: str) -> str:
    """The same list as a file."""
    asked = {"whose": str(which.who_id or ""), "kind": kind}
    chosen = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('export-new', args=['agenda'])}?{chosen}"


def _whose(request: HttpRequest, viewer: User) -> today_page.Whose:
    """Whose list was chosen last; the choice stays until another one is made."""
    if "whose" in request.GET:
        request.session[WHOSE] = request.GET["whose"]
    return today_page.whose(viewer, request.session.get(WHOSE))
