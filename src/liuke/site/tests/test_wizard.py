"""The first run: a real firm, once, and whom to ring."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.accounts.services import role
from liuke.churn.models import RuleVersion
from liuke.churn.rules.kinds import DaysWithoutOrder, OwnRhythm
from liuke.core.errors import Refused
from liuke.customers.models import ContactBlock
from liuke.followups.models import CadencePolicy
from liuke.imports.models import ImportRun
from liuke.site import setup
from liuke.site.demo import is_demo

SAID = {
    "firm": "恒信汽修", "business": "wholesale", "branch": "总店", "name": "李伟",
    "username": "liwei", "password": "a-long-good-word",
}  # fmt: skip
FIRST_RUN, RESULT = "/setup/", "/setup/result/"


@pytest.fixture(autouse=True)
def _no_demo_remembered():
    is_demo.cache_clear()
    yield
    is_demo.cache_clear()


@pytest.fixture
def somebody(db) -> Client:
    return Client()


def test_an_empty_installation_begins_with_its_set_up(somebody) -> None:
    assert somebody.get("/").url == FIRST_RUN
    text = somebody.get(FIRST_RUN).content.decode()
    assert "Set up your firm" in text
    assert not Unit.objects.exists()


def test_a_firm_is_set_up_in_one_step(somebody) -> None:
    answer = somebody.post(FIRST_RUN, SAID)
    assert answer.url == RESULT
    owner = User.objects.get()
    assert (owner.username, owner.role_id, owner.name) == ("liwei", Role.OWNER, "李伟")
    assert (owner.unit.name, owner.unit.kind, owner.unit.parent.name) == (
        "总店", "branch", "恒信汽修",
    )  # fmt: skip
    assert owner.check_password(SAID["password"])
    assert RuleVersion.objects.get().content == DaysWithoutOrder(60, 90)
    assert CadencePolicy.objects.get().every_days == 14
    text = somebody.get(RESULT).content.decode()
    assert "Bring in your orders first" in text


def test_without_a_branch_the_owner_stands_at_the_firm(somebody) -> None:
    somebody.post(FIRST_RUN, SAID | {"branch": "", "business": "retail"})
    assert User.objects.get().unit == Unit.objects.get()
    assert isinstance(RuleVersion.objects.get().content, OwnRhythm)


def test_a_file_goes_straight_to_the_import_screen(somebody) -> None:
    file = SimpleUploadedFile("orders.csv", b"customer,date,amount\nC1,2026-03-01,50\n")
    answer = somebody.post(FIRST_RUN, SAID | {"file": file})
    run = ImportRun.objects.get()
    assert answer.url == reverse("import-map", args=[run.pk])
    assert run.created_by == User.objects.get()
    assert somebody.get(answer.url).status_code == 200


def test_a_file_that_cannot_be_read_costs_no_firm(somebody) -> None:
    answer = somebody.post(FIRST_RUN, SAID | {"file": SimpleUploadedFile("empty.csv", b"")})
    assert answer.url == reverse("import-list")
    assert User.objects.filter(username="liwei").exists()
    assert not ImportRun.objects.exists()
    assert "empty" in somebody.get(answer.url).content.decode()


def test_a_file_too_large_is_said_and_nothing_is_made(somebody, settings) -> None:
    settings.LIUKE_MAX_UPLOAD_BYTES = 100
    file = SimpleUploadedFile("orders.csv", b"x" * 200_000)
    answer = somebody.post(FIRST_RUN, SAID | {"file": file})
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert not setup.is_done()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "12345678"}, "entirely numeric"),
        ({"password": "liwei"}, "at least 8 characters"),
        ({"username": "li wei!"}, "Enter a valid username"),
        ({"firm": ""}, "This field is required"),
        ({"business": "moon"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_once_and_nothing_is_made(somebody, wrong, said) -> None:
    answer = somebody.post(FIRST_RUN, SAID | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not setup.is_done()


@pytest.mark.parametrize("there", ["user", "unit"])
def test_it_is_gone_once_somebody_is_there(somebody, there) -> None:
    if there == "user":
        User.objects.create(username="somebody", role=role("seller"))
    else:
        Unit.objects.create(kind="firm", name="顺达")
    assert somebody.get(FIRST_RUN).url == "/"
    assert somebody.post(FIRST_RUN, SAID).url == "/"
    assert not User.objects.filter(username="liwei").exists()
    assert "/accounts/login/" in somebody.get("/", follow=True).redirect_chain[-1][0]


def test_a_form_from_elsewhere_is_refused(db) -> None:
    assert Client(enforce_csrf_checks=True).post(FIRST_RUN, SAID).status_code == 403
    assert not setup.is_done()


def test_of_two_at_the_same_moment_one_is_refused(at_once) -> None:
    def begin(username: str) -> Callable[[], User]:
        owner = setup.FirstPerson(username, username, "a-long-good-word")
        return lambda: setup.found(firm=username, business="retail", branch="", owner=owner)

    outcomes = at_once(begin("anna"), begin("bert"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "User"]
    refused = next(each for each in outcomes if isinstance(each, Refused))
    assert "already set up" in refused.messages[0]
    assert at_once(User.objects.count, Unit.objects.count) == [1, 1]


def test_the_five_dearest_at_risk_are_to_be_rung(signed_in, customer, buys, on_day) -> None:
    on_day(date(2026, 11, 25))
    setup.start_with("wholesale")
    leaving = [customer(f"客户{number}") for number in range(7)]
    for number, each in enumerate(leaving):
        buys(each, date(2026, 9, 10), amount=1000 * (number + 1))
    buys(customer("忠实"), date(2026, 11, 20), amount=99_000)
    buys(customer("已走"), date(2026, 1, 20), amount=99_000)
    ContactBlock.objects.create(customer=leaving[6], reason="不要打")
    text = signed_in.get(RESULT).content.decode()
    shown = [each for each in ("忠实", "已走", *(row.name for row in leaving)) if each in text]
    assert shown == ["客户1", "客户2", "客户3", "客户4", "客户5"]
    assert text.index("客户5") < text.index("客户4") < text.index("客户1")


def test_with_nobody_at_risk_yet_those_who_are_late_are_rung(
    signed_in, customer, buys, on_day
) -> None:
    on_day(date(2026, 11, 25))
    setup.start_with("workshop")
    # Every six months is usual here; at risk is who missed two visits.
    late, soon = customer("迟到"), customer("不急")
    buys(late, date(2026, 2, 1))
    buys(soon, date(2026, 11, 1))
    text = signed_in.get(RESULT).content.decode()
    assert "Nobody is at risk yet, but 1 customer should have come and did not." in text
    assert ("迟到" in text, "不急" in text) == (True, False)


def test_with_nobody_at_risk_it_says_so(signed_in, customer, buys, on_day) -> None:
    on_day(date(2026, 11, 25))
    setup.start_with("wholesale")
    buys(customer("忠实"), date(2026, 11, 25) - timedelta(days=3))
    assert "Nobody is at risk today" in signed_in.get(RESULT).content.decode()


def test_the_result_is_for_those_signed_in(firm) -> None:
    assert "/accounts/login/" in Client().get(RESULT).url
