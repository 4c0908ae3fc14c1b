"""The only source of "now". LIUKE_NOW shows a firm as of a past day."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_set_now: ContextVar[datetime | None] = ContextVar("set_now", default=None)


def now() -> datetime:
    """The present moment, aware, UTC."""
    if (fixed := _set_now.get()) is not None:
        return fixed
    if given := os.environ.get("LIUKE_NOW"):
        return _parse(given)
    return timezone.now()  # noqa: TID251  the one place


def today() -> date:
    """The calendar date in the firm's zone."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The calendar date of an aware moment in the firm's zone."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def local(moment: datetime) -> datetime:
    """An aware moment as the clocks of the firm show it."""
    return moment.astimezone(timezone.get_default_timezone())


def start_of(day: date) -> datetime:
    """The aware moment at which a calendar date begins in the firm's zone."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


@contextmanager
def set_to(moment: datetime | date) -> Iterator[None]:
    """Let `now()` answer `moment` inside the block; a date means noon of that day."""
    if not isinstance(moment, datetime):
        moment = start_of(moment) + timedelta(hours=12)
    token = _set_now.set(moment)
    try:
        yield
    finally:
        _set_now.reset(token)


def _parse(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        message = f"LIUKE_NOW={given!r} is not a date or time like 2026-11-22 or 2026-11-22T09:00"
        raise ValueError(message) from None
    if len(given) == len("2026-11-22"):
        moment += timedelta(hours=12)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
