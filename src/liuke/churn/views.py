"""Who is leaving, how many, since when; and the rules that say so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.churn import queries, services, tasks
from liuke.churn.forms import RuleForm
from liuke.churn.models import ChurnRule
from liuke.churn.queries import scores
from liuke.churn.rules.months import Month
from liuke.churn.rules.rates import wilson
from liuke.churn.rules.wording import describe
from liuke.core import clock
from liuke.core.lists import csv_file
from liuke.core.ui.figures import month_text, percent_text
from liuke.customers import queries as customers
from liuke.customers.rules import Kind

SHOWN = 13
RESCUE = 6


def overview(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    today = clock.today()
    months = queries.months_of(viewer, today)
    shown = months if request.GET.get("months") == "all" else months[-SHOWN:]
    tally = customers.tally(viewer)
    at_risk = customers.standing("at_risk", today, of="") & Q(closed_on=None)
    context = {
        "at_risk": tally.at(standing="at_risk"),
        "lost": tally.at(standing="lost"),
        "stake": tally.stake,
        "rescue": customers.first_of(viewer, at_risk, "-value_year", RESCUE),
        "months": list(reversed(shown)),
        "more_months": len(months) - len(shown),
        "running": months[-1] if months else None,
        "settled": next((m for m in reversed(months) if not m.partial), None),
        "sparks": _sparks(months[-SHOWN:]),
        "chart": _chart(shown) if len(shown) > 1 else None,
        "rules": _rules_in_words(),
        "today": today,
    }
    return render(request, "churn/overview.html", context)


def scorecard(request: HttpRequest) -> HttpResponse:
    """How good are our predictions, beside what needs no model?"""
    score = scores.latest_score()
    cards = score.cards if score is not None else []
    lost = sum(card["recency_wins"] for card in cards)
    context = {
        "score": score,
        "cards": list(reversed(cards)),
        "won": len(cards) - lost,
        "valued": [_valued(card) for card in reversed(cards) if card.get("value")],
    }
    return render(request, "churn/scorecard.html", context)


def _valued(card: dict[str, Any]) -> tuple[str, dict[str, Any], float | None]:
    """A past day, its money, and by what share the expectation was off."""
    money = card["value"]
    off = (money["expected"] - money["came"]) / money["came"] if money["came"] else None
    return card["day"], money, off


def months_csv(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    require(viewer, Act.EXPORT)
    months = queries.months_of(viewer, clock.today())
    return csv_file(_month_lines(months), "churn-months")


def months_print(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    months = queries.months_of(viewer, clock.today())
    context = {"months": list(reversed(months)), "rules": _rules_in_words(), "today": clock.today()}
    return render(request, "churn/print.html", context)


def rules(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    visible = customers.within(viewer).values("pk")
    found = []
    for rule in ChurnRule.objects.prefetch_related("versions__created_by"):
        versions = [version for version in rule.versions.all() if version.superseded_at is None]
        found.append(
            {
                "rule": rule,
                "current": describe(versions[-1].content) if versions else "",
                "since": versions[-1] if versions else None,
                "before": [(version, describe(version.content)) for version in versions[-2::-1]],
                "pending": any(version.applied_at is None for version in versions),
                "customers": queries.segment_of(rule.applies_to).filter(pk__in=visible).count(),
            }
        )
    context = {
        "rules": found,
        "open_segments": _open_segments(),
        "may_edit": viewer.may(Act.EDIT_RULES),
    }
    return render(request, "churn/rules.html", context)


def rule_edit(request: HttpRequest, applies_to: str = "") -> HttpResponse:
    """Edit a segment's rule; nothing is saved before the person saw whom it would move."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_RULES)
    if applies_to and applies_to not in Kind.values:
        raise Http404
    rule = ChurnRule.objects.filter(applies_to=applies_to).first()
    current = _current(rule)
    form = RuleForm(request.POST) if request.POST else RuleForm.showing(rule, current)
    context: dict[str, Any] = {
        "form": form,
        "rule": rule,
        "applies_to": applies_to,
        "segment": dict(Kind.choices).get(applies_to, _("All other customers")),
    }
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["content"]
        if request.POST.get("act") == "save":
            services.save_rule(
                actor=viewer,
                content=content,
                applies_to=applies_to,
                name=form.cleaned_data["name"],
                restate=form.cleaned_data["restate"],
            )
            tasks.apply_rules.enqueue()
            messages.success(request, _("Saved. The clocks follow in a moment."))
            return redirect("churn-rules")
        preview = queries.preview(content, applies_to, clock.today())
        named = customers.visible_to(viewer).filter(pk__in=[who.pk for who in preview.examples])
        context["preview"] = replace(preview, examples=list(named.order_by("name_sort")))
        context["sentence"] = describe(content)
        return render(request, "churn/rule_form.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "churn/rule_form.html", context, status=status)


def _current(rule: ChurnRule | None) -> Any:
    version = rule.versions.filter(superseded_at=None).last() if rule else None
    return version.content if version else None


def _open_segments() -> list[tuple[str, str]]:
    taken = set(ChurnRule.objects.values_list("applies_to", flat=True))
    return [(kind, str(label)) for kind, label in Kind.choices if kind not in taken]


def _rules_in_words() -> str:
    words = ""
    for versions in queries.rules_in_force().values():
        said = describe(versions[-1].content)
        words = _("%(one)s %(next)s") % {"one": words, "next": said} if words else said
    return words


def _sparks(months: Sequence[Month]) -> dict[str, list[float]]:
    return {
        "at_risk": [m.at_risk_end for m in months],
        "lost": [m.newly_lost for m in months],
        "recovered": [m.recovered for m in months],
        "workshop": [m.workshop_churn_rate or 0 for m in months],
    }


def _chart(months: Sequence[Month]) -> dict[str, Any]:
    """Hazard and recovery rate with their 95 % intervals; every point opens its customers."""
    # The running month is not over; its rates would look like a fall.
    whole = [month for month in months if not month.partial]
    return {
        "x": [month.month[2:].replace("-", "/") for month in whole],
        "titles": [month_text(month.month) for month in whole],
        "percent": True,
        "series": [
            {
                "name": _("Recovery rate"),
                "mean": "safe",
                "points": [
                    _point(m, "recovered", m.recovered, m.lost_start + m.newly_lost) for m in whole
                ],
            },
            {
                "name": _("Hazard"),
                "mean": "lost",
                "points": [_point(m, "newly_lost", m.newly_lost, m.exposed) for m in whole],
            },
        ],
    }


def _point(month: Month, figure: str, part: int, whole: int) -> dict[str, Any] | None:
    interval = wilson(part, whole)
    if interval is None:
        return None
    low, high = interval
    said = f"{percent_text(low, 0)}–{percent_text(high, 0)}"
    return {
        "y": part / whole,
        "low": low,
        "high": high,
        "text": percent_text(part / whole),
        "tip": f"{percent_text(part / whole)} ({said}) · {part} / {whole}",
        "url": f"{reverse('customers')}?figure={figure}:{month.month}",
    }


MONTH_COLUMNS = (
    "month", "customers", "settled", "newly_at_risk", "newly_lost", "recovered", "returned",
    "at_risk_end", "lost_end", "absent_year", "exposed", "hazard", "recovery_rate",
    "workshop_churn_rate", "partial",
)  # fmt: skip


def _month_lines(months: Sequence[Month]) -> Iterator[Sequence[Any]]:
    yield MONTH_COLUMNS
    for month in months:
        yield [getattr(month, column) for column in MONTH_COLUMNS]
