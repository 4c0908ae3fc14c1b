"""Fields of the profile in the customers list: columns, filters, order and file, as any other."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.core import clock
from liuke.customers.rules.fields import Type
from liuke.customers.services import (
    Entry,
    LevelEntry,
    create_field,
    save_levels,
    set_values,
    weigh_profiles,
)
from liuke.desk.queries.own_columns import own_columns

pytestmark = pytest.mark.django_db
LIST = reverse("customers")


@pytest.fixture
def three(owner, customer):
    """甲 has little of everything, 乙 much, 丙 says nothing; and the fields they say it in."""
    made = {name: customer(name) for name in "甲乙丙"}
    sizes = [Entry("小"), Entry("大")]
    types = {
        Type.TEXT: ("白", "黑"),
        Type.NUMBER: (Decimal(9), Decimal(10)),
        Type.MONEY: (Decimal("9.5"), Decimal("1000")),
        Type.DATE: (date(2026, 1, 31), date(2026, 11, 1)),
        Type.YES_NO: (False, True),
        Type.CHOICE: ("小", "大"),
        Type.CHOICES: (["小"], ["大"]),
        Type.PERSON: (None, owner.pk),
        Type.CUSTOMER: (None, made["丙"].pk),
    }
    codes, values = {}, {made["甲"].pk: {}, made["乙"].pk: {}}
    for kind, (little, much) in types.items():
        field = create_field(
            actor=owner,
            values={"name": f"我的{kind.value}", "type": kind},
            entries=sizes if kind in (Type.CHOICE, Type.CHOICES) else (),
        )
        codes[kind] = field.code
        values[made["甲"].pk][field.code], values[made["乙"].pk][field.code] = little, much
    set_values(actor=owner, values=values)
    return codes, made


def names(client, **query) -> str:
    page = client.get(f"{LIST}?{urlencode(query)}").context["page"]
    return "".join(name for row in page.rows for name in "甲乙丙" if name in row.cells[0].html)


@pytest.mark.parametrize(
    "kind", [Type.TEXT, Type.NUMBER, Type.MONEY, Type.DATE, Type.YES_NO, Type.CHOICE]
)
def test_own_fields_sort_and_whoever_says_nothing_stands_last(signed_in, three, kind) -> None:
    code = three[0][kind]
    assert names(signed_in, sort=code) == "甲乙丙"
    assert names(signed_in, sort=f"-{code}") == "乙甲丙"


def test_every_type_filters(signed_in, three, owner) -> None:
    codes, _made = three
    asked = {
        Type.TEXT: {"": "黑"},
        Type.NUMBER: {"_from": "9.5"},
        Type.MONEY: {"_from": "10", "_to": "1000"},
        Type.DATE: {"_from": "2026-02-01"},
        Type.YES_NO: {"": "1"},
        Type.CHOICE: {"": "大"},
        Type.CHOICES: {"": "大"},
        Type.PERSON: {"": str(owner.pk)},
        Type.CUSTOMER: {"": "丙"},
    }
    for kind, values in asked.items():
        query = {f"{codes[kind]}{suffix}": value for suffix, value in values.items()}
        assert names(signed_in, **query) == "乙", kind


def test_built_in_fields_filter_before_anybody_has_said_one(signed_in, customer) -> None:
    customer("甲", gender="female")
    assert names(signed_in, gender="female") == "甲"
    for query in ({"source_kind": "referral"}, {"fit_from": "1"}, {"motive": "x"}):
        assert names(signed_in, **query) == ""
    assert names(signed_in, sort="motive") == "甲"


def test_a_file_holds_them_as_the_screen_shows_them(signed_in, three) -> None:
    codes, _made = three
    query = [("column", code) for code in codes.values()] + [("sort", codes[Type.TEXT])]
    answer = signed_in.get(f"{reverse('customers-export')}?{urlencode(query)}")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0] == "Customer," + ",".join(f"我的{kind.value}" for kind in codes)
    assert lines[1] == "甲,白,9,9.5,2026-01-31,No,小,小,,"
    assert lines[2] == "乙,黑,10,1000,2026-11-01,Yes,大,大,王敏,丙"


def test_shown_fields_cost_the_same_for_three_and_for_thirty(signed_in, three, owner, customer):
    codes, _made = three
    url = f"{LIST}?{urlencode([('column', code) for code in codes.values()])}"

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert signed_in.get(url).status_code == 200
        return len(asked)

    cost()  # The chosen columns are kept once.
    few = cost()
    more = [customer(f"客{n}") for n in range(27)]
    set_values(actor=owner, values={each.pk: {codes[Type.NUMBER]: Decimal(1)} for each in more})
    assert cost() == few


def test_completeness_sorts_and_filters(signed_in, three) -> None:
    # New fields weigh everybody anew, at the next tick.
    weigh_profiles(clock.now())
    assert names(signed_in, sort="-known")[-1] == "丙"
    assert names(signed_in, known_to="1") == "丙"


def test_no_own_field_stands_in_the_way_until_chosen(owner, three) -> None:
    assert not [column for column in own_columns(owner).columns if column.shown]


def test_a_renamed_level_takes_its_customers_along(signed_in, owner, customer) -> None:
    customer("甲", level="A"), customer("乙", level="B")
    save_levels(
        actor=owner,
        wanted=[LevelEntry("B", "24 小时取送", "A"), LevelEntry("A", "", "B"), LevelEntry("钻石")],
    )
    assert (names(signed_in, level="B"), names(signed_in, level="A")) == ("甲", "乙")
    assert names(signed_in, level="钻石") == ""
    choices = next(
        each.choices
        for each in signed_in.get(LIST).context["page"].available_filters
        if each.key == "level"
    )
    assert [name for name, _label in choices] == ["B", "A", "钻石", "C", "D"]
