"""Imports over the API: the same wizard for a program, with the same rights."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liuke.accounts.models import User
from liuke.accounts.services import create_token
from liuke.customers.models import Customer
from liuke.imports.models import ImportRun

pytestmark = pytest.mark.django_db
URL = "/api/imports"
LIST = "代号,姓名,手机,备注\nK1,王海涛,13800136027,一\nK2,李静,1.38E+10,二\nK1,重复,,\n"


@pytest.fixture(autouse=True)
def _at_once(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def program() -> Callable[[User], Client]:
    def of(person: User) -> Client:
        key = create_token(actor=None, username=person.username)
        return Client(headers={"Authorization": f"Bearer {key}"}, enforce_csrf_checks=True)

    return of


def test_a_file_comes_in_is_run_and_taken_back(
    program: Callable[[User], Client], owner: User
) -> None:
    client = program(owner)
    started = client.post(URL, _said(columns={"代号": "code", "备注": ""}, key="code"))
    assert started.status_code == 201, started.content
    run = started.json()
    assert (run["kind"], run["status"], run["may_run"]) == ("customers", "checked", True)
    assert run["columns"] == {"代号": "code", "姓名": "name", "手机": "mobile"}
    assert (run["counts"]["new"], run["counts"]["rejected"]) == (2, 1)
    assert not Customer.objects.exists()

    done = client.post(f"{URL}/{run['id']}/run").json()
    assert (done["status"], done["percent"]) == ("done", 100)
    assert Customer.objects.get(code="K1").note == ""
    file = client.get(f"{URL}/{run['id']}/rejects")
    assert "重复" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    again = client.post(f"{URL}/{run['id']}/run")
    assert again.status_code == 422

    undone = client.post(f"{URL}/{run['id']}/undo").json()
    assert (undone["status"], undone["counts"]["removed"]) == ("undone", 2)
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "planets"},
        {"columns": ["代号"]},
        {"columns": {"代号": "no such field"}},
        {"columns": {"没有": "code"}},
        {"key": "nothing"},
        {"twins": "share"},
    ],
    ids=lambda said: next(iter(said)) + str(len(str(said))),
)
def test_what_cannot_be_used_leaves_nothing_behind(
    program: Callable[[User], Client], owner: User, said: dict[str, Any]
) -> None:
    refused = program(owner).post(URL, _said(**said))
    assert refused.status_code == 422
    assert refused.json()["detail"]
    assert not ImportRun.objects.exists()


def test_the_imports_of_others_do_not_exist(
    program: Callable[[User], Client], owner: User, person: Callable[..., User]
) -> None:
    run = program(owner).post(URL, _said()).json()
    manager, seller = person("manager"), person("seller")
    assert program(manager).get(f"{URL}/{run['id']}").status_code == 404
    assert program(seller).get(f"{URL}/{run['id']}").status_code == 403
    assert program(seller).post(URL, _said()).status_code == 403


def _said(**said: Any) -> dict[str, Any]:
    columns = said.pop("columns", {})
    file = SimpleUploadedFile("list.csv", LIST.encode("gbk"))
    return {"file": file, "columns": json.dumps(columns), **said}
