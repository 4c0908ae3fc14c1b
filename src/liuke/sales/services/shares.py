"""Who has which part of a sale: recorded with it, and corrected with a reason."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import services as customers
from liuke.customers.queries import places_of
from liuke.customers.queries.helping import helpers_ever
from liuke.ownership.queries.conflicts import terms
from liuke.sales import queries
from liuke.sales.models import Order, OrderShare
from liuke.sales.rules import amounts, usual_split

CHUNK = 500
# An order, who has how many percent of it, and whose share is the main one.
Split = tuple[Order, Mapping[int, int], int]
FIELDS = ("order", "person", "day", "percent", "amount", "is_main")


def share_out(orders: Sequence[Order]) -> None:
    """Give each new order of a customer with helpers its split, as the terms say today."""
    for start in range(0, len(orders), CHUNK):
        _share_chunk(orders[start : start + CHUNK])


def _share_chunk(orders: Sequence[Order]) -> None:
    helping = helpers_ever({order.customer_id for order in orders})
    if not helping:
        return
    each = terms().helper_percent
    places = places_of(helping)
    splits: list[Split] = []
    for order in orders:
        helpers = {
            row.person_id: row.percent
            for row in helping.get(order.customer_id, ())
            if row.helped_on(order.day)
        }
        main = places[order.customer_id][0] if helpers else None
        if main is not None:
            split = usual_split(main, helpers, each)
            if len(split) > 1:
                splits.append((order, split, main))
    _write(splits)


def _write(splits: Sequence[Split]) -> None:
    """The rows of these splits: first the helpers', then the main shares that close them."""
    others, mains = [], []
    for order, split, main in splits:
        money = amounts(order.total, split, main)
        for pk in sorted(split):
            row = (order.pk, pk, order.day, split[pk], money[pk], pk == main)
            (mains if pk == main else others).append(row)
    bulk.insert(OrderShare, FIELDS, others)
    bulk.insert(OrderShare, FIELDS, mains)


@transaction.atomic
def change_split(
    *, actor: User, order_id: int, split: Mapping[int, int], main: int, why: str
) -> Order:
    """Say anew who has which part of an order; nobody says it of the own part."""
    require(actor, Act.SETTLE)
    found = queries.visible_to(actor).get(pk=order_id)
    customers.lock([found.customer_id], actor, Act.SETTLE)
    rows = Order.objects.select_related("customer").select_for_update(of=("self",))
    order = rows.get(pk=order_id)
    before = _told(order)
    given = {pk: percent for pk, percent in split.items() if percent > 0}
    if not queries.may_share(actor, order):
        raise PermissionDenied(_("Somebody else has to decide about a share of your own."))
    if sum(given.values()) != 100 or main not in given:
        raise Refused(_("The shares make %(sum)s%%, not 100%%.") % {"sum": sum(given.values())})
    if User.objects.filter(pk__in=given).count() != len(given):
        raise Refused(_("This colleague does not exist."))
    if not why.strip():
        raise Refused(_("Say why, so that others understand it later."))
    order.shares.all().delete()
    if set(given) != {order.customer.owner_id}:
        _write([(order, given, main)])
    after = {"shares": _told(order), "reason": why.strip()[:200]}
    change = Change(order, order.customer_id, before={"shares": before}, after=after)
    journal.record(actor, "order.shared", [change])
    return order


def _told(order: Order) -> dict[str, int]:
    rows = order.shares.order_by("-is_main", "pk")
    return {str(person): percent for person, percent in rows.values_list("person", "percent")}
