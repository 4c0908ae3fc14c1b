"""The pictures in the README: `LIUKE_PICTURES=1 pytest tests/journeys/test_pictures.py`."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import BrowserContext

from liuke.accounts.models import User
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.site.setup import prepare_demo
from tests.journeys import shop as shops
from tests.journeys.looking import DRAWN

FOLDER = Path(__file__).parents[2] / "docs/pictures"


@pytest.mark.slow
@pytest.mark.skipif("LIUKE_PICTURES" not in os.environ, reason="only when asked for")
def test_pictures(context: Callable[..., BrowserContext]) -> None:
    prepare_demo()
    owner = User.objects.get(username="laoban")
    today = clock.today()
    leaving = Customer.objects.filter(
        kind="person", state__at_risk_at__lte=today, state__lost_at__gt=today
    ).latest("state__value_year")
    with translation.override("zh-hans"):
        file = shops.checked_by(owner)
    page = context(owner, lang="zh-hans").new_page()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, path in {
        "today": "/today/?whose=all",
        "customers": "/customers/",
        "customer": f"/customers/{leaving.pk}/",
        "churn": "/churn/",
        "import": f"/import/{file.pk}/check/",
    }.items():
        page.goto(path)
        page.wait_for_function(DRAWN)
        page.screenshot(path=FOLDER / f"{name}-zh.png")
