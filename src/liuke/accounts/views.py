"""Settings: who signs in, where they belong and what they may do."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liuke.accounts import queries, services
from liuke.accounts.forms import PersonForm, RoleForm, UnitForm
from liuke.accounts.models import ApiToken, FirmRole, Unit, User
from liuke.accounts.queries import viewer_of
from liuke.accounts.rules import FIRM_WIDE, Act, Role, starting_grants
from liuke.accounts.services import require
from liuke.core.ui.pages import form_page


def people(request: HttpRequest) -> HttpResponse:
    """Everybody, and the organization they work in."""
    _manager(request)
    everybody = User.objects.select_related("role", "unit").order_by("-is_active", "name")
    context = {"people": everybody, "units": queries.organization()}
    return render(request, "accounts/people.html", context)


def person(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One person's name, role, place and scope; or a new one, who is invited."""
    viewer = _manager(request)
    found = get_object_or_404(User.objects.select_related("role"), pk=pk) if pk else None
    form = PersonForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            if found is None:
                found = services.create_user(actor=viewer, password=None, **values)
                return _invited(request, found)
            del values["username"]
            services.change_user(actor=viewer, user_id=found.pk, **values)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("users")
    context: dict[str, Any] = {"form": form, "found": found}
    if found is not None:
        context["keys"] = found.api_tokens.filter(revoked_at=None).order_by("-created_at")
    return form_page(request, "accounts/person.html", context)


@require_POST
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """A link with which a person chooses a password, once."""
    _manager(request)
    return _invited(request, get_object_or_404(User, pk=pk, is_active=True))


@require_POST
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a person from signing in, or let them again."""
    viewer = _manager(request)
    found = get_object_or_404(User, pk=pk)
    act = services.deactivate_user if found.is_active else services.reactivate_user
    try:
        act(actor=viewer, username=found.username)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    else:
        messages.success(request, _("Saved."))
    return redirect("user", pk=pk)


@require_POST
def new_key(request: HttpRequest, pk: int) -> HttpResponse:
    """A key for a program; it is on the screen once."""
    viewer = _manager(request)
    found = get_object_or_404(User, pk=pk, is_active=True)
    key = services.create_token(actor=viewer, username=found.username)
    return render(request, "accounts/once.html", {"found": found, "key": key})


@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = _manager(request)
    token = get_object_or_404(ApiToken, pk=pk)
    services.revoke_token(actor=viewer, token_id=pk)
    messages.success(request, _("The key no longer works."))
    return redirect("user", pk=token.user_id)


def unit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A branch or team."""
    viewer = _manager(request)
    found = get_object_or_404(Unit, pk=pk) if pk else None
    form = UnitForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            if found is None:
                services.create_unit(actor=viewer, **values)
            else:
                services.change_unit(
                    actor=viewer, unit_id=found.pk, name=values["name"], parent=values.get("parent")
                )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("users")
    context = {"form": form, "found": found}
    return form_page(request, "accounts/unit.html", context)


def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, side by side."""
    _manager(request)
    found = queries.roles()
    rows = [
        (act, [(role.grants.get(act), act in FIRM_WIDE or act == Act.SEE) for role in found])
        for act in Act
    ]
    return render(request, "accounts/roles.html", {"roles": found, "rows": rows})


def role(request: HttpRequest, key: str = "") -> HttpResponse:
    """What one role may do, and how far."""
    viewer = _manager(request)
    found = _role(key)
    form = RoleForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_role(
                actor=viewer, key=key, name=form.cleaned_data["name"], grants=form.grants()
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved. It counts from the next page on."))
            return redirect("roles")
    context = {"form": form, "found": found, "is_new": not key}
    return form_page(request, "accounts/role.html", context)


@require_POST
def delete_role(request: HttpRequest, key: str) -> HttpResponse:
    viewer = _manager(request)
    get_object_or_404(FirmRole, pk=key)
    try:
        services.delete_role(actor=viewer, key=key)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("role", key=key)
    messages.success(request, _("The role is gone."))
    return redirect("roles")


def _manager(request: HttpRequest) -> User:
    viewer = viewer_of(request)
    require(viewer, Act.MANAGE_USERS)
    return viewer


def _role(key: str) -> FirmRole:
    if not key:
        return FirmRole(grants=starting_grants(Role.SELLER))
    return next((each for each in queries.roles() if each.key == key), None) or get_object_or_404(
        FirmRole, pk=key
    )


def _invited(request: HttpRequest, found: User) -> HttpResponse:
    """The link is made with the password's digest: once it is used, it is used up."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(found),
            "key": default_token_generator.make_token(found),
        },
    )
    context = {"found": found, "link": request.build_absolute_uri(path)}
    return render(request, "accounts/once.html", context)
