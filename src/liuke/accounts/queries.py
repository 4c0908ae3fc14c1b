"""Reads of people and the organization."""

from django.db.models import QuerySet

from liuke.accounts.models import Unit, User
from liuke.core.scoping import Reach, Scope


def reach_of(viewer: User) -> Reach:
    """Whose customers, and the customers of which units, this person may see."""
    scope = viewer.scope
    if scope == Scope.ALL:
        return Reach(everything=True)
    if scope == Scope.OWN or viewer.unit_id is None:
        return Reach(user_ids=[viewer.pk])
    units = _units_within(_root_for(viewer, scope))
    users = User.objects.filter(unit__in=units).values_list("pk", flat=True)
    return Reach(user_ids=[viewer.pk, *users], unit_ids=units)


def people_visible_to(viewer: User) -> QuerySet[User]:
    """The active people within this person's scope, oneself included."""
    reach = reach_of(viewer)
    people = User.objects.filter(is_active=True).order_by("name")
    return people if reach.everything else people.filter(pk__in=reach.user_ids)


def _root_for(viewer: User, scope: str) -> int:
    """A branch scope climbs from a team to its branch; a team scope stays where the person is."""
    unit = viewer.unit
    assert unit is not None
    if scope == Scope.BRANCH:
        while unit.kind == Unit.Kind.TEAM and unit.parent is not None:
            unit = unit.parent
    return unit.pk


def _units_within(root: int) -> list[int]:
    # An organization has tens of units, so one read of the whole tree beats a recursive query.
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    return [unit for unit in parents if root in _upward(unit, parents)]


def _upward(unit: int | None, parents: dict[int, int | None]) -> list[int]:
    path = []
    while unit is not None:
        path.append(unit)
        unit = parents[unit]
    return path
