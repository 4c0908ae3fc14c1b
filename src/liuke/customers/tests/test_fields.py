"""Fields of the profile: what is said comes back, is judged in one place and stands in the past."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Child, Customer, CustomerState, FieldChoice, FieldValue
from liuke.customers.queries import changes_since
from liuke.customers.queries.fields import fields, read_texts, values_of_fields
from liuke.customers.rules.fields import (
    Choice,
    FieldOf,
    For,
    Type,
    as_json,
    checked,
    from_json,
    parse,
    written,
)
from liuke.customers.services import (
    Entry,
    NewChild,
    NewContactPoint,
    NewCustomer,
    change_field,
    create_customer,
    create_field,
    move_field,
    record_customers,
    set_values,
    update_customer,
    weigh_profiles,
)

LIST = tuple(Choice(name, name) for name in ("金牌", "silver", "bronze cup"))


def spec(kind: Type, **more) -> FieldOf:
    return FieldOf("own_1", "x", kind, **more)


def said(customer) -> dict:
    return values_of_fields([customer.pk], fields(archived=True))[customer.pk]


def own(owner, name: str, kind: str, entries=(), **values) -> FieldOf:
    return create_field(
        actor=owner,
        values={"name": name, "type": kind, **values},
        entries=[Entry(each) for each in entries],
    )


NUMBERS = st.decimals(-(10**11), 10**11, places=4)
VALUES = st.one_of(
    st.tuples(st.just(Type.TEXT), st.text(min_size=1, max_size=500)),
    st.tuples(st.sampled_from([Type.NUMBER, Type.MONEY]), NUMBERS),
    st.tuples(st.just(Type.DATE), st.dates(date(1000, 1, 1))),
    st.tuples(st.just(Type.YES_NO), st.booleans()),
    st.tuples(st.just(Type.CHOICE), st.sampled_from([each.code for each in LIST])),
    st.tuples(st.just(Type.CHOICES), st.lists(st.sampled_from([each.code for each in LIST]))),
)


@given(VALUES)
def test_what_is_written_is_read_back_as_it_was(pair) -> None:
    kind, given_value = pair
    field = spec(kind, choices=LIST)
    value = checked(field, given_value)
    assert parse(field, written(field, value)) == value
    assert from_json(field, as_json(value)) == value
    assert checked(field, value) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Type.NUMBER, " 1,200.50 ", Decimal("1200.5")),
        (Type.MONEY, "￥１２００", Decimal(1200)),
        (Type.DATE, "2026年3月5日", date(2026, 3, 5)),
        (Type.DATE, "2026/3/5 00:00:00", None),
        (Type.DATE, "20260305", date(2026, 3, 5)),
        (Type.DATE, "2026-02-30", None),
        (Type.YES_NO, "是", True),
        (Type.YES_NO, "No", False),
        (Type.YES_NO, "maybe", None),
        (Type.CHOICE, "SILVER", "silver"),
        (Type.CHOICE, "tin", None),
        (Type.CHOICES, "silver、金牌，Silver", ["金牌", "silver"]),
        (Type.NUMBER, "1e99", None),
        (Type.NUMBER, "NaN", None),
        (Type.TEXT, "x" * 501, None),
        (Type.PERSON, "nobody", None),
    ],
)
def test_people_write_values_in_many_ways(kind, text, value) -> None:
    field = spec(kind, choices=LIST)
    if value is None:
        with pytest.raises(ValidationError):
            parse(field, text)
    else:
        assert parse(field, text) == value


def test_a_number_keeps_within_its_bounds() -> None:
    field = spec(Type.NUMBER, low=Decimal(0), high=Decimal(100))
    assert parse(field, "100") == 100
    for text in ("-1", "100.5"):
        with pytest.raises(ValidationError):
            parse(field, text)


@pytest.mark.django_db
def test_every_type_is_kept_and_comes_back(owner, customer) -> None:
    wang, li = customer("王海涛"), customer("李娜")
    given_values = {
        own(owner, "车身颜色", "text").code: "深灰",
        own(owner, "里程", "number").code: Decimal("80000.5"),
        own(owner, "预算", "money").code: Decimal(120000),
        own(owner, "保险到期", "date").code: date(2026, 12, 1),
        own(owner, "等级", "choice", ["金", "银"]).code: "银",
        own(owner, "爱好", "choices", ["钓鱼", "茶"]).code: ["钓鱼", "茶"],
        own(owner, "有车位", "yes_no").code: False,
        own(owner, "介绍的同事", "person").code: owner.pk,
        own(owner, "介绍人", "customer").code: li.pk,
        "motive": "省油", "needs": ["代驾", "补胎"], "source_kind": "referral",
    }  # fmt: skip
    update_customer(actor=owner, customer_id=wang.pk, version=1, values={}, said=given_values)
    assert said(wang) == given_values
    entry = JournalEntry.objects.get(verb="customer.updated")
    assert entry.after["motive"] == "省油"
    assert entry.before["motive"] is None
    texts = {each.label: each.after_text for each in changes_since(wang, 1)}
    assert texts["介绍人"] == "李娜"
    assert texts["有车位"] == "No"
    assert texts["介绍的同事"] == owner.name
    assert texts["Source"] == "Referral"


@pytest.mark.django_db
def test_what_is_the_same_leaves_no_trace_and_none_empties(owner, customer) -> None:
    wang = customer()
    for expected, value in ((1, "省油"), (0, "省油"), (1, None), (0, None)):
        assert set_values(actor=owner, values={wang.pk: {"motive": value}}) == expected
    assert said(wang) == {}
    wang.refresh_from_db()
    assert wang.version == 3
    entries = JournalEntry.objects.filter(verb="customer.updated").order_by("pk")
    assert [(each.before, each.after) for each in entries] == [
        ({"motive": None}, {"motive": "省油", "version": 2}),
        ({"motive": "省油"}, {"motive": None, "version": 3}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"nothing": "x"}, {"fit": Decimal(101)}, {"fit": "80"}, {"source_kind": "moon"},
        {"gender": "female"}, {"invoice_bank": "工行"}, {"motive": 3},
    ],
)  # fmt: skip
def test_an_unacceptable_value_is_named_and_nothing_is_written(owner, customer, values) -> None:
    wang = customer()
    with pytest.raises(ValidationError) as refused:
        set_values(actor=owner, values={wang.pk: {"doubts": "价格", **values}})
    assert list(refused.value.message_dict) == list(values)
    assert not FieldValue.objects.exists()


@pytest.mark.django_db
def test_the_database_refuses_two_values_of_one_field(owner, customer) -> None:
    wang = customer()
    set_values(actor=owner, values={wang.pk: {"motive": "省油", "needs": ["补胎"]}})
    for row in FieldValue.objects.all():
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    empty = FieldValue(customer=wang, field=row.field, several=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        empty.save()


@pytest.mark.django_db
def test_who_may_not_edit_or_see_cannot_say_anything(owner, customer, person) -> None:
    wang = customer()
    with pytest.raises(PermissionDenied):
        set_values(actor=person(Role.ANALYST), values={wang.pk: {"motive": "x"}})
    with pytest.raises(Refused):
        set_values(actor=person(Role.SELLER), values={wang.pk: {"motive": "x"}})
    with pytest.raises(PermissionDenied):
        create_field(actor=person(Role.SELLER), values={"name": "x", "type": "text"})


@pytest.mark.django_db
def test_a_customer_out_of_sight_cannot_be_named(owner, customer, person) -> None:
    seller = person(Role.SELLER)
    mine, hidden = customer("我的", owner=seller), customer("别人的")
    field = own(owner, "介绍人", "customer")
    with pytest.raises(ValidationError) as refused:
        set_values(actor=seller, values={mine.pk: {field.code: hidden.pk}})
    assert list(refused.value.message_dict) == [field.code]


@pytest.mark.django_db
def test_as_many_questions_for_one_as_for_three_hundred(owner) -> None:
    counts = []
    for size in (1, 3, 300):
        made = record_customers(
            actor=owner,
            new=[
                NewCustomer({"name": f"客户{n}"}, said={"motive": f"{n}", "needs": ["补胎"]})
                for n in range(size)
            ],
            origin="test",
        )
        with CaptureQueriesContext(connection) as asked:
            values = {row.pk: {"motive": "新", "needs": ["洗车", "补胎"]} for row in made}
            assert set_values(actor=owner, values=values) == size
        counts.append(len(asked))
    # The first one makes the field's new word.
    assert counts[1] == counts[2]
    assert FieldChoice.objects.filter(name="洗车").count() == 1


@pytest.mark.django_db
def test_texts_of_a_file_are_read_set_wise(owner, customer) -> None:
    wang = customer("王海涛", code="C-1")
    customer("李娜"), customer("李娜")
    by, level = own(owner, "介绍人", "customer"), own(owner, "等级", "choice", ["金", "银"])
    values, wrong = read_texts(
        owner,
        {by.code: ["C-1", "王海涛", "李娜", ""], level.code: ["金", "铜", "", "银"]},
    )
    assert values == {by.code: [wang.pk, wang.pk, None, None], level.code: ["金", None, None, "银"]}
    assert [(each.place, each.code) for each in wrong] == [(2, by.code), (1, level.code)]


@pytest.mark.django_db
def test_a_list_keeps_what_customers_have_and_follows_a_new_name(owner, customer) -> None:
    wang = customer()
    field = own(owner, "等级", "choice", ["金", "银"])
    set_values(actor=owner, values={wang.pk: {field.code: "银"}})
    silver = field.choice("银")
    changed = change_field(
        actor=owner, code=field.code, values={}, entries=[Entry("白银", silver.pk), Entry("铂")]
    )
    assert [(each.label, each.archived) for each in changed.choices] == [
        ("白银", False), ("铂", False), ("金", True),
    ]  # fmt: skip
    assert said(wang) == {field.code: "白银"}
    with pytest.raises(ValidationError):
        change_field(actor=owner, code=field.code, values={}, entries=[Entry("铂"), Entry("铂 ")])


@pytest.mark.django_db
def test_an_archived_field_is_no_longer_offered_and_keeps_its_values(owner, customer) -> None:
    wang = customer()
    field = own(owner, "旧的", "text")
    set_values(actor=owner, values={wang.pk: {field.code: "x"}})
    change_field(actor=owner, code=field.code, values={}, archived=True)
    assert field.code not in {each.code for each in fields()}
    assert said(wang) == {field.code: "x"}
    change_field(actor=owner, code=field.code, values={}, archived=False)
    assert field.code in {each.code for each in fields()}


@pytest.mark.django_db
def test_own_fields_stand_in_the_order_given(owner) -> None:
    first, second = own(owner, "一", "text"), own(owner, "二", "text")
    move_field(actor=owner, code=second.code, up=True)
    move_field(actor=owner, code=second.code, up=True)
    assert [each.code for each in fields() if each.is_own] == [second.code, first.code]


@pytest.mark.django_db
def test_children_are_kept_with_the_customer(owner) -> None:
    children = [NewChild("小宝", "male", date(2019, 5, 1)), NewChild(sex="female")]
    made = create_customer(actor=owner, values={"name": "王"}, children=children)
    assert Child.objects.count() == 2
    update_customer(actor=owner, customer_id=made.pk, version=1, values={}, children=[])
    assert not Child.objects.exists()
    assert changes_since(Customer.objects.get(), 1)[0].before_text == "小宝 male 2019-05-01, female"


def known(customer) -> int | None:
    return CustomerState.objects.get(customer=customer).completeness


@pytest.mark.django_db
def test_what_is_known_counts_by_its_weight(owner) -> None:
    made = create_customer(actor=owner, values={"name": "王"})
    assert known(made) == 0
    points = [NewContactPoint("mobile", "13800000000")]
    update_customer(actor=owner, customer_id=made.pk, version=1, values={}, contact_points=points)
    reachable = known(made)
    set_values(actor=owner, values={made.pk: {"motive": "省油"}})
    assert 0 < reachable < known(made) < 100
    in_bulk = record_customers(
        actor=owner,
        new=[NewCustomer({"name": "王"}, points, said={"motive": "省油"})],
        origin="test",
    )
    assert known(in_bulk[0]) == known(made)


@pytest.mark.django_db
def test_other_weights_weigh_everybody_anew(owner, customer, on_day) -> None:
    wang = customer()
    set_values(actor=owner, values={wang.pk: {"motive": "省油"}})
    before = known(wang)
    change_field(actor=owner, code="motive", values={"weight": 10})
    assert known(wang) is None
    weigh_profiles(None)
    assert known(wang) > before


def test_a_field_for_one_kind_does_not_fit_the_other() -> None:
    assert spec(Type.TEXT, applies=For.BOTH).fits("person")
    assert not spec(Type.TEXT, applies=For.PERSON).fits("organization")
