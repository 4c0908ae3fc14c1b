"""Acts on many customers over the API."""

from datetime import date

from django.http import HttpRequest
from ninja import Field, Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.customers import services
from liuke.customers.rules.closing import CloseReason

router = Router(tags=["customers"])
MOST_AT_ONCE = 10_000


class Many(Schema):
    """Customers by their ids, all of them within sight."""

    customer_ids: list[int] = Field(max_length=MOST_AT_ONCE)


class Assignment(Many):
    owner_id: int | None


class Tagging(Many):
    add: list[str] = Field(default_factory=list)
    remove: list[str] = Field(default_factory=list)


class Levelling(Many):
    level: str = Field("", max_length=12)


class Closing(Many):
    reason: CloseReason
    note: str = Field("", max_length=200)
    until: date | None = None


class Changed(Schema):
    """How many were changed; who stood so already does not count."""

    count: int


@router.post("/customers/assign", response=Changed)
def assign_customers(request: HttpRequest, body: Assignment) -> services.Batch:
    """Give customers to a person, or to nobody with `owner_id` null."""
    return services.assign_customers(
        actor=viewer_of(request), customer_ids=set(body.customer_ids), owner_id=body.owner_id
    )


@router.post("/customers/tag", response=Changed)
def tag_customers(request: HttpRequest, body: Tagging) -> services.Batch:
    """Put tags on customers and take others off; a new name becomes a tag."""
    return services.tag_customers(
        actor=viewer_of(request),
        customer_ids=set(body.customer_ids),
        add=body.add,
        remove=body.remove,
    )


@router.post("/customers/level", response=Changed)
def level_customers(request: HttpRequest, body: Levelling) -> services.Batch:
    """Give customers a level of the firm's, or none with an empty one."""
    return services.level_customers(
        actor=viewer_of(request), customer_ids=set(body.customer_ids), level=body.level
    )


@router.post("/customers/close", response=Changed)
def close_customers(request: HttpRequest, body: Closing) -> services.Batch:
    """Set customers aside with a reason, until a day or for good."""
    return services.close_customers(
        actor=viewer_of(request),
        customer_ids=set(body.customer_ids),
        reason=body.reason,
        note=body.note,
        until=body.until,
    )


@router.post("/customers/reopen", response=Changed)
def reopen_customers(request: HttpRequest, body: Many) -> services.Batch:
    """Open customers again."""
    return services.reopen_customers(actor=viewer_of(request), customer_ids=set(body.customer_ids))
