"""How this person looks at the customers list: saved views, and the columns last chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from liuke.accounts.models import SavedView, User
from liuke.accounts.queries import columns_of, views_of

LIST = "customers"
EVERYBODY = "all"
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


@dataclass(frozen=True, slots=True)
class Look:
    """The views, which of them is open, whether it was changed since, and its columns."""

    tabs: Sequence[Tab]
    current: Tab | None
    changed: bool
    query: str
    columns: Sequence[str]


def look(viewer: User, query: QueryDict) -> Look:
    """What the address asks for, in the light of what the person has saved."""
    views = list(views_of(viewer, LIST))
    opened = next((view for view in views if str(view.pk) == query.get("view")), None)
    tabs = [_tab(view, view is opened) for view in views]
    asked, chosen = filters_of(query), query.getlist("column")
    saved = opened.columns if opened else columns_of(viewer, LIST)
    return Look(
        tabs=tabs,
        current=next((tab for tab in tabs if tab.current), None),
        changed=opened is not None
        and (asked != opened.query or bool(chosen and set(chosen) != set(saved))),
        query=asked,
        columns=chosen or saved,
    )


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


def _tab(view: SavedView, current: bool) -> Tab:
    return Tab(view.pk, view.name, address_of(view), current, view.is_default)
