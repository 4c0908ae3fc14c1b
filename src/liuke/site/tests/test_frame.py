"""What surrounds every screen: the rail, both languages, error pages, and no script or style of its
own in a page."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from liuke.accounts.rules import Role
from liuke.churn import queries as churn
from liuke.churn import services
from liuke.churn.rules.kinds import MissedVisits
from liuke.core import clock
from liuke.customers.services import save_asset
from liuke.sales.models import Order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 17)
LANGUAGES = {"en": "Customers", "zh-hans": "客户"}
SIGNED_OUT = ["account_login", "account_reset_password", "account_signup", "account_inactive"]
PLAIN = [
    "customers", "customer-new", "churn", "churn-print", "churn-rules", "churn-rule", "import-list",
    "account_change_password", "account_email", "account_logout", "mfa_index",
]  # fmt: skip
OF_A_CUSTOMER = ["customer", "customer-edit", "asset-new", "order-new"]
TAGS = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<[^>]*>", re.DOTALL)


@pytest.fixture
def pages(owner, customer, buys, on_day) -> list[str]:
    """An address of every screen, with something on it."""
    on_day(TODAY)
    services.save_rule(actor=None, content=MissedVisits(2, 2, 3), name="修理厂")
    services.apply_rules(now=clock.now())
    wang = customer("王海涛", level="A", note="老客户")
    asset = save_asset(actor=owner, customer_id=wang.pk, values={"name": "途观", "serial": "沪A1"})
    buys(wang, *(TODAY - timedelta(days=ago) for ago in (500, 200, 130)), asset_id=asset.pk)
    buys(customer("华通物流", kind="organization"), TODAY - timedelta(days=3))
    customer("没买过")
    return [
        *(reverse(name) for name in PLAIN),
        *(reverse(name, args=[wang.pk]) for name in OF_A_CUSTOMER),
        reverse("asset-edit", args=[wang.pk, asset.pk]),
        reverse("order", args=[Order.objects.first().pk]),
        reverse("churn-rule-of", args=["person"]),
        f"{reverse('customers')}?churn=at_risk&value_from=1&q=nobody&page=7",
        f"{reverse('churn')}?months=all",
        f"{reverse('customer', args=[wang.pk])}?past=churn",
    ]


def in_language(client: Client, language: str) -> Client:
    client.cookies["django_language"] = language
    return client


def words(text: str) -> list[str]:
    """The pieces of text that somebody reads."""
    return [piece for each in TAGS.split(text) if (piece := " ".join(unescape(each).split()))]


def _sound(text: str, language: str) -> None:
    assert f'lang="{language}"' in text
    read = " ".join(words(text))
    for leftover in ("%(", "{{", "{%", "&lt;b&gt;", "None", "<span", "Traceback"):
        assert leftover not in read, leftover
    attributes = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', text)
    assert not any("%(" in each or each == "None" for each in attributes)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert not re.search(r"<[^>]*\son[a-z]+=", text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text), "nothing from elsewhere"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_soundly_in_both_languages(signed_in, pages, language) -> None:
    in_language(signed_in, language)
    for url in pages:
        answer = signed_in.get(url)
        assert answer.status_code == 200, url
        _sound(answer.content.decode(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_strangers_answer_in_both_languages(client, firm, language) -> None:
    in_language(client, language)
    for name in SIGNED_OUT:
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        _sound(answer.content.decode(), language)


def test_no_english_is_left_on_a_chinese_page(signed_in, pages) -> None:
    in_language(signed_in, "zh-hans")
    with override("zh-hans"):
        assert gettext("Customers") == "客户", "compile the catalogues: make build"
        for url in pages:
            left = {
                piece
                for piece in words(signed_in.get(url).content.decode())
                if piece != "English" and gettext(piece) != piece
            }
            assert left == set(), url


@pytest.mark.parametrize("signed", [False, True])
def test_the_language_is_switched_on_every_page(owner, signed) -> None:
    client = Client()
    if signed:
        client.force_login(owner)
    page = reverse("customers" if signed else "account_login")
    assert reverse("set_language") in client.get(page).content.decode()
    for language, word in LANGUAGES.items():
        typed = {"language": language, "next": page}
        answer = client.post(reverse("set_language"), typed, follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert f'lang="{language}"' in answer.content.decode()
        assert (word in answer.content.decode()) == signed or not signed
        assert f'lang="{language}"' in client.get(page).content.decode(), "it stays"


def test_the_language_of_the_browser_is_the_first_choice(client, firm) -> None:
    for asked, language in [("zh-CN,zh;q=0.9", "zh-hans"), ("en-GB", "en"), ("fr", "en")]:
        page = client.get(reverse("account_login"), headers={"accept-language": asked})
        assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("signed", [False, True])
def test_a_page_that_is_not_there_says_so(owner, language, signed) -> None:
    client = in_language(Client(), language)
    if signed:
        client.force_login(owner)
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    _sound(answer.content.decode(), language)
    with override(language):
        assert gettext("There is nothing here") in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_breaks_says_that_nothing_was_half_saved(owner, monkeypatch, language) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(churn, "months_of", fail)
    client = in_language(Client(raise_request_exception=False), language)
    client.force_login(owner)
    answer = client.get(reverse("churn"))
    assert answer.status_code == 500
    text = answer.content.decode()
    _sound(text, language)
    assert "secret detail" not in text
    with override(language):
        assert gettext("Something broke on our side") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_page_says_why(person, language) -> None:
    client = in_language(Client(), language)
    client.force_login(person(Role.SELLER))
    answer = client.get(reverse("churn-rule"))
    assert answer.status_code == 403
    _sound(answer.content.decode(), language)
    with override(language):
        assert gettext("You may not open this") in answer.content.decode()


def test_an_unknown_host_is_no_address_of_ours(client, db) -> None:
    answer = client.get(reverse("account_login"), headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (
            Role.OWNER,
            {
                "today",
                "customers",
                "churn",
                "conflicts",
                "shares",
                "handover",
                "import-list",
                "exports",
                "journal",
                "churn-rules",
            },
        ),
        (
            Role.MANAGER,
            {
                "today",
                "customers",
                "churn",
                "conflicts",
                "shares",
                "handover",
                "import-list",
                "exports",
                "journal",
                "churn-rules",
            },
        ),
        (Role.SELLER, {"today", "customers", "churn", "conflicts", "shares", "churn-rules"}),
        (
            Role.ANALYST,
            {"today", "customers", "churn", "conflicts", "shares", "exports", "churn-rules"},
        ),
    ],
)
def test_the_rail_holds_what_a_role_may_use(person, role, entries) -> None:
    client = Client()
    client.force_login(person(role))
    context = client.get(reverse("customers")).context
    assert {entry.url for group in context["nav"] for entry in group} == {
        reverse(name) for name in entries
    }
    new = {entry.url for entry in context["new_items"]}
    assert (reverse("customer-new") in new) == (role != Role.ANALYST)
    assert (reverse("import-new") in new) == (role in (Role.OWNER, Role.MANAGER))


def test_the_rail_says_where_one_is(signed_in, pages) -> None:
    for url in pages:
        nav = signed_in.get(url).context.get("nav") or []
        current = [entry.url for group in nav for entry in group if entry.current]
        section = f"/{url.split('/')[1]}/"
        expected = {
            "/orders/": [reverse("customers")], "/settings/": [reverse("churn-rules")],
            "/accounts/": [],
        }.get(section, [section])  # fmt: skip
        assert current == expected, url


def test_a_search_stays_in_its_box(signed_in, pages) -> None:
    page = signed_in.get(reverse("customers"), {"q": '王"><b>'})
    assert page.context["search_query"] == '王"><b>'
    assert '王"><b>' not in page.content.decode()
