"""The month table and the status over the API."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.churn import queries
from liuke.churn.queries import scores
from liuke.churn.scoring import HORIZON
from liuke.core import clock
from liuke.customers import queries as customers

router = Router(tags=["churn"])


class MonthOut(Schema):
    month: str
    customers: int
    settled: int
    newly_at_risk: int
    newly_lost: int
    recovered: int
    returned: int
    at_risk_end: int
    lost_end: int
    hazard: float | None
    recovery_rate: float | None
    workshop_churn_rate: float | None
    partial: bool


class TableOut(Schema):
    as_of: date
    months: list[MonthOut]


@router.get("/churn/table", response=TableOut)
def table(request: HttpRequest) -> dict[str, Any]:
    """The monthly table of the customers that you may see, by the rules in force."""
    today = clock.today()
    return {"as_of": today, "months": queries.months_of(viewer_of(request), today)}


@router.get("/churn/status")
def status(request: HttpRequest) -> dict[str, Any]:
    """How many of the customers that you may see are active, at risk and lost today."""
    found = queries.status_of(customers.within(viewer_of(request)))
    return {"as_of": clock.today(), **asdict(found)}


class OutlookOut(Schema):
    """`value` is money expected within `horizon_days`; `modelled` is false where it rests on the
    average of the customer's own purchases."""

    as_of: date
    horizon_days: int
    alive: float
    purchases: float
    next_on: date
    each: float
    value: float
    modelled: bool


@router.get("/customers/{pk}/outlook", response=OutlookOut)
def outlook(request: HttpRequest, pk: int) -> dict[str, Any]:
    """What the model expects of a customer; 404 before there is a model, or without purchases."""
    get_object_or_404(customers.visible_to(viewer_of(request)), pk=pk)
    today = clock.today()
    found = scores.outlook_of(pk, today)
    if found is None:
        raise Http404
    return {
        "as_of": today,
        "horizon_days": HORIZON,
        **asdict(found),
        "value": found.value,
    }


class ScorecardOut(Schema):
    as_of: date
    customers: int
    params: dict[str, float] | None
    refusal: dict[str, Any] | None
    value_params: dict[str, float] | None
    value_refusal: dict[str, Any] | None
    cards: list[dict[str, Any]]


@router.get("/churn/scorecard", response=ScorecardOut)
def scorecard(request: HttpRequest) -> Any:
    """How the last fit would have done on past days; 404 before the first one."""
    score = scores.latest_score()
    if score is None:
        raise Http404
    return score
