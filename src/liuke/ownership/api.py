"""Pools, handovers and rules of assignment over the API: the same queries and services as the
screens."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core.errors import Refused
from liuke.customers.services import Batch
from liuke.ownership import queries, services
from liuke.ownership.models import AssignmentRule, Handover, Pool
from liuke.ownership.queries import assigning
from liuke.ownership.rules import Way, digest

router = Router(tags=["ownership"])
MOST_AT_ONCE = 10_000


class PoolOut(Schema):
    id: int
    name: str
    branch_id: int | None
    waiting: int
    claims_a_day: int | None
    most_owned: int | None


class WaitingOut(Schema):
    """A customer of a pool; what the pool hides before claiming is null."""

    id: int = Field(alias="pk")
    name: str
    level: str
    stage: str
    last_purchase: date | None
    since: datetime
    value: Decimal | None
    asset: str | None
    telephone: str | None
    last_owner: str | None


class Page(Schema):
    items: list[WaitingOut]
    total: int
    more: bool


class Customers(Schema):
    customer_ids: list[int] = Field(max_length=MOST_AT_ONCE)


class ClaimedOut(Schema):
    """How many are yours now; name → owner of those that were gone already."""

    count: int
    gone: dict[str, str]


class HandoverIn(Schema):
    """Whose customers go to whom; no level or stage means all of them."""

    from_id: int
    receiver_ids: list[int] = Field(min_length=1, max_length=1000)
    way: Way = Way.EVENLY
    levels: list[str] = Field(default_factory=list)
    stages: list[str] = Field(default_factory=list)


class HandoverGo(HandoverIn):
    """`plan` is that of the preview: if something changed since, it is refused."""

    plan: str
    note: str = Field(min_length=1, max_length=200)
    leaves: bool = False


class HandoverPreview(Schema):
    plan: str
    customers: dict[int, int]
    counts: dict[int, int]


class HandoverOut(Schema):
    id: int
    customers: int


class RuleOut(Schema):
    id: int
    name: str
    active: bool
    conditions: dict[str, list[Any]]
    people_ids: list[int]
    unit_id: int | None
    pick: str
    skills: list[str]
    speaks: bool

    @staticmethod
    def resolve_people_ids(rule: AssignmentRule) -> list[int]:
        return sorted(each.pk for each in rule.people.all())


class ApplyIn(Schema):
    """These customers; without any, everybody of your scope whom nobody has."""

    customer_ids: list[int] | None = Field(None, max_length=MOST_AT_ONCE)


class Applied(Schema):
    """How many have another owner now, and how many no rule fits."""

    count: int
    left: int


@router.get("/pools", response=list[PoolOut])
def list_pools(request: HttpRequest) -> list[dict[str, Any]]:
    """The pools from which you may claim."""
    return [
        {
            "id": pool.pk, "name": pool.name, "branch_id": pool.branch_id,
            "waiting": queries.waiting([pool]).count(), "claims_a_day": pool.claims_a_day,
            "most_owned": pool.most_owned,
        }
        for pool in queries.pools_open_to(viewer_of(request))
    ]  # fmt: skip


@router.get("/pools/{pk}/customers", response=Page)
def list_waiting(request: HttpRequest, pk: int, page: int = 1) -> Any:
    """Who waits there, the most valuable first."""
    viewer = viewer_of(request)
    open_to = [pool.pk for pool in queries.pools_open_to(viewer)]
    pool = get_object_or_404(Pool, pk=pk, pk__in=open_to)
    found = queries.pool_page(viewer, [pool], max(1, min(page, 10_000)))
    return {"items": found.rows, "total": found.total, "more": found.more}


@router.post("/pools/claim", response=ClaimedOut)
def claim(request: HttpRequest, body: Customers) -> services.Claimed:
    """Take customers out of the pools; a limit refuses all of them."""
    return services.claim(actor=viewer_of(request), customer_ids=body.customer_ids)


@router.post("/handovers/preview", response=HandoverPreview)
def preview_handover(request: HttpRequest, body: HandoverIn) -> dict[str, Any]:
    """Who would get whom; nothing moves."""
    _leaver, plan = _planned(request, body)
    return {"plan": digest(plan), "customers": plan, "counts": Counter(plan.values())}


@router.post("/handovers", response=HandoverOut)
def hand_over(request: HttpRequest, body: HandoverGo) -> dict[str, int]:
    """Everything of one person goes to others, as the preview said."""
    leaver, plan = _planned(request, body)
    if digest(plan) != body.plan:
        raise Refused(_("Something changed since the preview. Look at it again, then go on."))
    viewer = viewer_of(request)
    if body.leaves:
        require(viewer, Act.MANAGE_USERS)
    made: Handover = services.hand_over(
        actor=viewer, leaver_id=leaver.pk, receivers=plan, note=body.note, leaves=body.leaves
    )
    return {"id": made.pk, "customers": len(plan)}


@router.get("/assignment/rules", response=list[RuleOut])
def list_rules(request: HttpRequest) -> list[AssignmentRule]:
    """The rules in the order in which they are tried."""
    return assigning.rules()


@router.post("/assignment/apply", response=Applied)
def apply_rules(request: HttpRequest, body: ApplyIn) -> Batch:
    """Give customers to whom the rules say."""
    viewer = viewer_of(request)
    if body.customer_ids is None:
        return services.assign_waiting(actor=viewer)
    return services.assign_by_rules(actor=viewer, customer_ids=set(body.customer_ids))


def _planned(request: HttpRequest, body: HandoverIn) -> tuple[User, dict[int, int]]:
    viewer = viewer_of(request)
    require(viewer, Act.HAND_OVER)
    leaver = get_object_or_404(queries.owners_in_reach(viewer), pk=body.from_id)
    able = {each.pk: each for each in queries.receivers_for(viewer, leaver)}
    if not set(body.receiver_ids) <= set(able):
        raise Refused(_("Somebody of them may not take over customers. Choose somebody else."))
    portions = queries.portions(viewer, leaver, body.levels, body.stages)
    chosen = [each for pk, each in able.items() if pk in body.receiver_ids]
    return leaver, queries.planned(portions, chosen, body.way)
