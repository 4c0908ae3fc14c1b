"""Two customers become one with everything that depends on them, and are parted again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.agenda.models import AgendaItem
from liuke.churn import services as churn
from liuke.churn.models import Clock, Counted, MonthChange, Transition
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers import queries
from liuke.customers.models import (
    ContactPoint,
    Customer,
    CustomerMerge,
    DuplicatePair,
    FormerCustomer,
    PrimaryMobile,
    Relation,
)
from liuke.customers.queries import duplicates as known
from liuke.customers.rules.contacts import Given, Purpose
from liuke.customers.rules.relations import SEEDS
from liuke.customers.services import (
    NewConsent,
    NewContactPoint,
    NewPerson,
    NewRelation,
    block_contact,
    create_customer,
    dependents,
    merging,
    record_consents,
    record_people,
    record_relations,
    save_asset,
    update_customer,
)
from liuke.customers.services.merging import merge_customers, undo_merge
from liuke.followups import services as followups
from liuke.followups.rules import Outcome
from liuke.followups.services import NewInteraction, record_interactions
from liuke.sales.models import Order
from liuke.sales.services import NewOrder, record_orders

pytestmark = pytest.mark.django_db
MOBILE = "13800136027"


def made(actor, name: str, *mobiles: str, tags: tuple[str, ...] = (), **values) -> Customer:
    points = [NewContactPoint("mobile", each, preferred=True) for each in mobiles]
    return create_customer(
        actor=actor, values={"name": name, **values}, contact_points=points, tags=tags, anyway="so"
    )


def everything() -> dict[str, list[dict]]:
    """Every row of every table that a merge could touch, as far as it has a meaning of its own."""
    rows: dict[str, list[dict]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in {"customers", "agenda", "sales", "followups", "churn"}:
            continue
        if model in {CustomerMerge, MonthChange}:
            continue
        # The clocks and counts are worked out again as a whole; a version only ever grows.
        without = {"id"} if model in {Clock, Counted} else set()
        without |= {"version"} if model is Customer else set()
        rows[model._meta.label] = sorted(
            ({k: v for k, v in row.items() if k not in without} for row in model.objects.values()),
            key=str,
        )
    figures = ["owner", "branch", "month", *MonthChange.FIGURES]
    churn.fold_changes()
    rows["months"] = sorted(MonthChange.objects.values_list(*figures), key=str)
    return rows


def test_every_key_to_a_customer_is_covered() -> None:
    """A new table whose rows of two customers can collide has to say in site/merging.py how."""
    colliding = {
        model._meta.label_lower
        for model, name in dependents.relations()
        if dependents.can_collide(model, name)
    }
    assert colliding - set(dependents.rules()) == set()
    assert {"sales.order", "followups.interaction", "customers.asset"} <= {
        model._meta.label_lower for model, _name in dependents.relations()
    }


def test_everything_changes_hands_and_both_are_found(owner, buys) -> None:
    wang = made(owner, "王海涛", MOBILE, code="C-1", tags=("车队",), level="B")
    double = made(
        owner,
        "王海濤先生",
        "13900139000",
        MOBILE,
        code="C-2",
        tags=("车队", "VIP"),
        level="A",
        occupation="教师",
    )
    save_asset(actor=owner, customer_id=double.pk, values={"name": "帕萨特", "serial": "沪A12345"})
    buys(wang, date(2026, 1, 5))
    buys(double, date(2026, 2, 7), date(2026, 5, 9))
    merge = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    wang.refresh_from_db()
    assert list(Customer.objects.all()) == [wang]
    assert (wang.code, wang.level, wang.occupation) == ("C-1", "A", "教师")
    assert wang.orders.count() == 3
    assert wang.assets.count() == 1
    assert wang.state.purchase_days == 3
    assert sorted(tag.name for tag in wang.tags.all()) == ["VIP", "车队"]
    assert [(p.normalised[-4:], p.preferred) for p in wang.contact_points.all()] == [
        ("6027", True),
        ("9000", False),
    ]
    for words in ("王海涛", "王海涛先生", "C-2", "C-1", "139000", "A12345"):
        assert list(queries.find(owner, words)) == [wang], words
    assert known.successor(double.pk) == wang.pk
    assert queries.ids_by_code(["C-1", "C-2"]) == {"C-1": wang.pk, "C-2": wang.pk}
    assert known.former_ids(wang.pk) == [double.pk]
    told = JournalEntry.objects.filter(verb="customer.merged")
    assert set(told.values_list("customer_id", flat=True)) == {wang.pk, double.pk}
    assert merge.moved["sales.order.customer"]


def test_the_monthly_table_after_a_merge_is_that_of_a_rebuild(owner, buys) -> None:
    one, other = made(owner, "王海涛"), made(owner, "李娜")
    buys(one, date(2023, 1, 5))
    buys(other, date(2024, 3, 7), date(2026, 5, 9))
    merge_customers(actor=owner, survivor_id=one.pk, absorbed_id=other.pk)
    figures = ["owner", "branch", "month", *MonthChange.FIGURES]
    churn.fold_changes()
    kept = sorted(MonthChange.objects.values_list(*figures), key=str)
    churn.rebuild()
    assert sorted(MonthChange.objects.values_list(*figures), key=str) == kept
    assert not Counted.objects.filter(customer=other.pk).exists()


DAYS = st.lists(st.integers(1, 1500), max_size=4, unique=True)
ONE = st.fixed_dictionaries(
    {
        "days": DAYS,
        "mobiles": st.lists(st.sampled_from([MOBILE, "13900139000", "13700137000"]), max_size=2),
        "tags": st.sets(st.sampled_from(["车队", "VIP", "亲戚"])),
        "assets": st.integers(0, 2),
        "blocked": st.booleans(),
        "contacted": st.booleans(),
        "values": st.fixed_dictionaries(
            {},
            optional={
                "level": st.sampled_from("ABCD"),
                "note": st.sampled_from(["常客", "要发票"]),
                "occupation": st.sampled_from(["教师", "司机"]),
                "code": st.just("C"),
            },
        ),
    }
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=ONE, other=ONE, third=st.booleans(), choice=st.sampled_from(["", "absorbed"]))
def test_a_merge_undone_never_happened(owner, buys, on_day, one, other, third, choice) -> None:
    on_day(date(2026, 6, 1))
    both = []
    for number, given_ in enumerate((one, other)):
        values = dict(given_["values"])
        if "code" in values:
            values["code"] = (
                f"C-{number}-{Customer.objects.count()}-{CustomerMerge.objects.count()}"
            )
        both.append(life(owner, buys, number, given_, values))
    wang, double = both
    if third:
        # Relatives of the one, and a decision about the other.
        aunt = made(owner, "李娜", MOBILE)
        DuplicatePair.objects.get_or_create(
            first=min(double, aunt, key=lambda c: c.pk),
            second=max(double, aunt, key=lambda c: c.pk),
            defaults={"verdict": "distinct", "source": "person"},
        )
    # The tick that works out next contacts has been here.
    followups.refresh_contacts(Customer.objects.values_list("pk", flat=True))
    before = everything()
    merge = merge_customers(
        actor=owner, survivor_id=wang.pk, absorbed_id=double.pk, chosen={"level": choice}
    )
    assert not Customer.objects.filter(pk=double.pk).exists()
    assert undo_merge(actor=owner, merge_id=merge.pk).left == []
    assert everything() == before
    # The next example begins with an empty firm.
    for model in (PrimaryMobile, DuplicatePair, AgendaItem, Order):
        model.objects.all().delete()
    FormerCustomer.objects.all().delete()
    Customer.objects.all().delete()
    MonthChange.objects.all().delete()


def life(owner, buys, number: int, given_, values) -> Customer:
    customer = made(
        owner, "王海涛", *given_["mobiles"], tags=tuple(sorted(given_["tags"])), **values
    )
    assets = [
        save_asset(
            actor=owner, customer_id=customer.pk,
            values={"name": "车", "serial": f"沪A{number}{place}{customer.pk}"},
        )
        for place in range(given_["assets"])
    ]  # fmt: skip
    noon = timedelta(hours=12)
    record_orders(
        actor=owner,
        orders=[
            NewOrder(
                customer.pk, clock.start_of(date(2026, 6, 1) - timedelta(days=day)) + noon,
                total=Decimal(100), asset_id=assets[day % len(assets)].pk if assets else None,
            )
            for day in given_["days"]
        ],
    )  # fmt: skip
    if given_["contacted"]:
        around(owner, customer, number)
    if given_["blocked"]:
        block_contact(actor=owner, reasons={customer.pk: "打扰"})
    return customer


def around(owner, customer: Customer, number: int) -> None:
    """People and relations, a contact by a number, and what was agreed to."""
    day = date(2026, 5, 1)
    friend = made(owner, f"朋友{number}", code=f"F-{customer.pk}")
    kinds = list(SEEDS)[:1]
    record_relations(actor=owner, new=[NewRelation(customer.pk, friend.pk, kind) for kind in kinds])
    record_people(
        actor=owner,
        new=[
            NewPerson(customer.pk, {"name": "李太太"}, ["payer"], [NewContactPoint("phone", "1")])
        ],
    )
    point = customer.contact_points.filter(person=None).first()
    if point is not None:
        record_consents(
            actor=owner,
            consents=[NewConsent(point.pk, Purpose.values[0], True, Given.values[0], day)],
        )
    new = NewInteraction(
        customer.pk, clock.start_of(day), channel="phone", outcome=Outcome.values[0],
        point_id=point.pk if point else None,
    )  # fmt: skip
    record_interactions(actor=owner, interactions=[new])


def test_what_hung_on_the_same_number_hangs_on_the_survivors(owner) -> None:
    day = date(2026, 5, 1)
    wang = made(owner, "王海涛", MOBILE)
    double = create_customer(
        actor=owner, values={"name": "王海濤"}, anyway="so",
        contact_points=[NewContactPoint("mobile", MOBILE, do_not_contact=True)],
    )  # fmt: skip
    for customer in (wang, double):
        point = customer.contact_points.get()
        consent = NewConsent(point.pk, Purpose.values[0], True, Given.values[0], day)
        record_consents(actor=owner, consents=[consent])
    record_relations(actor=owner, new=[NewRelation(wang.pk, double.pk, "kin")])
    followups.refresh_contacts([wang.pk, double.pk])
    before = everything()
    merge = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    point = wang.contact_points.get()
    assert point.do_not_contact
    assert point.consents.count() == 2
    assert Relation.objects.count() == 0
    assert undo_merge(actor=owner, merge_id=merge.pk).left == []
    after = everything()
    assert after == before


def test_what_somebody_changed_since_stays(owner, buys) -> None:
    wang = made(owner, "王海涛", MOBILE, level="B")
    double = made(owner, "李娜", "13900139000", occupation="教师", level="A")
    merge = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    wang.refresh_from_db()
    update_customer(
        actor=owner, customer_id=wang.pk, version=wang.version, values={"occupation": "医生"}
    )
    buys(wang, date(2026, 5, 5))
    parted = undo_merge(actor=owner, merge_id=merge.pk)
    wang.refresh_from_db()
    assert (wang.occupation, wang.level) == ("医生", "B")
    assert [str(each) for each in parted.left] == ["Occupation of 王海涛"]
    assert wang.orders.count() == 1
    assert Customer.objects.get(pk=double.pk).occupation == "教师"
    assert list(queries.find(owner, "李娜")) == [double]
    assert list(queries.find(owner, "王海涛")) == [wang]


def test_a_record_of_a_car_goes_back_with_the_car(owner, buys) -> None:
    wang, double = made(owner, "王海涛"), made(owner, "李娜")
    car = save_asset(actor=owner, customer_id=double.pk, values={"name": "车", "serial": "沪A1"})
    merge = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    buys(wang, date(2026, 5, 5), asset_id=car.pk)
    undo_merge(actor=owner, merge_id=merge.pk)
    assert double.orders.count() == 1
    assert wang.orders.count() == 0


def test_undoing_is_refused_in_clear_words(owner) -> None:
    wang, double, third = (
        made(owner, name, code=f"C-{name}") for name in ("王海涛", "李娜", "赵敏")
    )
    first = merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    later = merge_customers(actor=owner, survivor_id=third.pk, absorbed_id=wang.pk)
    assert {known.successor(each.pk) for each in (wang, double)} == {third.pk}
    with pytest.raises(ValidationError, match="王海涛 was merged into 赵敏 afterwards"):
        undo_merge(actor=owner, merge_id=first.pk)
    undo_merge(actor=owner, merge_id=later.pk)
    with pytest.raises(ValidationError, match="undone already"):
        undo_merge(actor=owner, merge_id=later.pk)
    other = made(owner, "孙丽", code="C-李娜")
    with pytest.raises(ValidationError, match="孙丽 has Customer number C-李娜 now"):
        undo_merge(actor=owner, merge_id=first.pk)
    update_customer(actor=owner, customer_id=other.pk, version=1, values={"code": ""})
    undo_merge(actor=owner, merge_id=first.pk)
    assert Customer.objects.count() == 4


def test_an_order_file_read_again_after_a_merge_changes_nothing(owner) -> None:
    wang, double = made(owner, "王海涛"), made(owner, "李娜")

    def order(customer: Customer) -> list[NewOrder]:
        at = clock.start_of(date(2026, 3, 1))
        return [NewOrder(customer.pk, at, number="N-1", total=Decimal(5))]

    record_orders(actor=owner, orders=order(double))
    merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
    again = record_orders(actor=owner, orders=order(wang))
    assert (again.created, again.unchanged, again.conflicts) == ([], [0], [])


def test_sellers_do_not_merge_and_nobody_merges_out_of_sight(owner, person, firm) -> None:
    wang, double = made(owner, "王海涛"), made(owner, "李娜")
    with pytest.raises(PermissionDenied):
        merge_customers(actor=person(Role.SELLER), survivor_id=wang.pk, absorbed_id=double.pk)
    with pytest.raises(ValidationError, match="no longer exists"):
        merge_customers(actor=person(Role.MANAGER), survivor_id=wang.pk, absorbed_id=double.pk)
    with pytest.raises(ValidationError, match="with itself"):
        merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=wang.pk)


def test_a_crash_in_the_middle_leaves_nothing_half(owner, buys, monkeypatch) -> None:
    wang, double = made(owner, "王海涛", MOBILE), made(owner, "李娜", "13900139000")
    buys(double, date(2026, 5, 5))
    before = everything()
    for step in ("_forget", "_settle_mobiles", "reindex", "_tell"):
        with monkeypatch.context() as patch:

            def dies(*_args) -> None:
                raise RuntimeError("killed")

            patch.setattr(merging, step, dies)
            with pytest.raises(RuntimeError):
                merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)
        assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_the_same_at_once_one_wins(owner, at_once) -> None:
    wang, double = made(owner, "王海涛", MOBILE), made(owner, "李娜", "13900139000")
    outcomes = at_once(
        lambda: merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk),
        lambda: merge_customers(actor=owner, survivor_id=double.pk, absorbed_id=wang.pk),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["CustomerMerge", "Refused"]
    refusal = next(each for each in outcomes if isinstance(each, ValidationError))
    assert "王敏 has merged" in refusal.messages[0]
    assert Customer.objects.count() == 1
    assert ContactPoint.objects.count() == 2
    assert Transition.objects.count() == 0
