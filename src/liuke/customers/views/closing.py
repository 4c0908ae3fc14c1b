"""Setting one customer aside, and opening it again."""

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
from liuke.customers import queries, services
from liuke.customers.forms.closing import CloseForm
from liuke.customers.models import Customer


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """A small dialog: why, and when to try again."""
    viewer = viewer_of(request)
    found = _found(viewer, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("reason", "note")}
        try:
            services.close_customers(actor=viewer, customer_ids=[pk], until=form.until(), **given)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("%(name)s is closed.") % {"name": found})
            answer = HttpResponse()
            answer.headers["HX-Redirect"] = reverse("customer", args=[pk])
            return answer
    return render(request, "customers/close.html", {"form": form, "customer": found})


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Back among the others."""
    viewer = viewer_of(request)
    found = _found(viewer, pk)
    services.reopen_customers(actor=viewer, customer_ids=[pk])
    messages.success(request, _("%(name)s is open again.") % {"name": found})
    return redirect("customer", pk=pk)


def _found(viewer: User, pk: int) -> Customer:
    require(viewer, Act.EDIT_CUSTOMERS)
    found = get_object_or_404(queries.visible_to(viewer), pk=pk)
    require(viewer, Act.EDIT_CUSTOMERS, found)
    return found
