"""`liuke churn …`: the stable answers that programs rely on, and what nonsense is told."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result

from liuke.churn.cli import churn
from liuke.churn.models import Clock
from liuke.churn.queries import months_under
from liuke.churn.rules.kinds import DaysWithoutOrder

pytestmark = pytest.mark.django_db
AS_OF = date(2011, 12, 9)
MONTH = [
    "month", "customers", "settled", "newly_at_risk", "newly_lost", "recovered", "returned",
    "at_risk_end", "lost_end", "hazard", "recovery_rate", "workshop_churn_rate",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _past(on_day, customer, buys) -> None:
    on_day(date(2026, 6, 1))
    for name, days in {"甲": [10], "乙": [70, 300], "丙": [100], "丁": [200, 20]}.items():
        buys(customer(name), *(AS_OF - timedelta(days=ago) for ago in days))
    customer("戊")
    buys(customer("己"), AS_OF + timedelta(days=1))


def run(*words: str) -> Result:
    return CliRunner().invoke(churn, words)


def asked(command: str, *words: str) -> dict:
    result = run(command, "--as-of", "2011-12-09", "--json", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_table_for_programs() -> None:
    answer = asked("table", "--rule", "days:60,90")
    assert list(answer) == ["as_of", "rule", "months"]
    assert (answer["as_of"], answer["rule"]) == ("2011-12-09", "days:60,90")
    months = months_under(DaysWithoutOrder(60, 90), AS_OF)
    assert [list(row) for row in answer["months"]] == [MONTH] * len(months)
    assert answer["months"] == [{name: getattr(row, name) for name in MONTH} for row in months]
    assert [row["month"] for row in answer["months"]][::11] == ["2011-02"]
    assert [row["month"] for row in answer["months"]][-1] == "2011-12"
    assert sum(row["newly_lost"] for row in answer["months"]) == 3
    assert sum(row["recovered"] for row in answer["months"]) == 2


def test_the_status_for_programs() -> None:
    answer = asked("status", "--rule", "days:60,90")
    assert list(answer.items()) == [
        ("as_of", "2011-12-09"), ("active", 2), ("at_risk", 1), ("lost", 1), ("no_clock", 2),
    ]  # fmt: skip


def test_without_a_rule_the_firms_own_decide(rule) -> None:
    assert asked("table") == {"as_of": "2011-12-09", "rule": None, "months": []}
    rule(DaysWithoutOrder(60, 90), name="批发")
    assert asked("table")["months"] == asked("table", "--rule", "days:60,90")["months"]
    assert asked("status") == asked("status", "--rule", "days:60,90")


def test_without_a_day_it_is_today(rule) -> None:
    rule(DaysWithoutOrder(60, 90))
    assert json.loads(run("status", "--json").stdout)["as_of"] == "2026-06-01"


def test_for_people() -> None:
    table = run("table", "--rule", "days:60,90", "--as-of", "2011-12-09").output.splitlines()
    assert table[0].split() == MONTH
    assert table[1].split()[0] == "2011-02"
    assert all(len(line.split()) == len(MONTH) for line in table[:-1])
    assert table[-1] == "2011-12 is not over yet."
    status = run("status", "--rule", "days:60,90", "--as-of", "2011-12-09").output
    assert status.split() == ["active", "2", "at_risk", "1", "lost", "1", "no_clock", "2"]


def test_every_kind_of_rule_can_be_asked_about() -> None:
    for rule in ("visits:6,2,3", "period:1,1,2", "rhythm:.5,.9,.98", "days:60,90,30"):
        assert asked("status", "--rule", rule)["no_clock"] == 2, rule


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "days:90,60"), "lost must be > at_risk"),
        (("--rule", "days:60"), None),
        (("--rule", "days:sixty,90"), "is not a rule. Write days:60,90 or visits:6,2,3"),
        (("--rule", "moon:1,2"), "is not a rule"),
        (("--rule", ""), "is not a rule"),
        (("--rule", "rhythm:.9,.5,.98"), "expected_q must be"),
        (("--as-of", "yesterday"), "'yesterday' is not a date like 2011-12-09"),
        (("--as-of", "2011-02-30"), "is not a date like 2011-12-09"),
        (("--as-of", ""), "is not a date"),
        (("--colour", "red"), "No such option"),
    ],
)
@pytest.mark.parametrize("command", ["table", "status"])
def test_nonsense_is_told_so(command, words, said) -> None:
    result = run(command, *words)
    if said is None:
        assert result.exit_code == 0, "what is left out has its default"
        return
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_rebuild_changes_nothing_under_unchanged_rules(rule) -> None:
    rule(DaysWithoutOrder(60, 90))
    before = list(Clock.objects.order_by("customer").values_list("customer", "state", "lost_at"))
    result = run("rebuild")
    assert (result.exit_code, result.output) == (0, "6 customers\n")
    after = list(Clock.objects.order_by("customer").values_list("customer", "state", "lost_at"))
    assert after == before
    assert before
