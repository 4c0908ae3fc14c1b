"""As-of features. Nothing dated after the day is read, so nothing can leak from the future."""

from datetime import date, timedelta

import ibis
from ibis import Expr, Table, _

RECENT_DAYS = 90
_EPOCH = date(1970, 1, 1)

DESCRIPTIONS = {
    "first_day": "day of the first purchase",
    "last_day": "day of the last purchase",
    "purchases": "days with a purchase",
    "age_days": "days from the first purchase to the as-of day",
    "recency_days": "days from the last purchase to the as-of day",
    "active_days": "days from the first purchase to the last",
    "gap_mean": "mean days between purchases; null before the second purchase",
    "gap_sd": "standard deviation of the days between purchases; null before the third",
    "gap_variation": "gap_sd / gap_mean: near 0 regular, 1 at random",
    "gap_longest": "longest days between purchases",
    "gap_last": "days between the last two purchases",
    "overdue": "recency_days / gap_mean",
    "purchases_recent": "purchases in the recent window",
    "purchases_before": "purchases in the window of the same length before it",
    "purchases_trend": "(recent − before) / (recent + before), from −1 to 1; null without either",
    "spend": "sum of all amounts",
    "spend_per_purchase": "spend / purchases",
    "spend_recent": "amounts in the recent window",
    "spend_before": "amounts in the window before it",
    "contacts": "contacts up to the as-of day",
    "contacts_recent": "contacts in the recent window",
    "contact_recency_days": "days since the last contact; null without one",
}
COLUMNS = tuple(DESCRIPTIONS)


def features(
    orders: Table,
    as_of: date,
    *,
    contacts: Table | None = None,
    recent_days: int = RECENT_DAYS,
) -> Table:
    """One row per customer with a purchase up to `as_of` (inclusive); see DESCRIPTIONS.

    orders: columns customer, day (date) and, if there is money, amount; several rows of one day
    are one purchase. contacts: columns customer, day. Without amount or contacts their columns
    are missing. Days are whole numbers, money as given.
    """
    recent, before = (as_of - timedelta(days=recent_days * times) for times in (1, 2))
    known = orders.filter(orders.day <= as_of)
    # One pass in order of days. Rows of a day that was seen before have gap 0 and are no purchase:
    # that is several times cheaper than grouping by customer and day first.
    number = _number(known.day)
    before_it = number.lag(1).over(group_by=known.customer, order_by=number)
    known = known.mutate(gap=number - before_it)
    new = known.gap.isnull() | (known.gap > 0)
    sums = {
        "first_day": known.day.min(),
        "last_day": known.day.max(),
        "purchases": known.count(where=new),
        "squares": (known.gap.cast("float64") * known.gap).sum(),
        "gap_longest": known.gap.max(),
        "gap_last": known.gap.argmax(known.day, where=known.gap > 0),
        "purchases_recent": known.count(where=new & (known.day > recent)),
        "purchases_before": known.count(where=new & (known.day > before) & (known.day <= recent)),
    }
    if "amount" in orders.columns:
        amount = known.amount.cast("float64")
        sums |= {
            "spend": amount.sum(),
            "spend_recent": amount.sum(where=known.day > recent),
            "spend_before": amount.sum(where=(known.day > before) & (known.day <= recent)),
        }
    return _described(known.group_by("customer").aggregate(**sums), as_of, recent_days, contacts)


def _described(table: Table, as_of: date, recent_days: int, contacts: Table | None) -> Table:
    today = (as_of - _EPOCH).days
    first, last = _number(table.first_day), _number(table.last_day)
    table = table.mutate(
        age_days=today - first,
        recency_days=today - last,
        active_days=last - first,
        gap_longest=table.gap_longest.nullif(0),
        gap_mean=(last - first) / (table.purchases - 1).nullif(0),
        purchases_trend=(table.purchases_recent - table.purchases_before)
        / (table.purchases_recent + table.purchases_before).nullif(0),
    )
    spread = ibis.greatest(table.squares - table.active_days * table.gap_mean, 0.0)
    table = table.mutate(
        gap_sd=ibis.ifelse(
            table.purchases >= 3, (spread / (table.purchases - 2).nullif(0)).sqrt(), None
        ),
        overdue=table.recency_days / table.gap_mean,
    )
    table = table.mutate(gap_variation=table.gap_sd / table.gap_mean)
    if "spend" in table.columns:
        table = table.mutate(
            spend_per_purchase=table.spend / table.purchases,
            spend_recent=table.spend_recent.coalesce(0.0),
            spend_before=table.spend_before.coalesce(0.0),
        )
    if contacts is not None:
        table = _with_contacts(table, contacts, as_of, recent_days)
    return table.select("customer", *(name for name in COLUMNS if name in table.columns))


def _with_contacts(table: Table, contacts: Table, as_of: date, recent_days: int) -> Table:
    known = contacts.filter(contacts.day <= as_of)
    today = (as_of - _EPOCH).days
    counted = known.group_by(contact_customer=known.customer).aggregate(
        contacts=known.count(),
        contacts_recent=known.count(where=known.day > as_of - timedelta(days=recent_days)),
        contact_recency_days=today - _number(known.day).max(),
    )
    joined = table.left_join(counted, table.customer == counted.contact_customer)
    return joined.mutate(
        contacts=_.contacts.coalesce(0), contacts_recent=_.contacts_recent.coalesce(0)
    )


def _number(day: Expr) -> Expr:
    return day.delta(ibis.literal(_EPOCH), unit="day").cast("int32")
