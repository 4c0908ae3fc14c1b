"""The month table and the status over the API."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.churn import queries
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
    found = queries.status_of(customers.visible_to(viewer_of(request)))
    return {"as_of": clock.today(), **asdict(found)}
