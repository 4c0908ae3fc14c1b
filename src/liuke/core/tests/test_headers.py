"""Every answer carries the content security policy."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from liuke.core.middleware import POLICY, content_security_policy

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    ["/", "/accounts/login/", "/nothing/here/", "/static/nothing.js", "/accounts/logout/"],
)
def test_answers_pages_redirects_and_mistakes_alike(client, address) -> None:
    assert client.get(address).headers["Content-Security-Policy"] == POLICY


def test_a_page_for_those_who_signed_in(signed_in) -> None:
    assert signed_in.get("/", follow=True).headers["Content-Security-Policy"] == POLICY


def test_a_form_without_its_token(owner) -> None:
    refused = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert refused.status_code == 403
    assert refused.headers["Content-Security-Policy"] == POLICY


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    parts = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert parts["default-src"] == parts["frame-ancestors"].replace("none", "self") == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_a_view_that_says_its_own_policy_keeps_it(rf) -> None:
    def answer(_request: object) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    answered = content_security_policy(answer)(rf.get("/"))
    assert answered.headers["Content-Security-Policy"] == "default-src 'none'"


def breaks(_request: object) -> HttpResponse:
    raise ValueError("管子爆了")


urlpatterns = [path("", login_not_required(breaks))]


def test_a_page_that_breaks(client, settings) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == POLICY
