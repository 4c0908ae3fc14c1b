"""All writes about people and the organization."""

import secrets
from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import ApiToken, ListColumns, SavedView, Unit, User
from liuke.accounts.queries import token_digest
from liuke.accounts.rules import Act
from liuke.core import clock, journal
from liuke.core.journal import Change


def require(actor: User | None, act: Act) -> None:
    """Refuse unless this person may do this; the system itself (None) may."""
    if actor is not None and not actor.may(act):
        raise PermissionDenied(
            _("Your role may not %(act)s. Ask an administrator.") % {"act": act.label}
        )


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
def create_user(
    *,
    actor: User | None,
    username: str,
    name: str,
    role: str,
    password: str | None,
    unit: Unit | None = None,
    scope: str = "",
) -> User:
    """Let a person sign in; without a password the account waits for one to be set."""
    require(actor, Act.MANAGE_USERS)
    user = User(username=username, name=name, role=role, unit=unit, own_scope=scope)
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    journal.record(actor, "user.created", [Change(user, after={"name": name, "role": role})])
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
    user.api_tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    journal.record(
        actor,
        "user.deactivated",
        [Change(user, before={"is_active": True}, after={"is_active": False})],
    )
    return user


@transaction.atomic
def create_token(*, actor: User | None, username: str) -> str:
    """Make an API key for a person; it is readable only now."""
    require(actor, Act.MANAGE_USERS)
    user = _locked(username)
    key = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=token_digest(key))
    journal.record(actor, "user.token_created", [Change(user)])
    return key


# How somebody looks at a list is no business of the firm, so these leave no trace in the journal.


@transaction.atomic
def save_view(
    *,
    actor: User,
    list_name: str,
    name: str,
    query: str,
    columns: Sequence[str],
    as_default: bool = False,
) -> SavedView:
    """Keep how a list looks now under a name; the list may open with it from now on."""
    if as_default:
        _no_default(actor, list_name)
    view = SavedView(
        user=actor, list_name=list_name, name=name.strip(), query=query, columns=list(columns),
        is_default=as_default,
    )  # fmt: skip
    view.full_clean()
    view.save()
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
    """Rename an own view, give it other filters and columns, or let the list open with it."""
    view = SavedView.objects.select_for_update().get(pk=view_id, user=actor)
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
    return view


def delete_view(*, actor: User, view_id: int) -> None:
    """Forget an own view."""
    SavedView.objects.filter(pk=view_id, user=actor).delete()


def keep_columns(*, actor: User, list_name: str, columns: Sequence[str]) -> None:
    """Remember the columns a person chose for a list."""
    ListColumns.objects.update_or_create(
        user=actor, list_name=list_name, defaults={"columns": list(columns)}
    )


def _no_default(actor: User, list_name: str) -> None:
    SavedView.objects.filter(user=actor, list_name=list_name, is_default=True).update(
        is_default=False
    )


def _locked(username: str) -> User:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise ValidationError(_("There is no person with the sign-in name “%s”.") % username)
    return user
