"""Conflicts over the API: the cases, one case, opening and deciding it."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock
from liuke.desk.queries import conflicts as pages
from liuke.ownership import services
from liuke.ownership.models import Conflict
from liuke.ownership.queries import conflicts as queries
from liuke.ownership.rules.conflicts import State

router = Router(tags=["conflicts"])
MOST = 200


class ConflictOut(Schema):
    """`customer_id` only for a customer within sight; of others the name is masked."""

    id: int
    customer_id: int | None
    customer: str
    owner_id: int
    claimant_id: int
    claim: str
    state: str
    proposal: str
    ground: str
    verdict: str
    opened_at: datetime
    decided_at: datetime | None


class SideOut(Schema):
    person_id: int
    recorded_on: date | None
    owned_since: date | None
    contacts: list[date]
    orders: int
    claims: int


class DecisionOut(Schema):
    instance: int
    verdict: str
    why: str
    percent: int | None
    by_id: int
    at: datetime


class CaseOut(ConflictOut):
    sides: list[SideOut]
    decisions: list[DecisionOut]
    may_decide: bool
    may_appeal: bool


class ConflictIn(Schema):
    """A customer in sight by its id, or one that `POST /customers/known` told of, by its sign."""

    claim: str = Field(max_length=300)
    customer_id: int | None = None
    sign: str = ""


class DecisionIn(Schema):
    verdict: Literal["stays", "helps", "moves"]
    why: str = Field(max_length=300)
    percent: int | None = Field(None, ge=0, le=99)


class AppealIn(Schema):
    why: str = Field(max_length=300)


@router.get("/conflicts", response=list[ConflictOut])
def list_conflicts(request: HttpRequest, state: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """The cases one is part of or decides, the latest first."""
    viewer = viewer_of(request)
    rows = queries.conflicts_visible_to(viewer)
    if state in State:
        rows = rows.filter(state=state)
    return [_told(pages.case(viewer, row, clock.today())) for row in rows[: _most(limit)]]


@router.post("/conflicts", response={201: CaseOut})
def open_conflict(request: HttpRequest, body: ConflictIn) -> Status[dict[str, Any]]:
    """Claim a customer of a colleague."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    asked = pages.asked(viewer, body.sign, str(body.customer_id or ""))
    if asked is None:
        raise Http404
    new = services.NewConflict(asked.customer_id, viewer.pk, body.claim, asked.source)
    made = services.open_conflict(actor=viewer, new=new, facts=asked.facts())
    return Status(201, _read(request, made.pk))


@router.get("/conflicts/{pk}", response=CaseOut)
def get_conflict(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _read(request, pk)


@router.post("/conflicts/{pk}/decide", response=CaseOut)
def decide(request: HttpRequest, pk: int, body: DecisionIn) -> dict[str, Any]:
    """The owner keeps the customer, with or without help, or it goes to the other one."""
    viewer = viewer_of(request)
    require(viewer, Act.SETTLE)
    _found(request, pk)
    services.decide_conflict(actor=viewer, conflict_id=pk, **body.model_dump())
    return _read(request, pk)


@router.post("/conflicts/{pk}/appeal", response=CaseOut)
def appeal(request: HttpRequest, pk: int, body: AppealIn) -> dict[str, Any]:
    """One of the two asks somebody above for another decision."""
    _found(request, pk)
    services.appeal_conflict(actor=viewer_of(request), conflict_id=pk, why=body.why)
    return _read(request, pk)


def _most(limit: int) -> int:
    return max(1, min(limit, MOST))


def _found(request: HttpRequest, pk: int) -> Conflict:
    return get_object_or_404(queries.conflicts_visible_to(viewer_of(request)), pk=pk)


def _read(request: HttpRequest, pk: int) -> dict[str, Any]:
    case = pages.case(viewer_of(request), _found(request, pk), clock.today())
    return {
        **_told(case),
        "sides": [
            {
                "person_id": each.person.pk,
                "recorded_on": each.side.recorded_on,
                "owned_since": each.side.owned_since,
                "contacts": list(each.side.contacts),
                "orders": each.side.orders,
                "claims": each.side.claims,
            }
            for each in case.parties
            if each.side is not None
        ],
        "decisions": [
            {
                "instance": each.instance,
                "verdict": each.verdict,
                "why": each.why,
                "percent": each.percent,
                "by_id": each.by_id,
                "at": each.at,
            }
            for each in case.decisions
        ],
        "may_decide": case.may_decide,
        "may_appeal": case.may_appeal,
    }


def _told(case: pages.Case) -> dict[str, Any]:
    row = case.conflict
    return {
        "id": row.pk,
        "customer_id": row.customer_id if case.url else None,
        "customer": case.name,
        "owner_id": row.owner_id,
        "claimant_id": row.claimant_id,
        "claim": row.claim,
        "state": row.state,
        "proposal": case.proposal.verdict,
        "ground": case.proposal.ground,
        "verdict": row.verdict,
        "opened_at": row.opened_at,
        "decided_at": row.decided_at,
    }
