"""When a customer wants to hear from us again. No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.customers.rules import Stage
from liuke.customers.rules.contacts import PointKind, Result


class Channel(models.TextChoices):
    PHONE = "phone", pgettext_lazy("channel", "Phone")
    WECHAT = "wechat", _("WeChat")
    SHOP = "shop", _("They came")
    VISIT = "visit", _("We visited")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class Direction(models.TextChoices):
    OUT = "out", _("We did")
    IN = "in", _("They did")


class Outcome(models.TextChoices):
    AGREED = "agreed", _("Agreed")
    TALKED = "talked", pgettext_lazy("outcome", "Talked")
    THINKING = "thinking", _("Will think about it")
    REFUSED = "refused", _("Refused")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    STOP = "stop", _("Do not contact")


# Nobody was spoken to: an attempt, which does not wind the clock.
ATTEMPTS = frozenset({Outcome.NO_ANSWER, Outcome.WRONG_NUMBER})
# Who wants to think is asked again, if nothing else was settled.
ASK_AGAIN_DAYS = 3
INTEREST = frozenset({Outcome.AGREED, Outcome.THINKING})

# The kinds of way that a channel uses; who came, or was visited, was reached by none.
USES: Mapping[str, frozenset[str]] = {
    Channel.PHONE: frozenset({PointKind.MOBILE, PointKind.PHONE, PointKind.HOME}),
    Channel.WECHAT: frozenset({PointKind.WECHAT, PointKind.WECOM}),
    Channel.SMS: frozenset({PointKind.SMS, PointKind.MOBILE}),
    Channel.EMAIL: frozenset({PointKind.EMAIL}),
}

# How long a stated interest counts as intent without being repeated.
INTENT_LASTS = timedelta(days=90)
# Days to the next try after the first, second and every further unanswered one.
RETRY_AFTER = (1, 3, 7)
# Unanswered tries older than this no longer say anything about the next one.
ATTEMPTS_COUNT_FOR = timedelta(days=30)


class Situation(models.TextChoices):
    """For whom a cadence speaks."""

    INTENT = "intent", _("Intent, nothing agreed")
    NEW = "new", _("Just bought")
    OLDER = "older", _("Bought before")
    POTENTIAL = "potential", _("No intent so far")
    AWAY = "away", _("Lost customers")


@dataclass(frozen=True, slots=True)
class Cadence:
    """Contact every so many days; `lasts` says how many days after a purchase it is new."""

    every: int
    lasts: int = 0


DEFAULTS: Mapping[str, Cadence] = {
    Situation.INTENT: Cadence(14),
    Situation.NEW: Cadence(7, lasts=91),
    Situation.OLDER: Cadence(30),
    Situation.POTENTIAL: Cadence(60),
    Situation.AWAY: Cadence(60),
}


def situation_of(
    stage: str, last_purchase: date | None, lost_at: date | None, new_for: int, today: date
) -> Situation:
    """Which cadence speaks for a customer today."""
    if lost_at is not None and lost_at <= today:
        return Situation.AWAY
    if last_purchase is not None and today < last_purchase + timedelta(days=new_for):
        return Situation.NEW
    if stage in (Stage.FIRST, Stage.RETURNING):
        return Situation.OLDER
    return Situation.INTENT if stage == Stage.INTENT else Situation.POTENTIAL


def retry_on(attempts: int, last_attempt: date) -> date:
    """The day of the next try after so many unanswered ones in a row."""
    wait = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
    return last_attempt + timedelta(days=wait)


def contact_due(every: int, began: date, attempts: int, last_attempt: date | None) -> date:
    """The next contact: `every` days after the last real one, and no sooner than the next try."""
    due = began + timedelta(days=every)
    if attempts and last_attempt is not None:
        return max(due, retry_on(attempts, last_attempt))
    return due


def channel_of(kind: str) -> Channel | None:
    """The channel that a kind of way belongs to first."""
    return next((Channel(channel) for channel, kinds in USES.items() if kind in kinds), None)


def result_of(outcome: str) -> Result:
    """What a contact says about the way that was used for it."""
    if outcome == Outcome.WRONG_NUMBER:
        return Result.WRONG
    return Result.NOT_REACHED if outcome in ATTEMPTS else Result.REACHED


def intent_until(last_interest: date | None) -> date | None:
    return None if last_interest is None else last_interest + INTENT_LASTS
