"""A whole firm worked out the slow way: every subject's life, and who is behind each figure."""

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import transaction

from liuke.churn.models import RuleVersion
from liuke.churn.rules.history import Cause, State
from liuke.churn.tests.naive import DAY, Life, later, live
from liuke.customers.models import Asset, Customer
from liuke.sales.models import Order

Subject = tuple[int, int | None]


@contextmanager
def undone():
    """What Hypothesis tries once is gone before it tries again."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def subject_of(order: Order, assets: Iterable[Asset]) -> Subject:
    """Whom a purchase counts for."""
    mine = [asset for asset in assets if asset.customer_id == order.customer_id]
    named = [asset for asset in mine if asset.pk == order.asset_id]
    (asset,) = named or (mine if len(mine) == 1 else [None])
    if asset is None or (asset.retired_on is not None and asset.retired_on < order.day):
        return order.customer_id, None
    return order.customer_id, asset.pk


def lives(today: date, customers: Iterable[int] | None = None) -> dict[Subject, Life]:
    """The life of every asset or customer that ever bought, under the rules in force."""
    assets = list(Asset.objects.all())
    retired = {asset.pk: asset.retired_on for asset in assets}
    kind = dict(Customer.objects.values_list("pk", "kind"))
    bought: dict[Subject, list[date]] = {}
    for order in Order.objects.all():
        if order.kind == "visit" or order.total > 0:
            bought.setdefault(subject_of(order, assets), []).append(order.day)
    walked = {}
    for (customer, asset), days in bought.items():
        versions = [(each.valid_from, each.content) for each in deciding(kind[customer])]
        if versions and (customers is None or customer in customers):
            life = live(days, versions, today, retired.get(asset))
            if life is not None:
                walked[customer, asset] = life
    return walked


def deciding(kind: str) -> list[RuleVersion]:
    """The versions that decide about a kind of customer, one after the other.

    Before a kind had a rule of its own the general one decided.
    """
    rows = RuleVersion.objects.filter(superseded_at=None).order_by("valid_from")
    general = list(rows.filter(rule__applies_to=""))
    own = list(rows.filter(rule__applies_to=kind))
    return [each for each in general if not own or each.valid_from < own[0].valid_from] + own


def behind_by_walking(
    figure: str, walked: dict[Subject, Life], first: date, last: date
) -> list[int]:
    """The customer of every subject that a figure counts, once per count."""
    year = later(first, -11)

    def bought(life: Life, begin: date) -> bool:
        return any(begin <= day <= last for day in life.bought)

    def counted(life: Life) -> int:
        flows = [move for move in life.moves if first <= move.on <= last]
        served = life.bought[0] <= last and life.stood(last) != State.RETIRED
        match figure:
            case "newly_at_risk":
                return sum((m.before, m.after) == (State.ACTIVE, State.AT_RISK) for m in flows)
            case "newly_lost":
                return sum(m.before < State.LOST and m.after == State.LOST for m in flows)
            case "recovered":
                return sum((m.before, m.cause) == (State.LOST, Cause.PURCHASE) for m in flows)
            case "returned":
                return sum((m.before, m.cause) == (State.AT_RISK, Cause.PURCHASE) for m in flows)
            case "at_risk_end":
                return life.stood(last) == State.AT_RISK
            case "lost_end":
                return life.stood(last) == State.LOST
            case "customers":
                return served
            case "settled":
                return bought(life, first)
            case "absent_year":
                return served and not bought(life, year)
        raise KeyError(figure)

    return [
        customer for (customer, _asset), life in walked.items() for _time in range(counted(life))
    ]


def month_ends(today: date, months: int) -> list[tuple[date, date]]:
    """The last months up to today, the running one up to today."""
    first = today.replace(day=1)
    begins = [later(first, -back) for back in reversed(range(months))]
    return [(begin, min(later(begin, 1) - DAY, today)) for begin in begins]


def days_ago(today: date, days: int) -> date:
    return today - timedelta(days=days)
