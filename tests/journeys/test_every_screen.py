"""Every screen in every light: no error, no overflow, nothing axe finds, no foreign word."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from playwright.sync_api import BrowserContext, Page

from liuke.churn.models import Score
from liuke.core import clock, ticks
from liuke.customers.models import DuplicatePair
from liuke.customers.services.duplicates import keep_pairs
from liuke.exports.models import Export
from liuke.exports.rules import Status as ExportStatus
from liuke.exports.services import run_export, start_export
from liuke.imports.models import ImportRun
from liuke.imports.rules import Status
from liuke.site.ticks import TICKS
from tests.journeys import hands
from tests.journeys import shop as shops
from tests.journeys.conftest import PHONE, WIDE, listen
from tests.journeys.looking import faults
from tests.journeys.shop import Shop, fill
from tests.journeys.together import TOGETHER


@dataclass(frozen=True)
class Screen:
    name: str
    path: Callable[[Shop], str]
    who: str = "owner"
    act: Callable[[Page], Any] = lambda page: None


def _preview(page: Page) -> None:
    page.locator("[name=days_at_risk]").fill("15")
    page.locator("[value=preview]").click()
    page.locator("#preview").wait_for()


def _wrong(page: Page) -> None:
    page.locator(".lk-form--page button.btn-primary").click()
    page.locator(".lk-error").first.wait_for()


def _of_a_list(page: Page) -> None:
    page.locator("[name=type]").select_option("choices")
    page.locator("[name=entries-0-name]").fill("金")


def _unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))")


def _wrong_name(page: Page) -> None:
    page.locator("#typed").press("Enter")
    page.locator(".lk-note[data-mean=lost]").nth(1).wait_for()


def _open(dialog: str) -> Callable[[Page], None]:
    return lambda page: page.evaluate(f"document.getElementById('{dialog}').showModal()")


def _drawer(dialog: str, button: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator(button).first.click()
        page.locator(f"{dialog} form").first.wait_for()
        _settle(page)

    return act


def _settle(page: Page) -> None:
    """Colours are judged when the drawer has come in."""
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")


def _no_result(page: Page) -> None:
    _drawer("#drawer", ".lk-now .btn-primary")(page)
    page.locator("#drawer [data-main]").click()
    page.locator("#drawer .lk-error").first.wait_for()


def _morning(shop: Shop) -> str:
    assert ticks.run(TICKS)
    return "/today/?whose=all"


def _judged(shop: Shop) -> str:
    """A scorecard as a larger firm has it; ten customers would be refused."""
    figures = {
        "log_loss": 0.5956, "brier": 0.2062, "intercept": 0.26, "slope": 0.91, "auc": 0.743,
        "hits": 83, "top": 100,
    }  # fmt: skip
    card = {
        "day": "2026-06-10", "customers": 2855, "stayed_away": 1465, "recency_wins": False,
        **dict.fromkeys(("model", "recency", "base_rate"), figures),
    }  # fmt: skip
    Score.objects.create(
        made_at=clock.now(), as_of=clock.today(), customers=2855, params={}, cards=[card] * 2
    )
    return "/churn/scorecard/"


def _surrounded(shop: Shop) -> str:
    """A customer who was not reached, with people around, consents and relations."""
    who = shops.surround(shop)
    return f"/customers/{who.pk}/"


def _of(name: str, rest: str = "") -> Callable[[Shop], str]:
    return lambda shop: f"/customers/{shop[name].pk}/{rest}"


def _run(state: Callable[[Shop], ImportRun], page: str) -> Callable[[Shop], str]:
    return lambda shop: f"/import/{state(shop).pk}/{page}"


def _running(shop: Shop) -> ImportRun:
    run = shops.checked(shop)
    ImportRun.objects.filter(pk=run.pk).update(status=Status.RUNNING, position=4)
    return run


def _exported(shop: Shop) -> str:
    """One ready, one under way, one that failed."""
    for number, status in enumerate((ExportStatus.DONE, ExportStatus.RUNNING, ExportStatus.FAILED)):
        export = start_export(
            actor=shop.owner, list_name="customers", query=QueryDict("level=A"), columns=[],
            format="xlsx",
        )  # fmt: skip
        if not number:
            run_export(export_id=export.pk)
        else:
            Export.objects.filter(pk=export.pk).update(status=status, rows=3, total=9)
    return "/exports/"


def _last_order(shop: Shop) -> str:
    order = shop["王海涛"].orders.latest("occurred_at")
    return f"/orders/{order.pk}/"


def _menus(page: Page) -> None:
    """The menus of what can be done with the selected, and of the views."""
    page.locator("[data-pick]").first.check()
    menus = "#mass details, .lk-views details"
    page.evaluate(f"document.querySelectorAll('{menus}').forEach((menu) => (menu.open = true))")


def _pair(shop: Shop) -> str:
    both = [(shop["王海涛"].pk, shop["李建国"].pk, 0.97, [("mobile", "same"), ("name", "same")])]
    keep_pairs(both, DuplicatePair.Source.SEARCH)
    return "/customers/duplicates/"


def _certain(shop: Shop) -> str:
    return f"{_pair(shop)}merge/?least=96"


def _known(page: Page) -> None:
    page.locator("[name=name]").press_sequentially("王海涛")
    page.locator("[hx-post*=known] .lk-note").wait_for()


def _tags(page: Page) -> None:
    page.evaluate("document.querySelector('td.tags button').click()")
    page.locator("#cell-editor form").wait_for()


def _dialog(of: str) -> Callable[[Page], None]:
    """The first of what the customer's page opens at such an address: to edit, or "new"."""
    place = ".lk-charttools" if of.endswith("new") else ".lk-list__acts"
    return _drawer("#dialog", f"#present {place} [hx-get*='{of}']")


def _consents(page: Page) -> None:
    _dialog("/points/")(page)
    page.locator("#dialog [hx-get*=consents]").click()
    page.locator("#dialog [name=purpose]").first.wait_for(state="attached")


def _picked(page: Page) -> None:
    _dialog("relations/new")(page)
    page.locator("#pick-other").fill("王")
    page.locator("#picked-other input").first.wait_for()


def _level(page: Page) -> None:
    page.evaluate("document.querySelector('td.level button').click()")
    page.locator("td.level select").wait_for()


def _of_pool(shop: Shop) -> str:
    return f"/settings/pools/{hands.pooled(shop).pk}/"


def _pools(path: str) -> Callable[[Shop], str]:
    def made(shop: Shop) -> str:
        hands.pooled(shop)
        return path

    return made


def _rules(path: str) -> Callable[[Shop], str]:
    return lambda shop: path.format(hands.ruled(shop).pk)


def _handed(shop: Shop) -> str:
    return f"/handover/{hands.handed(shop).pk}/"


def _shares(page: Page) -> None:
    page.locator("[name=receivers]").first.check()
    page.locator("[name=note]").fill(hands.NOTE)
    _looked_at(page)


def _looked_at(page: Page) -> None:
    page.locator("[value=preview]").click()
    page.locator("#preview").wait_for()
    _unfold(page)


# These look at a firm in which nothing has happened yet.
EMPTY = [
    Screen("today of a new firm", lambda shop: "/today/"),
    Screen("customers of a new firm", lambda shop: "/customers/"),
    Screen("pool of a new firm", lambda shop: "/pool/"),
    Screen("handover of a new firm", lambda shop: "/handover/"),
    Screen("assignment of a new firm", lambda shop: "/settings/assignment/"),
    Screen("pools of a new firm", lambda shop: "/settings/pools/"),
    Screen("churn of a new firm", lambda shop: "/churn/"),
    Screen("import of a new firm", lambda shop: "/import/"),
]
MAIN = [
    Screen("today", _morning),
    Screen("customers", lambda shop: "/customers/"),
    Screen("customer", _of("李建国")),
    Screen("churn", lambda shop: "/churn/"),
    Screen("import", lambda shop: "/import/"),
]
SCREENS = [
    Screen("sign-in", lambda shop: "/accounts/login/", who=""),
    *MAIN,
    Screen("today, nothing of a kind", lambda shop: "/today/?kind=next_step"),
    Screen("contact", _morning, act=_drawer("#drawer", ".lk-now .btn-primary")),
    Screen("contact with a mistake", _morning, act=_no_result),
    Screen("later", _morning, act=_drawer("#dialog", "[hx-get*=snooze]")),
    Screen("hand over", _morning, act=_drawer("#dialog", "[hx-get*=hand-over]")),
    Screen("contact rhythm", lambda shop: "/settings/contacts/"),
    Screen("contact rhythm form", lambda shop: "/settings/contacts/new/"),
    Screen("fields", lambda shop: "/settings/fields/"),
    Screen("new field", lambda shop: "/settings/fields/new/", act=_of_a_list),
    Screen("new field without a name", lambda shop: "/settings/fields/new/", act=_wrong),
    Screen("built-in field", lambda shop: "/settings/fields/source_kind/"),
    Screen("levels", lambda shop: "/settings/levels/"),
    Screen("profile, every part open", lambda shop: "/customers/new/", act=_unfold),
    Screen("customers, nothing found", lambda shop: "/customers/?q=zzzz"),
    Screen("customers, filtered", lambda shop: "/customers/?churn=lost&level=B"),
    Screen("customers with menus open", lambda shop: "/customers/", act=_menus),
    Screen("customers, tags", lambda shop: "/customers/", act=_tags),
    Screen("customers, level", lambda shop: "/customers/", act=_level),
    Screen("customer without purchases", _of(shops.NOBODY_BOUGHT)),
    Screen("ways, people and relations", _surrounded),
    Screen("a way", _surrounded, act=_dialog("/points/")),
    Screen("a new way", _surrounded, act=_dialog("points/new")),
    Screen("consents", _surrounded, act=_consents),
    Screen("somebody around", _surrounded, act=_dialog("/people/")),
    Screen("somebody new around", _surrounded, act=_dialog("people/new")),
    Screen("a relation", _surrounded, act=_dialog("/relations/")),
    Screen("a new relation", _surrounded, act=_picked),
    Screen("contact after a failure", _surrounded, act=_drawer("#drawer", "[data-hotkey=c]")),
    Screen("people who sign in", lambda shop: "/settings/people/"),
    Screen("an invitation", lambda shop: "/settings/people/new/"),
    Screen("somebody who signs in", lambda shop: f"/settings/people/{shop.seller.pk}/"),
    Screen("a new branch", lambda shop: "/settings/people/units/new/"),
    Screen("roles", lambda shop: "/settings/roles/"),
    Screen("a role", lambda shop: "/settings/roles/seller/"),
    Screen("passkeys", lambda shop: "/accounts/2fa/webauthn/"),
    Screen("sessions", lambda shop: "/accounts/sessions/"),
    Screen("kinds of relation", lambda shop: "/settings/relations/"),
    Screen("kind of relation", lambda shop: "/settings/relations/master/"),
    Screen("edit", _of("王海涛", "edit/")),
    Screen("new customer with a mistake", lambda shop: "/customers/new/", act=_wrong),
    Screen("new customer who is known", lambda shop: "/customers/new/", act=_known),
    Screen("duplicates", _pair),
    Screen("merge what is certain", _certain),
    Screen("no duplicates", lambda shop: "/customers/duplicates/"),
    Screen("handover", lambda shop: "/handover/"),
    Screen("handover with preview", lambda shop: f"/handover/from/{shop.other.pk}/", act=_shares),
    Screen("handed over", _handed),
    Screen("briefing", lambda shop: f"{_handed(shop)}briefing/{shop.seller.pk}/"),
    Screen("pool", _pools("/pool/")),
    Screen("pools", _pools("/settings/pools/")),
    Screen("a pool", _of_pool),
    Screen("pool rules with preview", _pools("/settings/pools/rules/"), act=_looked_at),
    Screen("assignment", _rules("/settings/assignment/")),
    Screen("a rule of assignment", _rules("/settings/assignment/{}/"), act=_looked_at),
    Screen("a rule for nobody", _rules("/settings/assignment/new/"), act=_wrong),
    Screen("new vehicle", _of("王海涛", "assets/new/")),
    Screen("new order", _of("王海涛", "orders/new/")),
    Screen("order", _last_order),
    *(Screen(*each) for each in TOGETHER),
    Screen("scorecard", _judged),
    Screen("print", lambda shop: "/churn/print/"),
    Screen("rules", lambda shop: "/settings/churn/"),
    Screen("rule form", lambda shop: "/settings/churn/rule/"),
    Screen("rule form with preview", lambda shop: "/settings/churn/rule/", act=_preview),
    Screen("import: columns", _run(shops.uploaded, "map/")),
    Screen("import: check", _run(shops.checked, "check/")),
    Screen("import: running", _run(_running, "")),
    Screen("import: done", _run(shops.done, "")),
    Screen("export", lambda shop: "/exports/new/customers/?level=A"),
    Screen("exports", _exported),
    Screen("journal", lambda shop: "/journal/"),
    Screen("journal of a customer", lambda shop: f"/journal/?customer={shop['李建国'].pk}"),
    Screen("journal, nothing found", lambda shop: "/journal/?q=zzzz"),
    Screen("privacy", _of("李建国", "privacy/")),
    Screen("privacy with a mistake", _of("李建国", "privacy/"), act=_wrong_name),
    Screen("import: columns of a list", _run(shops.listed, "map/")),
    Screen("import: check of a list", _run(shops.list_checked, "check/")),
    Screen("import: list is in", _run(shops.list_done, "")),
    Screen("import: list is undone", _run(shops.list_undone, "")),
    Screen("password", lambda shop: "/accounts/password/change/"),
    Screen("two-step sign-in", lambda shop: "/accounts/2fa/"),
    Screen("keys", lambda shop: "/customers/", act=_open("keys")),
    Screen("palette", lambda shop: "/customers/", act=_open("palette")),
    Screen("404", lambda shop: "/customers/999999/"),
    Screen("403", lambda shop: "/import/", who="seller"),
]
LOOKS = list(itertools.product(("zh-hans", "en"), (WIDE, PHONE)))
QUICK = [("zh-hans", WIDE), ("en", PHONE)]


@dataclass
class Looker:
    """Goes through screens in one language, width and light."""

    context: Callable[..., BrowserContext]
    lang: str
    width: int
    theme: str
    pages: dict[str, Page] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def faults(self, screens: Iterable[Screen], shop: Shop) -> list[str]:
        return [
            f"{screen.name}: {what}" for screen in screens for what in self._faults(screen, shop)
        ]

    def _faults(self, screen: Screen, shop: Shop) -> list[str]:
        page = self._page(screen.who, shop)
        self.said.clear()
        with translation.override(self.lang):
            path = screen.path(shop)
        page.goto(path)
        screen.act(page)
        return faults(page, self.lang, [*shop.words, *hands.WORDS]) + self.said

    def _page(self, who: str, shop: Shop) -> Page:
        if who not in self.pages:
            viewer = getattr(shop, who) if who else None
            profile = self.context(viewer, lang=self.lang, width=self.width, theme=self.theme)
            self.pages[who] = profile.new_page()
            listen(self.pages[who], self.said)
        return self.pages[who]


Look = Callable[..., Looker]


@pytest.fixture
def look(context: Callable[..., BrowserContext]) -> Look:
    return partial(Looker, context)


@pytest.mark.parametrize(("lang", "width"), QUICK)
def test_every_screen(look: Look, empty_shop: Shop, lang: str, width: int) -> None:
    looker = look(lang, width, "light")
    wrong = looker.faults(EMPTY, empty_shop)
    fill(empty_shop)
    wrong += looker.faults(SCREENS, empty_shop)
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "width"), [look for look in LOOKS if look not in QUICK])
def test_every_screen_the_other_way_round(
    look: Look, empty_shop: Shop, lang: str, width: int
) -> None:
    test_every_screen(look, empty_shop, lang, width)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "width"), LOOKS)
def test_the_main_screens_in_the_dark(look: Look, shop: Shop, lang: str, width: int) -> None:
    wrong = look(lang, width, "dark").faults(MAIN, shop)
    assert not wrong, "\n".join(wrong)
