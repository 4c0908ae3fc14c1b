"""The pool and its rules; keeping a customer from it, or letting one go."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.core.templatetags import ui
from liuke.core.ui.figures import day_text
from liuke.customers import queries as customers
from liuke.customers.models import Customer
from liuke.ownership import queries, services
from liuke.ownership.forms import PoolForm, ReasonForm, RecycleForm
from liuke.ownership.models import Pool

LONGEST_ID = 19


def pool(request: HttpRequest) -> HttpResponse:
    """Who waits for somebody, and may I have them?"""
    viewer = viewer_of(request)
    pools = queries.pools_open_to(viewer)
    chosen = [each for each in pools if str(each.pk) == request.GET.get("pool")] or pools
    asked = request.GET.get("page", "1")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
    owned = sum(queries.owned_by_level(viewer).values())
    today = clock.today()
    context = {
        "pools": pools,
        "chips": [
            (each.name, f"?pool={each.pk}", chosen == [each], queries.waiting([each]).count())
            for each in pools
        ],
        "chosen": chosen,
        "page": queries.pool_page(viewer, chosen, number),
        "number": number,
        "terms": [(each, queries.claimed_on(viewer, each, today)) for each in chosen],
        "owned": owned,
        "claims": queries.claims_from(chosen),
        "may_claim": viewer.may(Act.EDIT_CUSTOMERS),
        "may_edit": viewer.may(Act.EDIT_RULES),
        "may_export": viewer.may(Act.EXPORT),
    }
    return render(request, "ownership/pool.html", context)


@require_POST
def pool_claim(request: HttpRequest) -> HttpResponse:
    """The ticked customers, or the one whose button was pressed, become one's own."""
    given = request.POST.getlist("one") or request.POST.getlist("pk")
    ids = [int(pk) for pk in given if pk.isdecimal() and len(pk) < LONGEST_ID]
    try:
        done = services.claim(actor=viewer_of(request), customer_ids=ids)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("pool")
    said = ngettext("%(n)s customer is yours.", "%(n)s customers are yours.", done.count)
    messages.success(request, said % {"n": ui.num(done.count)})
    if done.gone:
        gone = _(", ").join(f"{name} ({owner})" for name, owner in done.gone.items())
        messages.error(request, _("Taken already: %s.") % gone)
    return redirect("customer", pk=ids[0]) if done.count == len(ids) == 1 else redirect("pool")


def customer_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a customer go to the pool, with a reason."""
    viewer = viewer_of(request)
    require(viewer, Act.ASSIGN)
    found = _visible(request, pk)
    require(viewer, Act.ASSIGN, found)
    words = {
        "title": _("Release to the pool"),
        "hint": _("Colleagues may claim this customer from now on."),
        "button": _("Release"),
    }

    def act(why: str) -> str:
        services.release(actor=viewer, customer_ids=[pk], why=why)
        return _("%(name)s is in the pool.") % {"name": found}

    return _with_reason(request, words, act)


def customer_extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a customer from the pool a little longer, once."""
    viewer = viewer_of(request)
    require(viewer, Act.FOLLOW_UP)
    require(viewer, Act.FOLLOW_UP, _visible(request, pk))
    words = {
        "title": _("Keep this customer longer"),
        "hint": _("This is possible once. A contact winds the clock whenever you like."),
        "button": _("Extend"),
    }

    def act(why: str) -> str:
        until = services.extend(actor=viewer, customer_id=pk, why=why)
        return _("Extended until %(day)s.") % {"day": day_text(until, clock.today())}

    return _with_reason(request, words, act)


def pool_settings(request: HttpRequest) -> HttpResponse:
    """The pools, and after how long silence leads there."""
    pools = list(Pool.objects.select_related("branch", "tag").prefetch_related("managers"))
    context = {
        "pools": [(each, queries.waiting([each]).count()) for each in pools],
        "rules": queries.recycling.in_words(),
        "steps": queries.recycling.steps(),
        "may_edit": viewer_of(request).may(Act.EDIT_RULES),
    }
    return render(request, "ownership/settings.html", context)


def pool_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    found = get_object_or_404(Pool, pk=pk) if pk is not None else Pool()
    form = PoolForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_pool(
                actor=viewer, pool=form.pool(), managers=form.cleaned_data["managers"]
            )
        except ValidationError as problem:
            form.add_error("name", problem.messages[0])
        else:
            messages.success(request, _("Saved."))
            return redirect("pool-settings")
    status = 422 if request.method == "POST" else 200
    return render(request, "ownership/pool_form.html", {"form": form, "pool": found}, status=status)


def pool_rules(request: HttpRequest) -> HttpResponse:
    """Edit the rules; nothing is saved before the person saw whom they would move."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    form = RecycleForm(queries.table(), queries.recycling.steps(), request.POST or None)
    context: dict[str, Any] = {"form": form, "levels": form.levels[1:]}
    if request.method == "POST" and form.is_valid():
        table = form.table()
        if request.POST.get("act") == "save":
            services.save_rules(actor=viewer, table=table, steps=form.steps())
            messages.success(request, _("Saved. The dates follow within a minute."))
            return redirect("pool-settings")
        query = {"to_pool": queries.recycling.spelled(table)}
        late = queries.recycling.overdue(table, clock.today())
        seen = customers.within(viewer)
        context |= {
            "preview": True,
            "moved": seen.filter(late).count(),
            "elsewhere": Customer.objects.filter(late).count(),
            "first": form.steps().first,
            "link": f"{reverse('customers')}?{urlencode(query)}",
            "pools": Pool.objects.exists(),
        }
        context["elsewhere"] -= context["moved"]
        return render(request, "ownership/rules_form.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "ownership/rules_form.html", context, status=status)


def _visible(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(customers.visible_to(viewer_of(request)), pk=pk)


def _with_reason(
    request: HttpRequest, words: dict[str, str], act: Callable[[str], str]
) -> HttpResponse:
    """A small dialog that asks why; an empty answer closes it."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form.cleaned_data["why"])
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, said)
            answer = HttpResponse()
            answer.headers["HX-Redirect"] = reverse("today")
            return trigger_client_event(answer, "lk:changed", {})
    return render(request, "ownership/reason.html", {"form": form, "words": words})
