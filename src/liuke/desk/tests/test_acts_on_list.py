"""What people do from the list: cells that change in place, and acts on the selected."""

import json

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.core import lists
from liuke.customers.models import Customer
from liuke.customers.services import save_person, tag_customers, update_customer
from liuke.desk.views import many as many_views

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]
LIST = reverse("customers")


def cell(customer: Customer, field: str) -> str:
    return reverse(f"customer-{field}", args=[customer.pk])


def told(answer) -> list:
    return list(get_messages(answer.wsgi_request))


def ids(*customers: Customer) -> str:
    return ",".join(str(each.pk) for each in customers)


def test_a_level_changes_in_its_cell(signed_in, customer) -> None:
    made = customer(level="B")
    form = signed_in.get(cell(made, "level")).content.decode()
    assert '<option value="B" selected>' in form
    answer = signed_in.post(cell(made, "level"), {"version": 1, "level": "A"})
    assert 'data-level="A"' in answer.content.decode()
    made.refresh_from_db()
    assert (made.level, made.version) == ("A", 2)


def test_an_owner_changes_in_its_cell_within_reach(person, customer) -> None:
    seller, other = person(Role.SELLER), person(Role.SELLER)
    made, client = customer(owner=seller), Client()
    client.force_login(seller)
    refused = client.post(cell(made, "owner"), {"version": 1, "owner": other.pk})
    assert "Select a valid choice" in refused.content.decode()
    client.post(cell(made, "owner"), {"version": 1, "owner": ""})
    made.refresh_from_db()
    assert made.owner is None
    assert client.get(cell(made, "owner")).status_code == 404


def test_tags_change_in_a_dialog_and_return_to_the_cell(signed_in, customer) -> None:
    made = customer("王海涛")
    other = customer("李娜")
    tag_customers(actor=made.owner, customer_ids=[other.pk], add=["老客"])
    form = {"version": 1, "tags": ["老客"], "more": "VIP，车队, vip、 "}
    answer = signed_in.post(cell(made, "tags"), form)
    assert answer.headers["HX-Retarget"] == f"#cell-{made.pk}-tags"
    assert answer.headers["HX-Trigger-After-Swap"] == "lk:close"
    assert {tag.name for tag in made.tags.all()} == {"老客", "VIP", "车队"}
    assert all(name in answer.content.decode() for name in ("老客", "VIP", "车队"))
    too_long = signed_in.post(cell(made, "tags"), {"version": 2, "more": "长" * 41})
    assert "HX-Retarget" not in too_long.headers
    assert "at most 40 characters" in too_long.content.decode()


def test_who_is_slower_is_told_and_asked_again(signed_in, owner, customer) -> None:
    made = customer(level="B")
    update_customer(actor=owner, customer_id=made.pk, version=1, values={"level": "C"})
    answer = signed_in.post(cell(made, "level"), {"version": 1, "level": "A"})
    toast = json.loads(answer.headers["HX-Trigger"])["lk:toast"]
    assert "Level B → C (王敏)" in toast["text"]
    made.refresh_from_db()
    assert made.level == "C"
    assert 'name="version" value="2"' in answer.content.decode()
    assert signed_in.post(cell(made, "level"), {"version": 2, "level": "A"}).status_code == 200
    made.refresh_from_db()
    assert made.level == "A"


def test_who_may_not_edit_sees_plain_cells_and_no_acts(person, customer) -> None:
    customer(level="A")
    client = Client()
    client.force_login(person(Role.ANALYST))
    text = client.get(LIST).content.decode()
    assert "lk-cell__open" not in text
    assert reverse("customers-assign") not in text
    assert "data-pick" in text, "an analyst selects to export"


def test_assigning_says_how_many_and_undo_brings_them_back(signed_in, person, customer) -> None:
    li = person(Role.SELLER, "李雷")
    one, two, three = customer("一"), customer("二"), customer("三", owner=li)
    before = {each.pk: each.owner_id for each in (one, two, three)}
    came = f"http://testserver{LIST}?level=A&page=2"
    answer = signed_in.post(
        reverse("customers-assign"), {"ids": ids(one, two, three), "owner": li.pk},
        headers={"referer": came},
    )  # fmt: skip
    assert answer.url == f"{LIST}?level=A&page=2"
    (message,) = told(answer)
    assert str(message) == "2 customers assigned."
    assert set(Customer.objects.values_list("owner", flat=True)) == {li.pk}
    undone = signed_in.post(message.extra_tags)
    assert str(told(undone)[-1]) == "Undone for 2 customers."
    assert dict(Customer.objects.values_list("pk", "owner")) == before


def test_tagging_all_that_a_filter_finds(signed_in, customer) -> None:
    customer("一", level="A"), customer("二", level="A"), customer("三", level="B")
    url = reverse("customers-tag")
    everybody = {"all": "1", "query": "level=A"}
    assert (
        str(told(signed_in.post(url, everybody | {"more": " VIP "}))[-1]) == "2 customers tagged."
    )
    tag = signed_in.get(LIST).context["tags"]
    assert [name for _pk, name in tag] == ["VIP"]
    found = signed_in.get(f"{LIST}?tag={tag[0][0]}").context["page"]
    assert {row.cells[0].html for row in found.rows} == {"一", "二"}
    again = told(signed_in.post(url, everybody | {"add": "VIP"}))[-1]
    assert (str(again), again.extra_tags) == ("Nothing to change: it is so already.", "")
    off = told(signed_in.post(url, {"all": "1", "query": "", "off": "vip"}))[-1]
    assert str(off) == "Tag taken off 2 customers."
    assert signed_in.get(LIST).context["tags"] == []


def test_a_mass_act_without_sense_changes_nothing(signed_in, customer, monkeypatch) -> None:
    made = customer()
    tag, assign = reverse("customers-tag"), reverse("customers-assign")
    assert (
        str(told(signed_in.post(tag, {"ids": ids(made), "more": " "}))[-1]) == "Type a tag first."
    )
    assert signed_in.post(assign, {"ids": ids(made), "owner": "x"}).status_code == 404
    unknown = told(signed_in.post(assign, {"ids": ids(made), "owner": "999"}))[-1]
    assert "may not give" in str(unknown)
    for at in ("", "yesterday", "2026-06-01T10:00:00"):
        assert signed_in.post(f"{reverse('customers-undo')}?at={at}").status_code == 404
    old = f"{reverse('customers-undo')}?at=2020-06-01T10:00:00%2B00:00"
    assert "too late" in str(told(signed_in.post(old))[-1])
    monkeypatch.setattr(many_views, "MOST_PICKED", 1)
    customer("李娜")
    many = told(signed_in.post(tag, {"all": "1", "query": "", "add": "VIP"}))[-1]
    assert "at most 1 customers" in str(many)
    made.refresh_from_db()
    assert (made.version, made.tags.count()) == (1, 0)


def test_a_referer_from_elsewhere_leads_to_the_list(signed_in, customer) -> None:
    answer = signed_in.post(
        reverse("customers-tag"), {"ids": ids(customer()), "add": "VIP"},
        headers={"referer": "https://evil.example/x?next=1"},
    )  # fmt: skip
    assert answer.url == f"{LIST}?view=all"


def test_a_capped_count_is_exact_when_asked(signed_in, customer, monkeypatch) -> None:
    monkeypatch.setattr(lists, "CAP", 2)
    for n in range(60):
        customer(f"客户{n}")
    page = signed_in.get(LIST).context["page"]
    assert (page.total, page.total_is_capped) == (2, True)
    counted = signed_in.get(LIST + page.count_url).context["page"]
    assert (counted.total, counted.total_is_capped, counted.count_url) == (60, False, "")
    assert "count=all" in counted.next_url


def test_the_palette_finds_by_pinyin_and_offers_a_purchase(signed_in, customer) -> None:
    wang = customer("王海涛")
    customer("李娜")
    text = signed_in.get(reverse("palette"), {"q": "wht"}).content.decode()
    assert reverse("customer", args=[wang.pk]) in text
    assert reverse("order-new", args=[wang.pk]) in text
    assert "李娜" not in text
    assert signed_in.get(reverse("palette"), {"q": " "}).content.strip() == b""


def test_the_palette_names_those_of_that_name_first(signed_in, owner, customer) -> None:
    firm = customer("超艺传媒")
    save_person(actor=owner, customer_id=firm.pk, values={"name": "王玉兰"})
    wang = customer("王玉梅")
    found = signed_in.get(reverse("palette"), {"q": "王玉"}).context["found"]
    assert [each.pk for each in found] == [wang.pk, firm.pk]
