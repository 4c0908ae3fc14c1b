"""The year of a Chinese shop: closed on the great holidays, busy before them."""

from datetime import date, timedelta
from random import Random

# The first day of the lunar year; another year is taken as the middle of its range.
SPRING = {
    day.year: day
    for day in (
        date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29),
        date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
        date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31),
        date(2034, 2, 19), date(2035, 2, 8), date(2036, 1, 28), date(2037, 2, 15),
        date(2038, 2, 4), date(2039, 1, 24), date(2040, 2, 12),
    )
}  # fmt: skip
RUSH = timedelta(days=18)
PULLED = timedelta(days=40)
PULL = 0.3


def holidays(year: int) -> list[tuple[date, date]]:
    """First and last day of the holidays on which the shop is closed."""
    spring = SPRING.get(year, date(year, 2, 5))
    return [
        (spring - timedelta(days=1), spring + timedelta(days=6)),
        (date(year, 10, 1), date(year, 10, 5)),
    ]


def settle(chance: Random, day: date) -> date:
    """The day on which somebody really comes who is due on this day."""
    for first, last in (*holidays(day.year), *holidays(day.year + 1)):
        due_soon = first - RUSH < day < first + PULLED
        if first <= day <= last or (due_soon and chance.random() < PULL):
            return first - timedelta(days=chance.randrange(1, RUSH.days))
    return day


def open_day(day: date, limit: date) -> date:
    """The next day on which the shop is open, or the last one if that lies beyond the limit."""
    for first, last in (*holidays(day.year), *holidays(day.year + 1)):
        if first <= day <= last:
            after = last + timedelta(days=1)
            return after if after < limit else first - timedelta(days=1)
    return day


def rushes(first: date, last: date) -> list[date]:
    """The first days of holidays in a stretch of time, for greetings before them."""
    days = [start for year in range(first.year, last.year + 2) for start, _end in holidays(year)]
    return [day for day in days if first < day <= last]
