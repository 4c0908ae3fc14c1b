"""Contacts over the API."""

from datetime import date, datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, ModelSchema, Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.customers import queries as customers
from liuke.followups import queries, services
from liuke.followups.models import Interaction
from liuke.followups.rules import Channel, Direction, Outcome

router = Router(tags=["contacts"])
MOST = 1000

Id = Annotated[int, Field(lt=2**63)]


class InteractionIn(Schema):
    """A contact or an attempt; a moment without a zone is the firm's wall time."""

    customer_id: Id
    occurred_at: datetime
    channel: Channel = Channel.PHONE
    direction: Direction = Direction.OUT
    outcome: Outcome
    said: str = Field("", max_length=4000)
    goal: str = Field("", max_length=200)
    left_open: str = Field("", max_length=200)
    next_step: str = Field("", max_length=200)
    next_on: date | None = None
    point_id: Id | None = None
    person_id: Id | None = None


class InteractionOut(ModelSchema):
    class Meta:
        model = Interaction
        fields = [
            "id", "customer", "occurred_at", "day", "channel", "direction", "outcome", "goal",
            "said", "left_open", "next_step", "next_on", "by",
            "point", "person",
        ]  # fmt: skip


class RecordedOut(Schema):
    ids: list[int]


@router.post("/interactions", response=RecordedOut)
def record_interactions(request: HttpRequest, body: list[InteractionIn]) -> dict[str, Any]:
    """Record up to 1,000 contacts in one go; what is due follows from them."""
    if len(body) > MOST:
        raise ValidationError(_("Send at most %(most)s contacts at once.") % {"most": MOST})
    new = [services.NewInteraction(**_values(each)) for each in body]
    return {"ids": services.record_interactions(actor=viewer_of(request), interactions=new)}


@router.get("/customers/{pk}/interactions", response=list[InteractionOut])
def list_interactions(request: HttpRequest, pk: int, limit: int = 100) -> Any:
    """A customer's contacts, latest first."""
    customer = get_object_or_404(customers.visible_to(viewer_of(request)), pk=pk)
    return queries.contacts_of(customer.pk)[: max(1, min(limit, MOST))]


def _values(given: InteractionIn) -> dict[str, Any]:
    values = given.model_dump()
    if timezone.is_naive(given.occurred_at):
        values["occurred_at"] = timezone.make_aware(given.occurred_at)
    return values
