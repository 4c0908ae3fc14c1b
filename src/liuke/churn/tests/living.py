"""A firm that lives through days: Hypothesis says what happens, the services do it."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from liuke.accounts.models import Unit, User
from liuke.churn import services
from liuke.churn.models import Clock, Transition
from liuke.churn.tests.drawing import RULES
from liuke.core import clock, ticks
from liuke.customers.models import Asset, Customer, CustomerState
from liuke.customers.services import (
    KnownCustomer,
    ensure_customers,
    save_asset,
    update_customer,
)
from liuke.sales.models import Order
from liuke.sales.services import NewOrder, record_orders, void_order
from liuke.site.ticks import TICKS

BEGIN = date(2025, 10, 20)
NAMES = ("王海涛", "李娜", "顺达物流有限公司")
WHO = st.integers(0, len(NAMES) - 1)


class Pass(NamedTuple):
    days: int
    tick_daily: bool


class Tick(NamedTuple):
    times: int


class Buy(NamedTuple):
    who: int
    asset: int
    """Which of the customer's assets; one too many means that none is named."""
    days_ago: int
    kind: str


class Get(NamedTuple):
    who: int


class Give(NamedTuple):
    who: int
    to: int


class Retire(NamedTuple):
    which: int
    days_from_today: int | None


class Void(NamedTuple):
    which: int


class Decide(NamedTuple):
    rule: Any
    applies_to: str
    restate: bool
    applied: bool


EVENT = st.one_of(
    st.builds(Pass, st.integers(1, 70), st.booleans()),
    st.builds(Pass, st.integers(1, 70), st.just(False)),
    st.builds(Tick, st.integers(1, 2)),
    st.builds(Buy, WHO, st.integers(0, 2), st.just(0), st.sampled_from(["sale", "visit"])),
    st.builds(
        Buy,
        WHO,
        st.integers(0, 2),
        st.integers(0, 200),
        st.sampled_from(["sale", "visit", "return"]),
    ),
    st.builds(Get, WHO),
    st.builds(Give, WHO, st.integers(0, 3)),
    st.builds(Retire, st.integers(0, 4), st.none() | st.integers(-60, 60)),
    st.builds(Void, st.integers(0, 9)),
    st.builds(
        Decide, RULES, st.sampled_from(["", "", "organization"]), st.booleans(), st.booleans()
    ),
)
EVENTS = st.lists(EVENT, min_size=4, max_size=14)


class Firm:
    """Three customers and whatever happens to them; `today` moves on.

    `places` are the owners and branches that customers are given to.
    """

    def __init__(
        self, actor: User, rule: Any, places: Sequence[tuple[User | None, Unit | None]] = ()
    ) -> None:
        self.actor, self.today, self.places = actor, BEGIN, places
        known = [KnownCustomer(f"C-{n}", name) for n, name in enumerate(NAMES)]
        ids = ensure_customers(actor=None, known=known, origin="test")
        self.customers = list(Customer.objects.filter(pk__in=ids.values()).order_by("code"))
        with clock.set_to(self.today):
            services.save_rule(actor=None, content=rule)
            services.apply_rules(now=clock.now())

    def live(self, events: Sequence[Any]) -> "Firm":
        for event in events:
            with clock.set_to(self.today):
                self._happens(event)
        return self

    def _happens(self, event: Any) -> None:
        match event:
            case Pass(days, daily):
                for _day in range(days):
                    self.today += timedelta(days=1)
                    if daily:
                        self.tick()
            case Tick(times):
                for _time in range(times):
                    self.tick()
            case Buy():
                self._buy(event)
            case Get(who):
                self._save_asset(self.customers[who], {"name": "车"})
            case Give(who, to):
                self._give(self.customers[who].pk, to)
            case Retire(which, days):
                assets = list(Asset.objects.order_by("pk"))
                if assets:
                    asset = assets[which % len(assets)]
                    day = None if days is None else self.today + timedelta(days=days)
                    self._save_asset(asset.customer, {"retired_on": day}, asset.pk)
            case Void(which):
                orders = list(Order.objects.order_by("pk"))
                if orders:
                    pk = orders[which % len(orders)].pk
                    void_order(actor=self.actor, order_id=pk, reason="记错了")
            case Decide(rule, applies_to, restate, applied):
                services.save_rule(actor=None, content=rule, applies_to=applies_to, restate=restate)
                if applied:
                    services.apply_rules(now=clock.now())

    def _buy(self, buy: Buy) -> None:
        customer = self.customers[buy.who]
        assets = [*customer.assets.order_by("pk").values_list("pk", flat=True), None, None, None]
        moment = clock.start_of(self.today - timedelta(days=buy.days_ago)) + timedelta(hours=9)
        total = Decimal(-5 if buy.kind == "return" else 0 if buy.kind == "visit" else 100)
        order = NewOrder(customer.pk, moment, buy.kind, asset_id=assets[buy.asset], total=total)
        record_orders(actor=None, orders=[order])

    def _give(self, pk: int, to: int) -> None:
        if not self.places:
            return
        owner, branch = self.places[to % len(self.places)]
        version = Customer.objects.get(pk=pk).version
        values = {"owner": owner, "branch": branch}
        update_customer(actor=self.actor, customer_id=pk, version=version, values=values)

    def _save_asset(
        self, customer: Customer, values: dict[str, Any], pk: int | None = None
    ) -> None:
        save_asset(actor=self.actor, customer_id=customer.pk, asset_id=pk, values=values)

    def tick(self) -> None:
        with clock.set_to(self.today):
            assert ticks.run(TICKS)


def kept() -> tuple[list[Any], ...]:
    """All that churn keeps: clocks, crossings to the last column, the states of customers."""
    clocks = Clock.objects.order_by("customer", "asset")
    columns = ("expected_at", "at_risk_at", "lost_at", "recovered_on", "clocks")
    return (
        [{**row, "id": 0} for row in clocks.values()],
        list(Transition.objects.order_by("pk").values()),
        list(CustomerState.objects.order_by("pk").values("customer", *columns)),
    )
