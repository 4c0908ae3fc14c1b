"""Ways to reach somebody: one spelling, what they agreed to, and which way to try next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core import text

# How long a way that did not lead to anybody waits behind the others.
RESTS_FOR = timedelta(days=7)


class PointKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    SMS = "sms", _("Text message")
    PHONE = "phone", _("Office phone")
    HOME = "home", _("Home phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    WECOM = "wecom", _("WeCom")
    QQ = "qq", "QQ"
    SOCIAL = "social", _("Social account")
    BLOG = "blog", _("Blog or site")
    ADDRESS = "address", _("Address")
    OTHER = "other", _("Other")


class Result(models.TextChoices):
    """What came of using a way last."""

    REACHED = "reached", _("Reached")
    NOT_REACHED = "not_reached", _("Not reached")
    WRONG = "wrong", _("Wrong number")


class Purpose(models.TextChoices):
    """What somebody agrees to be contacted for."""

    SERVICE = "service", _("Service and reminders")
    OFFERS = "offers", _("Offers and news")
    SURVEY = "survey", _("Questions and surveys")


class Given(models.TextChoices):
    """How a consent was given or withdrawn."""

    SPOKEN = "spoken", _("In person")
    PHONE = "phone", pgettext_lazy("consent", "By phone")
    MESSAGE = "message", _("By message")
    WRITTEN = "written", _("Signed on paper")
    ONLINE = "online", _("Online form")


TELEPHONES = frozenset({PointKind.MOBILE, PointKind.PHONE, PointKind.HOME})
NUMBERS = TELEPHONES | {PointKind.SMS}
# What one does not try when others fail: a letter or a walk is a decision, not the next try.
NOT_TRIED = frozenset({PointKind.ADDRESS, PointKind.BLOG, PointKind.OTHER})
# The quickest to an answer first.
ORDER = tuple(PointKind)
SHORTEST_NUMBER = 3
SHORTEST_WHOLE = 7
_between_numbers = re.compile(text.SEVERAL)
_calculated = re.compile(r"\d+\.0+|\d(\.\d+)?[eE]\+?\d{1,2}")
_mobile = re.compile(r"\+861[3-9]\d{9}")
_site = re.compile(r"^(?:https?://)?(?:www\.)?")
_spaced_han = re.compile(r"(?<=[\u3400-\u9fff])[\s,]+(?=\S)|(?<=\S)[\s,]+(?=[\u3400-\u9fff])")


def normalised(kind: str, value: str) -> str:
    """What two spellings of one way have in common."""
    if kind in NUMBERS:
        return text.phone(value)[:200]
    plain = text.normalise(value)
    if kind == PointKind.QQ:
        plain = text.digits(value) or plain
    elif kind in (PointKind.WECHAT, PointKind.WECOM, PointKind.SOCIAL):
        # Without the blanks an accent may find its letter again.
        plain = text.normalise(plain.replace(" ", "").lstrip("@")) or plain
    elif kind == PointKind.BLOG:
        plain = _site.sub("", plain).rstrip("/") or plain
    elif kind == PointKind.ADDRESS:
        plain = _spaced_han.sub("", plain)
    return plain[:200]


def telephones(cell: str) -> list[tuple[PointKind, str]]:
    """The telephone numbers in a cell of a file, each with its kind: “13800138000/021-66668888”.

    What has too few figures to be dialled is none.
    """
    found = []
    for part in map(_as_meant, _between_numbers.split(cell)):
        number = text.phone(part)
        if len(text.digits(number)) >= SHORTEST_WHOLE:
            kind = PointKind.MOBILE if _mobile.fullmatch(number) else PointKind.PHONE
            found.append((kind, part))
    return found


def _as_meant(part: str) -> str:
    """13800138000.0 of a spreadsheet as the number it was; nothing of one that it cut, 1.38E+10."""
    part = part.strip()
    if not _calculated.fullmatch(part):
        return part
    whole = Decimal(part)
    exponent = whole.as_tuple().exponent
    return "" if isinstance(exponent, int) and exponent > 0 else str(int(whole))


def check(kind: str, value: str) -> None:
    """Raise ValidationError for what cannot be a way of this kind."""
    if kind in NUMBERS and len(text.digits(value)) < SHORTEST_NUMBER:
        raise ValidationError({"value": _("This is not a telephone number.")})
    if kind == PointKind.QQ and not re.fullmatch(r"\d{5,12}", text.digits(value)):
        raise ValidationError({"value": _("A QQ number has 5 to 12 figures.")})
    if kind == PointKind.EMAIL:
        try:
            validate_email(normalised(kind, value))
        except ValidationError as problem:
            raise ValidationError({"value": problem.messages}) from None


@dataclass(frozen=True, slots=True)
class Way:
    """One way as it stands: `closed` when they do not want it, `agreed` when they said yes."""

    pk: int
    kind: str
    preferred: bool = False
    closed: bool = False
    agreed: bool = False
    result: str = ""
    on: date | None = None
    # 0 for the customer's own, then the people around in the order they are asked.
    person: int = 0


def failed(way: Way, today: date) -> bool:
    """Whether it led to nobody lately."""
    return way.result == Result.WRONG or (
        way.result == Result.NOT_REACHED and way.on is not None and today < way.on + RESTS_FOR
    )


def to_try(ways: Sequence[Way], today: date) -> list[Way]:
    """The ways that may be used, the one to use first; of those that failed the longest ago."""
    usable = [
        way
        for way in ways
        if not way.closed and way.result != Result.WRONG and way.kind not in NOT_TRIED
    ]

    def rank(way: Way) -> tuple[object, ...]:
        return (
            failed(way, today),
            way.on if failed(way, today) else date.min,
            way.person,
            not way.preferred,
            not way.agreed,
            way.result != Result.REACHED,
            ORDER.index(PointKind(way.kind)),
            way.pk,
        )

    return sorted(usable, key=rank)


@dataclass(frozen=True, slots=True)
class Advice:
    """The way to use now; `after` is the one that failed last and made it the next."""

    way: Way | None
    after: Way | None


def next_way(ways: Sequence[Way], today: date) -> Advice:
    """Which way to try, and after which failure; no way when all are closed or wrong."""
    ordered = to_try(ways, today)
    failures = [way for way in ways if failed(way, today)]
    last = max(failures, key=lambda way: (way.on or date.min, way.pk), default=None)
    return Advice(ordered[0] if ordered else None, last)
