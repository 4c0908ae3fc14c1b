"""Fitting the model behind P(alive), once a week."""

from datetime import datetime, timedelta

import numpy as np

from liuke.churn import scoring
from liuke.churn.models import Score
from liuke.churn.queries import scores
from liuke.churn.rules.kinds import to_day
from liuke.churn.services.clocks import learn_rhythms
from liuke.core import clock

EVERY = timedelta(days=7)
# After a refusal the next file may bring what was missing.
RETRY = timedelta(hours=1)
# Beyond this many customers the parameters no longer move; a large firm is sampled.
MOST_CUSTOMERS = 100_000


def score_when_due(now: datetime) -> None:
    """Tick: fit and judge the model anew when the last fit is a week old, or was refused."""
    last = scores.latest_score()
    if last is not None and now - last.made_at < (RETRY if last.params is None else EVERY):
        return
    customers, days, amounts = scores.purchases_to_fit(MOST_CUSTOMERS)
    today = clock.day_of(now)
    found = scoring.fit(customers, days, amounts, int(to_day(today)))
    Score.objects.create(
        made_at=now,
        as_of=today,
        customers=len(np.unique(customers)),
        params=found.params,
        cards=found.cards,
        refusal=found.refusal,
        value_params=found.value_params,
        value_refusal=found.value_refusal,
    )
    learn_rhythms(now)
