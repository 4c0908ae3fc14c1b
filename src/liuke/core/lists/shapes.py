"""What a list is declared with, and what of it a page shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Row = TypeVar("Row", bound=Model)
Label = str | Promise
Choices = Sequence[tuple[str, Label]]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`cell` is what the page shows, `plain` what a file holds; `sort` the fields, ascending.

    `by` is an expression to sort by first, `needs` what is read with the rows when it is shown,
    `group` the heading it is found under.
    """

    key: str
    label: Label
    plain: Callable[[Row], Any]
    cell: Callable[[Row], Any] | None = None
    sort: tuple[str, ...] = ()
    css: str = ""
    shown: bool = True
    group: Label = ""
    # Figured per row when sorted by; rows without a value stand last either way.
    by: Any = None
    needs: tuple[str, ...] = ()

    @property
    def from_top(self) -> bool:
        """Figures are asked for from the top, words from the beginning."""
        return "r" in self.css.split()

    def shown_cell(self, row: Row) -> "Cell":
        return Cell(conditional_escape((self.cell or self.plain)(row)), self.css)


@dataclass(frozen=True)
class Filter:
    """One thing a list can be narrowed by.

    `apply` turns the chosen value into a condition: the text of a choice or text filter, a pair
    (low, high) of a range of numbers or dates, either of which may be None.
    """

    key: str
    label: Label
    kind: str
    apply: Callable[[Any], Q]
    choices: Choices = ()
    says: Callable[[str], Label] = str
    listed: bool = True
    group: Label = ""

    @property
    def param(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Cell:
    html: SafeString
    css: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    pk: int
    url: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class ShownColumn:
    key: str
    label: Label
    css: str
    sortable: bool
    sort_url: str
    sort_state: str


@dataclass(frozen=True, slots=True)
class Token:
    """An active filter, and the address without it."""

    label: Label
    value: Label
    remove_url: str


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    key: str
    label: Label
    on: bool
    group: Label = ""


@dataclass(frozen=True, slots=True)
class Page:
    label: Label
    columns: Sequence[ShownColumn]
    rows: Sequence[ShownRow]
    filters: Sequence[Token]
    available_filters: Sequence[Filter]
    column_choices: Sequence[ColumnChoice]
    total: int
    total_is_capped: bool
    first: int
    last: int
    prev_url: str
    next_url: str
    count_url: str
    export_url: str
    q: str
