"""A file from the old till, dropped in by somebody who knows no column names."""

from pathlib import Path

from playwright.sync_api import expect

from liuke.customers.models import Customer
from liuke.sales.models import Order
from tests.journeys.conftest import Visit, at
from tests.journeys.shop import LIST_NAME, Shop, import_file, list_file

GUESSED = {
    "customer": "客户编号", "name": "客户名称", "date": "下单日期",
    "order": "订单号", "quantity": "数量", "price": "单价",
}  # fmt: skip


def test_from_a_dropped_file_to_who_is_leaving(visit: Visit, shop: Shop, tmp_path: Path) -> None:
    before = Order.objects.count()
    page = visit("/import/", shop.owner)
    send = page.locator("main form button[type=submit]")
    expect(send).to_be_disabled()
    file = tmp_path / "十月订单.csv"
    file.write_bytes(import_file())
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-drop-name]")).to_have_text(file.name)
    send.click()

    at(page, r"/import/\d+/map/")
    expect(page.locator("main")).to_contain_text("GB18030")
    for field, column in GUESSED.items():
        expect(page.locator(f"select[name={field}]")).to_have_value(column)
    page.locator("main form button.btn-primary").click()

    at(page, r"/import/\d+/check/")
    expect(page.locator(".lk-fig__value").first).to_have_text("12")
    error = page.locator("tr", has_text="2026-13-45")
    expect(error.locator("th")).to_have_text("14")
    expect(error.locator("td.wrap")).to_contain_text("-")
    assert Order.objects.count() == before
    with page.expect_download() as rejects:
        page.locator("a[href$='/rejects/']").click()
    assert "2026-13-45" in rejects.value.path().read_text("utf-8-sig")

    page.locator("main form button.btn-primary").click()
    at(page, r"/import/\d+/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(file.name)
    assert Order.objects.count() == before + 12
    page.locator("main a.btn[href='/churn/']").click()
    page.goto("/customers/?churn=lost")
    expect(page.get_by_role("link", name="导入客户1")).to_be_visible()


def test_a_file_of_another_kind_is_refused_where_it_was_dropped(
    visit: Visit, shop: Shop, tmp_path: Path
) -> None:
    page = visit("/import/", shop.owner)
    file = tmp_path / "票据.pdf"
    file.write_bytes(b"%PDF-1.7")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-drop-note]")).to_contain_text(file.name)
    expect(page.locator("main form button[type=submit]")).to_be_disabled()


def test_an_own_list_comes_in_without_help_and_goes_again(
    visit: Visit, shop: Shop, tmp_path: Path
) -> None:
    before = Customer.objects.count()
    page = visit("/import/", shop.owner)
    file = tmp_path / LIST_NAME
    file.write_bytes(list_file())
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button[type=submit]").click()

    at(page, r"/import/\d+/map/")
    expect(page.locator("button[name=kind][aria-pressed=true]")).to_have_attribute(
        "value", "customers"
    )
    expect(page.locator("select[name=column_1]")).to_have_value("mobile")
    row = page.locator("tr", has=page.locator("select[name=column_3]"))
    expect(row.locator(".lk-error")).to_be_visible()
    page.locator("select[name=column_3]").select_option("note")
    expect(row.locator(".lk-error")).to_have_count(0)
    page.locator("select[name=column_3]").select_option("level")
    expect(row.locator(".lk-error")).to_be_visible()
    page.locator("main #mapping button.btn-primary").click()

    at(page, r"/import/\d+/check/")
    expect(page.locator(".lk-fig__value").first).to_have_text("4")
    assert Customer.objects.count() == before
    page.locator("main form button.btn-primary").click()

    at(page, r"/import/\d+/")
    expect(page.locator("main h1")).to_contain_text(LIST_NAME)
    assert Customer.objects.filter(name="孙大圣", gender="male").exists()
    page.locator("main details summary").click()
    page.locator("main details form button").click()
    expect(page.locator("main .lk-answer")).to_contain_text("4")
    assert Customer.objects.count() == before
