"""A customer of the shop with somebody who helps, a shared sale, and a case about it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page

from liuke.core import clock
from liuke.customers.services import Help, put_helper
from liuke.ownership.models import Conflict
from liuke.ownership.services import NewConflict, decide_conflict, open_conflict
from liuke.sales.services import NewOrder, record_orders
from tests.journeys import shop as shops
from tests.journeys.shop import Shop


def helped(shop: Shop) -> Conflict:
    """Somebody helps with a customer, a sale was shared, and it is claimed by the helper."""
    made, helper = shop["王海涛"], shop.other
    if not made.helpers.exists():
        put_helper(actor=shop.owner, help=Help(made.pk, helper.pk, shops.THEIR_WORDS))
        order = NewOrder(made.pk, clock.now(), total=Decimal(900))
        record_orders(actor=shop.owner, orders=[order])
        new = NewConflict(made.pk, helper.pk, shops.THEIR_WORDS, "page")
        open_conflict(actor=helper, new=new, facts={})
    return made.conflicts.get()


def case(rest: str = "", decided: bool = False) -> Callable[[Shop], str]:
    def path(shop: Shop) -> str:
        found = helped(shop)
        if decided and not found.verdict:
            decide_conflict(
                actor=shop.owner, conflict_id=found.pk, verdict="helps", why=shops.THEIR_WORDS
            )
        return f"/conflicts/{rest}" if rest else f"/conflicts/{found.pk}/"

    return path


def shared(path: str) -> Callable[[Shop], str]:
    def shown(shop: Shop) -> str:
        helped(shop)
        return path or f"/orders/{shop['王海涛'].orders.latest('pk').pk}/shares/"

    return shown


def with_helper(shop: Shop) -> str:
    helped(shop)
    return f"/customers/{shop['王海涛'].pk}/"


def _who_helps(page: Page) -> None:
    page.locator("[hx-get*='helpers/new']").click()
    page.locator("#dialog form").wait_for()
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")


# What these screens are called, where they are, who looks, and what is opened.
TOGETHER: list[tuple[Any, ...]] = [
    ("no conflicts", lambda shop: "/conflicts/"),
    ("no shares", lambda shop: "/shares/"),
    ("a customer with a helper", with_helper),
    ("a new helper", with_helper, "owner", _who_helps),
    ("a conflict to decide", case()),
    ("a conflict, claimed", lambda shop: f"/conflicts/new/?customer={shop['王芳'].pk}"),
    ("a conflict, decided", case(decided=True)),
    ("conflicts", case("?state=decided")),
    ("conflicts in figures", case("figures/")),
    ("working together", lambda shop: "/settings/together/"),
    ("shares", shared("/shares/")),
    ("shares one by one", shared("/shares/orders/")),
    ("shares of an order", shared("")),
]
