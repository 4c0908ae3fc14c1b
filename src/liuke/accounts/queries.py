"""Reads of people and the organization."""

import hashlib
from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from liuke.accounts.models import ApiToken, ListColumns, SavedView, Unit, User
from liuke.core.scoping import Reach, Scope


def viewer_of(request: HttpRequest) -> User:
    """The person behind a request; every page but the sign-in has one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def token_digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def person_with_token(key: str) -> User | None:
    """Whoever an API key acts for, while both are in use."""
    token = (
        ApiToken.objects.filter(digest=token_digest(key), revoked_at=None, user__is_active=True)
        .select_related("user__unit")
        .first()
    )
    return token.user if token else None


def reach_of(viewer: User) -> Reach:
    """Whose customers, and the customers of which units, this person may see."""
    scope = viewer.scope
    if scope == Scope.ALL:
        return Reach(everything=True)
    if scope == Scope.OWN or viewer.unit is None:
        return Reach(user_ids=[viewer.pk])
    units = _units_within(_root_for(viewer.unit, scope))
    users = User.objects.filter(unit__in=units).values_list("pk", flat=True)
    return Reach(user_ids=[viewer.pk, *users], unit_ids=units)


def people_visible_to(viewer: User) -> QuerySet[User]:
    """The active people within this person's scope, oneself included."""
    reach = reach_of(viewer)
    people = User.objects.filter(is_active=True).order_by("name")
    return people if reach.everything else people.filter(pk__in=reach.user_ids)


def people_reaching(owner_id: int | None, branch_id: int | None) -> list[User]:
    """The active people whose scope holds a customer with this owner and branch, by name."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    people = User.objects.filter(is_active=True).select_related("unit__parent").order_by("name")
    everybody = list(people)
    owner_unit = next((each.unit_id for each in everybody if each.pk == owner_id), None)
    above = {*_upward(branch_id, parents), *_upward(owner_unit, parents)}
    return [
        each
        for each in everybody
        if each.pk == owner_id
        or each.scope == Scope.ALL
        or (
            each.scope != Scope.OWN
            and each.unit is not None
            and _root_for(each.unit, each.scope) in above
        )
    ]


def views_of(viewer: User, list_name: str) -> QuerySet[SavedView]:
    """The person's own views of a list, the oldest first."""
    return SavedView.objects.filter(user=viewer, list_name=list_name)


def columns_of(viewer: User, list_name: str) -> Sequence[str]:
    """The columns the person last chose for a list; none means what the list starts with."""
    kept = ListColumns.objects.filter(user=viewer, list_name=list_name).first()
    return kept.columns if kept else ()


def _root_for(unit: Unit, scope: str) -> int:
    """A branch scope climbs from a team to its branch; a team scope stays where the person is."""
    if scope == Scope.BRANCH:
        while unit.kind == Unit.Kind.TEAM and unit.parent is not None:
            unit = unit.parent
    return unit.pk


def _units_within(root: int) -> list[int]:
    # An organization has tens of units, so one read of the whole tree beats a recursive query.
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    return [unit for unit in parents if root in _upward(unit, parents)]


def _upward(unit: int | None, parents: Mapping[int, int | None]) -> list[int]:
    path = []
    while unit is not None:
        path.append(unit)
        unit = parents[unit]
    return path
