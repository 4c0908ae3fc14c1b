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
from liuke.agenda import queries as agenda
from liuke.churn import queries as churn
from liuke.churn.models import Clock, Transition
from liuke.churn.rules.history import Cause, State
from liuke.churn.rules.wording import describe, habit, leaving
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.core.seals import ERASED
from liuke.core.ui.figures import day_text, money_html
from liuke.customers.models import Customer
from liuke.customers.queries import FieldChange, blocked, field_changes
from liuke.customers.rules.contacts import Purpose
from liuke.customers.rules.relations import Strength
from liuke.desk.queries.duplicates import MERGES, told
from liuke.desk.queries.today import Line, lines
from liuke.followups import queries as followups
from liuke.followups.models import Interaction
from liuke.followups.rules import Channel, Direction, Outcome
from liuke.sales import queries as sales
from liuke.sales.models import PURCHASE, Order
from liuke.sales.rules import OrderKind

SHOWN = 40
CHANNEL_ICONS = {
    Channel.PHONE: "phone",
    Channel.WECHAT: "brand-wechat",
    Channel.SHOP: "building-store",
    Channel.VISIT: "walk",
    Channel.SMS: "message",
    Channel.EMAIL: "mail",
}
RHYTHM_FROM = timedelta(days=3 * 365)
RHYTHM_FROM_PHONE = timedelta(days=400)
CHANGES = (
    "customer.created",
    "customer.updated",
    "asset.created",
    "asset.updated",
    "order.voided",
    "contact.blocked",
    "contact.unblocked",
    *MERGES,
    "consent.given",
    "consent.withdrawn",
    "person.added",
    "person.updated",
    "person.removed",
    "relation.added",
    "relation.changed",
    "relation.ended",
)


CHIPS = [
    ("", _lazy("All")),
    ("contacts", _lazy("Contacts")),
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


def past(customer: Customer, kind: str = "", shown: int = SHOWN, phones: bool = True) -> Past:
    """The timeline, latest first; `kind` is one of CHIPS, empty for all.

    Without `phones` the numbers in changes are masked.
    """
    orders = sales.orders_of(customer.pk)
    crossings = churn.transitions_of(customer.pk)
    changes = told(customer, CHANGES)
    contacts = followups.contacts_of(customer.pk)
    counts = {
        "contacts": contacts.count(),
        "purchases": orders.count(),
        "churn": crossings.count(),
        "changes": changes.count(),
    }
    events: list[Event] = []
    if kind in ("", "contacts"):
        events += [_contact_event(row) for row in contacts[:shown]]
    if kind in ("", "purchases"):
        with_lines = orders.select_related("asset").prefetch_related("lines__product")
        events += [_order_event(order) for order in with_lines[:shown]]
    if kind in ("", "churn"):
        events += [_crossing_event(row) for row in crossings[:shown]]
    if kind in ("", "changes"):
        events += _change_events(list(changes[:shown]), phones)
    events.sort(key=lambda event: event.sort_key, reverse=True)
    total = counts.get(kind, sum(counts.values()))
    return Past(events[:shown], {"": sum(counts.values()), **counts}, total > shown)


@dataclass(frozen=True, slots=True)
class Future:
    """What is due, the day of the next contact, and why there may be none."""

    lines: Sequence[Line]
    contact_due: date | None
    last_contact: date | None
    blocked: str


def future(customer: Customer, today: date) -> Future:
    """The agenda of one customer, the next first."""
    items = list(agenda.future_of(customer.pk))
    for item in items:
        item.customer = customer
    state = customer.state
    reasons = blocked([customer.pk])
    return Future(
        lines(items, today),
        state.contact_due_at,
        state.last_contact_on,
        reasons.get(customer.pk, ""),
    )


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
    now = habit(usual, row.last_day, today)
    return _("%(one)s %(next)s") % {"one": now, "next": _outlook(row, today)}


def _outlook(row: Clock, today: date) -> str:
    if row.state_on(today) == State.RETIRED:
        return _("Out of service, no longer watched.")
    return leaving(row.at_risk_at, row.lost_at, today)


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


def _contact_event(row: Interaction) -> Event:
    lines = [row.left_open and _("Still open: %(what)s.") % {"what": row.left_open}]
    if row.next_on is not None:
        lines.append(
            _("Next: %(step)s, %(day)s")
            % {"step": row.next_step or _("contact them again"), "day": _short(row.next_on)}
        )
    began = _("they began") if row.direction == Direction.IN else ""
    return Event(
        on=row.occurred_at,
        icon=CHANNEL_ICONS[Channel(row.channel)],
        title=_("%(channel)s: %(outcome)s")
        % {"channel": row.get_channel_display(), "outcome": row.get_outcome_display()},
        who=" · ".join(filter(None, (str(row.by) if row.by else "", _spoken_to(row), began))),
        body=row.said,
        mean="accent" if row.outcome == Outcome.AGREED else "",
        lines=[each for each in lines if each],
    )


def _spoken_to(row: Interaction) -> str:
    return _("with %(name)s") % {"name": row.person.name} if row.person else ""


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


def _change_events(entries: Sequence[JournalEntry], phones: bool) -> list[Event]:
    people = dict(
        User.objects.filter(
            pk__in={entry.actor_id for entry in entries if entry.actor_id}
        ).values_list("pk", "name")
    )
    updated = (entry for entry in entries if entry.verb == "customer.updated")
    updates = field_changes(updated, phones)
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
        "contact.blocked": (_("Do not contact"), "ban"),
        "contact.unblocked": (_("Contacts welcome again"), "check"),
        "customer.merged": (_("Merged"), "git-merge"),
        "customer.parted": (_("Merge undone"), "arrow-back-up"),
        "consent.given": (_("Consent given"), "clipboard-check"),
        "consent.withdrawn": (_("Consent withdrawn"), "ban"),
        "person.added": (_("Person around them added"), "user-plus"),
        "person.updated": (_("Person around them changed"), "user"),
        "person.removed": (_("Person around them removed"), "user-off"),
        "relation.added": (_("Relation added"), "link"),
        "relation.changed": (_("Relation changed"), "link"),
        "relation.ended": (_("Relation over"), "unlink"),
    }
    title, icon = titles[entry.verb]
    after = entry.after or {}
    lines = [
        _("%(name)s: %(value)s")
        % {"name": change.label, "value": f"{change.before_text} → {change.after_text}"}
        for change in changes
    ]
    if ERASED in (entry.before, entry.after):
        lines = [_("erased")]
    elif entry.verb == "order.voided":
        lines = [str(after.get("reason", ""))]
    elif entry.verb in MERGES:
        lines = [_("%(absorbed)s into %(survivor)s") % after]
    elif entry.verb.startswith("person."):
        lines = [str(after.get("name") or (entry.before or {}).get("name") or "")]
    elif entry.verb.startswith("relation."):
        strength = (after or entry.before or {}).get("strength", "")
        lines = [str(Strength(strength).label)] if strength else []
    elif entry.verb.startswith("consent."):
        lines = [str(Purpose(after["purpose"]).label)]
    elif entry.verb.startswith("asset."):
        lines = [" ".join(filter(None, (after.get("name"), after.get("serial"))))]
    return Event(on=entry.at, icon=icon, title=title, who=who, lines=lines)


def _short(day: date) -> str:
    return day_text(day, clock.today())


def _money(amount: Decimal) -> str:
    return strip_tags(money_html(amount))
