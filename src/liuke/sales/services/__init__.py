"""All writes of orders, visits and returns: one service for a form post and for an import."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.core.models import JournalEntry
from liuke.customers import queries as customer_queries
from liuke.customers import services as customers
from liuke.customers.queries.duplicates import former_ids
from liuke.facts import OrdersRecorded
from liuke.sales import queries
from liuke.sales.models import Order, OrderLine, Product
from liuke.sales.rules import CENT, OrderKind, Worth, line_amount, worth
from liuke.sales.services.shares import change_split, share_out

__all__ = ["NewLine", "NewOrder", "Recorded", "change_split", "record_orders"]

CHUNK = 500


@dataclass(frozen=True, slots=True)
class NewLine:
    quantity: Decimal
    price: Decimal
    product_code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as somebody reports it; `total` only when there are no lines."""

    customer_id: int
    occurred_at: datetime
    kind: str = OrderKind.SALE
    number: str = ""
    asset_id: int | None = None
    note: str = ""
    lines: Sequence[NewLine] = ()
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    index: int
    message: str


@dataclass(slots=True)
class Recorded:
    """What became of each order, by its place in the batch."""

    created: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


@transaction.atomic
def record_orders(
    *, actor: User | None, orders: Sequence[NewOrder], origin: str = "form"
) -> Recorded:
    """Record orders, visits and returns; a known number changes nothing, or is a conflict."""
    require(actor, Act.RECORD_ORDERS)
    customers.lock({order.customer_id for order in orders}, viewer=actor, act=Act.RECORD_ORDERS)
    _check_assets(orders)
    result = Recorded()
    rows: list[tuple[NewOrder, Order]] = []
    fresh: dict[tuple[str, str], Order] = {}
    for start in range(0, len(orders), CHUNK):
        rows += _sort_out(
            orders, range(start, min(start + CHUNK, len(orders))), origin, result, fresh
        )
    if rows:
        _write(actor, rows)
        announce(OrdersRecorded({row.customer_id for _new, row in rows}))
    result.ids = [row.pk for _new, row in rows]
    return result


@transaction.atomic
def void_order(*, actor: User, order_id: int, reason: str) -> None:
    """Remove an order that was recorded by mistake; the journal keeps it with the reason."""
    require(actor, Act.RECORD_ORDERS)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, so that others understand it later.")})
    order = queries.visible_to(actor).select_for_update(of=("self",)).get(pk=order_id)
    customers.lock([order.customer_id], viewer=actor, act=Act.RECORD_ORDERS)
    before = {**_snapshot(order), "lines": list(order.lines.values_list("text", "amount"))}
    change = Change(order, order.customer_id, before=before, after={"reason": reason.strip()})
    journal.record(actor, "order.voided", [change])
    customer_id = order.customer_id
    order.delete()
    announce(OrdersRecorded([customer_id]))


@transaction.atomic
def remove_orders(
    *, actor: User | None, order_ids: Collection[int], until: int, reason: str
) -> tuple[list[int], list[int]]:
    """Void many orders that the journal does not mention after its entry `until`.

    The second answer are those that somebody has worked with since, or that others rest on.
    """
    require(actor, Act.RECORD_ORDERS)
    rows = {row.pk: row for row in Order.objects.filter(pk__in=order_ids)}
    ids = {row.customer_id for row in rows.values()}
    customers.lock(ids)
    since = JournalEntry.objects.filter(
        subject=Order._meta.label_lower, subject_id__in=rows, pk__gt=until
    )
    free = sorted(set(rows) - set(since.values_list("subject_id", flat=True)))
    changes = {
        pk: Change(
            rows[pk], rows[pk].customer_id, before=_snapshot(rows[pk]), after={"reason": reason}
        )
        for pk in free
    }
    removed = bulk.delete(Order, free)
    journal.record(actor, "order.voided", [changes[pk] for pk in removed])
    if removed:
        announce(OrdersRecorded({rows[pk].customer_id for pk in removed}))
    return removed, sorted(set(rows) - set(removed))


def refresh_purchases(customer_ids: Collection[int]) -> None:
    """Reaction: stage, purchase days and value of these customers, from their orders."""
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        orders: dict[int, list[tuple[date, Decimal, bool]]] = {pk: [] for pk in chunk}
        for flow in queries.flows(chunk):
            orders[flow.customer].append(flow[1:])
        customers.set_state(
            "purchases", {pk: _purchase_state(worth(found)) for pk, found in orders.items()}
        )
        customers.settle_stages(chunk)


def _purchase_state(sums: Worth) -> dict[str, object]:
    return {
        "purchase_days": sums.days,
        "first_purchase_on": sums.first,
        "last_purchase_on": sums.last,
        "value_total": sums.total,
        "value_year": sums.year,
    }


def _check_assets(orders: Sequence[NewOrder]) -> None:
    wanted = {(order.asset_id, order.customer_id) for order in orders if order.asset_id is not None}
    if not wanted:
        return
    assets = customer_queries.assets_of({customer for _asset, customer in wanted})
    if wanted - set(assets.values_list("pk", "customer_id")):
        raise ValidationError(_("The asset belongs to another customer. Choose one of this one."))


def _sort_out(
    orders: Sequence[NewOrder],
    indexes: Iterable[int],
    origin: str,
    result: Recorded,
    earlier: dict[tuple[str, str], Order],
) -> list[tuple[NewOrder, Order]]:
    """Split a chunk into new rows, known orders and conflicts; `earlier` are the batch's own."""
    chunk = {index: _row(orders[index], origin) for index in indexes}
    numbers = {row.number for row in chunk.values() if row.number}
    known = queries.recorded_under(numbers) | earlier
    fresh = []
    for index, row in chunk.items():
        recorded = known.get((row.number, row.kind)) if row.number else None
        if recorded is None:
            fresh.append((orders[index], row))
            result.created.append(index)
            if row.number:
                known[row.number, row.kind] = earlier[row.number, row.kind] = row
        elif recorded.digest == row.digest or recorded.digest in _former_digests(
            orders[index], row
        ):
            result.unchanged.append(index)
        else:
            result.conflicts.append(Conflict(index, _difference(recorded, row)))
    return fresh


def _row(new: NewOrder, origin: str) -> Order:
    if clock.day_of(new.occurred_at) > clock.today():
        raise ValidationError(_("This is in the future. Record it once it has happened."))
    if new.lines:
        total = sum((line_amount(line.quantity, line.price) for line in new.lines), Decimal())
    elif new.total is not None:
        total = new.total.quantize(CENT)
    else:
        raise ValidationError(_("An order needs an amount or at least one line."))
    if (total > 0 and new.kind == OrderKind.RETURN) or (total < 0 and new.kind != OrderKind.RETURN):
        raise ValidationError(
            _("A return has a negative amount, an order or visit a positive one.")
        )
    if new.kind == OrderKind.SALE and total == 0:
        raise ValidationError(_("An order of zero is not a purchase. Enter its amount."))
    return Order(
        customer_id=new.customer_id,
        asset_id=new.asset_id,
        kind=new.kind,
        number=new.number.strip(),
        occurred_at=new.occurred_at,
        day=clock.day_of(new.occurred_at),
        total=total,
        note=new.note,
        digest=_digest(new, total),
        origin=origin,
    )


def _former_digests(new: NewOrder, row: Order) -> set[str]:
    """The same order as it was recorded for a customer that became part of this one."""
    former = former_ids(new.customer_id)
    return {_digest(replace(new, customer_id=pk), row.total) for pk in former}


def _digest(new: NewOrder, total: Decimal) -> str:
    """The same content in any order of lines gives the same digest."""
    lines = sorted(
        f"{line.product_code}|{line.text}|{line.quantity.normalize()}|{line.price.normalize()}"
        for line in new.lines
    )
    moment = new.occurred_at.astimezone(UTC).isoformat()
    content = [str(new.customer_id), str(new.asset_id), moment, str(total), *lines]
    return hashlib.blake2b("\n".join(content).encode(), digest_size=16).hexdigest()


def _difference(recorded: Order, row: Order) -> str:
    if recorded.customer_id != row.customer_id:
        what = _("for another customer")
    elif recorded.total != row.total:
        what = _("with %(old)s instead of %(new)s") % {"old": recorded.total, "new": row.total}
    elif recorded.day != row.day:
        what = _("on %(old)s instead of %(new)s") % {"old": recorded.day, "new": row.day}
    elif recorded.asset_id != row.asset_id:
        what = _("for another asset")
    elif recorded.occurred_at != row.occurred_at:
        what = _("at another time of that day")
    else:
        what = _("with other lines")
    return _(
        "Number %(number)s is already recorded %(what)s. Void the recorded one first, or use "
        "another number."
    ) % {"number": row.number, "what": what}


def _write(actor: User | None, rows: Sequence[tuple[NewOrder, Order]]) -> None:
    try:
        with transaction.atomic():
            Order.objects.bulk_create((row for _new, row in rows), batch_size=CHUNK)
    except IntegrityError:
        raise Refused(
            _("One of these numbers was recorded by somebody else a moment ago. Try again.")
        ) from None
    _create_lines(rows)
    share_out([row for _new, row in rows])
    journal.record(
        actor,
        "order.recorded",
        (Change(row, row.customer_id, after=_snapshot(row)) for _new, row in rows),
    )


def _create_lines(rows: Sequence[tuple[NewOrder, Order]]) -> None:
    products = _ensure_products(line for new, _row in rows for line in new.lines)
    bulk.insert(
        OrderLine,
        ("order", "position", "product", "text", "quantity", "price", "amount"),
        (
            (
                order.pk,
                position,
                products.get(line.product_code),
                line.text,
                line.quantity,
                line.price,
                line_amount(line.quantity, line.price),
            )
            for new, order in rows
            for position, line in enumerate(new.lines, start=1)
        ),
    )


def _ensure_products(lines: Iterable[NewLine]) -> dict[str, int]:
    names: dict[str, str] = {}
    for line in lines:
        if line.product_code:
            names[line.product_code] = names.get(line.product_code) or line.text
    found: dict[str, int] = {}
    codes = sorted(names)
    for start in range(0, len(codes), CHUNK):
        chunk = codes[start : start + CHUNK]
        known = queries.product_ids(chunk)
        missing = [
            Product(code=code, name=names[code][:200]) for code in chunk if code not in known
        ]
        if missing:
            # Another import may create the same product at the same moment.
            Product.objects.bulk_create(missing, ignore_conflicts=True)
            known = queries.product_ids(chunk)
        found |= known
    return found


def _snapshot(order: Order) -> dict[str, object]:
    return {
        "kind": order.kind,
        "number": order.number,
        "day": order.day,
        "total": order.total,
        "origin": order.origin,
    }
