"""Lock-out, sessions, and the firm's own single sign-on against a real server of its protocol."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from conftest import PASSWORD
from liuke.accounts.models import User
from liuke.site import environment

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")


@pytest.fixture(autouse=True)
def _forgotten(db) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(who: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(LOGIN, {"login": who, "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_five_mistaken_passwords_lock_the_name_and_no_other(owner, person) -> None:
    other = person("seller")
    for _ in range(5):
        sign_in(owner.username, "wrong")
    assert not is_signed_in(sign_in(owner.username))
    assert is_signed_in(sign_in(other.username))
    cache.clear()
    assert is_signed_in(sign_in(owner.username))


def test_the_other_sessions_are_seen_and_ended(owner) -> None:
    here, elsewhere = sign_in(owner.username), sign_in(owner.username)
    assert len(here.get(reverse("usersessions_list")).context["sessions"]) == 2
    here.post(reverse("usersessions_list"))
    assert here.get(reverse("today")).status_code == 200
    assert elsewhere.get(reverse("today")).status_code == 302


def test_the_way_in_offers_a_passkey(owner) -> None:
    page = Client().get(LOGIN).content.decode()
    assert 'id="passkey_login"' in page
    asked = Client().get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json")
    assert "publicKey" in asked.json()["request_options"]


class SingleSignOn(BaseHTTPRequestHandler):
    """As much of OpenID Connect as a sign-in needs; who comes is set by the test."""

    userinfo: dict[str, object] = {}

    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        if "openid-configuration" in self.path:
            self._say(
                {
                    "issuer": here,
                    "authorization_endpoint": f"{here}/authorize",
                    "token_endpoint": f"{here}/token",
                    "userinfo_endpoint": f"{here}/userinfo",
                    "jwks_uri": f"{here}/keys",
                }
            )
        else:
            assert self.headers["Authorization"] == "Bearer it-is-you"
            self._say(self.userinfo)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "it-is-you", "token_type": "Bearer"})

    def _say(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def single_sign_on(settings, monkeypatch) -> Iterator[type[SingleSignOn]]:
    server = HTTPServer(("127.0.0.1", 0), SingleSignOn)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("LIUKE_OIDC_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("LIUKE_OIDC_NAME", "集团账号")
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": environment.single_sign_on()}}
    yield SingleSignOn
    server.shutdown()
    server.server_close()


def come_in() -> Client:
    client = Client()
    assert "集团账号" in client.get(LOGIN).content.decode()
    sent = client.post(reverse("openid_connect_login", args=["firm"]))
    state = parse_qs(urlsplit(sent.url).query)["state"][0]
    back = reverse("openid_connect_callback", args=["firm"])
    client.get(back, {"code": "x", "state": state}, follow=True)
    return client


def test_the_firms_own_sign_on_lets_in_who_is_known(single_sign_on, owner) -> None:
    User.objects.filter(pk=owner.pk).update(email="wang@example.com")
    single_sign_on.userinfo = {"sub": "7", "email": "wang@example.com", "email_verified": True}
    client = come_in()
    assert client.session["_auth_user_id"] == str(owner.pk)


@pytest.mark.parametrize(
    "who",
    [
        {"sub": "8", "email": "stranger@example.com", "email_verified": True},
        {"sub": "9", "email": "wang@example.com", "email_verified": False},
    ],
    ids=["a stranger", "an address nobody checked"],
)
def test_and_nobody_else(single_sign_on, owner, who) -> None:
    User.objects.filter(pk=owner.pk).update(email="wang@example.com")
    single_sign_on.userinfo = who
    assert not is_signed_in(come_in())
    assert User.objects.count() == 1
