"""The pool on the customers screen: its box, and whom rules would move."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.core import clock
from liuke.ownership import queries as ownership


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the stage line that leads to a screen of its own."""

    name: str | Promise
    count: int
    url: str
    note: str = ""
    current: bool = False
    aside: bool = True


def boxes(viewer: User) -> list[Box]:
    """The pool, where the firm has one that is open to this person."""
    pools = ownership.pools_open_to(viewer)
    if not pools:
        return []
    return [Box(_("Pool"), ownership.waiting(pools).count(), reverse("pool"))]


def would_go(value: str) -> Q:
    """The customers whom a table of rules would move today"""
    table = ownership.recycling.read(value)
    return Q(pk=None) if table is None else ownership.recycling.overdue(table, clock.today())


def table_name(value: str) -> str:
    return gettext("by these rules") if ownership.recycling.read(value) else value
