"""Who is recorded already, said while somebody types."""

import re

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers.queries import visible_to
from liuke.customers.queries.likeness import Typed, matches

LONGEST = 200
LINE = re.compile(r"(points-\d{1,3})-value")


def known(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """What is typed travels in the body: addresses are logged."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    if pk:
        require(viewer, Act.EDIT_CUSTOMERS, get_object_or_404(visible_to(viewer), pk=pk))
    found = matches(viewer, _typed(request.POST), without=pk)
    return render(request, "customers/matches.html", {"matches": found})


def _typed(posted: QueryDict) -> Typed:
    lines = [match[1] for key in posted if (match := LINE.fullmatch(key))]
    return Typed(
        name=posted.get("name", "")[:LONGEST],
        code=posted.get("code", "")[:LONGEST],
        credit_code=posted.get("credit_code", "")[:LONGEST],
        points=[
            (
                posted.get(f"{line}-kind", ""),
                posted.get(f"{line}-value", "")[:LONGEST],
            )
            for line in lines
        ],
    )
