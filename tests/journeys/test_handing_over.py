"""Somebody resigns at nine; by five past, everybody has a new owner who knows what to do."""

import re

from playwright.sync_api import expect

from liuke.accounts.models import User
from liuke.customers.models import Customer
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
