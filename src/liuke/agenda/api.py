"""What is due over the API."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import ModelSchema, Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.agenda import queries, services
from liuke.agenda.models import AgendaItem
from liuke.core import clock

router = Router(tags=["agenda"])
MOST = 1000


class ItemOut(ModelSchema):
    """`why` holds the figures of the reason; dates are the firm's calendar dates."""

    why: dict[str, Any]

    class Meta:
        model = AgendaItem
        fields = [
            "id", "customer", "kind", "due_on", "stake", "weight", "assignee", "snoozed_until",
            "why",
        ]  # fmt: skip


class SnoozeIn(Schema):
    until: date


class HandOverIn(Schema):
    to: int


@router.get("/agenda", response=list[ItemOut])
def list_due(
    request: HttpRequest, person: int | None = None, kind: str = "", limit: int = 100
) -> Any:
    """What is due today in your scope, or of one person; the weightiest first."""
    rows = queries.due(viewer_of(request), clock.today(), whose=person)
    chosen = rows.filter(kind=kind) if kind else rows
    return chosen.order_by("-weight", "pk")[: max(1, min(limit, MOST))]


@router.post("/agenda/{pk}/snooze", response=ItemOut)
def snooze(request: HttpRequest, pk: int, body: SnoozeIn) -> AgendaItem:
    """Put it off to a later day."""
    _visible(request, pk)
    return services.snooze_item(actor=viewer_of(request), item_id=pk, until=body.until)


@router.post("/agenda/{pk}/hand-over", response=ItemOut)
def hand_over(request: HttpRequest, pk: int, body: HandOverIn) -> AgendaItem:
    """Let a colleague do it."""
    _visible(request, pk)
    return services.hand_over_item(actor=viewer_of(request), item_id=pk, to_id=body.to)


@router.post("/agenda/{pk}/done", response=ItemOut)
def done(request: HttpRequest, pk: int) -> AgendaItem:
    """Set it aside as done."""
    _visible(request, pk)
    return services.complete_item(actor=viewer_of(request), item_id=pk)


def _visible(request: HttpRequest, pk: int) -> AgendaItem:
    return get_object_or_404(queries.visible_to(viewer_of(request)), pk=pk)
