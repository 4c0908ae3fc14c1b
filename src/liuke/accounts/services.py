"""All writes about people and the organization."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liuke.accounts.models import ApiToken, FirmRole, ListColumns, SavedView, Unit, User
from liuke.accounts.queries import Owned, may_with, sharing_of, token_digest, unit_shared_with
from liuke.accounts.rules import Act, Role, ScopeChoice, starting_grants
from liuke.core import clock, journal
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.facts import PeopleLeft

WORK = ("skills", "languages", "workload", "most_customers")


def require(actor: User | None, act: Act, customer: Owned | None = None) -> None:
    """Refuse unless this person may do this (with this customer); the system itself (None) may."""
    if actor is None:
        return
    if not actor.may(act):
        raise PermissionDenied(
            _("Your role may not %(act)s. Ask an administrator.") % {"act": act.label}
        )
    if customer is not None and not may_with(actor, act, customer):
        raise PermissionDenied(
            _("You may %(act)s, but not with this customer.") % {"act": act.label}
        )


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody can do, and how many customers they take; rules ask for it."""

    skills: Sequence[str] = ()
    languages: Sequence[str] = ()
    workload: int = 100
    most_customers: int | None = None


@transaction.atomic
def create_unit(*, actor: User | None, kind: str, name: str, parent: Unit | None = None) -> Unit:
    """Add the firm, a branch or a team to the organization tree."""
    require(actor, Act.MANAGE_USERS)
    unit = Unit(kind=kind, name=name, parent=parent)
    unit.full_clean()
    unit.save()
    journal.record(actor, "unit.created", [Change(unit, after={"kind": kind, "name": name})])
    return unit


@transaction.atomic
def change_unit(*, actor: User | None, unit_id: int, name: str, parent: Unit | None) -> Unit:
    """Rename a branch or team, or put it elsewhere in the organization tree."""
    require(actor, Act.MANAGE_USERS)
    # The whole tree is locked: two moves at once could make a ring of it.
    tree = {unit.pk: unit for unit in Unit.objects.select_for_update().order_by("pk")}
    unit = tree[unit_id]
    before = {"name": unit.name, "parent": unit.parent_id}
    above = parent
    while above is not None:
        if above.pk == unit.pk:
            raise Refused(_("%s cannot stand below itself.") % unit.name)
        above = tree[above.parent_id] if above.parent_id else None
    unit.name, unit.parent = name, parent
    unit.full_clean()
    unit.save()
    after = {"name": name, "parent": unit.parent_id}
    journal.record(actor, "unit.changed", [Change(unit, before=before, after=after)])
    return unit


def role(key: str) -> FirmRole:
    """A role as it is kept; a built-in one is kept from its first use."""
    if key in Role:
        return FirmRole.objects.get_or_create(key=key, defaults={"grants": starting_grants(key)})[0]
    return FirmRole.objects.get(pk=key)


@transaction.atomic
def save_role(*, actor: User, key: str, name: str, grants: Mapping[str, str]) -> FirmRole:
    """Change what a role may do, or add one (with an empty key); somebody must keep the keys."""
    require(actor, Act.MANAGE_USERS)
    if Act.SEE not in grants:
        raise Refused(_("A role has to see some customers, at least its own."))
    if any(act not in Act or scope not in ScopeChoice for act, scope in grants.items()):
        raise Refused(_("There is no such act or scope."))
    if not key and not name.strip():
        raise Refused(_("Give the role a name."))
    found = role(key) if key else FirmRole(key=f"own-{secrets.token_hex(6)}")
    before = {"name": found.name, "grants": found.grants} if key else None
    found.name, found.grants = name.strip(), dict(grants)
    found.full_clean()
    found.save()
    _somebody_manages_people()
    after = {"name": str(found), "grants": found.grants}
    journal.record(actor, "role.saved", [Change(actor, before=before, after=after)])
    return found


@transaction.atomic
def delete_role(*, actor: User, key: str) -> None:
    """Remove a role of the firm's own that nobody has."""
    require(actor, Act.MANAGE_USERS)
    found = FirmRole.objects.select_for_update().get(pk=key)
    if found.is_built_in:
        raise Refused(_("A built-in role stays. Take its rights away instead."))
    if found.users.exists():
        raise Refused(_("Somebody still has this role. Give them another one first."))
    before = {"name": str(found), "grants": found.grants}
    found.delete()
    journal.record(actor, "role.deleted", [Change(actor, before=before)])


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    username: str,
    name: str,
    role: str,
    password: str | None,
    unit: Unit | None = None,
    scope: str = "",
    email: str = "",
    work: Work = Work(),
) -> User:
    """Let a person sign in; without a password the account waits for one to be set."""
    require(actor, Act.MANAGE_USERS)
    user = User(
        username=username, name=name, role=_role(role), unit=unit, own_scope=scope, email=email,
        **asdict(work),
    )  # fmt: skip
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    journal.record(actor, "user.created", [Change(user, after={"name": name, "role": role})])
    return user


@transaction.atomic
def change_user(
    *,
    actor: User,
    user_id: int,
    name: str,
    role: str,
    unit: Unit | None,
    scope: str = "",
    email: str = "",
    work: Work | None = None,
) -> User:
    """Give a person another name, role, place or scope, and other work if it is said."""
    require(actor, Act.MANAGE_USERS)
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    before = _described(user)
    user.name, user.role, user.unit, user.own_scope = name, _role(role), unit, scope
    user.email = email
    for each, value in ({} if work is None else asdict(work)).items():
        setattr(user, each, value)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name", "role", "unit", "own_scope", "email", *WORK])
    _somebody_manages_people()
    journal.record(actor, "user.changed", [Change(user, before=before, after=_described(user))])
    return user


@transaction.atomic
def set_password(*, actor: User | None, username: str, password: str) -> User:
    """Give a person a new password."""
    require(actor, Act.MANAGE_USERS)
    user = _locked(username)
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.record(actor, "user.password_set", [Change(user)])
    return user


@transaction.atomic
def deactivate_user(*, actor: User | None, username: str) -> User:
    """Keep a person from signing in; customers and record stay as they are."""
    require(actor, Act.MANAGE_USERS)
    user = _locked(username)
    user.is_active = False
    user.save(update_fields=["is_active"])
    if actor is not None:
        _somebody_manages_people()
    user.api_tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    journal.record(
        actor,
        "user.deactivated",
        [Change(user, before={"is_active": True}, after={"is_active": False})],
    )
    announce(PeopleLeft([user.pk]))
    return user


@transaction.atomic
def reactivate_user(*, actor: User, username: str) -> User:
    """Let a person sign in again; keys for programs stay revoked."""
    require(actor, Act.MANAGE_USERS)
    user = _locked(username)
    user.is_active = True
    user.save(update_fields=["is_active"])
    journal.record(
        actor,
        "user.reactivated",
        [Change(user, before={"is_active": False}, after={"is_active": True})],
    )
    return user


@transaction.atomic
def create_token(*, actor: User | None, username: str) -> str:
    """Make an API key for a person; it is readable only now."""
    if actor is None or actor.username != username:
        require(actor, Act.MANAGE_USERS)
    user = _locked(username)
    key = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=token_digest(key))
    journal.record(actor, "user.token_created", [Change(user)])
    return key


@transaction.atomic
def revoke_token(*, actor: User, token_id: int) -> None:
    """End an API key, one's own or, for those who manage people, anybody's."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("user").get(pk=token_id)
    if token.user_id != actor.pk:
        require(actor, Act.MANAGE_USERS)
    token.revoked_at = token.revoked_at or clock.now()
    token.save(update_fields=["revoked_at"])
    journal.record(actor, "user.token_revoked", [Change(token.user)])


# How somebody looks at a list is no business of the firm, so these leave no trace in the journal;
# what is shared is.


@transaction.atomic
def save_view(
    *,
    actor: User,
    list_name: str,
    name: str,
    query: str,
    columns: Sequence[str],
    as_default: bool = False,
    sharing: str = "",
) -> SavedView:
    """Keep how a list looks now under a name; the list may open with it, and others find it."""
    if as_default:
        _no_default(actor, list_name)
    view = SavedView(
        user=actor, list_name=list_name, name=name.strip(), query=query, columns=list(columns),
        is_default=as_default,
    )  # fmt: skip
    _share(actor, view, sharing)
    view.full_clean()
    view.save()
    if sharing:
        _shared(actor, view, "")
    return view


@transaction.atomic
def change_view(
    *,
    actor: User,
    view_id: int,
    name: str | None = None,
    query: str | None = None,
    columns: Sequence[str] | None = None,
    as_default: bool | None = None,
) -> SavedView:
    """Rename a view, give it other filters and columns, or let the list open with an own one."""
    view = _changeable(actor, view_id)
    if as_default and view.user_id != actor.pk:
        raise Refused(_("Copy the view first: a list opens with one of your own."))
    if as_default:
        _no_default(actor, view.list_name)
    given = {
        "name": None if name is None else name.strip(),
        "query": query,
        "columns": None if columns is None else list(columns),
        "is_default": as_default,
    }
    for field, value in given.items():
        if value is not None:
            setattr(view, field, value)
    view.full_clean()
    view.save()
    if view.shared:
        after = {"name": view.name, "filters": view.query}
        journal.record(actor, "view.changed", [Change(view, after=after)])
    return view


@transaction.atomic
def share_view(*, actor: User, view_id: int, sharing: str) -> SavedView:
    """Let one's team, branch or everybody find a view, as far as one sees; or nobody any longer."""
    view = _changeable(actor, view_id)
    before = view.shared
    _share(actor, view, sharing)
    view.save(update_fields=["shared", "unit"])
    if before != sharing:
        _shared(actor, view, before)
    return view


@transaction.atomic
def delete_view(*, actor: User, view_id: int) -> None:
    """Forget a view."""
    view = _changeable(actor, view_id)
    if view.shared:
        journal.record(actor, "view.deleted", [Change(view, before={"name": view.name})])
    view.delete()


def _share(actor: User, view: SavedView, sharing: str) -> None:
    ways = sharing_of(actor) if view.user_id == actor.pk else [""]
    if sharing not in ways:
        raise Refused(_("You may share a view only as far as you see customers."))
    view.shared, view.unit_id = sharing, unit_shared_with(actor, sharing)


def _shared(actor: User, view: SavedView, before: str) -> None:
    what = Change(
        view,
        before={"shared": before},
        after={"shared": view.shared, "name": view.name, "filters": view.query},
    )
    journal.record(actor, "view.shared", [what])


def _changeable(actor: User, view_id: int) -> SavedView:
    """A view to change: one's own, and for those who manage people one that is shared."""
    views = SavedView.objects.select_for_update(of=("self",))
    mine = Q(user=actor)
    if actor.may(Act.MANAGE_USERS):
        mine |= ~Q(shared="")
    return views.get(mine, pk=view_id)


def keep_columns(*, actor: User, list_name: str, columns: Sequence[str]) -> None:
    """Remember the columns a person chose for a list."""
    ListColumns.objects.update_or_create(
        user=actor, list_name=list_name, defaults={"columns": list(columns)}
    )


def _no_default(actor: User, list_name: str) -> None:
    SavedView.objects.filter(user=actor, list_name=list_name, is_default=True).update(
        is_default=False
    )


def _role(key: str) -> FirmRole:
    try:
        return role(key)
    except FirmRole.DoesNotExist:
        raise ValidationError({"role": _("There is no such role.")}) from None


def _described(user: User) -> dict[str, Any]:
    return {
        "name": user.name, "role": user.role_id, "unit": user.unit_id, "scope": user.own_scope,
        "email": user.email, **{name: getattr(user, name) for name in WORK},
    }  # fmt: skip


def _somebody_manages_people() -> None:
    """Refuse what would leave nobody to manage people: no screen could mend it."""
    # Locked, so that of two who take the right from each other the second one sees it.
    keys = FirmRole.objects.select_for_update().order_by("pk")
    managing = [found.key for found in keys if Act.MANAGE_USERS in found.grants]
    if not User.objects.filter(role__in=managing, is_active=True).exists():
        raise Refused(_("Nobody could manage people any more. Give somebody else the right first."))


def _locked(username: str) -> User:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise ValidationError(_("There is no person with the sign-in name “%s”.") % username)
    return user
