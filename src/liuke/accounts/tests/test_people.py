"""Settings → People and Roles, as those who manage people use them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import ApiToken, FirmRole, Unit, User
from liuke.accounts.rules import Act, Role, starting_grants

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(owner) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def test_somebody_is_invited_and_signs_in_with_an_own_password(boss, firm) -> None:
    typed = {"name": "林晓雯", "username": "lin", "role": "seller", "unit": firm.pk, "email": ""}
    answer = boss.post(reverse("user-new"), typed).content.decode()
    link = re.search(r"<code>http://testserver([^<]+)</code>", answer)
    assert link
    guest = Client()
    form = guest.get(link[1], follow=True)
    chosen = {"password1": "a-long-good-word", "password2": "a-long-good-word"}
    guest.post(form.request["PATH_INFO"], chosen, follow=True)
    signed_in = Client().post(
        reverse("account_login"), {"login": "lin", "password": "a-long-good-word"}
    )
    assert signed_in.status_code == 302
    used_up = Client().get(link[1], follow=True)
    assert "password1" not in used_up.content.decode()


def test_a_person_moves_to_another_branch_and_role(boss, person, firm) -> None:
    lin = person(Role.SELLER, "林晓雯")
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    url = reverse("user", args=[lin.pk])
    assert "林晓雯" in boss.get(url).content.decode()
    typed = {"name": "林晓雯", "role": "manager", "unit": branch.pk, "scope": "all", "email": ""}
    assert boss.post(url, typed).status_code == 302
    lin = User.objects.get(pk=lin.pk)
    assert (lin.role_id, lin.unit, lin.scope, lin.username) == (
        "manager", branch, "all", "seller2",
    )  # fmt: skip


def test_who_is_kept_out_is_out_at_once(boss, person) -> None:
    lin = person(Role.SELLER)
    client = Client()
    client.force_login(lin)
    assert client.get(reverse("today")).status_code == 200
    boss.post(reverse("user-access", args=[lin.pk]))
    assert client.get(reverse("today")).status_code == 302
    boss.post(reverse("user-access", args=[lin.pk]))
    assert User.objects.get(pk=lin.pk).is_active


def test_a_key_is_shown_once_and_ended(boss, person) -> None:
    lin = person(Role.SELLER)
    shown = boss.post(reverse("user-key", args=[lin.pk])).content.decode()
    key = re.search(r"<code>([^<]+)</code>", shown)
    assert key
    assert key[1] not in boss.get(reverse("user", args=[lin.pk])).content.decode()
    asked = {"HTTP_AUTHORIZATION": f"Bearer {key[1]}"}
    assert Client().get("/api/customers", **asked).status_code == 200
    boss.post(reverse("user-key-revoke", args=[ApiToken.objects.get().pk]))
    assert Client().get("/api/customers", **asked).status_code == 401


def test_a_role_is_changed_on_screen(boss, person) -> None:
    url = reverse("role", args=["agent"])
    form = boss.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert {k: v for k, v in typed.items() if v} == starting_grants(Role.AGENT)
    boss.post(url, typed | {"export": "own", "follow_up": ""})
    agent = person(Role.AGENT)
    assert (agent.may(Act.EXPORT), agent.may(Act.FOLLOW_UP)) == (True, False)
    assert boss.get(reverse("roles")).status_code == 200


def test_a_role_of_the_firms_own(boss) -> None:
    assert boss.post(reverse("role-new"), {"name": "", "see": "own"}).status_code == 422
    boss.post(reverse("role-new"), {"name": "实习生", "see": "own"})
    made = FirmRole.objects.get(name="实习生")
    assert made.grants == {"see": "own"}
    boss.post(reverse("role-delete", args=[made.key]))
    assert not FirmRole.objects.filter(pk=made.key).exists()


def test_the_organization_grows(boss, firm) -> None:
    boss.post(reverse("unit-new"), {"name": "浦东店", "kind": "branch", "parent": firm.pk})
    branch = Unit.objects.get(name="浦东店")
    boss.post(reverse("unit-new"), {"name": "一组", "kind": "team", "parent": branch.pk})
    shown = [(unit.name, depth) for unit, depth, _n in boss.get(reverse("users")).context["units"]]
    assert shown == [("顺达汽修", 0), ("浦东店", 1), ("一组", 2)]
    boss.post(reverse("unit", args=[firm.pk]), {"name": "顺达集团"})
    firm.refresh_from_db()
    assert (firm.name, firm.parent) == ("顺达集团", None)


def test_the_rows_of_people_do_not_multiply_the_queries(
    boss, person, django_assert_num_queries
) -> None:
    for number in range(5):
        person(Role.SELLER, f"小{number}")
    with django_assert_num_queries(4):
        boss.get(reverse("users"))
