"""Month table and status over the API say what the screen says."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from liuke.churn.queries import months_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 17)
KEYS = [
    "month", "customers", "settled", "newly_at_risk", "newly_lost", "recovered", "returned",
    "at_risk_end", "lost_end", "hazard", "recovery_rate", "workshop_churn_rate", "partial",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _past(on_day, rule, customer, buys) -> None:
    on_day(TODAY)
    rule()
    for name, days in {"甲": [10], "乙": [70, 300], "丙": [100], "丁": [200, 20]}.items():
        buys(customer(name), *(TODAY - timedelta(days=ago) for ago in days))
    customer("戊")


def test_the_table(signed_in, owner) -> None:
    answer = signed_in.get("/api/churn/table").json()
    months = months_of(owner, TODAY)
    assert answer["as_of"] == "2026-06-17"
    assert [list(row) for row in answer["months"]] == [KEYS] * len(months)
    for row, month in zip(answer["months"], months, strict=True):
        assert row == {name: getattr(month, name) for name in KEYS}
    shown = signed_in.get(reverse("churn"), {"months": "all"}).context["months"]
    assert [row["newly_lost"] for row in answer["months"]] == [m.newly_lost for m in shown[::-1]]


def test_the_status(signed_in) -> None:
    assert signed_in.get("/api/churn/status").json() == {
        "as_of": "2026-06-17", "active": 2, "at_risk": 1, "lost": 1, "no_clock": 1,
    }  # fmt: skip


def test_a_day_later_the_clocks_have_moved_without_any_tick(signed_in, on_day) -> None:
    on_day(TODAY + timedelta(days=20))
    answer = signed_in.get("/api/churn/status").json()
    assert (answer["as_of"], answer["active"], answer["lost"]) == ("2026-07-07", 2, 2)
