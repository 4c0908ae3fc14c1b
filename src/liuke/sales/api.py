"""Orders, visits and returns over the API."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, ModelSchema, Router, Schema

from liuke.accounts.queries import viewer_of
from liuke.customers import queries as customers
from liuke.sales import queries, services
from liuke.sales.forms import SIZE_OF_A_LINE, happened
from liuke.sales.models import Order, OrderLine
from liuke.sales.rules import OrderKind, line_amount

router = Router(tags=["orders"])
MOST = 1000
LARGEST = 10**12

Id = Annotated[int, Field(lt=2**63)]
Figure = Annotated[Decimal, Field(gt=-LARGEST, lt=LARGEST)]


class LineIn(Schema):
    quantity: Figure = Decimal(1)
    price: Figure
    product_code: str = Field("", max_length=60)
    text: str = Field("", max_length=200)


class OrderIn(Schema):
    """`total` when there are no lines. A moment without a zone is the firm's wall time."""

    customer_id: Id
    occurred_at: datetime
    kind: OrderKind = OrderKind.SALE
    number: str = Field("", max_length=60)
    asset_id: Id | None = None
    note: str = ""
    lines: list[LineIn] = Field(default_factory=list)
    total: Figure | None = None


class Refusal(Schema):
    index: int
    message: str


class OrdersOut(Schema):
    """Places in the batch that were sent: recorded now, known before, refused with a reason."""

    created: list[int]
    unchanged: list[int]
    conflicts: list[Refusal]
    ids: list[int]


class LineOut(ModelSchema):
    class Meta:
        model = OrderLine
        fields = ["position", "text", "quantity", "price", "amount"]


class OrderOut(ModelSchema):
    lines: list[LineOut]

    class Meta:
        model = Order
        exclude = ["digest"]


@router.post("/orders", response=OrdersOut)
def record_orders(request: HttpRequest, body: list[OrderIn]) -> services.Recorded:
    """Record up to 1,000 orders in one go; the same numbers sent again change nothing."""
    viewer = viewer_of(request)
    if len(body) > MOST:
        raise ValidationError(_("Send at most %(most)s orders at once.") % {"most": MOST})
    wanted = {order.customer_id for order in body}
    visible = customers.visible_to(viewer).filter(pk__in=wanted).values_list("pk", flat=True)
    if unknown := wanted - set(visible):
        raise ValidationError(
            _("There is no customer %(ids)s.") % {"ids": ", ".join(map(str, sorted(unknown)))}
        )
    orders = [_order(order) for order in body]
    return services.record_orders(actor=viewer, orders=orders, origin="api")


@router.get("/customers/{pk}/orders", response=list[OrderOut])
def list_orders(request: HttpRequest, pk: int, limit: int = 100) -> Any:
    """A customer's orders, latest first."""
    customer = get_object_or_404(customers.visible_to(viewer_of(request)), pk=pk)
    rows = queries.orders_of(customer.pk).prefetch_related("lines")
    return rows[: max(1, min(limit, MOST))]


def _order(given: OrderIn) -> services.NewOrder:
    moment = given.occurred_at
    for line in given.lines:
        SIZE_OF_A_LINE(line_amount(line.quantity, line.price))
    return services.NewOrder(
        customer_id=given.customer_id,
        occurred_at=happened(timezone.make_aware(moment) if timezone.is_naive(moment) else moment),
        kind=given.kind,
        number=given.number,
        asset_id=given.asset_id,
        note=given.note,
        lines=[services.NewLine(**line.model_dump()) for line in given.lines],
        total=given.total,
    )
