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
    "first_gap_share": "first gap / (first + second), Wheat and Morrison's M",
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
    sums = {"days": _number(known.day).collect().sort()}
    if "amount" in orders.columns:
        amount = known.amount.cast("float64")
        sums |= {
            "spend": amount.sum(),
            "spend_recent": amount.sum(where=known.day > recent),
            "spend_before": amount.sum(where=(known.day > before) & (known.day <= recent)),
        }
    return _described(known.group_by("customer").aggregate(**sums), as_of, recent_days, contacts)


def _described(customers: Table, as_of: date, recent_days: int, contacts: Table | None) -> Table:
    today = (as_of - _EPOCH).days
    # Sorting lists and dropping repeats is several times cheaper than grouping by customer and day.
    days = customers.days.filter(lambda day, at: (at == 0) | (day != customers.days[at - 1]))
    table = customers.mutate(days=days)
    table = table.mutate(
        gaps=table.days.map(lambda day, i: ibis.ifelse(i == 0, 0, day - table.days[i - 1]))
    )
    purchases = table.days.length()
    repeats = (purchases - 1).nullif(0)
    table = table.mutate(
        first=table.days[0],
        last=table.days[purchases - 1],
        purchases=purchases,
        squares=table.gaps.map(lambda gap: gap * gap).sums(),
        repeats=repeats,
        gap_longest=table.gaps.maxs().nullif(0),
        gap_last=table.gaps[purchases - 1].nullif(0),
        gap_first=table.gaps[1],
        gap_second=table.gaps[2],
        purchases_recent=table.days.filter(lambda day: day > today - recent_days).length(),
        purchases_before=table.days.filter(
            lambda day: (day > today - 2 * recent_days) & (day <= today - recent_days)
        ).length(),
    )
    table = table.mutate(
        first_day=_date(table.first),
        last_day=_date(table.last),
        age_days=today - table.first,
        recency_days=today - table.last,
        active_days=table.last - table.first,
        gap_mean=(table.last - table.first) / table.repeats,
        first_gap_share=ibis.ifelse(
            table.purchases >= 3,
            table.gap_first / (table.gap_first + table.gap_second),
            None,
        ),
        purchases_trend=(table.purchases_recent - table.purchases_before)
        / (table.purchases_recent + table.purchases_before).nullif(0),
    )
    spread = table.squares - table.active_days * table.gap_mean
    table = table.mutate(
        gap_sd=ibis.ifelse(
            table.purchases >= 3,
            (ibis.greatest(spread, 0.0) / (table.repeats - 1).nullif(0)).sqrt(),
            None,
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


def _date(number: Expr) -> Expr:
    return ibis.literal(_EPOCH) + number.as_interval("D")
