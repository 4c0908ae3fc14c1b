from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.customers import queries as customers
from liuke.customers import services as customer_services
from liuke.followups import queries, services
from liuke.followups.forms import CadenceForm
from liuke.followups.rules import Situation


def cadences(request: HttpRequest) -> HttpResponse:
    """How often whom is contacted, and how many that concerns."""
    counts = queries.by_situation(clock.today())
    rows = [
        (Situation(situation), cadence, counts[situation])
        for situation, cadence in queries.cadences().items()
    ]
    context = {"rows": rows, "may_edit": viewer_of(request).may(Act.EDIT_RULES)}
    return render(request, "followups/cadences.html", context)


def cadence(request: HttpRequest, situation: str) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    if situation not in Situation:
        raise Http404
    current = queries.cadences()[situation]
    initial = {"every": current.every, "lasts": current.lasts}
    form = CadenceForm(situation, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.save_cadence(actor=viewer, situation=situation, cadence=form.cadence())
        messages.success(request, _("Saved. The dates follow within a minute."))
        return redirect("cadences")
    context = {"form": form, "situation": Situation(situation)}
    status = 422 if request.method == "POST" else 200
    return render(request, "followups/cadence_form.html", context, status=status)


@require_POST
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    found = get_object_or_404(customers.visible_to(viewer), pk=pk)
    customer_services.unblock_contact(actor=viewer, customer_id=found.pk)
    messages.success(request, _("Contacts are welcome again."))
    return redirect("customer", pk=pk)
