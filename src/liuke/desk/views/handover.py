"""Somebody leaves or has too much: who takes over, what they have to know, what became of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.core.templatetags import ui
from liuke.desk.queries import briefings
from liuke.desk.queries import handover as pages
from liuke.ownership import queries as ownership
from liuke.ownership import services
from liuke.ownership.forms import HandoverForm
from liuke.ownership.rules import digest

MOST_BY_HAND = 300
EARLY = timedelta(days=30)


def handovers(request: HttpRequest) -> HttpResponse:
    """Whose customers have to go to others, and what was handed over before."""
    viewer = viewer_of(request)
    require(viewer, Act.HAND_OVER)
    context = {
        "people": ownership.owners_with_counts(viewer),
        "before": ownership.handovers_visible_to(viewer)[:20],
    }
    return render(request, "desk/handovers.html", context)


def handover_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who takes over what; nothing moves before the person saw who gets how much."""
    viewer = viewer_of(request)
    require(viewer, Act.HAND_OVER)
    leaver = get_object_or_404(ownership.owners_in_reach(viewer), pk=pk)
    people = ownership.receivers_for(viewer, leaver)
    form = HandoverForm(people, viewer.may(Act.MANAGE_USERS), request.POST or None)
    context: dict[str, Any] = {
        "leaver": leaver,
        "form": form,
        "owned": len(ownership.portions(viewer, leaver)),
    }
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            portions = ownership.portions(viewer, leaver, given["levels"], given["stages"])
            chosen = [each for each in people if each.pk in given["receivers"]]
            plan = ownership.planned(portions, chosen, given["way"])
            plan |= _by_hand(request, plan, {each.pk for each in people})
            seen = request.POST.get("plan") == digest(plan)
            if request.POST.get("act") == "go" and seen:
                try:
                    made = services.hand_over(
                        actor=viewer,
                        leaver_id=leaver.pk,
                        receivers=plan,
                        note=given["note"],
                        leaves=given.get("leaves", False),
                    )
                except ValidationError as problem:
                    form.add_error(None, problem.messages[0])
                else:
                    said = ngettext(
                        "%(n)s customer handed over.", "%(n)s customers handed over.", len(plan)
                    )
                    messages.success(request, said % {"n": ui.num(len(plan))})
                    return redirect("handover-done", pk=made.pk)
            elif request.POST.get("act") == "go":
                form.add_error(
                    None, _("Something changed since the preview. Look at it again, then go on.")
                )
            status = 422 if form.errors else 200
            context |= {
                "shares": pages.shares(
                    [each for each in people if each in chosen or each.pk in plan.values()],
                    plan,
                    clock.today(),
                ),
                "plan": digest(plan),
                "total": len(plan),
                "people": people,
                "by_hand": len(plan) <= MOST_BY_HAND,
            }
    return render(request, "desk/handover_form.html", context, status=status)


def handover_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What was handed over, and what became of it within 180 days."""
    viewer = viewer_of(request)
    found = get_object_or_404(ownership.handovers_visible_to(viewer), pk=pk)
    today = clock.today()
    rows = list(ownership.handed(viewer, found))
    context = {
        "handover": found,
        "taken": pages.taken(rows, found, today),
        "watch": pages.watch(viewer, found, today),
        "mine": [row for row in rows if row.receiver_id == viewer.pk],
        "may_hand_over": viewer.may(Act.HAND_OVER),
        "early": today - clock.day_of(found.at) < EARLY,
    }
    return render(request, "desk/handover.html", context)


def handover_briefing(request: HttpRequest, pk: int, to: int) -> HttpResponse:
    """The briefing of one new owner, on screen and on paper."""
    viewer = viewer_of(request)
    found = get_object_or_404(ownership.handovers_visible_to(viewer), pk=pk)
    rows = list(ownership.handed(viewer, found).filter(receiver=to))
    context = {
        "handover": found,
        "person": rows[0].receiver if rows else viewer,
        "briefings": briefings.briefings(viewer, rows, clock.today()),
        "today": clock.today(),
    }
    return render(request, "desk/briefing.html", context)


def _by_hand(request: HttpRequest, plan: Mapping[int, int], able: set[int]) -> dict[int, int]:
    """Whom the person chose otherwise, customer by customer."""
    found = {}
    for pk in plan:
        to = request.POST.get(f"to_{pk}", "")
        if to.isdecimal() and len(to) < 19 and int(to) in able:
            found[pk] = int(to)
    return found
