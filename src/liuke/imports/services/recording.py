"""From judged orders to recorded ones, a chunk at a time."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from duckdb import DuckDBPyConnection

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.customers.queries import ids_by_code, within
from liuke.customers.services import KnownCustomer, ensure_customers
from liuke.imports.readers.mapping import Meaning
from liuke.imports.services.kinds.kind import Made
from liuke.sales.rules import OrderKind
from liuke.sales.services import NewLine, NewOrder, Recorded, record_orders

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One order of the file in its queue. A place holds a sale, its return, or both."""

    place: int
    kind: str
    number: str
    customer: str
    name: str
    phone: str
    happened: datetime
    total: Decimal
    line_count: int


@dataclass(slots=True)
class Tally:
    """What has been recorded so far; money as Decimal."""

    orders: int = 0
    returns: int = 0
    lines: int = 0
    return_lines: int = 0
    new_customers: int = 0
    unchanged: int = 0
    sales: Decimal = Decimal()
    returned: Decimal = Decimal()

    def count(self, orders: Collection[Waiting]) -> None:
        for order in orders:
            if order.kind == OrderKind.RETURN:
                self.returns += 1
                self.return_lines += order.line_count
                self.returned -= order.total
            else:
                self.orders += 1
                self.lines += order.line_count
                self.sales += order.total

    def as_dict(self) -> dict[str, Any]:
        return {
            key: f"{value:.2f}" if isinstance(value, Decimal) else value
            for key, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Tally":
        tally = cls(**{key: values[key] for key in cls.__slots__ if key in values})
        tally.sales, tally.returned = Decimal(tally.sales), Decimal(tally.returned)
        return tally


@dataclass(slots=True)
class Outcome:
    """What became of one chunk: (place, kind, message) for orders that met other content."""

    created: list[Waiting] = field(default_factory=list)
    unchanged: int = 0
    new_customers: int = 0
    clashes: list[tuple[int, str, str]] = field(default_factory=list)
    made: Made = field(default_factory=Made)


def next_orders(connection: DuckDBPyConnection, after: int, limit: int = CHUNK) -> list[Waiting]:
    rows = connection.execute(
        """
        SELECT place, kind, number, customer, name, phone, happened, total, lines FROM orders
        WHERE place > ? AND place <= ? ORDER BY place, kind DESC
        """,
        [after, after + limit],
    ).fetchall()
    return [Waiting(*row) for row in rows]


def lines_of(
    connection: DuckDBPyConnection, orders: Sequence[Waiting]
) -> dict[tuple[int, str], list[NewLine]]:
    found: dict[tuple[int, str], list[NewLine]] = defaultdict(list)
    if not orders:
        return found
    rows = connection.execute(
        """
        SELECT place, kind, quantity, price, product, text FROM lines
        WHERE place BETWEEN ? AND ? ORDER BY place, kind DESC, row
        """,
        [orders[0].place, orders[-1].place],
    ).fetchall()
    for place, kind, *line in rows:
        found[place, kind].append(NewLine(*line))
    return found


def record(
    *,
    actor: User | None,
    connection: DuckDBPyConnection,
    meaning: Meaning,
    orders: Sequence[Waiting],
    origin: str,
) -> Outcome:
    """Record a chunk. A number with other content keeps the whole order out, both its parts."""
    lines = lines_of(connection, orders) if has_lines(meaning) else {}
    foreign, orders = _out_of_reach(actor, orders)
    with transaction.atomic():
        recorded, new_customers = _attempt(actor, orders, lines, origin)
        made = Made({"orders": recorded.ids, "customers": new_customers})
        if recorded.conflicts:
            transaction.set_rollback(True)
    outcome = Outcome(unchanged=len(recorded.unchanged), new_customers=len(new_customers))
    if recorded.conflicts:
        outcome.clashes = _whole_orders(orders, recorded)
        clashed = {place for place, _kind, _message in outcome.clashes}
        orders = [order for order in orders if order.place not in clashed]
        with transaction.atomic():
            recorded, new_customers = _attempt(actor, orders, lines, origin)
        outcome.new_customers = len(new_customers)
        made = Made({"orders": recorded.ids, "customers": new_customers})
    outcome.made = made
    outcome.created = [orders[index] for index in recorded.created]
    outcome.clashes = [*foreign, *outcome.clashes]
    return outcome


def has_lines(meaning: Meaning) -> bool:
    """A file of bare amounts says nothing about lines; its orders have a total only."""
    return bool(meaning.quantity or meaning.product or meaning.description)


def _attempt(
    actor: User | None,
    orders: Sequence[Waiting],
    lines: dict[tuple[int, str], list[NewLine]],
    origin: str,
) -> tuple[Recorded, list[int]]:
    known = {
        order.customer: KnownCustomer(order.customer, order.name, order.phone) for order in orders
    }
    before = existing_customers(list(known))
    ids = ensure_customers(actor=actor, known=known.values(), origin=origin)
    zone = timezone.get_default_timezone()
    new = [
        NewOrder(
            customer_id=ids[order.customer],
            occurred_at=order.happened.replace(tzinfo=zone),
            kind=order.kind,
            number=order.number,
            lines=lines.get((order.place, order.kind), ()),
            total=None if lines else order.total,
        )
        for order in orders
    ]
    recorded = record_orders(actor=actor, orders=new, origin=origin)
    return recorded, [pk for code, pk in ids.items() if code not in before]


def _out_of_reach(
    actor: User | None, orders: Sequence[Waiting]
) -> tuple[list[tuple[int, str, str]], list[Waiting]]:
    """Orders of customers that this person may not see, as clashes, and the others."""
    if actor is None or reach_of(actor).everything:
        return [], list(orders)
    known = existing_customers(list({order.customer for order in orders}))
    mine = set(within(actor).filter(pk__in=known.values()).values_list("pk", flat=True))
    hidden = {code for code, pk in known.items() if pk not in mine}
    message = _("This customer belongs to others. Ask somebody who sees the whole firm.")
    foreign = [(order.place, order.kind, message) for order in orders if order.customer in hidden]
    return foreign, [order for order in orders if order.customer not in hidden]


def existing_customers(codes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), 500):
        found |= ids_by_code(codes[start : start + 500])
    return found


def _whole_orders(orders: Sequence[Waiting], recorded: Recorded) -> list[tuple[int, str, str]]:
    """The conflicts, and the new part of an order whose other part is a conflict."""
    said = {orders[item.index].place: item.message for item in recorded.conflicts}
    out = [item.index for item in recorded.conflicts]
    out += [index for index in recorded.created if orders[index].place in said]
    return [
        (orders[index].place, orders[index].kind, said[orders[index].place])
        for index in sorted(out)
    ]
