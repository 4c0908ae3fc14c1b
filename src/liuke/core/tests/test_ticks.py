"""Running the table of ticks: in order, each for itself, noted."""

from datetime import UTC, datetime

import pytest

from liuke.core import clock, ticks
from liuke.core.models import TickRun

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 1, 1, tzinfo=UTC)
EVENING = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fails(_now: datetime) -> None:
    TickRun.objects.create(name="half written")
    raise ValueError("机油漏了")


def test_every_line_runs_in_order_with_the_present_moment() -> None:
    heard = []
    table = {"b": lambda now: heard.append(("b", now)), "a": lambda now: heard.append(("a", now))}
    with clock.set_to(MORNING):
        assert ticks.run(table)
    assert heard == [("b", MORNING), ("a", MORNING)]


def test_a_run_is_noted_with_its_moment() -> None:
    with clock.set_to(MORNING):
        ticks.run({"a": lambda _now: None})
    row = TickRun.objects.get(name="a")
    assert (row.started_at, row.finished_at, row.error) == (MORNING, MORNING, "")


def test_a_failing_line_is_undone_noted_and_stops_no_other(caplog) -> None:
    heard = []
    with clock.set_to(MORNING):
        assert not ticks.run({"bad": fails, "good": heard.append})
    assert heard == [MORNING]
    assert TickRun.objects.get(name="bad").error == "ValueError: 机油漏了"
    assert TickRun.objects.get(name="good").error == ""
    assert not TickRun.objects.filter(name="half written").exists()
    assert "tick bad failed" in caplog.text


def test_the_next_good_run_clears_the_error() -> None:
    ticks.run({"a": fails})
    assert ticks.run({"a": lambda _now: None})
    assert TickRun.objects.get(name="a").error == ""


def test_a_failed_run_does_not_pass_for_a_finished_one() -> None:
    """What a line missed is caught up from its last success on."""
    with clock.set_to(MORNING):
        ticks.run({"a": lambda _now: None})
    with clock.set_to(EVENING):
        ticks.run({"a": fails})
    row = TickRun.objects.get(name="a")
    assert (row.started_at, row.finished_at) == (EVENING, MORNING)
