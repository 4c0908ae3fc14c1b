"""Which lists can be exported, and how each is declared: what `urls.py` is to pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.accounts.rules import Act
from liuke.agenda import queries as agenda
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.core.lists import ListOf
from liuke.core.models import JournalEntry
from liuke.customers.models import Asset, ContactPoint, Customer, DuplicatePair, Person
from liuke.customers.queries import visible_to
from liuke.customers.queries.duplicates import pairs_of
from liuke.desk.queries import besides, conflicts, listing, own_views, record
from liuke.desk.queries.record_words import LISTS
from liuke.exports.queries import Source
from liuke.followups.models import Interaction
from liuke.ownership.models import Conflict
from liuke.ownership.queries import pools
from liuke.sales import queries as sales
from liuke.sales.models import Order, OrderLine, OrderShare


def _customer_columns(viewer: User, query: QueryDict) -> Sequence[str]:
    return own_views.look(viewer, query).columns


def _customers(viewer: User) -> QuerySet[Customer]:
    return visible_to(viewer, Act.EXPORT)


def _entries(viewer: User) -> QuerySet[JournalEntry]:
    return record.entries_visible_to(viewer, Act.EXPORT)


def _due(viewer: User) -> QuerySet[AgendaItem]:
    reach = reach_of(viewer, Act.EXPORT)
    within = reach.rows(owner="customer__owner", unit="customer__branch")
    return agenda.due(viewer, clock.today()).filter(within)


def _waiting(viewer: User) -> QuerySet[Customer]:
    within = reach_of(viewer, Act.EXPORT).rows(owner="owner", unit="branch")
    return pools.with_past(pools.waiting(pools.pools_open_to(viewer)).filter(within))


def _pairs(viewer: User) -> QuerySet[DuplicatePair]:
    mine = visible_to(viewer, Act.EXPORT).order_by().values("pk")
    return pairs_of(viewer).filter(first__in=mine, second__in=mine)


def _conflicts(viewer: User) -> QuerySet[Conflict]:
    within = reach_of(viewer, Act.EXPORT).rows(owner="customer__owner", unit="customer__branch")
    return conflicts.rows(viewer).filter(within)


def _shares(viewer: User) -> QuerySet[OrderShare]:
    reach = reach_of(viewer, Act.EXPORT)
    within = reach.rows(owner="order__customer__owner", unit="order__customer__branch")
    return sales.shares_visible_to(viewer).filter(within)


def _around(
    name: str,
    declared: Callable[[User], ListOf[Any]],
    model: type[Model],
    through: str = "customer",
) -> Source:
    """Rows around the customers that the customers list chooses."""

    def rows(viewer: User) -> QuerySet[Any]:
        reach = reach_of(viewer, Act.EXPORT)
        within = reach.rows(owner=f"{through}__owner", unit=f"{through}__branch")
        return model._default_manager.filter(within)

    return Source(LISTS[name], declared, rows, of="customers", through=through)


SOURCES: Mapping[str, Source] = {
    "customers": Source(
        LISTS["customers"], listing.customer_list, _customers, _customer_columns, "customers"
    ),
    "orders": _around("orders", besides.order_list, Order),
    "order_lines": _around("order_lines", besides.line_list, OrderLine, through="order__customer"),
    "people": _around("people", besides.people_list, Person),
    "points": _around("points", besides.point_list, ContactPoint),
    "interactions": _around("interactions", besides.interaction_list, Interaction),
    "assets": _around("assets", besides.asset_list, Asset),
    "agenda": Source(LISTS["agenda"], besides.agenda_list, _due, screen="today"),
    "pool": Source(LISTS["pool"], besides.pool_list, _waiting, screen="pool"),
    "duplicates": Source(
        LISTS["duplicates"],
        besides.pair_list,
        _pairs,
        screen="duplicates",
        act=Act.EDIT_CUSTOMERS,
    ),
    "conflicts": Source(
        LISTS["conflicts"],
        conflicts.conflict_list,
        _conflicts,
        screen="conflicts",
    ),
    "shares": Source(LISTS["shares"], sales.share_list, _shares, screen="share-orders"),
    "journal": Source(
        LISTS["journal"],
        record.journal_list,
        _entries,
        screen="journal",
        act=Act.SEE_JOURNAL,
    ),
}
