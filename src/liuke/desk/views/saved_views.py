"""Keeping, sharing and letting go of views of the customers list."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts.models import SavedView, User
from liuke.accounts.queries import viewer_of, views_for
from liuke.accounts.services import change_view, delete_view, save_view, share_view
from liuke.desk.queries import listing, own_views
from liuke.desk.views.many import back


@require_POST
def customers_view(request: HttpRequest) -> HttpResponse:
    """Save, change, share or delete a view."""
    viewer, posted = viewer_of(request), request.POST
    query = own_views.filters_of(QueryDict(posted.get("query", "")))
    columns, name, which = posted.getlist("column"), posted.get("name", ""), posted.get("view", "")
    try:
        if not which or posted.get("act") == "copy":
            view = save_view(
                actor=viewer, list_name=own_views.LIST, name=name, query=query, columns=columns,
                as_default=posted.get("default") == "1", sharing=posted.get("sharing", ""),
            )  # fmt: skip
            messages.success(request, _("The view “%s” is saved.") % view.name)
            return redirect(reverse("customers") + own_views.address_of(view))
        found = _found(viewer, which)
        if posted.get("act") == "delete":
            delete_view(actor=viewer, view_id=found.pk)
            messages.success(request, _("The view “%s” is deleted.") % found.name)
            return redirect(f"{reverse('customers')}?view={own_views.EVERYBODY}")
        view = _changed(viewer, found, posted, {"query": query, "columns": columns})
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect(back(request))
    messages.success(request, _("Saved."))
    return redirect(reverse("customers") + own_views.address_of(view))


def customers_counts(request: HttpRequest) -> HttpResponse:
    """The views above the list with how many customers each has; asked for after the page."""
    viewer = viewer_of(request)
    declared = listing.customer_list(viewer)
    look = own_views.look(viewer, request.GET).with_counts(own_views.counts(viewer, declared))
    return render(request, "core/list/view_tabs.html", {"look": look})


def _found(viewer: User, which: str) -> SavedView:
    """A view that this person finds and may change."""
    views = views_for(viewer, own_views.LIST)
    view = next((each for each in views if str(each.pk) == which), None)
    if view is None or not own_views.may_change(viewer, view):
        raise Http404
    return view


def _changed(
    viewer: User, view: SavedView, posted: QueryDict, look: Mapping[str, Any]
) -> SavedView:
    act = posted.get("act", "")
    if act == "share":
        return share_view(actor=viewer, view_id=view.pk, sharing=posted.get("sharing", ""))
    changes: dict[str, Mapping[str, Any]] = {
        "update": look,
        "rename": {"name": posted.get("name", "")},
        "default": {"as_default": True},
        "no_default": {"as_default": False},
    }
    return change_view(actor=viewer, view_id=view.pk, **changes.get(act, {}))
