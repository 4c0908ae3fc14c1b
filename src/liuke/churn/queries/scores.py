"""Reads of what the model says, and of what it is fitted to."""

from datetime import date

import numpy as np
from django.db.models import F

from liuke.churn.models import Score
from liuke.churn.rules.kinds import Days, to_day
from liuke.churn.scoring import Outlook, outlook
from liuke.customers.models import Customer
from liuke.sales.models import PURCHASE, Order


def latest_score() -> Score | None:
    """The last fit, whether it came to something or was refused."""
    return Score.objects.order_by("-made_at", "-pk").first()


def outlook_of(customer_id: int, today: date) -> Outlook | None:
    """What the last fit says of one customer; None before there is one, or without purchases."""
    score = Score.objects.exclude(params=None).order_by("-made_at", "-pk").first()
    if score is None or score.params is None:
        return None
    rows = Order.objects.filter(PURCHASE, customer=customer_id, day__lte=today)
    days = list(rows.values_list("day", flat=True).distinct().order_by("day"))
    return outlook(score.params, days, today) if days else None


def purchases_to_fit(most: int) -> tuple[Days, Days]:
    """Customers and days of all purchases; of a large firm those of every n-th customer."""
    step = Customer.objects.count() // most + 1
    rows = Order.objects.filter(PURCHASE).annotate(turn=F("customer") % step).filter(turn=0)
    found = rows.values_list("customer", "day").distinct().iterator(chunk_size=20_000)
    table = np.array([(pk, to_day(day)) for pk, day in found], np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
