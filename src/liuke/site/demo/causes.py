"""Why simulated customers leave, and how much each circumstance raises the chance."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random


class Cause(StrEnum):
    PRICE = "price"
    IGNORED = "ignored"
    UNSOLVED = "unsolved"
    MOVED = "moved"
    COMPETITOR = "competitor"
    SOLD = "sold"
    REMINDER = "reminder"
    ADVISER_LEFT = "adviser_left"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for a customer at one visit."""

    price_shock: bool = False
    neglected: bool = False
    unsolved: bool = False
    competitor_near: bool = False
    forgotten: bool = False
    adviser_left: bool = False


# The chance to leave after a visit: in quiet circumstances, and when the cause is at work.
CHANCES: dict[Cause, tuple[float, float]] = {
    Cause.PRICE: (0.008, 0.10),
    Cause.IGNORED: (0.002, 0.09),
    Cause.UNSOLVED: (0.0, 0.40),
    Cause.MOVED: (0.007, 0.007),
    Cause.COMPETITOR: (0.002, 0.045),
    Cause.SOLD: (0.007, 0.007),
    Cause.REMINDER: (0.002, 0.16),
    Cause.ADVISER_LEFT: (0.0, 0.40),
}
# A winning-back call can undo some of them.
CURABLE = {Cause.PRICE, Cause.IGNORED, Cause.UNSOLVED, Cause.REMINDER, Cause.COMPETITOR}


def chances(around: Circumstances) -> dict[Cause, float]:
    """The chance of each cause to end the relation after this visit."""
    at_work = {
        Cause.PRICE: around.price_shock,
        Cause.IGNORED: around.neglected,
        Cause.UNSOLVED: around.unsolved,
        Cause.COMPETITOR: around.competitor_near,
        Cause.REMINDER: around.forgotten,
        Cause.ADVISER_LEFT: around.adviser_left,
    }
    return {cause: CHANCES[cause][at_work.get(cause, False)] for cause in Cause}


def leaves(chance: Random, around: Circumstances, weight: float = 1.0) -> Cause | None:
    """The cause for which this visit was the last one, if it was.

    Who comes often decides often; `weight` makes up for it.
    """
    drawn = chance.random() / weight
    for cause, share in chances(around).items():
        if drawn < share:
            return cause
        drawn -= share
    return None


@dataclass(frozen=True, slots=True)
class Loss:
    """A truth that only the simulator knows."""

    cause: Cause
    day: date
