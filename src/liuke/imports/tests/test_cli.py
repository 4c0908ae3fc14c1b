"""`liuke import orders`: stable answers and exit codes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from liuke.imports.cli import import_orders
from liuke.imports.models import ImportRun
from liuke.imports.tests.conftest import rows
from liuke.sales.models import Order

KEYS = [
    "file",
    "rows",
    "orders",
    "returns",
    "return_lines",
    "lines",
    "customers",
    "new_customers",
    "sales",
    "returned",
    "without_customer",
    "rejected",
    "unchanged",
    "rejects_file",
    "dry_run",
    "reasons",
    "errors",
    "columns",
    "date_order",
]
GOOD = rows("C1,2026-03-04,A1,tea,2,50", "C1,2026-03-05,A2,tea,-1,50", ",2026-03-05,A3,tea,1,5")


@pytest.mark.django_db
def test_the_answer_as_json(tmp_path: Path) -> None:
    answer = _answer(_import(tmp_path, GOOD, "--json"))
    assert list(answer) == KEYS
    assert (answer["rows"], answer["without_customer"], answer["rejected"]) == (3, 1, 0)
    assert (answer["orders"], answer["lines"], answer["sales"]) == (1, 1, "100.00")
    assert (answer["returns"], answer["return_lines"], answer["returned"]) == (1, 1, "50.00")
    assert (answer["customers"], answer["new_customers"]) == (1, 1)
    assert answer["rejects_file"] is None


@pytest.mark.django_db
def test_a_dry_run_records_nothing(tmp_path: Path) -> None:
    foreseen = _answer(_import(tmp_path, GOOD, "--json", "--dry-run"))
    assert foreseen["dry_run"]
    assert not Order.objects.exists()
    done = _answer(_import(tmp_path, GOOD, "--json"))
    assert done == {**foreseen, "dry_run": False}
    assert ImportRun.objects.count() == 1


@pytest.mark.django_db
def test_again_is_unchanged_and_still_a_success(tmp_path: Path) -> None:
    _import(tmp_path, GOOD)
    again = _answer(_import(tmp_path, GOOD, "--json"))
    assert (again["orders"], again["returns"], again["unchanged"]) == (0, 0, 2)


@pytest.mark.django_db
def test_a_wrong_column_names_the_closest(tmp_path: Path) -> None:
    result = _import(tmp_path, GOOD, "--customer", "custmer")
    assert result.exit_code == 2
    assert "The file has: customer, date" in result.output
    assert "Did you mean “customer”?" in result.output
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_dates_with_two_readings_need_a_word(tmp_path: Path) -> None:
    file = rows("C1,3/4/2026,A1,tea,2,50")
    result = _import(tmp_path, file)
    assert result.exit_code == 2
    assert "--date-order" in result.output
    assert _import(tmp_path, file, "--date-order", "mdy").exit_code == 0
    assert str(Order.objects.get().day) == "2026-03-04"


@pytest.mark.django_db
def test_nothing_imported_is_an_error_with_its_reasons(tmp_path: Path) -> None:
    result = _import(tmp_path, rows("C1,2026-02-30,A1,tea,2,50"))
    assert result.exit_code == 1
    assert "row 2 date '2026-02-30': There is no such date" in result.output


@pytest.mark.django_db
def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    result = _import(tmp_path, "", "--json")
    assert result.exit_code == 1
    assert "empty" in _answer(result)["error"]
    assert not ImportRun.objects.exists()


@pytest.mark.django_db
def test_what_was_said_wins_over_the_guess(tmp_path: Path) -> None:
    said = ("--amount", "price", "--customer", "product", "--kind", "visit")
    answer = _answer(_import(tmp_path, rows("C1,2026-03-04,A1,tea,2,50"), "--json", *said))
    assert answer["columns"] == {
        "customer": "product",
        "date": "date",
        "amount": "price",
        "order": "order",
    }
    assert Order.objects.get().kind == "visit"


KILLED = """
    import os, sys
    import django
    django.setup()
    from django.core.management import call_command
    from liuke.imports.cli import import_orders
    from liuke.imports.services import recording, running

    call_command("migrate", verbosity=0)
    running.next_orders = lambda connection, after: recording.next_orders(connection, after, 50)
    import_orders.main(sys.argv[1:])
"""


@pytest.mark.slow
def test_killed_in_the_middle_it_resumes(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    lines = (
        f"C{n % 97},2026-03-{n % 28 + 1:02},A{n},tea,{n % 5 + 1},{n}.5" for n in range(1, 4001)
    )
    file.write_text(rows(*lines))
    script = tmp_path / "run.py"
    script.write_text(textwrap.dedent(KILLED))
    home = {"LIUKE_HOME": str(tmp_path / "home"), "DATABASE_URL": "", "LIUKE_LANGUAGE": "en"}
    environment = os.environ | home | {"DJANGO_SETTINGS_MODULE": "liuke.site.settings"}
    command = [sys.executable, str(script), str(file), "--json"]

    first = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    reached = _wait_for_orders(tmp_path / "home" / "liuke.sqlite3", 300)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert 300 <= reached < 4000

    second = subprocess.run(command, env=environment, capture_output=True, check=True)
    answer = json.loads(second.stdout)
    assert (answer["orders"], answer["unchanged"]) == (4000, 0)
    assert answer["sales"] == f"{sum((n % 5 + 1) * (n + 0.5) for n in range(1, 4001)):.2f}"
    assert _recorded(tmp_path / "home" / "liuke.sqlite3") == 4000


def _wait_for_orders(database: Path, wanted: int) -> int:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        found = _recorded(database)
        if found >= wanted:
            return found
        time.sleep(0.02)
    raise AssertionError("the import did not get going")


def _recorded(database: Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(connection.execute("SELECT count(*) FROM sales_order").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def _import(folder: Path, content: str, *options: str) -> Result:
    file = folder / "orders.csv"
    file.write_text(content, encoding="utf-8")
    return CliRunner().invoke(import_orders, [str(file), *options])


def _answer(result: Result) -> dict[str, Any]:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer
