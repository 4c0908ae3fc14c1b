"""What the customers list can be narrowed by beyond stage and owner: every filter."""

from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.core import clock
from liuke.core.lists.asked import chosen_value
from liuke.customers.models import Consent, ContactBlock, Customer, CustomerState, Hold
from liuke.customers.queries import within_reach
from liuke.customers.services import save_asset, save_person, save_point, tag_customers
from liuke.desk.queries.listing import customer_list
from liuke.desk.tests.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


def on(days: int) -> str:
    return str(TODAY + timedelta(days=days))


@pytest.fixture
def three(owner, customer, bought_ago):
    """甲 is known well and buys much, 乙 little, 丙 is a name."""
    much = bought_ago("甲", 200, 100, 10, amount=500, code="K-1", level="A", source="电台")
    little = bought_ago("乙", 70, amount=40, note="下雨天来")
    name = customer("丙")
    save_asset(actor=owner, customer_id=much.pk, values={"name": "途观", "serial": "沪A·12345"})
    person = save_person(
        actor=owner,
        customer_id=much.pk,
        values={"name": "吴会计", "function": "finance", "birth_date": date(1980, 6, 4)},
    )
    assert person.pk
    way = save_point(
        actor=owner, customer_id=much.pk, values={"kind": "mobile", "value": "13800136000"}
    )
    save_point(actor=owner, customer_id=little.pk, values={"kind": "wechat", "value": "yi_wx"})
    Consent.objects.create(point=way, purpose="offers", given=True, how="spoken", on=TODAY)
    ContactBlock.objects.create(customer=little, reason="不要打", until=TODAY + timedelta(days=9))
    ContactBlock.objects.create(customer=name, reason="过期", until=TODAY)
    Hold.objects.create(customer=much, source="deal", reason="在谈")
    tag_customers(actor=owner, customer_ids=[much.pk], add=["VIP"])
    state = CustomerState.objects.filter
    state(pk=much.pk).update(last_contact_on=TODAY - timedelta(days=30))
    state(pk=much.pk).update(
        contact_due_at=TODAY,
        expected_at=TODAY,
        pool_at=TODAY + timedelta(days=5),
        recovered_on=TODAY,
    )
    state(pk=little.pk).update(last_contact_on=TODAY - timedelta(days=3), intent_until=TODAY)
    Customer.objects.filter(pk=name.pk).update(created_at=clock.start_of(date(2020, 5, 5)))
    return much, little, name


ASKED = [
    ("since_contact_from=30", "甲丙"),
    ("since_contact_from=4&since_contact_to=40", "甲"),
    ("since_contact_to=3", "乙"),
    ("since_bought_from=70", "乙丙"),
    ("since_bought_to=10", "甲"),
    (f"contact_due_to={on(0)}", "甲"),
    (f"expected_from={on(-1)}&expected_to={on(0)}", "甲"),
    (f"at_risk_from={on(1)}", "甲"),
    (f"lost_from={on(10)}&lost_to={on(30)}", "乙"),
    (f"recovered_from={on(0)}", "甲"),
    (f"first_to={on(-100)}", "甲"),
    (f"intent_from={on(0)}", "乙"),
    (f"to_pool_on_to={on(9)}", "甲"),
    ("days_from=2", "甲"),
    ("total_from=41", "甲"),
    ("orders_from=2", "甲"),
    ("orders_to=0", "丙"),
    ("orders_from=1&orders_to=1", "乙"),
    (f"bought_from={on(-80)}&bought_to={on(-60)}", "乙"),
    ("this_year_from=1", "甲乙"),
    ("this_year_from=0", "甲乙丙"),
    ("this_year_to=40", "乙丙"),
    ("this_year_to=-1", ""),
    ("last_year_from=500", "甲"),
    ("last_year_to=0", "乙丙"),
    ("reach=telephone", "甲"),
    ("reach=wechat", "乙"),
    ("reach=nothing", "丙"),
    ("consent=offers:given", "甲"),
    ("consent=offers:refused", ""),
    ("consent=offers:unasked", "乙丙"),
    ("blocked=1", "乙"),
    ("blocked=0", "甲丙"),
    ("held=1", "甲"),
    ("held=0", "乙丙"),
    ("person=会计", "甲"),
    ("function=finance", "甲"),
    ("birthday=7", "甲"),
    ("asset=a1234", "甲"),
    ("asset=途", "甲"),
    ("assets_from=1", "甲"),
    ("assets_to=0", "乙丙"),
    ("code=k", "甲"),
    ("note=雨天", "乙"),
    ("created_to=2020-12-31", "丙"),
    ("created_from=2021-01-01", "甲乙"),
    ("missing=source", "乙丙"),
    ("missing=birth_date", "甲乙丙"),
    ("missing=motive", "甲乙丙"),
    ("owner=me", "甲乙丙"),
]


@pytest.mark.parametrize(("asked", "expected"), ASKED, ids=[asked for asked, _names in ASKED])
def test_each_filter_finds_whom_it_says(owner, three, asked, expected) -> None:
    """As the page finds them (beside the rows) and as a file does (among the rows)."""
    declared, query = customer_list(owner), QueryDict(f"{asked}&sort=name")
    within = within_reach(owner)
    rows = Customer.objects.filter(within)
    page = declared.page(rows, query, within=within)
    assert {str(row.cells[0].html) for row in page.rows} == set(expected)
    assert {row.name for row in declared.select(rows, query)} == set(expected)
    assert page.total == len(expected)
    assert page.filters, "the filter is named above the list"


def test_every_filter_is_asked_here_or_where_it_was_made(owner) -> None:
    declared = customer_list(owner)
    keys = Counter(each.key for each in declared.filters)
    assert set(keys.values()) == {1}
    ours = {each.key for each in declared.filters if each.key in _asked()}
    assert {"since_contact", "orders", "consent", "person", "created"} <= ours


def _asked() -> set[str]:
    params = {name for asked, _names in ASKED for name in QueryDict(asked)}
    return {name.removesuffix("_from").removesuffix("_to") for name in params}


def test_filters_cost_no_questions_until_they_are_chosen(signed_in, three) -> None:
    def cost(query: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            signed_in.get(f"{reverse('customers')}?{urlencode(query)}")
        return len(asked)

    assert cost({"view": "all"}) == cost({"blocked": "0", "person": "", "orders_to": "9"})


@pytest.mark.parametrize("nonsense", ["99999999999999999999", "-5", "1.5", "x", "9999-99-99"])
def test_nonsense_narrows_nothing_or_finds_nobody(owner, three, nonsense) -> None:
    declared = customer_list(owner)
    for spec in declared.filters:
        names = [spec.param, f"{spec.param}_from", f"{spec.param}_to"]
        for name in names:
            query = QueryDict(urlencode({name: nonsense}))
            if chosen_value(spec, query) is not None and spec.listed:
                list(declared.select(Customer.objects.all(), query))
