"""Now, in one place: it can be set, and days are the firm's."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from liuke.core import clock

SHANGHAI = timezone(timedelta(hours=8))


def test_a_day_in_the_environment_means_its_noon_in_the_firm(monkeypatch) -> None:
    monkeypatch.setenv("LIUKE_NOW", "2026-11-22")
    assert clock.now() == datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)
    assert clock.today() == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-11-22T09:00", datetime(2026, 11, 22, 9, tzinfo=SHANGHAI)),
        ("2026-11-22 23:59:59", datetime(2026, 11, 22, 23, 59, 59, tzinfo=SHANGHAI)),
        ("2026-11-22T20:00+00:00", datetime(2026, 11, 23, 4, tzinfo=SHANGHAI)),
    ],
)
def test_a_moment_without_zone_is_the_firms_wall_time(monkeypatch, given, moment) -> None:
    monkeypatch.setenv("LIUKE_NOW", given)
    assert clock.now() == moment
    assert clock.now().tzinfo is not None


@pytest.mark.parametrize("given", ["yesterday", "2026-13-01", "22.11.2026", "2026-11"])
def test_nonsense_in_the_environment_is_answered_with_an_example(monkeypatch, given) -> None:
    monkeypatch.setenv("LIUKE_NOW", given)
    with pytest.raises(
        ValueError, match=r"LIUKE_NOW=.* is not a date or time like 2026-11-22"
    ) as problem:
        clock.now()
    assert given in str(problem.value)


def test_without_being_set_the_clock_runs(monkeypatch) -> None:
    monkeypatch.delenv("LIUKE_NOW", raising=False)
    before = datetime.now(UTC)  # noqa: TID251
    assert before <= clock.now() <= datetime.now(UTC)  # noqa: TID251


def test_set_inside_set_gives_back_the_outer_one(monkeypatch) -> None:
    monkeypatch.setenv("LIUKE_NOW", "2026-01-01")
    with clock.set_to(date(2026, 2, 2)):
        with clock.set_to(date(2026, 3, 3)):
            assert clock.today() == date(2026, 3, 3)
        assert clock.today() == date(2026, 2, 2)
    assert clock.today() == date(2026, 1, 1)


def test_a_failure_gives_the_clock_back(monkeypatch) -> None:
    monkeypatch.setenv("LIUKE_NOW", "2026-01-01")
    with pytest.raises(KeyError), clock.set_to(date(2026, 2, 2)):
        raise KeyError
    assert clock.today() == date(2026, 1, 1)


def test_the_day_is_the_firms_not_greenwichs() -> None:
    assert clock.day_of(datetime(2026, 3, 31, 17, 30, tzinfo=UTC)) == date(2026, 4, 1)
    assert clock.day_of(datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 31)


def test_the_firm_may_be_elsewhere(settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    assert clock.day_of(datetime(2026, 4, 1, 3, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert clock.start_of(date(2026, 4, 1)) == datetime(2026, 4, 1, 4, tzinfo=UTC)


def test_a_day_begins_at_the_firms_midnight() -> None:
    assert clock.start_of(date(2026, 4, 1)) == datetime(2026, 3, 31, 16, tzinfo=UTC)
