"""One declaration: the same rows on the page, in the file and in the count, however they are asked
for."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.html import format_html

from liuke.core import clock, lists
from liuke.core.lists import Column, Filter, ListOf
from liuke.customers.models import Customer

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 1)


def between(field: str, bounds) -> Q:
    low, high = bounds
    condition = Q() if low is None else Q(**{f"{field}__gte": low})
    return condition if high is None else condition & Q(**{f"{field}__lte": high})


LIST = ListOf(
    label="Customers",
    columns=[
        Column("name", "Name", lambda row: row.name, sort=("name_sort",)),
        Column("level", "Level", lambda row: row.level, sort=("level",)),
        Column(
            "visits", "Visits", lambda row: row.version, sort=("version",), css="r strong",
            cell=lambda row: format_html("<b>{}</b>", row.version),
        ),
        Column("note", "Note", lambda row: row.note or None, shown=False),
    ],
    url_of=lambda row: f"/customers/{row.pk}/",
    filters=[
        Filter("level", "Level", "choice", lambda v: Q(level=v), [("A", "Best"), ("B", "Good")]),
        Filter("visits", "Visits", "range", lambda v: between("version", v)),
        Filter("since", "Since", "date", lambda v: between("created_at__date", v)),
        Filter("note", "Note", "text", lambda v: Q(note__contains=v), says=lambda v: f"“{v}”"),
    ],
    search=lambda rows, words: rows.filter(name__contains=words),
    order="-visits",
    size=3,
)  # fmt: skip


@pytest.fixture
def seven(db) -> None:
    """Seven customers a to g: visits 1 1 2 2 3 3 4, levels A B A B …, a day apart."""
    Customer.objects.bulk_create(
        Customer(
            name=name,
            name_sort=name,
            level="AB"[place % 2],
            version=1 + place // 2,
            note="tea" if place < 2 else "",
            created_at=clock.start_of(FIRST + timedelta(days=place)),
        )
        for place, name in enumerate("abcdefg")
    )


def page(asked: str = "", **more):
    return LIST.page(Customer.objects.all(), QueryDict(asked), **more)


def names(asked: str = "") -> str:
    """The names in order, over all pages."""
    found, number = "", 1
    while True:
        shown = page(f"{asked}&page={number}")
        found += "".join(row.cells[0].html for row in shown.rows)
        if not shown.next_url:
            return found
        number += 1


def file(asked: str = "", columns=()) -> list[list[str]]:
    answer = LIST.csv(Customer.objects.all(), QueryDict(asked), name="list", columns=columns)
    text = b"".join(answer).decode()
    assert text.startswith("\ufeff"), "spreadsheets need the mark to read Chinese"
    return list(csv.reader(io.StringIO(text[1:])))


ASKED = [
    "",
    "level=A",
    "sort=name&visits_from=2",
    "q=d",
    "note=tea&sort=-name",
    "since_from=2026-03-03&since_to=2026-03-05",
    "level=B&visits_to=2",
    "q=nobody",
]


@pytest.mark.parametrize("asked", ASKED)
def test_page_file_and_count_agree(seven, asked) -> None:
    in_file = "".join(row[0] for row in file(asked)[1:])
    assert names(asked) == in_file
    assert page(asked).total == len(in_file)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("sort=name", "abcdefg"),
        ("sort=-name", "gfedcba"),
        ("sort=level", "acegbdf"),
        ("sort=-level", "fdbgeca"),
        ("sort=visits", "badcfeg"),
        ("sort=-visits", "gefcdab"),
        ("", "gefcdab"),
        ("sort=note", "gefcdab"),
        ("sort=nonsense", "gefcdab"),
        ("sort=-", "gefcdab"),
    ],
)
def test_sorting_both_ways_with_ties_by_age_turned_along(seven, asked, order) -> None:
    assert names(asked) == order


def test_a_header_turns_its_order_and_figures_begin_at_the_top(seven) -> None:
    by_name = {column.key: column for column in page("sort=name&level=A&page=2").columns}
    assert by_name["name"].sort_url == "?level=A&sort=-name"
    assert by_name["name"].sort_state == "ascending"
    assert by_name["visits"].sort_url == "?level=A&sort=-visits"
    assert by_name["visits"].sort_state == ""
    turned = {column.key: column for column in page("sort=-name").columns}
    assert turned["name"].sort_url == "?sort=name"
    assert turned["name"].sort_state == "descending"
    assert page().columns[2].sort_state == "descending", "the order it starts with is marked"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("level=A", "aceg"),
        ("visits_from=2&visits_to=3", "cdef"),
        ("visits_to=1", "ab"),
        ("visits_from=%203,0%20", ""),
        ("since_from=2026-03-06", "fg"),
        ("since_to=2026-03-02", "ab"),
        ("note=tea", "ab"),
        ("level=A&visits_from=2", "ceg"),
        ("q=%20c%20", "c"),
    ],
)
def test_filters(seven, asked, found) -> None:
    assert names(f"{asked}&sort=name") == found


@pytest.mark.parametrize(
    "asked",
    [
        "level=Z", "level=", "level=%00", "visits_from=many", "visits_from=NaN",
        "visits_to=Infinity", "visits_from=", "since_from=2026-02-30", "since_to=yesterday",
        "note=%20", "q=%20", "colour=red", "figure=newly_lost",
    ],
)  # fmt: skip
def test_unknown_values_narrow_nothing(seven, asked) -> None:
    assert names(f"{asked}&sort=name") == "abcdefg"
    assert page(asked).filters == []


def test_a_token_names_its_filter_and_leads_away_from_it(seven) -> None:
    asked = "q=a&level=A&visits_from=1&visits_to=3&note=tea&sort=name&page=2&since_to=2026-03-09"
    tokens = {token.label: token for token in page(asked).filters}
    rest = "?q=a&visits_from=1&visits_to=3&note=tea&sort=name&since_to=2026-03-09"
    assert (tokens["Level"].value, tokens["Level"].remove_url) == ("Best", rest)
    assert tokens["Visits"].value == "1 – 3"
    assert tokens["Visits"].remove_url == "?q=a&level=A&note=tea&sort=name&since_to=2026-03-09"
    assert tokens["Note"].value == "“tea”"
    assert tokens["Since"].value == "≤ 2026-03-09"
    assert next(iter(page("visits_from=2").filters)).value == "≥ 2"


def test_a_filter_that_is_not_listed_works_all_the_same(seven) -> None:
    hidden = Filter("v", "V", "text", lambda v: Q(version=v), listed=False)
    shown = ListOf(
        label="", columns=LIST.columns, url_of=LIST.url_of, filters=[hidden], order="name"
    ).page(Customer.objects.all(), QueryDict("v=4"))
    assert (shown.total, shown.available_filters) == (1, [])
    assert [token.label for token in shown.filters] == ["V"]


def test_paging_keeps_filters_and_order(seven) -> None:
    first = page("level=A&sort=name&x=%E7%8E%8B")
    assert (first.first, first.last, first.total) == (1, 3, 4)
    assert first.next_url == "?level=A&sort=name&x=%E7%8E%8B&page=2"
    assert first.prev_url == ""
    last = page("level=A&sort=name&page=2")
    assert (last.first, last.last, last.total) == (4, 4, 4)
    assert (last.prev_url, last.next_url) == ("?level=A&sort=name&page=1", "")


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "²", "1.5", "99999999"])
def test_a_page_that_is_no_number_is_the_first(seven, number) -> None:
    assert (page(f"page={number}").first, page(f"page={number}").last) == (1, 3)


def test_behind_the_last_page_there_is_nothing(seven) -> None:
    beyond = page("page=9")
    assert (beyond.first, beyond.last, beyond.total, beyond.rows) == (0, 0, 7, [])


def test_a_full_last_page_has_no_next(seven) -> None:
    assert page("visits_from=2&visits_to=3&q=c").next_url == ""
    assert page("sort=name&visits_to=2&since_to=2026-03-03").next_url == "", "exactly three rows"


def test_counting_stops_at_ten_thousand(seven, monkeypatch) -> None:
    assert lists.CAP == 10_000
    monkeypatch.setattr(lists, "CAP", 7)
    assert (page().total, page().total_is_capped) == (7, False)
    monkeypatch.setattr(lists, "CAP", 6)
    assert (page().total, page().total_is_capped) == (6, True)
    assert page("page=3").total == 7, "on the last page the number is known"
    with CaptureQueriesContext(connection) as asked:
        page()
    assert "LIMIT 7)" in asked[-1]["sql"], "the database counts no further either"


def test_columns_are_chosen_in_their_own_order_and_the_first_stays(seven) -> None:
    def shown(columns) -> list[str]:
        return [column.key for column in page(columns=columns).columns]

    assert shown(()) == ["name", "level", "visits"]
    assert shown(["note", "level"]) == ["name", "level", "note"]
    assert shown(["nonsense"]) == shown(())
    on = {choice.key: choice.on for choice in page(columns=["note"]).column_choices}
    assert on == {"name": True, "level": False, "visits": False, "note": True}
    assert file("q=a", ["note"]) == [["Name", "Note"], ["a", "tea"]]


def test_the_file_is_a_download_with_plain_values(seven) -> None:
    answer = LIST.csv(Customer.objects.all(), QueryDict("q=g"), name="customers")
    assert answer.streaming
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file("q=g", ["visits", "note"]) == [["Name", "Visits", "Note"], ["g", "4", ""]]
    assert page("q=g").rows[0].cells[2].html == "<b>4</b>"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_runs_no_formula(start) -> None:
    Customer.objects.create(name=f'{start}HYPERLINK("x")', name_sort="x")
    assert file()[1][0] == f'\'{start}HYPERLINK("x")'


def test_what_is_no_text_stays_a_number() -> None:
    assert lists.harmless(Decimal("-5.00")) == Decimal("-5.00")
    assert lists.harmless("5-1") == "5-1"
    assert lists.harmless(0) == 0
    assert lists.harmless(None) == ""


def test_nothing_that_was_typed_becomes_markup() -> None:
    Customer.objects.create(name="<i>王</i> & Co", name_sort="x")
    assert page().rows[0].cells[0].html == "&lt;i&gt;王&lt;/i&gt; &amp; Co"


def test_the_export_leads_to_the_same_rows(seven) -> None:
    asked = "level=A&sort=name&page=2"
    assert page(asked, export_url="/export.csv").export_url == "/export.csv?level=A&sort=name"
    assert page(asked).export_url == ""


def test_a_page_costs_two_questions_and_one_more_when_there_are_others(
    seven, django_assert_num_queries
) -> None:
    with django_assert_num_queries(2):
        page("q=a")
    with django_assert_num_queries(2):
        page("page=3")
    with django_assert_num_queries(3):
        page()
    with django_assert_num_queries(1):
        file()
