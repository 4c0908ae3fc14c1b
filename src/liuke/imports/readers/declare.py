"""What a kind of record is made of, said once: guessing, mapping, parsing and recording read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


class Type(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"
    NAME = "name"
    NOTE = "note"
    CODE = "code"
    CHOICE = "choice"
    DATE = "date"
    MOMENT = "moment"
    PHONES = "phones"
    EMAILS = "emails"
    WORDS = "words"


# Several columns, and several values in one cell, make one list; notes become one text.
SEVERAL = frozenset({Type.PHONES, Type.EMAILS, Type.WORDS, Type.NOTE})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can mean. `words`: headers as firms write them, the surest first.

    `group` keeps together what is offered apart from the usual ones.
    """

    name: str
    label: Words
    words: tuple[str, ...]
    type: Type = Type.TEXT
    longest: int = 200
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    past: bool = False
    needed: bool = False
    group: Words = ""

    @property
    def several(self) -> bool:
        return self.type in SEVERAL


@dataclass(frozen=True, slots=True)
class Key:
    """What finds a record again: `fields` must have a column."""

    name: str
    label: Words
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of record as a file can hold it.

    `once`: a key stands for one record, so that a second row with it is a mistake. `unique`: the
    fields of which no two records may have the same value, by whatever key they are found.
    `signs`: a file without these fields holds something else.
    """

    name: str
    label: Words
    hint: Words
    icon: str
    fields: tuple[Field, ...]
    keys: tuple[Key, ...]
    once: bool = False
    unique: tuple[str, ...] = ()
    changes: bool = False
    signs: tuple[str, ...] = ()

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)

    def has(self, name: str) -> bool:
        return any(each.name == name for each in self.fields)

    def key(self, name: str) -> Key | None:
        return next((each for each in self.keys if each.name == name), None)


class Mode(StrEnum):
    BOTH = "both"
    CREATE = "create"
    UPDATE = "update"


class Twins(StrEnum):
    """What becomes of a row whose number, mobile or code another customer has already.

    With CREATE people decide about each pair later, with SHARE the `reason` decides all of them.
    """

    REFUSE = "refuse"
    UPDATE = "update"
    CREATE = "create"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person says that a file is to be read: column → field, and the choices."""

    columns: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    mode: str = Mode.BOTH
    twins: str = Twins.REFUSE
    reason: str = ""
    erase: bool = False
    strict: bool = False
    date_order: str = ""
    owner: str = ""

    def columns_of(self, name: str) -> list[str]:
        return [column for column, said in self.columns.items() if said == name]

    def column_of(self, name: str) -> str:
        return ", ".join(self.columns_of(name))

    def mapped(self, shape: Shape) -> Iterator[Field]:
        """The fields that have a column, in the order of their declaration."""
        said = set(self.columns.values())
        return (each for each in shape.fields if each.name in said)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def with_order(self, order: str) -> "Reading":
        return replace(self, date_order=order)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Reading":
        known = {each.name for each in fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def without_empty(columns: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {column: said for column, said in columns if said}


def mistakes(shape: Shape, reading: Reading, columns: Sequence[str]) -> list[tuple[str, str]]:
    """(code, field or column) for all that keeps this reading from being used."""
    found = [("unknown", column) for column in reading.columns if column not in columns]
    for each in reading.mapped(shape):
        if not each.several and len(reading.columns_of(each.name)) > 1:
            found += [("twice", column) for column in reading.columns_of(each.name)[1:]]
    said = set(reading.columns.values())
    found += [
        ("needed", each.name) for each in shape.fields if each.needed and each.name not in said
    ]
    if reading.twins == Twins.SHARE and not reading.reason.strip():
        found.append(("reason", ""))
    key = shape.key(reading.key)
    if key is None:
        found.append(("key", ""))
    else:
        found += [("key_column", name) for name in key.fields if name not in said]
    return found
