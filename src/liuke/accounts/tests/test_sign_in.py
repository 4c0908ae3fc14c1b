"""Signing in and out: nobody gets further without, and nobody signs up alone."""

import pytest
from django.test import Client
from django.urls import reverse

from conftest import PASSWORD
from liuke.accounts.models import User

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")


def sign_in(client: Client, who: User | str, password: str = PASSWORD, asked: str = ""):
    login = who if isinstance(who, str) else who.username
    url = f"{LOGIN}?next={asked}" if asked else LOGIN
    return client.post(url, {"login": login, "password": password}, follow=True)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_way_in_leads_to_today(client, owner) -> None:
    first = client.get("/", follow=True)
    assert first.redirect_chain == [(f"{LOGIN}?next=/", 302)]
    answer = sign_in(client, owner)
    assert answer.request["PATH_INFO"] == reverse("today")
    assert "王敏" in answer.content.decode()


def test_one_arrives_where_one_wanted_to_go(client, owner) -> None:
    assert sign_in(client, owner, asked="/churn/").request["PATH_INFO"] == "/churn/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_sign_in_leads_nowhere_else(client, owner, elsewhere) -> None:
    assert sign_in(client, owner, asked=elsewhere).request["PATH_INFO"] == reverse("today")


def test_an_e_mail_address_will_do(client, owner) -> None:
    owner.email = "wang@example.com"
    owner.save()
    sign_in(client, "wang@example.com")
    assert is_signed_in(client)


@pytest.mark.parametrize(("who", "password"), [("owner1", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_read_the_same(client, owner, who, password) -> None:
    answer = sign_in(client, who, password)
    assert not is_signed_in(client)
    errors = answer.context["form"].non_field_errors()
    assert errors == ["The username and/or password you specified are not correct."]
    assert errors[0] in answer.content.decode()


def test_who_left_stays_out(client, owner) -> None:
    owner.is_active = False
    owner.save()
    sign_in(client, owner)
    assert not is_signed_in(client)


def test_who_is_deactivated_while_signed_in_is_out(signed_in, owner) -> None:
    assert signed_in.get(reverse("customers")).status_code == 200
    owner.is_active = False
    owner.save()
    assert signed_in.get(reverse("customers")).status_code == 302


def test_nobody_signs_up_alone(client, firm) -> None:
    url = reverse("account_signup")
    assert client.get(url).status_code == 200
    typed = {"username": "mallory", "password1": PASSWORD, "name": "x"}
    client.post(url, typed)
    assert not User.objects.exists()


def test_signing_out_asks_for_a_click(signed_in) -> None:
    url = reverse("account_logout")
    signed_in.get(url)
    assert is_signed_in(signed_in)
    answer = signed_in.post(url, follow=True)
    assert not is_signed_in(signed_in)
    assert answer.request["PATH_INFO"] == LOGIN


def test_a_password_is_changed_by_who_knows_the_old_one(signed_in, client, owner) -> None:
    url, new = reverse("account_change_password"), "another-long-one"
    typed = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert "oldpassword" in signed_in.post(url, typed).context["form"].errors
    signed_in.post(url, typed | {"oldpassword": PASSWORD})
    owner.refresh_from_db()
    assert owner.check_password(new)
    assert not owner.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["account_change_password", "mfa_index", "mfa_activate_totp"])
def test_pages_of_the_own_account_answer(client, owner, name) -> None:
    sign_in(client, owner)
    assert client.get(reverse(name), follow=True).status_code == 200


def test_a_real_firm_is_shown_no_demo_people(client, owner) -> None:
    assert "This is a demo" not in client.get(LOGIN).content.decode()
