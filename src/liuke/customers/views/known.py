"""Who is recorded already, said while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers.forms.typed import typed_in
from liuke.customers.queries import visible_to
from liuke.customers.queries.likeness import matches


def known(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """What is typed travels in the body: addresses are logged."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    if pk:
        require(viewer, Act.EDIT_CUSTOMERS, get_object_or_404(visible_to(viewer), pk=pk))
    found = matches(viewer, typed_in(request.POST), without=pk)
    return render(request, "customers/matches.html", {"matches": found})
