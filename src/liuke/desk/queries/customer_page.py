"""One customer: what happened, how things stand, and the rhythm of the purchases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext

from liuke.accounts.models import User
from liuke.churn import queries as churn
from liuke.churn.models import Clock, Transition
from liuke.churn.rules.history import Cause, State
from liuke.churn.rules.wording import describe, span_words
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.core.ui.figures import day_text, money_html
from liuke.customers.models import Customer
from liuke.customers.queries import FieldChange, field_changes, field_label
from liuke.customers.rules import Kind
from liuke.sales import queries as sales
from liuke.sales.models import PURCHASE, Order
from liuke.sales.rules import OrderKind

SHOWN = 40
RHYTHM_FROM = timedelta(days=3 * 365)
RHYTHM_FROM_PHONE = timedelta(days=400)
CHANGES = (
    "customer.created",
    "customer.updated",
    "asset.created",
    "asset.updated",
    "order.voided",
)


CHIPS = [
    ("", _lazy("All")),
    ("purchases", _lazy("Purchases")),
    ("churn", _lazy("Churn")),
    ("changes", _lazy("Changes")),
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `on` is a date where the time of day does not matter."""

    on: date | datetime
    icon: str
    title: str
    who: str = ""
    body: str = ""
    mean: str = ""
    url: str = ""
    lines: Sequence[str] = field(default=())

    @property
    def sort_key(self) -> tuple[date, bool, datetime]:
        # On one day the time of a purchase is known, that of a crossing is not.
        if isinstance(self.on, datetime):
            return clock.day_of(self.on), True, self.on
        return self.on, False, clock.start_of(self.on)


@dataclass(frozen=True, slots=True)
class Past:
    """The latest events of the chosen kind, and how many there are of each."""

    events: Sequence[Event]
    counts: dict[str, int]
    more: bool


def past(customer: Customer, kind: str = "", shown: int = SHOWN) -> Past:
    """The timeline, latest first; `kind` is purchases, churn, changes or empty for all."""
    orders = sales.orders_of(customer.pk)
    crossings = churn.transitions_of(customer.pk)
    changes = JournalEntry.objects.filter(verb__in=CHANGES, customer_id=customer.pk).order_by(
        "-at", "-pk"
    )
    counts = {
        "purchases": orders.count(),
        "churn": crossings.count(),
        "changes": changes.count(),
    }
    events: list[Event] = []
    if kind in ("", "purchases"):
        with_lines = orders.select_related("asset").prefetch_related("lines__product")
        events += [_order_event(order) for order in with_lines[:shown]]
    if kind in ("", "churn"):
        events += [_crossing_event(row) for row in crossings[:shown]]
    if kind in ("", "changes"):
        events += _change_events(list(changes[:shown]))
    events.sort(key=lambda event: event.sort_key, reverse=True)
    total = counts.get(kind, sum(counts.values()))
    return Past(events[:shown], {"": sum(counts.values()), **counts}, total > shown)


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock with the sentence that explains it."""

    clock: Clock
    state: str
    title: str
    sentence: str
    rule: str


def clock_views(customer: Customer, today: date) -> list[ClockView]:
    """A customer's clocks, best first, each in words."""
    usual = churn.usual_gaps([customer.pk])
    return [
        ClockView(
            row,
            row.state_on(today).name.lower(),
            str(row.asset) if row.asset else "",
            _sentence(row, usual.get((customer.pk, row.asset_id)), today),
            describe(row.version.content),
        )
        for row in churn.clocks_of(customer.pk)
    ]


def facts(customer: Customer) -> list[tuple[str, str]]:
    """The filled fields of the profile, with their names."""
    names = ["gender", "birth_date", "occupation"]
    if customer.kind == Kind.ORGANIZATION:
        names = ["industry", "size", "credit_code"]
    values = [(name, _fact(customer, name)) for name in [*names, "source", "code", "note"]]
    return [(field_label(name), value) for name, value in values if value]


def rhythm(customer: Customer, clocks: Sequence[ClockView], today: date) -> dict[str, Any] | None:
    """The chart of purchases with the zones of the best clock; None before the first purchase."""
    orders = Order.objects.filter(PURCHASE, customer=customer, day__gte=today - RHYTHM_FROM)
    days: dict[date, list[Order]] = {}
    for order in orders.order_by("day", "pk"):
        days.setdefault(order.day, []).append(order)
    if not days or not clocks:
        return None
    best = clocks[0].clock
    begin = min(min(days), today - timedelta(days=90))
    # The word above the line of today needs room at its right.
    room = (today - begin) / 10
    end = max(best.lost_at + (best.lost_at - best.last_day) / 4, today + room)
    return {
        "from": (begin - timedelta(days=10)).isoformat(),
        "from_narrow": max(begin, today - RHYTHM_FROM_PHONE).isoformat(),
        "to": end.isoformat(),
        "purchases": [
            {
                "day": day.isoformat(),
                "amount": float(sum(order.total for order in found)),
                "text": f"{_short(day)} {_money(sum((order.total for order in found), Decimal()))}",
                "url": reverse("order", args=[found[-1].pk]),
            }
            for day, found in days.items()
        ],
        "missed": _expected_marks(best, today),
        "risk": {"from": best.at_risk_at.isoformat(), "label": _("At risk")},
        "lost": {"from": best.lost_at.isoformat(), "label": _("Lost")},
        "today": {"day": today.isoformat(), "label": _("Today")},
    }


def _fact(customer: Customer, name: str) -> str:
    if name == "gender":
        return customer.get_gender_display()
    value = getattr(customer, name)
    return (
        day_text(value, clock.today(), year=True) if isinstance(value, date) else str(value or "")
    )


def _expected_marks(best: Clock, today: date) -> list[dict[str, str]]:
    if best.expected_at is None:
        return []
    words = (
        _("expected %(day)s") if best.expected_at >= today else _("expected %(day)s, did not come")
    )
    return [
        {"day": best.expected_at.isoformat(), "text": words % {"day": _short(best.expected_at)}}
    ]


def _sentence(row: Clock, usual: int | None, today: date) -> str:
    """The customer's own habit first, then where it stands now."""
    absent = (today - row.last_day).days
    if absent == 0:
        now = _("Bought today.")
    elif usual:
        now = _("Usually back every %(usual)s; last seen %(absent)s ago.") % {
            "usual": span_words(usual),
            "absent": span_words(absent),
        }
    else:
        now = _("Last bought %(absent)s ago.") % {"absent": span_words(absent)}
    return _("%(one)s %(next)s") % {"one": now, "next": _outlook(row, today)}


def _outlook(row: Clock, today: date) -> str:
    match row.state_on(today):
        case State.RETIRED:
            return _("Out of service, no longer watched.")
        case State.LOST:
            return _("Counts as lost since %(day)s.") % {"day": _short(row.lost_at)}
        case State.AT_RISK:
            return _("At risk since %(since)s; lost from %(lost)s unless they buy.") % {
                "since": _short(row.at_risk_at),
                "lost": _short(row.lost_at),
            }
        case _:
            return _("Safe until %(day)s.") % {"day": _short(row.at_risk_at - timedelta(days=1))}


def _order_event(order: Order) -> Event:
    icons = {
        OrderKind.SALE: "shopping-bag",
        OrderKind.VISIT: "car",
        OrderKind.RETURN: "arrow-back-up",
    }
    names = {OrderKind.SALE: _("Order"), OrderKind.VISIT: _("Visit"), OrderKind.RETURN: _("Return")}
    kind = OrderKind(order.kind)
    lines = list(order.lines.all())
    texts = [line.text or (str(line.product) if line.product else "") for line in lines[:3]]
    body = _("; ").join(filter(None, texts))
    if len(lines) > 3:
        body += " " + ngettext("and %(n)d more line", "and %(n)d more lines", len(lines) - 3) % {
            "n": len(lines) - 3
        }
    return Event(
        on=order.occurred_at,
        icon=icons[kind],
        title=f"{names[kind]} {_money(order.total)}",
        who=" · ".join(filter(None, (order.number, str(order.asset) if order.asset else ""))),
        body=body or order.note,
        mean="" if kind == OrderKind.RETURN else "safe",
        url=reverse("order", args=[order.pk]),
    )


def _crossing_event(row: Transition) -> Event:
    title, icon, mean = _crossing_words(row)
    why = describe(row.version.content) if row.cause == Cause.TIME else row.get_cause_display()
    return Event(
        on=row.on, icon=icon, title=title, mean=mean, body=why,
        who=str(row.asset) if row.asset else "",
    )  # fmt: skip


def _crossing_words(row: Transition) -> tuple[str, str, str]:
    if row.after == State.ACTIVE:
        if row.before == State.LOST:
            return _("Won back"), "heart-handshake", "safe"
        return _("Back in time"), "check", "safe"
    if row.after == State.AT_RISK:
        return pgettext("event", "At risk"), "alert-triangle", "risk"
    if row.after == State.LOST:
        return pgettext("event", "Lost"), "door-exit", "lost"
    return _("Out of service"), "archive", ""


def _change_events(entries: Sequence[JournalEntry]) -> list[Event]:
    people = dict(
        User.objects.filter(
            pk__in={entry.actor_id for entry in entries if entry.actor_id}
        ).values_list("pk", "name")
    )
    updates = field_changes(entry for entry in entries if entry.verb == "customer.updated")
    return [
        _change_event(entry, people.get(entry.actor_id or 0, ""), updates.get(entry.pk, ()))
        for entry in entries
    ]


def _change_event(entry: JournalEntry, who: str, changes: Sequence[FieldChange]) -> Event:
    titles = {
        "customer.created": (_("Added"), "user-plus"),
        "customer.updated": (_("Details changed"), "pencil"),
        "asset.created": (_("Vehicle or asset added"), "car"),
        "asset.updated": (_("Vehicle or asset changed"), "car"),
        "order.voided": (_("Order voided"), "trash"),
    }
    title, icon = titles[entry.verb]
    after = entry.after or {}
    lines = [
        _("%(name)s: %(value)s")
        % {"name": change.label, "value": f"{change.before_text} → {change.after_text}"}
        for change in changes
    ]
    if entry.verb == "order.voided":
        lines = [str(after.get("reason", ""))]
    elif entry.verb.startswith("asset."):
        lines = [" ".join(filter(None, (after.get("name"), after.get("serial"))))]
    return Event(on=entry.at, icon=icon, title=title, who=who, lines=lines)


def _short(day: date) -> str:
    return day_text(day, clock.today())


def _money(amount: Decimal) -> str:
    return strip_tags(money_html(amount))
