"""One declaration makes a list: columns, filters, sorting, paging and the same rows as CSV.

A screen says what its columns and filters are and hands in rows that are already scoped; every
edge (page, export, API) reads the same declaration, so they cannot disagree.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from django.db.models import F, Q, QuerySet
from django.http import QueryDict, StreamingHttpResponse

from liuke.core.lists.asked import address, chosen_value, said, turn, whole, without
from liuke.core.lists.files import csv_file, harmless
from liuke.core.lists.shapes import (
    Cell,
    Choices,
    Column,
    ColumnChoice,
    Filter,
    Label,
    Page,
    Row,
    ShownColumn,
    ShownRow,
    Token,
)
from liuke.core.scoping import Beside, in_passing

__all__ = [
    "CAP",
    "FOUND_CAP",
    "PAGE_SIZE",
    "Cell",
    "Choices",
    "Column",
    "ColumnChoice",
    "Filter",
    "Label",
    "ListOf",
    "Page",
    "Row",
    "ShownColumn",
    "ShownRow",
    "Token",
    "csv_file",
    "harmless",
]

PAGE_SIZE = 50
CAP = 10_000
# Whoever searches looks at the first few; there are many when a word is too common to be a search.
FOUND_CAP = 500
OWN_ORDER = "own_order"


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

    def narrow(self, rows: QuerySet[Row], query: QueryDict) -> QuerySet[Row]:
        """The rows that the address asks for. Unknown values narrow nothing."""
        if self.search and (words := query.get("q", "").strip()):
            rows = self.search(rows, words)
        for spec, value in self._chosen(query):
            rows = rows.filter(spec.apply(value))
        return rows

    def select(self, rows: QuerySet[Row], query: QueryDict) -> QuerySet[Row]:
        """The rows that the address asks for, in its order."""
        rows = self.narrow(rows, query)
        column = self._own_order(query)
        if column is None:
            return rows.order_by(*self._ordering(query))
        value = F(OWN_ORDER)
        down = self._sort_key(query).startswith("-")
        turned = value.desc(nulls_last=True) if down else value.asc(nulls_last=True)
        figured: QuerySet[Row] = rows.annotate(**{OWN_ORDER: column.by})
        return figured.order_by(turned, *column.sort, "-pk" if down else "pk")

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
        number = max(1, whole(query.get("page")) or 1)
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
            prev_url=address(query, page=number - 1, count=kept) if number > 1 else "",
            next_url=address(query, page=number + 1, count=kept) if more else "",
            count_url=address(query, page=number, count="all") if capped else "",
            export_url=f"{export_url}{address(query, page=None)}" if export_url else "",
            q=query.get("q", ""),
        )

    def count(
        self, rows: QuerySet[Row], query: QueryDict, *, within: Q | None = None
    ) -> tuple[int, bool]:
        """How many rows the address asks for, and whether there are more than were counted."""
        cap = FOUND_CAP if self.search and query.get("q", "").strip() else CAP
        counted = self._selected(rows, query, within).order_by().values("pk")[: cap + 1].count()
        return min(counted, cap), counted > cap

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
            value = chosen_value(spec, query)
            if value is not None:
                yield spec, value

    def tokens(self, query: QueryDict) -> list[Token]:
        """The active filters, each with the address that goes without it."""
        return [
            Token(spec.label, said(spec, value), address(query, page=None, **without(spec)))
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
        ordered = [turn(name) for name in fields] if key.startswith("-") else list(fields)
        return [*ordered, "-pk" if turned else "pk"]

    def _sort_key(self, query: QueryDict) -> str:
        asked = query.get("sort", "")
        known = {column.key for column in self.columns if column.sort or column.by}
        return asked if asked.lstrip("-") in known else self.order

    def _header(self, column: Column[Row], query: QueryDict) -> ShownColumn:
        current = self._sort_key(query)
        state = {column.key: "ascending", f"-{column.key}": "descending"}.get(current, "")
        first = f"-{column.key}" if column.from_top else column.key
        following = turn(current) if state else first
        return ShownColumn(
            column.key,
            column.label,
            column.css,
            bool(column.sort or column.by),
            address(query, page=None, sort=following),
            state,
        )
