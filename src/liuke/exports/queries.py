"""What may be exported, and one's own exports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.accounts.rules import Act
from liuke.core.lists import Label, ListOf
from liuke.exports.models import Export
from liuke.exports.rules import SMALL


@dataclass(frozen=True)
class Source:
    """A list that can be exported: the declaration and rows of its screen.

    With `of` the rows are those around the rows of another list: the address is read as that list
    reads it, and `through` leads from a row here to a row there.
    """

    label: Label
    declared: Callable[[User], ListOf[Any]]
    rows: Callable[[User], QuerySet[Any]]
    columns: Callable[[User, QueryDict], Sequence[str]] = lambda viewer, query: ()
    screen: str = ""
    act: Act = Act.EXPORT
    of: str = ""
    through: str = ""


def visible_to(viewer: User) -> QuerySet[Export]:
    """One's own exports, the latest first; a file belongs to whoever asked for it."""
    return Export.objects.filter(created_by=viewer)


@cache
def sources() -> Mapping[str, Source]:
    table: Mapping[str, Source] = import_string(settings.LIUKE_EXPORTS)
    return table


def around(name: str) -> list[tuple[str, Label]]:
    """What can be had of the selection of a list: its own rows, and those around them."""
    known = sources()
    besides = [(key, source.label) for key, source in known.items() if source.of == name]
    return [(name, known[name].label), *besides]


def selection(
    viewer: User,
    name: str,
    query: QueryDict,
    picked: Sequence[int] | None = None,
    declared: ListOf[Any] | None = None,
) -> QuerySet[Any]:
    """The rows of a list that this person may see and the address asks for, in its order."""
    source = sources()[name]
    rows, declared = source.rows(viewer), declared or source.declared(viewer)
    if source.of:
        chosen = selection(viewer, source.of, query, picked).order_by().values("pk")
        found = rows.filter(**{f"{source.through}__in": chosen})
        return declared.select(found, QueryDict())
    if picked is not None:
        rows = rows.filter(pk__in=picked)
    return declared.select(rows, query)


def is_small(rows: QuerySet[Any]) -> bool:
    """Whether the file can be had at once."""
    return rows.order_by().values("pk")[: SMALL + 1].count() <= SMALL


def described(viewer: User, name: str, query: QueryDict, picked: bool) -> str:
    """The filters in words."""
    known = sources()
    asked = known[known[name].of or name].declared(viewer)
    parts = [f"{token.label}: {token.value}" for token in asked.tokens(query)]
    if words := query.get("q", "").strip():
        parts.insert(0, f"“{words}”")
    if picked:
        parts.insert(0, _("selected rows"))
    return " · ".join(parts)[:300]


def reach_kept(viewer: User, name: str) -> dict[str, Any]:
    """Whose rows of a list this person may have in a file, as an export remembers it."""
    reaches = [reach_of(viewer, act) for act in {Act.EXPORT, sources()[name].act}]
    users = [set(reach.user_ids) for reach in reaches if not reach.everything]
    units = [set(reach.unit_ids) for reach in reaches if not reach.everything]
    return {
        "everything": not users,
        "users": sorted(set.intersection(*users)) if users else [],
        "units": sorted(set.intersection(*units)) if units else [],
    }
