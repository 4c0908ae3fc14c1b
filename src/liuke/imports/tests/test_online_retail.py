"""A year of a real wholesaler: half a million rows, with returns, gifts and missing customers."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db.models import Count, Sum

from liuke.imports.cli import import_orders
from liuke.sales.models import Order, OrderLine

CHECKOUT = Path(__file__).resolve().parents[4]
FILE = CHECKOUT.parent / "shared/data/online_retail_uci/online_retail_541909.parquet"


@pytest.mark.slow
@pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not beside the checkout")
@pytest.mark.django_db
def test_online_retail() -> None:
    result = CliRunner().invoke(import_orders, [str(FILE), "--json"], catch_exceptions=False)
    answer = json.loads(result.stdout)
    assert answer["rows"] == 541_909
    assert answer["customers"] == 4_338
    assert (answer["orders"], answer["sales"]) == (18_532, "8911407.90")
    assert (answer["returns"], answer["return_lines"]) == (3_654, 8_905)
    assert answer["without_customer"] == 135_080
    assert answer["rejected"] == 40
    assert [(item["code"], item["rows"]) for item in answer["reasons"]] == [("zero", 40)]

    sold = Order.objects.filter(kind="sale").aggregate(
        orders=Count("pk"), sales=Sum("total"), customers=Count("customer", distinct=True)
    )
    assert (sold["orders"], sold["customers"]) == (18_532, 4_338)
    # SQLite sums as floating point; what lies behind the cent is its own.
    assert round(sold["sales"], 2) == Decimal("8911407.90")
    assert Order.objects.filter(kind="return").count() == 3_654
    assert OrderLine.objects.filter(order__kind="return").count() == 8_905
