"""The journal of the whole firm, of one person, of one customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuke.accounts.queries import reach_of, viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import seals
from liuke.desk.queries.record import journal_page


def journal(request: HttpRequest) -> HttpResponse:
    """Who did what, the latest first."""
    viewer = viewer_of(request)
    require(viewer, Act.SEE_JOURNAL)
    export_url = reverse("export-new", args=["journal"]) if viewer.may(Act.EXPORT) else ""
    asked = request.GET.copy()
    asked.pop("page", None)
    address = f"?{asked.urlencode()}" if asked else ""
    page, lines, following = journal_page(viewer, request.GET, export_url + address)
    asked["page"] = following
    context = {
        "page": page,
        "lines": lines,
        "older_url": f"?{asked.urlencode()}" if following else "",
        "newest_url": f"{request.path}{address}" if request.GET.get("page") else "",
        "sealed": seals.latest() if reach_of(viewer, Act.SEE_JOURNAL).everything else None,
    }
    return render(request, "desk/journal.html", context)
