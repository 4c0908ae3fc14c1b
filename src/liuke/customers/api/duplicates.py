"""Possible duplicates, merges and their undoing over the API."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers import queries, services
from liuke.customers.models import CustomerMerge, DuplicatePair
from liuke.customers.queries.duplicates import merges_of, pairs_of
from liuke.customers.queries.likeness import Typed, matches

router = Router(tags=["duplicates"])
MOST = 200


class PointTyped(Schema):
    kind: str
    value: str


class TypedIn(Schema):
    name: str = ""
    code: str = ""
    credit_code: str = ""
    contact_points: list[PointTyped] = Field(default_factory=list, max_length=50)


class MatchOut(Schema):
    """`id` only for a customer within sight; of others the name is masked.

    `sign` opens a conflict about a customer of a colleague (`POST /conflicts`).
    """

    id: int | None
    name: str
    owner: str
    sign: str
    reasons: list[str]


class PairOut(Schema):
    id: int
    first_id: int
    second_id: int
    probability: float
    reasons: list[list[str]]


class DecisionIn(Schema):
    verdict: Literal["distinct", "shared"]
    reason: str = Field("", max_length=200)


class MergeIn(Schema):
    """`chosen` says for a field whose value stays; for the others the rules decide."""

    absorbed_id: int
    chosen: dict[str, Literal["survivor", "absorbed"]] = Field(default_factory=dict)


class MergeOut(Schema):
    id: int
    survivor_id: int
    absorbed_id: int
    at: datetime
    undone_at: datetime | None


class PartedOut(Schema):
    """The customer that is back, and what stays because somebody changed it since."""

    customer_id: int
    left: list[str]


@router.post("/customers/known", response=list[MatchOut])
def known(request: HttpRequest, body: TypedIn) -> list[dict[str, Any]]:
    """Who may be recorded already, the likeliest first, whoever owns them."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    points = [(point.kind, point.value) for point in body.contact_points]
    typed = Typed(body.name, body.code, body.credit_code, points)
    return [
        {
            "id": each.known.customer_id if each.known.seen else None,
            "name": each.known.name,
            "owner": each.known.owner,
            "sign": each.known.sign,
            "reasons": list(each.reasons),
        }
        for each in matches(viewer, typed)
    ]


@router.get("/duplicates", response=list[PairOut])
def list_pairs(request: HttpRequest, limit: int = 50) -> QuerySet[DuplicatePair]:
    """Pairs that wait for a decision, the likeliest first."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    return pairs_of(viewer)[: max(1, min(limit, MOST))]


@router.post("/duplicates/{pk}/decide", response=PairOut)
def decide(request: HttpRequest, pk: int, body: DecisionIn) -> DuplicatePair:
    """They are two customers, or share a phone."""
    viewer = viewer_of(request)
    require(viewer, Act.EDIT_CUSTOMERS)
    pair = get_object_or_404(pairs_of(viewer), pk=pk)
    return services.decide_pair(
        actor=viewer, pair_id=pair.pk, verdict=body.verdict, reason=body.reason
    )


@router.post("/customers/{pk}/merge", response=MergeOut)
def merge(request: HttpRequest, pk: int, body: MergeIn) -> CustomerMerge:
    """Let another customer become part of this one."""
    viewer = viewer_of(request)
    require(viewer, Act.MERGE)
    get_object_or_404(queries.visible_to(viewer), pk=pk)
    return services.merge_customers(
        actor=viewer, survivor_id=pk, absorbed_id=body.absorbed_id, chosen=body.chosen
    )


@router.post("/merges/{pk}/undo", response=PartedOut)
def undo(request: HttpRequest, pk: int) -> Any:
    """Part them again."""
    viewer = viewer_of(request)
    require(viewer, Act.MERGE)
    found = get_object_or_404(merges_of(viewer), pk=pk)
    return services.undo_merge(actor=viewer, merge_id=found.pk)
