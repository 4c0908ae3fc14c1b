"""What a field of the profile may hold, read from text and written as text. No database."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

LONGEST = 500
LARGEST = Decimal(10) ** 12
DECIMALS = 4
SEPARATORS = re.compile(r"[,，、;；\n]")
DATE = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*|(\d{4})(\d{2})(\d{2})")
YES = {"yes", "y", "true", "1", "是", "有", "对", "√", "✓"}
NO = {"no", "n", "false", "0", "否", "无", "没有", "不", "×"}
# A word, or one that waits for the language of whoever reads it.
Label = Any


class Type(models.TextChoices):
    TEXT = "text", _lazy("Text")
    NUMBER = "number", _lazy("Number")
    MONEY = "money", _lazy("Money")
    DATE = "date", _lazy("Date")
    CHOICE = "choice", _lazy("One of a list")
    CHOICES = "choices", _lazy("Several of a list")
    YES_NO = "yes_no", _lazy("Yes or no")
    PERSON = "person", _lazy("A colleague")
    CUSTOMER = "customer", _lazy("Another customer")


class For(models.TextChoices):
    BOTH = "both", _lazy("Persons and organizations")
    PERSON = "person", _lazy("Persons")
    ORGANIZATION = "organization", _lazy("Organizations")


class Group(models.TextChoices):
    """The part of the form and of the page where a field stands."""

    BASIC = "basic", _lazy("Basics")
    PERSON = "person", _lazy("About the person")
    ORGANIZATION = "organization", _lazy("About the organization")
    INVOICE = "invoice", _lazy("Invoice data")
    INTEREST = "interest", _lazy("What moves them")
    OWN = "own", pgettext_lazy("fields", "Own fields")


LISTED = (Type.CHOICE, Type.CHOICES)
NUMBERS = (Type.NUMBER, Type.MONEY)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list. Programs name it by `code`, which for an own entry is its name."""

    code: str
    label: Label
    pk: int | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field of the profile, built in or the firm's own.

    `column` names the column of Customer that holds it, else it has rows of its own. `pk` is
    None while nobody has stored anything for a built-in one. An `open` list takes new words.
    """

    code: str
    label: Label
    type: Type
    applies: For = For.BOTH
    group: Group = Group.OWN
    weight: int = 0
    choices: tuple[Choice, ...] = ()
    help: Label = ""
    open: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    place: int = 0
    column: str = ""
    pk: int | None = None
    archived: bool = False

    @property
    def is_own(self) -> bool:
        return self.code.startswith("own_")

    @property
    def offered(self) -> list[Choice]:
        return [each for each in self.choices if not each.archived]

    def fits(self, kind: str) -> bool:
        return self.applies in (For.BOTH, kind)

    def choice(self, code: str) -> Choice | None:
        return next((each for each in self.choices if each.code == code), None)


@dataclass(frozen=True, slots=True)
class Known:
    """Who is meant by what is written: names, numbers and user names to ids."""

    people: Mapping[str, int] = field(default_factory=dict)
    customers: Mapping[str, int] = field(default_factory=dict)


def parse(spec: FieldOf, text: str, known: Known | None = None) -> Any:
    """The value that somebody wrote; None for nothing. Raises ValidationError."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return None
    known = known or Known()
    if spec.type == Type.TEXT:
        return checked(spec, text.strip())
    if spec.type in NUMBERS:
        return checked(spec, _number(plain))
    if spec.type == Type.DATE:
        return _date(plain)
    if spec.type == Type.YES_NO:
        return _yes_no(plain)
    if spec.type == Type.CHOICE:
        return checked(spec, _choice(spec, text.strip()))
    if spec.type == Type.CHOICES:
        return checked(spec, [_choice(spec, word) for word in words(text)])
    ids = known.people if spec.type == Type.PERSON else known.customers
    if (found := ids.get(name_key(plain))) is None:
        raise ValidationError(_("Nobody here is called “%s”.") % plain)
    return found


def checked(spec: FieldOf, value: Any) -> Any:
    """The value as it is stored, or ValidationError; the one place where values are judged."""
    if value in (None, "", [], ()):
        return None
    try:
        found = _CHECKS[spec.type](spec, value)
    except (TypeError, InvalidOperation):
        raise ValidationError(_("This is not a value of this kind.")) from None
    return None if found == "" else found


def words(text: str) -> list[str]:
    """A list as people write it, with any comma, without blanks and doubles."""
    found: dict[str, str] = {}
    for word in SEPARATORS.split(text):
        plain = " ".join(word.split())
        if plain:
            found.setdefault(name_key(plain), plain)
    return list(found.values())


def name_key(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def number_text(value: Decimal) -> str:
    """Without trailing zeros and never as a power of ten."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def written(spec: FieldOf, value: Any, names: Mapping[int, str] | None = None) -> str:
    """The value as text that `parse` reads back; `names` of colleagues or customers by id."""
    if value is None:
        return ""
    if spec.type in NUMBERS:
        return number_text(value)
    if spec.type == Type.DATE:
        return str(value.isoformat())
    if spec.type == Type.YES_NO:
        return _("Yes") if value else _("No")
    if spec.type == Type.CHOICE:
        return _label(spec, value)
    if spec.type == Type.CHOICES:
        return ", ".join(_label(spec, each) for each in value)
    if spec.type == Type.TEXT:
        return str(value)
    return (names or {}).get(value, f"#{value}")


def as_json(value: Any) -> Any:
    """The value as the journal and the API hold it."""
    if isinstance(value, Decimal):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(spec: FieldOf, value: Any) -> Any:
    """What `as_json` was made of, or what another program sends. Raises ValidationError."""
    if value is None:
        return None
    if spec.type in (*NUMBERS, Type.DATE) and isinstance(value, str | int | float):
        return parse(spec, str(value)) if not isinstance(value, bool) else checked(spec, value)
    return checked(spec, value)


def _text(spec: FieldOf, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    plain = value.replace("\x00", "").strip()
    if len(plain) > LONGEST:
        raise ValidationError(_("At most %(n)s characters.") % {"n": LONGEST})
    return plain


def _in_range(spec: FieldOf, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValidationError(_("This number is too large."))
    number = number.quantize(Decimal(1).scaleb(-DECIMALS))
    if spec.low is not None and number < spec.low:
        raise ValidationError(_("At least %s.") % number_text(spec.low))
    if spec.high is not None and number > spec.high:
        raise ValidationError(_("At most %s.") % number_text(spec.high))
    return number


def _of_class(expected: type) -> Any:
    def check(spec: FieldOf, value: Any) -> Any:
        if type(value) is not expected:
            raise TypeError
        return value

    return check


def _one(spec: FieldOf, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return _choice(spec, value)


def _several(spec: FieldOf, value: Any) -> list[str]:
    """In the order of the list, new words at the end; so two equal choices are equal."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError
    given = list(dict.fromkeys(_one(spec, each) for each in value))
    order = {each.code: place for place, each in enumerate(spec.choices)}
    return sorted(given, key=lambda code: (order.get(code, len(order)), code))


_CHECKS: dict[Type, Any] = {
    Type.TEXT: _text,
    Type.NUMBER: _in_range,
    Type.MONEY: _in_range,
    Type.DATE: _of_class(date),
    Type.CHOICE: _one,
    Type.CHOICES: _several,
    Type.YES_NO: _of_class(bool),
    Type.PERSON: _of_class(int),
    Type.CUSTOMER: _of_class(int),
}


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.lstrip("¥￥$€").replace(",", "").replace(" ", ""))
    except InvalidOperation:
        raise ValidationError(_("Write a number, like 1200.50.")) from None


def _date(text: str) -> date:
    found = DATE.fullmatch(text.partition(" 0:00")[0])
    parts = [int(part) for part in found.groups() if part] if found else []
    try:
        return date(*parts)
    except (TypeError, ValueError):
        raise ValidationError(_("Write a date, like 2026-03-05.")) from None


def _yes_no(text: str) -> bool:
    key = text.casefold()
    if key in YES or key == _("Yes").casefold():
        return True
    if key in NO or key == _("No").casefold():
        return False
    raise ValidationError(_("Write yes or no."))


def _choice(spec: FieldOf, text: str) -> str:
    """The code of what is meant, by code or label; a new word only where the list is open."""
    key = name_key(text)
    for each in spec.choices:
        if text == each.code or key in (name_key(each.code), name_key(str(each.label))):
            return each.code
    if spec.open and key and not SEPARATORS.search(text):
        if len(text) > 40:
            raise ValidationError(_("At most %(n)s characters.") % {"n": 40})
        return " ".join(text.split())
    raise ValidationError(_("“%s” is not on the list.") % text)


def _label(spec: FieldOf, code: str) -> str:
    found = spec.choice(code)
    return code if found is None else str(found.label)
