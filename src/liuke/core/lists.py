"""One declaration makes a list: columns, filters, sorting, paging and the same rows as CSV.

A screen says what its columns and filters are and hands in rows that are already scoped; every
edge (page, export, API) reads the same declaration, so they cannot disagree.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from liuke.core.scoping import Beside, in_passing

Row = TypeVar("Row", bound=Model)
Label = str | Promise
Choices = Sequence[tuple[str, Label]]

PAGE_SIZE = 50
CAP = 10_000
# Whoever searches looks at the first few; there are many when a word is too common to be a search.
FOUND_CAP = 500
PLACE = ("page", "count")
OWN_ORDER = "own_order"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`cell` is what the page shows, `plain` what a file holds; `sort` the fields, ascending.

    `by` is an expression to sort by instead, `needs` what is read with the rows when it is shown,
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


@dataclass(frozen=True)
class ListOf(Generic[Row]):
    """The declaration. `search` narrows rows by what somebody typed; `beside` is the table where
    most pages are found."""

    label: Label
    columns: Sequence[Column[Row]]
    url_of: Callable[[Row], str]
    filters: Sequence[Filter] = ()
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    beside: Beside | None = None
    order: str = ""
    size: int = PAGE_SIZE
    related: Sequence[str] = field(default=())
    prefetch: Sequence[str] = field(default=())

    def select(self, rows: QuerySet[Row], query: QueryDict) -> QuerySet[Row]:
        """The rows that the address asks for, in its order. Unknown values narrow nothing."""
        if self.search and (words := query.get("q", "").strip()):
            rows = self.search(rows, words)
        for spec, value in self._chosen(query):
            rows = rows.filter(spec.apply(value))
        column = self._own_order(query)
        if column is None:
            return rows.order_by(*self._ordering(query))
        value = F(OWN_ORDER)
        down = self._sort_key(query).startswith("-")
        turned = value.desc(nulls_last=True) if down else value.asc(nulls_last=True)
        figured: QuerySet[Row] = rows.annotate(**{OWN_ORDER: column.by})
        return figured.order_by(turned, "-pk" if down else "pk")

    def page(
        self,
        rows: QuerySet[Row],
        query: QueryDict,
        *,
        within: Q | None = None,
        about: int | None = None,
        columns: Sequence[str] = (),
        export_url: str = "",
    ) -> Page:
        """One page of the selection; `columns` are the keys somebody chose, none means default.

        `within` is the condition by which the rows are scoped, for the table beside them; `about`
        how many there are as far as somebody knows, which saves counting very many.
        """
        selected = self._selected(rows, query, within)
        number = max(1, _whole(query.get("page")) or 1)
        start = (number - 1) * self.size
        # What is sorted is as narrow as can be; only what is shown is read in full.
        read = self.size + 1
        if self.search and query.get("q", "").strip():
            # What is found was looked up and sorted; to read it further counts it on the way.
            read = max(read, FOUND_CAP + 1 - start)
        keys = list(selected.values_list("pk", flat=True)[start : start + read])
        picked = keys[: self.size + 1]
        shown = self._shown(columns)
        by_key = {row.pk: row for row in self._load(rows.filter(pk__in=picked), shown)}
        # Who moved out of sight a moment ago may still stand in the table beside.
        found = [by_key[key] for key in picked if key in by_key]
        more = len(picked) > self.size
        exact = query.get("count") == "all"
        total, capped = self._total(selected, start, (len(keys), read), about, exact)
        kept = "all" if exact else None
        return Page(
            label=self.label,
            columns=[self._header(column, query) for column in shown],
            rows=[
                ShownRow(row.pk, self.url_of(row), [column.shown_cell(row) for column in shown])
                for row in found[: self.size]
            ],
            filters=self.tokens(query),
            available_filters=[spec for spec in self.filters if spec.listed],
            column_choices=[
                ColumnChoice(column.key, column.label, column in shown, column.group)
                for column in self.columns
            ],
            total=total,
            total_is_capped=capped,
            first=start + 1 if found else 0,
            last=start + min(len(found), self.size) if found else 0,
            prev_url=_address(query, page=number - 1, count=kept) if number > 1 else "",
            next_url=_address(query, page=number + 1, count=kept) if more else "",
            count_url=_address(query, page=number, count="all") if capped else "",
            export_url=f"{export_url}{_address(query, page=None)}" if export_url else "",
            q=query.get("q", ""),
        )

    def csv(
        self, rows: QuerySet[Row], query: QueryDict, *, name: str, columns: Sequence[str] = ()
    ) -> StreamingHttpResponse:
        """The whole selection as a file, with the columns of the screen."""
        lines = self.csv_lines(self.select(rows, query), columns)
        return csv_file(lines, name)

    def csv_lines(self, rows: QuerySet[Row], columns: Sequence[str]) -> Iterator[Sequence[Any]]:
        shown = self._shown(columns)
        yield [str(column.label) for column in shown]
        for row in self._load(rows, shown).iterator(chunk_size=2000):
            yield [column.plain(row) for column in shown]

    def headings(self, columns: Sequence[str]) -> list[str]:
        return [str(column.label) for column in self._shown(columns)]

    def lines_of(
        self, rows: QuerySet[Row], keys: Sequence[Any], columns: Sequence[str]
    ) -> Iterator[Sequence[Any]]:
        """The plain cells of those of `rows` that have these keys, in the order of the keys."""
        shown = self._shown(columns)
        by_key = {row.pk: row for row in self._load(rows.filter(pk__in=keys), shown)}
        for key in keys:
            if (row := by_key.get(key)) is not None:
                yield [column.plain(row) for column in shown]

    def _load(self, rows: QuerySet[Row], shown: Sequence[Column[Row]]) -> QuerySet[Row]:
        """The rows with everything that these columns read."""
        needed = dict.fromkeys(name for column in shown for name in column.needs)
        return rows.select_related(*self.related).prefetch_related(*self.prefetch, *needed)

    def asked(self, query: QueryDict) -> dict[str, Any]:
        """The filters that the address chooses, and their values."""
        return {spec.key: value for spec, value in self._chosen(query)}

    def _selected(self, rows: QuerySet[Row], query: QueryDict, within: Q | None) -> QuerySet[Any]:
        """The selection for the keys of one page, from the table beside the rows if it can."""
        if within is None or self.beside is None or self._own_order(query):
            return self.select(rows, query)
        try:
            order = [self.beside.ordered(name) for name in self._ordering(query)]
            narrowed = [spec.apply(value) for spec, value in self._chosen(query)]
            wanted = [self.beside.condition(each) for each in (within, *narrowed)]
        except LookupError:
            if within.connector != Q.OR:
                return self.select(rows, query)
            known = rows.model._default_manager
            return self.select(known.filter(in_passing(within)), query)
        found = self.beside.model._default_manager.filter(*wanted).order_by(*order)
        words = query.get("q", "").strip()
        return self.search(found, words) if self.search and words else found

    def _total(
        self, rows: QuerySet[Any], start: int, came: tuple[int, int], about: int | None, exact: bool
    ) -> tuple[int, bool]:
        """How many rows there are, and whether more; so many came back of so many asked for."""
        found, read = came
        if 0 < found < read:
            return start + found, False
        if exact:
            return rows.order_by().count(), False
        if found and read > self.size + 1:
            return start + found - (found == read), found == read
        if about is not None and found:
            return min(max(about, start + found), CAP), about > CAP
        # Counting a million rows costs more than showing fifty, and nobody reads the figure.
        counted = rows.order_by().values("pk")[: CAP + 1].count()
        return min(counted, CAP), counted > CAP

    def _shown(self, chosen: Sequence[str]) -> list[Column[Row]]:
        named = [column for column in self.columns[1:] if column.key in chosen]
        return [self.columns[0], *(named or [c for c in self.columns[1:] if c.shown])]

    def _chosen(self, query: QueryDict) -> Iterator[tuple[Filter, Any]]:
        for spec in self.filters:
            value = _chosen_value(spec, query)
            if value is not None:
                yield spec, value

    def tokens(self, query: QueryDict) -> list[Token]:
        """The active filters, each with the address that goes without it."""
        return [
            Token(spec.label, _said(spec, value), _address(query, page=None, **_without(spec)))
            for spec, value in self._chosen(query)
        ]

    def _own_order(self, query: QueryDict) -> Column[Row] | None:
        """The column sorted by, where that takes an expression."""
        key = self._sort_key(query).lstrip("-")
        return next((each for each in self.columns if each.key == key and each.by), None)

    def _ordering(self, query: QueryDict) -> list[str]:
        key = self._sort_key(query)
        column = next((each for each in self.columns if each.key == key.lstrip("-")), None)
        fields = column.sort if column else ()
        if column is None or not fields:
            return ["pk"]
        # An index read backwards gives the other order only if every part of it turns.
        turned = key.startswith("-") != column.from_top
        ordered = [_turn(name) for name in fields] if key.startswith("-") else list(fields)
        return [*ordered, "-pk" if turned else "pk"]

    def _sort_key(self, query: QueryDict) -> str:
        asked = query.get("sort", "")
        known = {column.key for column in self.columns if column.sort or column.by}
        return asked if asked.lstrip("-") in known else self.order

    def _header(self, column: Column[Row], query: QueryDict) -> ShownColumn:
        current = self._sort_key(query)
        state = {column.key: "ascending", f"-{column.key}": "descending"}.get(current, "")
        first = f"-{column.key}" if column.from_top else column.key
        following = _turn(current) if state else first
        return ShownColumn(
            column.key,
            column.label,
            column.css,
            bool(column.sort or column.by),
            _address(query, page=None, sort=following),
            state,
        )


def csv_file(lines: Iterator[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """Lines as a CSV file that spreadsheets open with the right letters and no formulas."""
    response = StreamingHttpResponse(_written(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return "" if value is None else value


class _Echo:
    def write(self, text: str) -> str:
        return text


def _written(lines: Iterator[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for line in lines:
        yield writer.writerow([harmless(value) for value in line])


def _chosen_value(spec: Filter, query: QueryDict) -> Any:
    if spec.kind in ("range", "date"):
        read = _number if spec.kind == "range" else _date
        pair = read(query.get(f"{spec.param}_from")), read(query.get(f"{spec.param}_to"))
        return None if pair == (None, None) else pair
    value = query.get(spec.param, "").strip()
    if not value or (spec.choices and value not in {key for key, _label in spec.choices}):
        return None
    return value


def _said(spec: Filter, value: Any) -> Label:
    if isinstance(value, tuple):
        low, high = value
        if high is None:
            return f"≥ {low}"
        return f"≤ {high}" if low is None else f"{low} – {high}"
    return dict(spec.choices).get(value) or spec.says(value)


def _without(spec: Filter) -> Mapping[str, None]:
    return dict.fromkeys((spec.param, f"{spec.param}_from", f"{spec.param}_to"))


def _address(query: QueryDict, **changes: Any) -> str:
    """The query string with some parameters changed; None removes one."""
    pairs = [
        (key, value)
        for key, values in query.lists()
        if key not in changes and key not in PLACE
        for value in values
    ]
    pairs += [(key, value) for key, value in changes.items() if value is not None]
    return "?" + urlencode(pairs)


def _turn(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else None


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").replace(",", "").strip() or "NaN")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
