"""What columns mean, guessed from names and values."""

import pytest

from liuke.core.errors import Refused
from liuke.imports.readers.guessing import guess
from liuke.imports.readers.mapping import Meaning, check_meaning

CASES: dict[str, tuple[str, str, dict[str, str]]] = {
    "wholesaler": (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,UK",
        {
            "customer": "CustomerID",
            "date": "InvoiceDate",
            "quantity": "Quantity",
            "price": "UnitPrice",
            "order": "InvoiceNo",
            "product": "StockCode",
            "description": "Description",
        },
    ),
    "workshop": (
        "工单号,进厂日期,车牌号,客户姓名,维修项目,实收金额(元)",
        "GD001,2026/3/4,粤B12345,王海涛,保养,480.00",
        {
            "order": "工单号",
            "date": "进厂日期",
            "customer": "车牌号",
            "name": "客户姓名",
            "description": "维修项目",
            "amount": "实收金额(元)",
            "kind": "visit",
        },
    ),
    "shop": (
        "订单编号,下单时间,会员号,商品名称,数量,单价,实付款",
        "D1,2026-03-04 10:00,M1,茶叶,2,50,90",
        {
            "order": "订单编号",
            "date": "下单时间",
            "customer": "会员号",
            "description": "商品名称",
            "amount": "实付款",
        },
    ),
    "stock ledger": (
        "单据编号,业务日期,往来单位,联系电话,品名,价税合计",
        "XS1,2026/3/4,王记五金,13800138000,螺丝,200",
        {
            "order": "单据编号",
            "date": "业务日期",
            "customer": "往来单位",
            "phone": "联系电话",
            "description": "品名",
            "amount": "价税合计",
        },
    ),
    "names only": (
        "姓名,日期,金额",
        "王海涛,2026-03-04,480",
        {"customer": "姓名", "date": "日期", "amount": "金额"},
    ),
    "date by its values": (
        "客户,开始,金额",
        "王海涛,2026年3月4日,480",
        {"customer": "客户", "date": "开始", "amount": "金额"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_columns_are_guessed(case: str) -> None:
    header, row, expected = CASES[case]
    assert guess(header.split(","), [tuple(row.split(","))]) == Meaning(**expected)


def test_a_column_whose_values_do_not_fit_is_not_taken() -> None:
    found = guess(
        ["customer", "date", "order date", "amount"], [("A", "Monday", "2026-03-04", "5")]
    )
    assert found.date == "order date"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"customer": "custmer"}, "no column “custmer” .* The file has: customer, .* “customer”"),
        ({"date": ""}, "which column holds the date"),
        ({"amount": ""}, "amount, or which hold quantity and price"),
        ({"amount": "date"}, "chosen twice"),
        ({"quantity": "pieces", "price": "each"}, "either an amount"),
    ],
)
def test_a_wrong_choice_is_explained(said: dict[str, str], message: str) -> None:
    good = {"customer": "customer", "date": "date", "amount": "amount"}
    with pytest.raises(Refused, match=message):
        check_meaning(Meaning(**(good | said)), ["customer", "date", "amount", "pieces", "each"])


def test_a_card_that_many_do_not_have_is_not_taken_for_the_customer() -> None:
    columns = ["会员卡号", "手机号", "日期", "金额"]
    some = [("K1", "13800138000", "2026-03-04", "5"), ("", "13800138001", "2026-03-04", "5")]
    assert guess(columns, some).customer == "手机号"
    assert (
        guess(["会员卡号", "日期", "金额"], [(a, c, d) for a, _b, c, d in some]).customer
        == "会员卡号"
    )
