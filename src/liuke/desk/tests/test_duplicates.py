"""Two customers side by side: merge, not the same, skip, undo."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.customers.models import Customer, CustomerMerge, DuplicatePair, MergeRun
from liuke.customers.services import NewContactPoint, NewCustomer, record_customers
from liuke.customers.services.duplicates import keep_pairs
from liuke.customers.tasks import carry_on_merging, search_duplicates

pytestmark = pytest.mark.django_db
HERE = "duplicates"


@pytest.fixture
def pair(customer):
    one = customer("王海涛", level="B", occupation="教师")
    other = customer("王海濤", level="A", occupation="司机")
    keep_pairs([(one.pk, other.pk, 0.97, [("mobile", "same"), ("name", "same")])], "search")
    return DuplicatePair.objects.get()


def test_the_review_shows_both_and_why(pair, signed_in) -> None:
    page = signed_in.get(reverse(HERE))
    review = page.context["review"]
    assert [choice.field for choice in review.choices] == ["name", "level", "occupation"]
    assert {choice.field: choice.stays for choice in review.choices} == {
        "name": "survivor", "level": "absorbed", "occupation": "absorbed",
    }  # fmt: skip
    shown = page.content.decode()
    assert "same phone" in shown
    assert "97.0%" in shown
    assert 'data-hotkey="m"' in shown


def test_merging_takes_the_chosen_values_and_can_be_undone(pair, signed_in) -> None:
    survivor = Customer.objects.get(pk=pair.second_id)
    merged = signed_in.post(
        reverse("duplicate-merge", args=[pair.pk]),
        {"survivor": survivor.pk, "keep-occupation": "absorbed", "keep-level": "survivor"},
        follow=True,
    )
    assert "is now part of" in merged.content.decode()
    assert merged.context["review"] is None
    survivor.refresh_from_db()
    assert (survivor.occupation, survivor.level) == ("教师", "A")
    merge = CustomerMerge.objects.get()
    undone = signed_in.post(reverse("merge-undo", args=[merge.pk]))
    assert undone.url == reverse("customer", args=[merge.absorbed_id])
    assert Customer.objects.count() == 2
    assert DuplicatePair.objects.get().pk == pair.pk
    again = signed_in.post(reverse("merge-undo", args=[merge.pk]), headers={"HX-Request": "true"})
    assert again.status_code == 204


def test_not_the_same_is_not_asked_again(pair, signed_in, owner) -> None:
    signed_in.post(reverse("duplicate-apart", args=[pair.pk]), {"reason": "父子"})
    pair.refresh_from_db()
    assert (pair.verdict, pair.decided_by) == ("distinct", owner)
    keep_pairs([(pair.first_id, pair.second_id, 0.99, [])], "search")
    assert signed_in.get(reverse(HERE)).context["review"] is None


def test_skipping_goes_on_and_the_other_may_stay(pair, customer, signed_in) -> None:
    third = customer("李娜")
    keep_pairs([(pair.first_id, third.pk, 0.5, [])], "search")
    review = signed_in.get(reverse(HERE)).context["review"]
    following = signed_in.get(review.skip).context["review"]
    assert {following.survivor.pk, following.absorbed.pk} == {pair.first_id, third.pk}
    swapped = signed_in.get(review.swap).context["review"]
    assert (swapped.survivor, swapped.absorbed) == (review.absorbed, review.survivor)


def test_sellers_propose_and_do_not_merge(customer, person, firm) -> None:
    seller = person(Role.SELLER)
    one, other = (customer(name, owner=seller) for name in ("王海涛", "王先生"))
    client = Client()
    client.force_login(seller)
    propose = reverse("duplicate-propose")
    assert client.post(propose, {"ids": str(one.pk)}).url == reverse("customers")
    opened = client.post(propose, {"ids": f"{one.pk},{other.pk}"}, follow=True)
    assert "Your role may not merge" in opened.content.decode()
    pair = DuplicatePair.objects.get()
    assert client.post(reverse("duplicate-merge", args=[pair.pk])).status_code == 403


def test_the_search_runs_beside_and_says_why(owner, signed_in, person) -> None:
    given = (
        ("王海涛", "wang@example.com"),
        ("王海濤先生", "wang@example.com"),
        ("李娜", "li@x.cn"),
    )
    new = [NewCustomer({"name": name}, [NewContactPoint("email", to)]) for name, to in given]
    record_customers(actor=owner, new=new, origin="file")
    assert signed_in.post(reverse("duplicates-find")).status_code == 302
    # The worker comes by.
    search_duplicates.func()
    page = signed_in.get(reverse(HERE))
    assert page.context["review"].reasons == ["same name", "same e-mail"]
    client = Client()
    client.force_login(person(Role.SELLER))
    assert client.post(reverse("duplicates-find")).status_code == 403


def test_certain_pairs_are_merged_after_a_preview_and_undone_as_a_run(
    pair, customer, signed_in
) -> None:
    third = customer("李娜")
    keep_pairs([(pair.first_id, third.pk, 0.5, [])], "search")
    here = reverse("merge-run")
    shown = signed_in.get(here, {"least": "96"})
    assert shown.context["preview"].count == 1
    assert "This would merge 1 pair" in shown.content.decode()
    assert signed_in.get(here, {"least": "50"}).context["preview"] is None
    other = signed_in.post(here, {"least": "96", "seen": "2"})
    assert (other.status_code, MergeRun.objects.count()) == (422, 0)
    assert "Look at it again" in other.content.decode()
    assert signed_in.post(here, {"least": "96", "seen": "1"}).url == reverse(HERE)
    run = MergeRun.objects.get()
    carry_on_merging.func(run.pk)
    page = signed_in.get(reverse(HERE))
    assert "1 merged from 96.0% on" in page.content.decode()
    ((_label, count, href),) = page.context["runs"][0].left
    assert (count, href) == (1, f"/customers/?merged={run.pk}:none")
    listed = signed_in.get(href).content.decode()
    assert "Left by a run of merges" in listed
    assert "李娜" not in listed
    signed_in.post(reverse("merge-run-undo", args=[run.pk]))
    carry_on_merging.func(run.pk)
    assert Customer.objects.count() == 3
    assert signed_in.get(reverse(HERE)).context["runs"][0].run.state == "undone"


def test_pairs_are_split_by_what_they_come_to(pair, customer, buys, signed_in) -> None:
    third, fourth = customer("李娜"), customer("李娜娜")
    keep_pairs([(third.pk, fourth.pk, 0.5, [])], "search")
    buys(fourth, date(2026, 5, 5))
    page = signed_in.get(reverse(HERE), {"of": "bought"})
    assert [count for *_rest, count in page.context["tabs"]] == [2, 1, 0, 1]
    review = page.context["review"]
    assert {review.survivor, review.absorbed} == {third, fourth}
    assert "of=bought" in review.skip
    left = signed_in.post(
        reverse("duplicate-apart", args=[review.pair.pk]), {"of": "bought"}, follow=True
    )
    assert left.context["review"] is None
    listed = signed_in.get(reverse("customers"), {"twins": "none"}).content.decode()
    assert "王海涛" in listed
    assert "李娜" not in listed
