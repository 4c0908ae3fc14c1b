"""Who has which part of a sale: always a whole, with the sale, and corrected with a reason."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.services import Help, end_collaborator, merge_customers, put_helper
from liuke.ownership.rules.conflicts import Terms
from liuke.ownership.services import save_terms
from liuke.sales import queries, services
from liuke.sales.models import Order, OrderShare
from liuke.sales.rules import amounts, usual_split

TODAY = date(2026, 6, 10)
HELPERS = st.dictionaries(st.integers(2, 9), st.none() | st.integers(0, 99), max_size=8)


@given(HELPERS, st.integers(0, 50))
def test_a_usual_split_is_a_whole_and_leaves_a_main_share(helpers, each) -> None:
    split = usual_split(1, helpers, each)
    assert sum(split.values()) == 100
    assert all(percent >= 1 for percent in split.values())
    assert set(split) <= {1, *helpers}
    unsaid = [split.get(pk, 0) for pk, said in helpers.items() if said is None]
    if all(said is None for said in helpers.values()):
        assert split[1] >= max(unsaid, default=0)


@given(st.decimals(-10_000, 10_000, places=2), HELPERS)
def test_the_parts_make_the_sum_to_the_cent(total, helpers) -> None:
    parts = amounts(total, usual_split(1, helpers, 20), 1)
    assert sum(parts.values()) == total
    assert all(part == round(part, 2) for part in parts.values())


@pytest.fixture
def branch(firm):
    return Unit.objects.create(kind="branch", name="浦东店", parent=firm)


@pytest.fixture
def team(person, branch, on_day):
    on_day(TODAY)
    roles = {"周店长": Role.MANAGER, "林晓雯": Role.SELLER, "钱玲": Role.SELLER}
    return {name: person(role, name, unit=branch) for name, role in roles.items()}


@pytest.fixture
def made(team, customer, branch):
    found = customer("王海涛", owner=team["林晓雯"], branch=branch)
    put_helper(actor=None, help=Help(found.pk, team["钱玲"].pk, "懂新能源"))
    return found


def split_of(order: Order) -> dict[str, tuple[int, Decimal]]:
    return {row.person.name: (row.percent, row.amount) for row in queries.shares_of(order)}


@pytest.mark.django_db
def test_a_sale_is_shared_with_who_helps_that_day(made, team, buys, customer, on_day) -> None:
    buys(made, TODAY, amount=1000)
    assert split_of(Order.objects.get()) == {
        "林晓雯": (80, Decimal(800)), "钱玲": (20, Decimal(200)),
    }  # fmt: skip
    buys(made, TODAY - timedelta(days=1))
    assert split_of(Order.objects.get(day=TODAY - timedelta(days=1))) == {}, "not yet"
    alone = customer("赵六", owner=team["林晓雯"])
    buys(alone, TODAY)
    assert not OrderShare.objects.filter(order__customer=alone).exists()
    row = made.helpers.get()
    end_collaborator(actor=team["钱玲"], customer_id=made.pk, collaborator_id=row.pk)
    on_day(TODAY + timedelta(days=1))
    buys(made, TODAY + timedelta(days=1))
    assert split_of(Order.objects.get(day=TODAY + timedelta(days=1))) == {}, "no longer"


@pytest.mark.django_db
def test_what_was_said_for_a_helper_and_what_the_firm_says(made, team, buys, owner) -> None:
    save_terms(actor=owner, terms=Terms(helper_percent=30))
    buys(made, TODAY)
    assert split_of(Order.objects.get())["钱玲"][0] == 30
    made.helpers.update(percent=7)
    buys(made, TODAY, amount=200)
    assert split_of(Order.objects.get(total=200))["钱玲"] == (7, Decimal(14))


@pytest.mark.django_db
def test_a_return_takes_back_what_was_shared(made, buys) -> None:
    buys(made, TODAY, amount=-100, kind="return")
    assert split_of(Order.objects.get()) == {
        "林晓雯": (80, Decimal(-80)), "钱玲": (20, Decimal(-20)),
    }  # fmt: skip


@pytest.mark.django_db
def test_the_database_refuses_what_makes_no_whole(made, team, buys) -> None:
    buys(made, TODAY)
    order = Order.objects.get()
    third = team["周店长"]
    common = {"order": order, "day": TODAY, "amount": 0}
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderShare.objects.create(person=third, percent=5, **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderShare.objects.filter(order=order, is_main=False).update(percent=30)
    order.shares.all().delete()
    OrderShare.objects.create(person=third, percent=30, **common)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderShare.objects.create(person=team["钱玲"], percent=60, is_main=True, **common)
    OrderShare.objects.create(person=team["钱玲"], percent=70, is_main=True, **common)


@pytest.mark.django_db
def test_a_manager_says_it_anew_with_a_reason(made, team, buys) -> None:
    buys(made, TODAY, amount=1000)
    order, manager = Order.objects.get(), team["周店长"]
    lin, qian = team["林晓雯"], team["钱玲"]

    def change(who, split, why="谈下来的"):
        return services.change_split(
            actor=who, order_id=order.pk, split=split, main=lin.pk, why=why
        )

    for who in (lin, qian):
        with pytest.raises(PermissionDenied):
            change(who, {lin.pk: 50, qian.pk: 50})
    for wrong in ({lin.pk: 50, qian.pk: 40}, {qian.pk: 100}):
        with pytest.raises(Refused, match="The shares make"):
            change(manager, wrong)
    with pytest.raises(Refused, match="Say why"):
        change(manager, {lin.pk: 50, qian.pk: 50}, " ")
    change(manager, {lin.pk: 50, qian.pk: 50})
    assert split_of(order)["钱玲"] == (50, Decimal(500))
    entry = JournalEntry.objects.get(verb="order.shared")
    assert entry.before["shares"] == {str(lin.pk): 80, str(qian.pk): 20}
    assert (entry.after["shares"][str(qian.pk)], entry.after["reason"]) == (50, "谈下来的")
    change(manager, {lin.pk: 100, qian.pk: 0})
    assert split_of(order) == {}


@pytest.mark.django_db
def test_nobody_says_it_of_the_own_part(made, team, buys, owner) -> None:
    manager = team["周店长"]
    put_helper(actor=None, help=Help(made.pk, manager.pk, "价格"))
    buys(made, TODAY)
    order = Order.objects.get()
    assert not queries.may_share(manager, order)
    assert queries.may_share(owner, order)


@pytest.mark.django_db
def test_shares_go_with_their_order(made, owner, buys, customer) -> None:
    other = customer("王海涛二", owner=made.owner)
    buys(made, TODAY)
    order = Order.objects.get()
    merge_customers(actor=owner, survivor_id=other.pk, absorbed_id=made.pk)
    assert len(split_of(order)) == 2, "whose record it is changes nothing of who earned it"
    services.void_order(actor=owner, order_id=order.pk, reason="录错")
    assert not OrderShare.objects.exists()


@pytest.mark.django_db
def test_the_sums_and_where_they_lead(made, team, buys) -> None:
    buys(made, TODAY, TODAY, amount=1000)
    client = Client()
    client.force_login(team["周店长"])
    page = client.get(reverse("shares"))
    sums = {row["person__name"]: (row["orders"], row["main"], row["helped"], row["total"])
            for row in page.context["rows"]}  # fmt: skip
    assert sums == {"林晓雯": (2, 1600, 0, 1600), "钱玲": (2, 0, 400, 400)}
    for link in re.findall(r'href="(/shares/orders/\?[^"]+)"', page.content.decode()):
        shown = client.get(link.replace("&amp;", "&")).context["page"]
        empty = ("part=main" in link) == (f"person={team['钱玲'].pk}&" in link)
        assert len(shown.rows) == (0 if empty and "part=" in link else 2), link
    assert client.get(reverse("shares"), {"month": "2026-05"}).context["rows"] == []
    assert client.get(reverse("shares"), {"month": "x"}).status_code == 200


@pytest.mark.django_db
def test_a_helper_keeps_the_own_sums_and_sees_no_other(made, team, buys) -> None:
    buys(made, TODAY, amount=1000)
    row = made.helpers.get()
    end_collaborator(actor=team["钱玲"], customer_id=made.pk, collaborator_id=row.pk)
    client = Client()
    client.force_login(team["钱玲"])
    [mine] = client.get(reverse("shares")).context["rows"]
    assert (mine["person__name"], mine["total"]) == ("钱玲", 200)
    page = client.get(reverse("share-orders")).content.decode()
    assert ("王**" in page, "王海涛" in page) == (True, False)


@pytest.mark.django_db
def test_the_order_says_who_has_which_part(made, team, buys) -> None:
    buys(made, TODAY, amount=1000)
    order = Order.objects.get()
    client = Client()
    client.force_login(team["周店长"])
    page = client.get(reverse("order", args=[order.pk])).content.decode()
    assert "80%" in page
    url = reverse("order-split", args=[order.pk])
    assert url in page
    form = client.get(url).context["form"]
    assert [each.initial for each in form.percents()] == [80, 20]
    lin, qian = team["林晓雯"].pk, team["钱玲"].pk
    typed = {f"percent_{lin}": 60, f"percent_{qian}": 30, "main": lin, "why": "改"}
    assert client.post(url, typed).status_code == 422
    assert client.post(url, typed | {f"percent_{qian}": 40}).status_code == 302
    assert split_of(order)["钱玲"][0] == 40
    client.force_login(team["林晓雯"])
    assert client.get(url).status_code == 403
