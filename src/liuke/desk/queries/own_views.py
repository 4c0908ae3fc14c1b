"""How this person looks at the customers list: saved views, and the columns last chosen."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import QueryDict
from django.urls import reverse

from liuke.accounts.models import SavedView, User
from liuke.accounts.queries import columns_of, sharing_of, views_for, views_of
from liuke.accounts.rules import Act
from liuke.core.lists import Label, ListOf
from liuke.core.templatetags import ui
from liuke.customers.models import Customer
from liuke.customers.queries import within_reach

LIST = "customers"
EVERYBODY = "all"
COUNTED_FOR = 300
# What an address says beside filters and order.
ASIDE = {"page", "count", "view", "column"}


@dataclass(frozen=True, slots=True)
class Tab:
    """A view above the list."""

    pk: int
    name: str
    url: str
    current: bool
    is_default: bool
    by: str
    shared: str
    sharing: str
    query: str
    may_change: bool
    count: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """The views, which of them is open, whether it was changed since, and its columns.

    `tabs` are the own views and the open one, `others` all that others share.
    """

    tabs: Sequence[Tab]
    others: Sequence[Tab]
    sharing: Sequence[tuple[str, Label]]
    current: Tab | None
    changed: bool
    query: str
    columns: Sequence[str]
    counts_url: str = ""

    def with_counts(self, counts: Mapping[str, str] | None) -> "Look":
        """The same with how many each view has by its filters; None asks for them later."""
        if counts is None:
            return replace(self, counts_url=_later(self))
        return replace(
            self, tabs=[replace(tab, count=counts.get(tab.query, "")) for tab in self.tabs]
        )


def _later(look: Look) -> str:
    pairs = [("view", str(look.current.pk))] if look.current else []
    return f"{reverse('customers-counts')}?{urlencode(pairs)}" if look.tabs else ""


def look(viewer: User, query: QueryDict) -> Look:
    """What the address asks for, in the light of what the person has saved."""
    views = views_for(viewer, LIST)
    opened = next((view for view in views if str(view.pk) == query.get("view")), None)
    found = [_tab(viewer, view, view is opened) for view in views]
    tabs = [tab for tab in found if not tab.by or tab.current]
    asked, chosen = filters_of(query), query.getlist("column")
    saved = opened.columns if opened else columns_of(viewer, LIST)
    return Look(
        tabs=tabs,
        others=[tab for tab in found if tab.by],
        sharing=[way for way in SavedView.Sharing.choices if way[0] in sharing_of(viewer)],
        current=next((tab for tab in tabs if tab.current), None),
        changed=opened is not None
        and (asked != opened.query or bool(chosen and set(chosen) != set(saved))),
        query=asked,
        columns=chosen or saved,
    )


def counts(viewer: User, declared: ListOf[Customer]) -> dict[str, str]:
    """Filters → how many customers of this person they choose, kept for a few minutes."""
    kept = _kept(viewer)
    missing = [query for query, count in kept.items() if count is None]
    if missing:
        found = {query: _counted(viewer, declared, query) for query in missing}
        cache.set_many({_key(viewer, query): n for query, n in found.items()}, COUNTED_FOR)
        kept |= found
    return {query: count for query, count in kept.items() if count is not None}


def counts_at_hand(
    viewer: User, declared: ListOf[Customer], *, large: bool
) -> dict[str, str] | None:
    """The same without making a large firm wait: None where some would have to be counted."""
    if not large:
        return {query: _counted(viewer, declared, query) for query in _queries(viewer)}
    kept = _kept(viewer)
    if None in kept.values():
        return None
    return {query: count for query, count in kept.items() if count is not None}


def _queries(viewer: User) -> list[str]:
    return list(dict.fromkeys(views_of(viewer, LIST).values_list("query", flat=True)))


def _kept(viewer: User) -> dict[str, str | None]:
    queries = _queries(viewer)
    found = cache.get_many([_key(viewer, query) for query in queries]) if queries else {}
    return {query: found.get(_key(viewer, query)) for query in queries}


def _key(viewer: User, query: str) -> str:
    return f"view:{viewer.pk}:{hashlib.sha256(query.encode()).hexdigest()}"


def _counted(viewer: User, declared: ListOf[Customer], query: str) -> str:
    within = within_reach(viewer)
    count, more = declared.count(Customer.objects.filter(within), QueryDict(query), within=within)
    return f"{ui.num(count)}+" if more else ui.num(count)


def opening(viewer: User) -> str:
    """The address of the view that the list opens with; nothing without one."""
    view = views_of(viewer, LIST).filter(is_default=True).first()
    return address_of(view) if view else ""


def filters_of(query: QueryDict) -> str:
    """Filters and order of an address, always written the same way."""
    pairs = [
        (key, value)
        for key, values in query.lists()
        if key not in ASIDE
        for value in values
        if value
    ]
    return urlencode(sorted(pairs))


def address_of(view: SavedView) -> str:
    return "?" + "&".join(filter(None, (view.query, f"view={view.pk}")))


def may_change(viewer: User, view: SavedView) -> bool:
    return view.user_id == viewer.pk or viewer.may(Act.MANAGE_USERS)


def _tab(viewer: User, view: SavedView, current: bool) -> Tab:
    own = view.user_id == viewer.pk
    return Tab(
        view.pk,
        view.name,
        address_of(view),
        current,
        is_default=view.is_default and own,
        by="" if own else str(view.user),
        shared=str(view.get_shared_display()) if view.shared else "",
        sharing=view.shared,
        query=view.query,
        may_change=may_change(viewer, view),
    )
