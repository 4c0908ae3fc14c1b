"""What a kind of record does with the rows of a file: foresee, record, and take back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from liuke.accounts.models import User
from liuke.imports.readers.declare import Field, Reading, Shape


class Action(StrEnum):
    NEW = "new"
    CHANGE = "change"
    SAME = "same"
    LEFT = "left"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file that can be read: what it says per field, empty fields left out."""

    place: int
    number: int
    key: str
    values: Mapping[str, Any]


@dataclass(slots=True)
class Step:
    """What one row comes to. `other`: the customer it is about, or that stands in its way.

    `notices` name cells left out, `remarks` say more of some of them than the reason does.
    """

    row: Row
    action: Action
    what: Any = None
    code: str = ""
    about: str = ""
    other: int | None = None
    message: str = ""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Made:
    """The ids of what a chunk created and changed, by kind of row."""

    created: dict[str, list[int]] = field(default_factory=dict)
    changed: dict[str, list[int]] = field(default_factory=dict)


Plan = Callable[[User | None, Sequence[Row], Reading], list[Step]]
Write = Callable[[User | None, Sequence[Step], Sequence[Any] | None, Reading, str], Made]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record: its shape, what rows come to, and how a chunk of them is recorded.

    `prepare` is the part of recording that needs no database, of a row's values; another process
    may do it through `prepare_all` of the same module. `fields` are those of the shape as the firm
    has them now, its own ones too.
    """

    shape: Shape
    plan: Plan
    write: Write
    prepare: Callable[[Mapping[str, Any]], Any] | None = None
    fields: Callable[[Sequence[Field]], tuple[Field, ...]] | None = None

    def shape_now(self) -> Shape:
        """The shape with what this firm has added to it."""
        if self.fields is None:
            return self.shape
        return replace(self.shape, fields=self.fields(self.shape.fields))
