"""A list as a file: what the screen shows, to whoever may see it, for seven days."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from liuke.accounts import services as accounts
from liuke.accounts.rules import Act, Role
from liuke.core import clock
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.services import NewCustomer, record_customers
from liuke.exports import rules, services
from liuke.exports.models import Export
from liuke.exports.rules import Status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def export(owner):
    def make(query: str = "", actor: Any = None, **more: Any) -> Export:
        given = {"columns": [], "format": "csv", **more}
        return services.start_export(
            actor=actor or owner, list_name="customers", query=QueryDict(query), **given
        )

    return make


def run(made: Export) -> Export:
    return services.run_export(export_id=made.pk)


def lines(made: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.file.read_bytes().decode("utf-8-sig"))))


def test_the_file_has_the_rows_filters_and_columns_of_the_screen(export, customer) -> None:
    customer("王海涛", level="A"), customer("李娜", level="B"), customer("吴桐", level="A")
    done = run(export("level=A&sort=name", columns=["code", "level"]))
    assert lines(done)[0] == ["Customer", "Level", "Customer number"]
    assert [line[0] for line in lines(done)[1:]] == ["王海涛", "吴桐"]
    assert (done.status, done.rows, done.percent) == (Status.DONE, 2, 100)
    assert done.about == "Level: A"
    assert done.file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_journal_says_who_exported_how_much_of_what(export, customer, owner) -> None:
    customer("王海涛")
    run(export("q=王"))
    entry = JournalEntry.objects.get(verb="list.exported")
    assert entry.actor_id == owner.pk
    assert (entry.after["list"], entry.after["rows"]) == ("customers", 1)


def test_scope_is_that_of_the_person_when_it_runs(export, customer, person) -> None:
    analyst = person(Role.ANALYST)
    customer("王海涛"), customer("李娜", owner=analyst)
    wide = export(actor=analyst)
    analyst.own_scope = "own"
    analyst.save()
    assert [line[0] for line in lines(run(wide))[1:]] == ["李娜"]


def test_who_may_not_export_any_more_gets_nothing(export, customer, person) -> None:
    analyst = person(Role.ANALYST)
    asked = export(actor=analyst)
    analyst.role = accounts.role(Role.SELLER)
    analyst.save()
    done = run(asked)
    assert done.status == Status.FAILED
    assert not done.folder.exists()
    with pytest.raises(PermissionDenied):
        export(actor=analyst)


def test_rights_are_asked_again_when_downloading(export, customer, person) -> None:
    analyst = person(Role.ANALYST)
    customer("王海涛")
    done = run(export(actor=analyst))
    with services.opened_file(actor=analyst, export_id=done.pk) as file:
        assert file.read()
    analyst.own_scope = "own"
    analyst.save()
    with pytest.raises(Refused, match="less"):
        services.opened_file(actor=analyst, export_id=done.pk)
    analyst.role = accounts.role(Role.SELLER)
    with pytest.raises(PermissionDenied):
        services.opened_file(actor=analyst, export_id=done.pk)


def test_nobody_has_the_file_of_somebody_else(export, customer, person) -> None:
    done = run(export())
    other = Client()
    other.force_login(person(Role.OWNER))
    for name in ("export-file", "export-stop"):
        ask = other.get if name == "export-file" else other.post
        assert ask(reverse(name, args=[done.pk])).status_code == 404
    assert done.file.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_spreadsheet_runs_nothing_of_what_was_typed(export, customer, kind) -> None:
    for name in ("=1+1", "+86 1", "-2", "@SUM(A1)", "\tx", "好"):
        record = NewCustomer({"name": name, "kind": "person"})
        record_customers(actor=None, new=[record], origin="test")
    done = run(export("sort=created", format=kind))
    if kind == "csv":
        names = {line[0] for line in lines(done)[1:]}
        assert names == {"'=1+1", "'+86 1", "'-2", "'@SUM(A1)", "'\tx", "好"}
        return
    sheet = openpyxl.load_workbook(done.file).active
    cells = [sheet.cell(row, 1) for row in range(2, 8)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert {bool(cell.quotePrefix) for cell in cells if cell.value != "好"} == {True}
    assert "=1+1" in {cell.value for cell in cells}


def test_figures_and_days_are_figures_and_days_in_excel(export, customer, buys) -> None:
    made = customer("王海涛 & <同事>\x0b")
    buys(made, clock.today() - timedelta(days=3), amount=250)
    done = run(export(format="xlsx", columns=["last", "days", "value_year"]))
    heading, row = openpyxl.load_workbook(done.file).active.iter_rows(values_only=True)
    assert heading == ("Customer", "Last purchase", "Purchase days", "Per year")
    assert row[0] == "王海涛 & <同事>"
    assert row[1].date() == clock.today() - timedelta(days=3)
    assert row[2:] == (1, 250)


def test_rows_that_do_not_fit_on_a_sheet_go_on_the_next(export, customer, monkeypatch) -> None:
    monkeypatch.setattr("liuke.core.sheets.MOST_ROWS", 3)
    for number in range(5):
        customer(f"客户{number}")
    book = openpyxl.load_workbook(run(export("sort=created", format="xlsx")).file)
    shown = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    assert [len(names) for names in shown] == [3, 3, 2]
    assert {names[0] for names in shown} == {"Customer"}


def test_a_cancelled_export_stops_at_the_next_chunk(export, customer, owner, monkeypatch) -> None:
    for number in range(5):
        customer(f"客户{number}")
    monkeypatch.setattr(services, "CHUNK", 2)
    made, advance = export(), services._advance

    def cancel(running: Export) -> None:
        services.stop_export(actor=owner, export_id=made.pk)
        advance(running)

    monkeypatch.setattr(services, "_advance", cancel)
    stopped = run(made)
    assert stopped.status == Status.STOPPED
    assert not stopped.folder.exists()
    assert run(made).status == Status.STOPPED
    assert not JournalEntry.objects.filter(verb="list.exported").exists()


def test_files_go_after_seven_days(export, customer) -> None:
    done = run(export("q=王"))
    services.expire(clock.now() + rules.KEPT - timedelta(minutes=1))
    assert done.file.exists()
    services.expire(clock.now() + rules.KEPT + timedelta(minutes=1))
    assert not done.folder.exists()
    done.refresh_from_db()
    assert (done.status, done.about, done.query) == (Status.EXPIRED, "", "")


def test_what_no_worker_works_on_is_given_up(export) -> None:
    made = export()
    Export.objects.filter(pk=made.pk).update(status=Status.RUNNING)
    services.expire(clock.now())
    made.refresh_from_db()
    assert made.status == Status.RUNNING
    services.expire(clock.now() + timedelta(hours=1))
    made.refresh_from_db()
    assert (made.status, "Export again" in made.error) == (Status.FAILED, True)


def test_a_small_list_comes_at_once(signed_in, customer) -> None:
    customer("王海涛", level="A"), customer("李娜")
    url = reverse("export-new", args=["customers"]) + "?level=A"
    page = signed_in.get(url)
    assert page.context["total"] == 1
    answer = signed_in.post(url, {"format": "csv", "columns": "all"})
    text = b"".join(answer).decode("utf-8-sig")
    heading, row = csv.reader(io.StringIO(text))
    assert "Branch" in heading
    assert row[0] == "王海涛"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_large_list_is_written_meanwhile(signed_in, customer, monkeypatch) -> None:
    monkeypatch.setattr("liuke.exports.queries.SMALL", 1)
    queued: list[int] = []
    worker = SimpleNamespace(write=SimpleNamespace(enqueue=queued.append))
    monkeypatch.setattr("liuke.exports.views.tasks", worker)
    customer("王海涛"), customer("李娜")
    answer = signed_in.post(
        reverse("export-new", args=["customers"]), {"format": "xlsx", "columns": "view"}
    )
    assert answer.url == reverse("exports")
    assert signed_in.get(answer.url).context["waiting"]
    (pk,) = queued
    services.run_export(export_id=pk)
    shown = signed_in.get(answer.url)
    assert not shown.context["waiting"]
    assert b"".join(signed_in.get(reverse("export-file", args=[pk]))).startswith(b"PK")
    signed_in.post(reverse("export-stop", args=[pk]))
    gone = signed_in.get(reverse("export-file", args=[pk]), follow=True)
    assert "no longer here" in " ".join(map(str, gone.context["messages"]))


def test_a_list_that_does_not_exist_is_not_found(signed_in) -> None:
    assert signed_in.get(reverse("export-new", args=["secrets"])).status_code == 404


@pytest.mark.parametrize(
    ("now", "then", "covered"),
    [
        ("all", "all", True), ("all", "own", True), ("own", "all", False), ("own", "own", True),
        ("team", "own", True), ("own", "team", False), ("other", "own", False),
    ],
)  # fmt: skip
def test_who_sees_less_does_not_cover(now: str, then: str, covered: bool) -> None:
    reach = {
        "all": {"everything": True, "users": [], "units": []},
        "own": {"everything": False, "users": [1], "units": []},
        "other": {"everything": False, "users": [2], "units": []},
        "team": {"everything": False, "users": [1, 2], "units": [7]},
    }
    assert rules.covers(reach[now], reach[then]) == covered


def test_only_who_may_export_has_the_screen(person) -> None:
    for role in Role:
        viewer, client = person(role), Client()
        client.force_login(viewer)
        expected = 200 if viewer.may(Act.EXPORT) else 403
        assert client.get(reverse("exports")).status_code == expected


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_keep_memory_flat(export, kind, firm) -> None:
    for part in range(10):
        new = [
            NewCustomer({"name": f"客户{part * 10_000 + n}", "kind": "person"})
            for n in range(10_000)
        ]
        record_customers(actor=None, new=new, origin="test")
    if connection.vendor == "postgresql":
        # In life the server counts what came in by itself; a test ends before it does.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    before = getrusage(RUSAGE_SELF).ru_maxrss
    done = run(export(format=kind))
    assert done.rows == 100_000
    # In kilobytes: eight bytes a row for the keys, and a chunk of rows at a time.
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 50_000
