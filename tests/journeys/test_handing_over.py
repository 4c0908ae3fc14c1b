"""Somebody resigns at nine; by five past, everybody has a new owner who knows what to do."""

import re

from playwright.sync_api import expect

from liuke.accounts.models import User
from liuke.customers.models import Customer
from liuke.ownership.models import AssignmentRule
from tests.journeys import hands
from tests.journeys.conftest import Visit, at, names
from tests.journeys.shop import Shop


def test_who_resigns_is_handed_over_in_one_act(visit: Visit, shop: Shop) -> None:
    theirs = set(Customer.objects.filter(owner=shop.other).values_list("name", flat=True))
    assert len(theirs) == 6
    leaving = visit("/today/", shop.other)
    page = visit("/handover/", shop.owner)
    page.get_by_role("link", name="钱玲").click()
    for name in ("林晓雯", "周建国"):
        page.get_by_label(name, exact=True).check()
    page.locator("[name=note]").fill(hands.NOTE)
    page.locator("[name=leaves]").check()
    expect(page.locator("[value=go]")).to_have_count(0)
    page.locator("[value=preview]").click()
    expect(page.locator("#preview tbody tr")).to_have_count(2)
    assert Customer.objects.filter(owner=shop.other).count() == 6, "looking moves nobody"
    page.locator("[value=go]").click()
    at(page, r"/handover/\d+/")
    for person in (shop.seller, shop.owner):
        mine = Customer.objects.filter(owner=person, name__in=theirs)
        assert mine.count() == 3
        today = visit("/today/", person)
        new = today.locator(".lk-panel", has=today.get_by_role("heading", name="New to you"))
        expect(new).to_contain_text("3")
        new.get_by_role("link").click()
        for name in mine.values_list("name", flat=True):
            expect(today.get_by_role("link", name=name)).to_be_visible()
        expect(today.locator("main")).to_contain_text("Rhythm")
    assert not User.objects.get(pk=shop.other.pk).is_active
    leaving.goto("/today/")
    at(leaving, r"/accounts/login/\?next=/today/")


def test_the_selected_are_shared_out_and_a_rule_takes_the_next(visit: Visit, shop: Shop) -> None:
    hands.ruled(shop)
    page = visit("/settings/assignment/", shop.owner)
    page.get_by_role("button", name=re.compile("Try the rules")).click()
    expect(page.locator(".lk-toast")).to_contain_text("2 customers assigned")
    owned = Customer.objects.get(name=hands.NEWCOMERS[0])
    page.goto(f"/customers/{owned.pk}/")
    expect(page.locator("#owners")).to_contain_text(f"because rule “{hands.OTHER_RULE}”")
    page.goto("/customers/?q=" + hands.NEWCOMERS[0])
    page.goto("/customers/?view=all")
    for name in ("王芳", "王海涛"):
        page.locator("tr", has=page.get_by_role("link", name=name, exact=True)).locator(
            "[data-pick]"
        ).check()
    page.locator("summary", has_text="Share out").click()
    page.get_by_label("钱玲", exact=True).check()
    page.locator("[value=evenly]").click()
    expect(page.locator(".lk-toast")).to_contain_text("2 customers assigned")
    assert set(names(page)) >= {"王芳", "王海涛"}
    both = Customer.objects.filter(name__in=["王芳", "王海涛"])
    assert {row.owner for row in both} == {shop.other}


def test_a_rule_is_made_of_words_and_people(visit: Visit, shop: Shop) -> None:
    hands.ruled(shop)
    page = visit("/settings/assignment/new/", shop.owner)
    page.locator("[name=name]").fill("江浙沪")
    region = page.get_by_label("Region")
    region.press_sequentially(f"江苏，{hands.SHANGHAI}")
    region.press("Enter")
    chips = page.locator(".lk-words", has=region).locator("b")
    expect(chips).to_have_text(["江苏", hands.SHANGHAI])
    region.press("Backspace")
    expect(chips).to_have_text(["江苏"])
    page.get_by_role("button", name="Remove 江苏").click()
    region.press_sequentially(hands.SHANGHAI)
    page.get_by_label("钱玲", exact=True).check()
    page.locator("[value=preview]").click()
    expect(page.locator("#preview")).to_contain_text("Nobody without an owner fits")
    expect(page.locator(".lk-words", has=page.get_by_label("Region")).locator("b")).to_have_text(
        hands.SHANGHAI
    )
    page.locator("[value=save]").click()
    at(page, "/settings/assignment/")
    made = AssignmentRule.objects.get(name="江浙沪")
    assert made.conditions == {"regions": [hands.SHANGHAI]}
    assert list(made.people.all()) == [shop.other]
    # Behind the rule that takes everybody it gets nobody; above it, it does.
    page.get_by_role("button", name="江浙沪: up").click()
    page.get_by_role("button", name=re.compile("Try the rules")).click()
    expect(page.locator(".lk-toast")).to_contain_text("2 customers assigned")
    got = Customer.objects.filter(name__in=hands.NEWCOMERS)
    assert {row.owner for row in got} == {shop.other}
