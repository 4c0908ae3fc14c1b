"""Which pairs a run of merges would take, and the runs there were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.core.scoping import Scope
from liuke.customers.models import DuplicatePair, MergeRun
from liuke.customers.queries import visible_to

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be merged: how many pairs, and the first of them, the least likely first."""

    count: int
    pairs: Sequence[DuplicatePair]


def mergeable(viewer: User, least: float, besides: Collection[int] = ()) -> QuerySet[DuplicatePair]:
    """Open pairs that the search found, from a probability on, of customers this person may merge.

    What a colleague proposed is for people to look at.
    """
    mine = visible_to(viewer, Act.MERGE).order_by().values("pk")
    rows = DuplicatePair.objects.filter(
        verdict="", probability__gte=least, first__in=mine, second__in=mine
    )
    rows = rows.exclude(source=DuplicatePair.Source.PERSON).exclude(pk__in=besides)
    return rows.order_by("-probability", "pk")


def preview(viewer: User, least: float) -> Preview:
    """How many pairs, and ten that are just about certain enough."""
    rows = mergeable(viewer, least)
    shown = rows.order_by("probability", "pk").select_related("first", "second")[:SHOWN]
    return Preview(rows.count(), list(shown))


def runs_of(viewer: User) -> QuerySet[MergeRun]:
    """The runs this person may see: the own ones, and all for who sees everybody."""
    rows = MergeRun.objects.select_related("by", "undone_by").order_by("-at", "-pk")
    return rows if viewer.scope == Scope.ALL else rows.filter(by=viewer)
