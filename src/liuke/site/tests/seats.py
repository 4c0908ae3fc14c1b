"""A firm seen from every seat: customers at every distance from the one who looks."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import ACTS_OF, Act, Role
from liuke.churn import services as churn
from liuke.churn.rules.kinds import DaysWithoutOrder
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.services import (
    Help,
    NewRelation,
    put_helper,
    record_relations,
    save_asset,
    save_person,
    save_point,
)
from liuke.sales.models import Order
from liuke.site.tests.addresses import ARGS, BY_ORDER

TODAY = date(2026, 6, 1)
SEEN = {
    "own": {"自己的"},
    "team": {"自己的", "同组的"},
    "branch": {"自己的", "同组的", "同店的", "店里没人的"},
    "all": {"自己的", "同组的", "同店的", "店里没人的", "别店的"},
}


@dataclass
class World:
    """A viewer in a team of 浦东, and a customer at every distance with a car and an order."""

    viewer: User
    customers: dict[str, Customer]
    orders: dict[str, Order]
    client: Client = field(default_factory=Client)

    def sees(self) -> set[str]:
        return SEEN[self.viewer.scope]

    def may(self, act: Act | None) -> bool:
        return act is None or act in ACTS_OF[self.viewer.role_id]

    def url(self, name: str, whose: str) -> str:
        if name in BY_ORDER:
            return reverse(name, args=[self.orders[whose].pk])
        made = self.customers[whose]
        belongs: QuerySet[Any] = made.assets.all()
        if name.startswith("point-"):
            belongs = made.contact_points.all()
        elif name.startswith("person-"):
            belongs = made.people.all()
        elif name.startswith("relation-"):
            belongs = made.relations_first.all()
        elif name == "helper-end":
            belongs = made.helpers.all()
        args = [made.pk, *belongs.values_list("pk", flat=True)[:1]]
        return reverse(name, args=args[: _args(name)])


def _args(name: str) -> int:
    return len(ARGS[name])


def _surround(owner: User, customers: list[Customer]) -> None:
    """Everybody has a telephone, somebody around, a helper, and is close to the next one."""
    for place, one in enumerate(customers):
        phone = {"kind": "mobile", "value": f"1380013600{place}"}
        save_point(actor=owner, customer_id=one.pk, values=phone)
        save_person(actor=owner, customer_id=one.pk, values={"name": "会计"})
        put_helper(actor=owner, help=Help(one.pk, owner.pk, "价格"))
    pairs = zip(customers, [*customers[1:], customers[0]], strict=True)
    close = [NewRelation(one.pk, other.pk, "kin") for one, other in pairs]
    record_relations(actor=owner, new=close)


@pytest.fixture
def world(firm, owner, person, customer, buys, on_day):
    on_day(TODAY)
    churn.save_rule(actor=None, content=DaysWithoutOrder(60, 90))
    churn.apply_rules(now=clock.now())
    make = Unit.objects.create
    pudong = make(kind="branch", name="浦东店", parent=firm)
    hongqiao = make(kind="branch", name="虹桥店", parent=firm)
    teams = [make(kind="team", name=name, parent=pudong) for name in ("一组", "二组")]
    mate, neighbour = (person(Role.SELLER, unit=team) for team in teams)
    stranger = person(Role.SELLER, unit=hongqiao)

    def build(role: str, scope: str = "") -> World:
        viewer = person(role, unit=teams[0], own_scope=scope)
        # The further down, the longer ago: the first is safe, the second at risk, the rest lost.
        owners = {
            "别店的": stranger,
            "同店的": neighbour,
            "同组的": mate,
            "店里没人的": None,
            "自己的": viewer,
        }
        made, orders = {}, {}
        for days, (name, whose) in enumerate(owners.items()):
            branch = hongqiao if whose == stranger else pudong
            made[name] = customer(name, owner=whose, branch=branch)
            asset = save_asset(actor=owner, customer_id=made[name].pk, values={"name": "途观"})
            buys(made[name], TODAY - timedelta(days=50 + 20 * days), asset_id=asset.pk)
            orders[name] = Order.objects.get(customer=made[name])
        _surround(owner, list(made.values()))
        seat = World(viewer, made, orders)
        seat.client.force_login(viewer)
        return seat

    return build


def send(client: Client, method: str, path: str, body: object):
    data = {} if method == "get" else {"data": json.dumps(body)}
    return getattr(client, method)(path, content_type="application/json", **data)
