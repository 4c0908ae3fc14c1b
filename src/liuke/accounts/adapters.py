"""How allauth is set up here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from liuke.accounts.models import User


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """People are added by an administrator, never by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class KnownPeople(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The firm's own sign-on lets in whom an administrator has added, and nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


class SignIn(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """By name or e-mail; every request asks what the person may, so the role comes along."""

    def get_user(self, user_id: Any) -> User | None:
        found = User.objects.select_related("role", "unit").filter(pk=user_id).first()
        return found if found is not None and found.is_active else None
