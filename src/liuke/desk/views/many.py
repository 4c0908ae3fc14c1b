"""Acts on the customers chosen in the list, and the way back."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.core.templatetags import ui
from liuke.customers import queries as customers
from liuke.customers.forms.closing import CloseForm
from liuke.customers.models import Customer
from liuke.customers.services import (
    Batch,
    assign_customers,
    close_customers,
    level_customers,
    reopen_customers,
    tag_customers,
    undo_many,
)
from liuke.desk.queries import listing, own_views
from liuke.desk.views import sharing
from liuke.ownership import queries as ownership

MOST_PICKED = 10_000
LONGEST_ID = 19


@require_POST
def customers_assign(request: HttpRequest) -> HttpResponse:
    """The selected customers go to one person, to nobody, to several evenly, or by the rules."""
    viewer, owner = viewer_of(request), request.POST.get("owner", "")
    if owner in sharing.WAYS:
        share = sharing.act(viewer, request.POST)
        return _with_selected(request, share, sharing.said)
    owner = "" if owner == "nobody" else owner
    owner_id = int(owner) if owner.isdecimal() and len(owner) < LONGEST_ID else None
    if owner and owner_id is None:
        raise Http404

    def act(ids: list[int]) -> Batch:
        return assign_customers(actor=viewer, customer_ids=ids, owner_id=owner_id)

    def said(count: int) -> str:
        return ngettext("%(n)s customer assigned.", "%(n)s customers assigned.", count)

    return _with_selected(request, act, said)


@require_POST
def customers_tag(request: HttpRequest) -> HttpResponse:
    """The selected customers get a tag, or lose one."""
    viewer, posted = viewer_of(request), request.POST
    off = posted.getlist("off")
    # Named "off" because a form with a field "remove" could not be removed from the page.
    # Enter in the field of a new tag presses no button of a known one.
    add = posted.getlist("add") or ([] if off else [posted.get("more", "").strip()])

    def act(ids: list[int]) -> Batch:
        if not any((*add, *off)):
            raise Refused(_("Type a tag first."))
        return tag_customers(actor=viewer, customer_ids=ids, add=add, remove=off)

    def said(count: int) -> str:
        if off:
            return ngettext(
                "Tag taken off %(n)s customer.", "Tag taken off %(n)s customers.", count
            )
        return ngettext("%(n)s customer tagged.", "%(n)s customers tagged.", count)

    return _with_selected(request, act, said)


@require_POST
def customers_set_level(request: HttpRequest) -> HttpResponse:
    """The selected customers get a level, or none."""
    viewer, level = viewer_of(request), request.POST.get("level", "")

    def act(ids: list[int]) -> Batch:
        return level_customers(
            actor=viewer, customer_ids=ids, level="" if level == "none" else level
        )

    def said(count: int) -> str:
        return ngettext(
            "%(n)s customer has another level.", "%(n)s customers have another level.", count
        )

    return _with_selected(request, act, said)


@require_POST
def customers_close(request: HttpRequest) -> HttpResponse:
    """The selected customers are set aside, with one reason."""
    viewer, form = viewer_of(request), CloseForm(request.POST)

    def act(ids: list[int]) -> Batch:
        if not form.is_valid():
            raise Refused(_("Choose why."))
        given = {name: form.cleaned_data[name] for name in ("reason", "note")}
        return close_customers(actor=viewer, customer_ids=ids, until=form.until(), **given)

    def said(count: int) -> str:
        return ngettext("%(n)s customer closed.", "%(n)s customers closed.", count)

    return _with_selected(request, act, said)


@require_POST
def customers_reopen(request: HttpRequest) -> HttpResponse:
    """The selected customers are open again."""
    viewer = viewer_of(request)

    def act(ids: list[int]) -> Batch:
        return reopen_customers(actor=viewer, customer_ids=ids)

    def said(count: int) -> str:
        return ngettext("%(n)s customer opened again.", "%(n)s customers opened again.", count)

    return _with_selected(request, act, said)


@require_POST
def customers_undo(request: HttpRequest) -> HttpResponse:
    """Back to how it was before one's own act on many."""
    try:
        at = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        raise Http404 from None
    if at.tzinfo is None:
        raise Http404
    try:
        count = undo_many(actor=viewer_of(request), at=at)
    except Refused as refusal:
        messages.error(request, refusal.messages[0])
    else:
        said = ngettext("Undone for %(n)s customer.", "Undone for %(n)s customers.", count)
        messages.success(request, said % {"n": ui.num(count)})
    return HttpResponse(status=204)


def _picked(request: HttpRequest) -> tuple[QuerySet[Customer], QueryDict]:
    """The rows a mass act names, within sight: those ticked, or all that an address asks for."""
    viewer, posted = viewer_of(request), request.POST
    if posted.get("all") == "1":
        query = QueryDict(posted.get("query", ""))
        own = customers.within_reach(viewer)
        return Customer.objects.filter(asked_within(viewer, query, own)), query
    return customers.visible_to(viewer).filter(pk__in=named(request)), QueryDict()


def asked_within(viewer: User, query: QueryDict, own: Q) -> Q:
    """Whose customers an address asks for: the own ones, or when searched all that one sees."""
    searched = query.get("q", "").strip() or query.get("help")
    return customers.with_helped(viewer, own) if searched else own


def named(request: HttpRequest) -> list[int]:
    """The ids of the rows that were ticked."""
    named = request.POST.get("ids", "").split(",")[:MOST_PICKED]
    return [int(pk) for pk in named if pk.isdecimal() and len(pk) < LONGEST_ID]


def _with_selected(
    request: HttpRequest, act: Callable[[list[int]], Batch], said: Callable[[int], str]
) -> HttpResponse:
    """Do something with the selected customers, say with how many, and offer the way back."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    rows, query = _picked(request)
    selected = listing.customer_list(viewer).select(rows, query).order_by()
    ids = list(selected.values_list("pk", flat=True)[: MOST_PICKED + 1])
    try:
        if len(ids) > MOST_PICKED:
            raise Refused(
                _("Choose at most %(n)s customers at a time: narrow the list first.")
                % {"n": ui.num(MOST_PICKED)}
            )
        batch = act(ids)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        undo = f"{reverse('customers-undo')}?{urlencode({'at': batch.at.isoformat()})}"
        words = _("Nothing to change: it is so already.")
        if batch.count:
            words = said(batch.count) % {"n": ui.num(batch.count)}
        if batch.left:
            left = ownership.assigning.left_words(batch.left)
            words = f"{words} {left}" if batch.count else left
        messages.success(request, words, extra_tags=undo if batch.count else "")
    return redirect(back(request))


def back(request: HttpRequest) -> str:
    """The list as the person left it: same filters, same page."""
    came = urlsplit(request.headers.get("Referer", ""))
    query = came.query if came.path == reverse("customers") else ""
    return f"{reverse('customers')}?{query or f'view={own_views.EVERYBODY}'}"
