"""Reads of people and the organization."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from liuke.accounts.models import ApiToken, FirmRole, ListColumns, SavedView, Unit, User
from liuke.accounts.rules import HELPERS_MAY, Act, Role, starting_grants
from liuke.core.scoping import Reach, Scope

WIDE = (Scope.BRANCH, Scope.ALL)


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
        .select_related("user__unit", "user__role")
        .first()
    )
    return token.user if token else None


def reach_of(viewer: User, act: Act = Act.SEE) -> Reach:
    """Whose customers, and the customers of which units, this person may see or do this with."""
    scope = viewer.scope_for(act)
    return Reach() if scope is None else _reach(viewer, scope)


def _reach(viewer: User, scope: Scope) -> Reach:
    if scope == Scope.ALL:
        return Reach(everything=True)
    if scope == Scope.OWN or viewer.unit is None:
        return Reach(user_ids=[viewer.pk])
    units = _units_within(_root_for(viewer.unit, scope))
    users = User.objects.filter(unit__in=units).values_list("pk", flat=True)
    return Reach(user_ids=[viewer.pk, *users], unit_ids=units)


def people_within(unit_ids: Collection[int]) -> dict[int, list[int]]:
    """Unit → the active people of it and of everything below it."""
    found: dict[int, list[int]] = {pk: [] for pk in unit_ids}
    if not found:
        return {}
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    people = User.objects.filter(is_active=True, unit__isnull=False).order_by("pk")
    for pk, unit in people.values_list("pk", "unit"):
        for above in _upward(unit, parents):
            if above in found:
                found[above].append(pk)
    return found


def units_above(unit_ids: Collection[int]) -> dict[int, list[int]]:
    """Unit → itself and everything it belongs to."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    return {pk: _upward(pk, parents) for pk in unit_ids}


class Owned(Protocol):
    """What has an owner and a branch, and people who help: a customer."""

    @property
    def owner_id(self) -> int | None: ...
    @property
    def branch_id(self) -> int | None: ...
    def is_helped_by(self, person_id: int) -> bool: ...


def may_with(viewer: User, act: Act, customer: Owned) -> bool:
    """Whether this person may do something with a customer that the person sees."""
    return act in acts_with(viewer, customer, [act])


def acts_with(viewer: User, customer: Owned, acts: Collection[Act] = tuple(Act)) -> set[Act]:
    """Those of these acts that this person may do with a customer that the person sees.

    Who sees a customer only by helping may do what helpers may.
    """
    may: set[Act] = set()
    within: dict[Scope, bool] = {}
    for act in acts:
        scope = viewer.scope_for(act)
        if scope is None:
            continue
        if scope == viewer.scope and act in HELPERS_MAY:
            may.add(act)
            continue
        if scope not in within:
            within[scope] = _is_within(viewer, scope, customer)
        if within[scope] or (act in HELPERS_MAY and customer.is_helped_by(viewer.pk)):
            may.add(act)
    return may


def _is_within(viewer: User, scope: Scope, customer: Owned) -> bool:
    # One's own and everybody's need no look at the organization.
    if scope == Scope.ALL or customer.owner_id == viewer.pk:
        return True
    return scope != Scope.OWN and _reach(viewer, scope).holds(customer.owner_id, customer.branch_id)


def people_visible_to(viewer: User) -> QuerySet[User]:
    """The active people within this person's scope, oneself included."""
    reach = reach_of(viewer)
    people = User.objects.filter(is_active=True).select_related("role").order_by("name")
    return people if reach.everything else people.filter(pk__in=reach.user_ids)


def people_reaching(owner_id: int | None, branch_id: int | None) -> list[User]:
    """The active people whose scope holds a customer with this owner and branch, by name."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    people = User.objects.filter(is_active=True).select_related("unit__parent", "role")
    everybody = list(people.order_by("name"))
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


def views_for(viewer: User, list_name: str) -> list[SavedView]:
    """The views of a list that this person finds: the own ones, then those others share.

    Whoever manages people finds every shared one, because somebody must be able to tidy up.
    """
    within = SavedView.objects.filter(list_name=list_name).select_related("user")
    found = list(within.filter(Q(user=viewer) | ~Q(shared="")))
    own = [view for view in found if view.user_id == viewer.pk]
    others = [view for view in found if view.user_id != viewer.pk]
    if viewer.may(Act.MANAGE_USERS) or not others:
        return own + others
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    mine = set(_upward(viewer.unit_id, parents))
    return own + [view for view in others if view.unit_id is None or view.unit_id in mine]


def sharing_of(viewer: User) -> list[str]:
    """With whom this person may share a view: as far as the person sees, and among others."""
    ways, unit = [SavedView.Sharing.NOBODY.value], viewer.unit
    if unit is not None and unit.kind == Unit.Kind.TEAM and viewer.scope != Scope.OWN:
        ways.append(SavedView.Sharing.TEAM.value)
    if unit is not None and unit.kind != Unit.Kind.FIRM and viewer.scope in WIDE:
        ways.append(SavedView.Sharing.BRANCH.value)
    if viewer.scope == Scope.ALL:
        ways.append(SavedView.Sharing.EVERYBODY.value)
    return ways


def unit_shared_with(viewer: User, sharing: str) -> int | None:
    """The unit whose people find what this person shares so."""
    if viewer.unit is None or sharing not in (Scope.TEAM, Scope.BRANCH):
        return None
    return _root_for(viewer.unit, sharing)


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


def organization() -> list[tuple[Unit, int, int]]:
    """The units as a tree from the firm down: unit, how deep it stands, how many work in it."""
    units = list(Unit.objects.annotate(people=Count("users", filter=Q(users__is_active=True))))
    rows: list[tuple[Unit, int, int]] = []

    def add(parent: int | None, depth: int) -> None:
        for unit in units:
            if unit.parent_id == parent:
                rows.append((unit, depth, unit.people))
                add(unit.pk, depth + 1)

    add(None, 0)
    return rows


def roles() -> list[FirmRole]:
    """The built-in roles, as the firm has changed them or as they start, and then its own."""
    kept = {role.key: role for role in FirmRole.objects.order_by("name")}
    built_in = [kept.get(role) or FirmRole(key=role, grants=starting_grants(role)) for role in Role]
    return [*built_in, *(role for role in kept.values() if not role.is_built_in)]
