"""Reads of what the model says, and of what it is fitted to."""

from datetime import date

import numpy as np
from django.db.models import F, Sum

from liuke.churn.models import RuleVersion, Score
from liuke.churn.queries import rules_in_force
from liuke.churn.rules.kinds import Days, knows_rhythm, to_day
from liuke.churn.scoring import Money, Outlook, outlook
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
    rows = Order.objects.filter(PURCHASE, customer=customer_id, day__lte=today).values("day")
    bought = rows.annotate(sum=Sum("total")).order_by("day").values_list("day", "sum")
    purchases = [(day, float(amount)) for day, amount in bought]
    return outlook(score.params, score.value_params, purchases, today) if purchases else None


def purchases_to_fit(most: int) -> tuple[Days, Days, Money]:
    """Customers, days and amounts of all purchases; of a large firm those of every n-th customer.

    Purchases of one day are one.
    """
    step = Customer.objects.count() // most + 1
    rows = Order.objects.filter(PURCHASE).annotate(turn=F("customer") % step).filter(turn=0)
    by_day = rows.values("customer", "day").annotate(sum=Sum("total")).order_by()
    found = by_day.values_list("customer", "day", "sum").iterator(chunk_size=20_000)
    table = [(pk, int(to_day(day)), float(amount)) for pk, day, amount in found]
    customers, days, amounts = zip(*table, strict=True) if table else ((), (), ())
    return np.array(customers, np.int64), np.array(days, np.int64), np.array(amounts, float)


def unlearned_rhythms() -> list[RuleVersion]:
    """The last version of each rule whose segment did not show a rhythm when it was saved."""
    last = {version.rule_id: version for own in rules_in_force().values() for version in own}
    return [version for version in last.values() if not knows_rhythm(version.content)]
