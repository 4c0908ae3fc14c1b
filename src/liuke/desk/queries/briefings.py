"""What a new owner has to know about a customer. The visible table of its sections is below:
an app that knows more of customers joins with one line."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liuke.accounts.models import User
from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Kind
from liuke.churn import queries as churn
from liuke.churn.queries import running
from liuke.churn.rules.wording import habit, leaving
from liuke.core.ui.figures import day_text, money_html
from liuke.customers.models import Customer
from liuke.customers.queries import blocked, hide_phones
from liuke.desk.queries import agenda_words
from liuke.followups.models import Interaction
from liuke.ownership.models import HandedCustomer

LAST_CONTACTS = 3
CHUNK = 500
Lines = Mapping[int, Sequence[str]]


def _worth(viewer: User, ids: Collection[int], today: date) -> Lines:
    rows = Customer.objects.filter(pk__in=ids).select_related("state")
    return {
        row.pk: [
            _("%(year)s a year, %(total)s in all, %(days)s purchase days.")
            % {
                "year": strip_tags(money_html(row.state.value_year)),
                "total": strip_tags(money_html(row.state.value_total)),
                "days": row.state.purchase_days,
            }
        ]
        for row in rows
        if row.state.purchase_days
    }


def _rhythm(viewer: User, ids: Collection[int], today: date) -> Lines:
    usual = churn.usual_gaps(ids)
    best = running.best_clocks(ids)
    return {
        pk: [
            habit(usual.get((pk, clock.asset_id)), clock.last_day, today),
            leaving(clock.at_risk_at, clock.lost_at, today),
        ]
        for pk, clock in best.items()
    }


def _agreed(viewer: User, ids: Collection[int], today: date) -> Lines:
    found: dict[int, list[str]] = {}
    rows = AgendaItem.objects.filter(customer__in=ids, closed_at=None, kind=Kind.NEXT_STEP)
    for item in rows:
        word, _mean = agenda_words.due_words(item, today)
        found.setdefault(item.customer_id, []).append(f"{word}: {agenda_words.why(item, today)}")
    return found


def _contacts(viewer: User, ids: Collection[int], today: date) -> Lines:
    place = Window(RowNumber(), partition_by=F("customer"), order_by=F("occurred_at").desc())
    rows = (
        Interaction.objects.filter(customer__in=ids)
        .annotate(place=place)
        .filter(place__lte=LAST_CONTACTS)
        .select_related("by")
        .order_by("customer", "-occurred_at")
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        parts = [
            day_text(row.day, today), str(row.by or ""), row.get_channel_display(),
            row.get_outcome_display(),
        ]  # fmt: skip
        said = f"：{row.said}" if row.said else ""
        found.setdefault(row.customer_id, []).append(" · ".join(filter(None, parts)) + said)
    return found


def _likes(viewer: User, ids: Collection[int], today: date) -> Lines:
    rows = Customer.objects.filter(pk__in=ids).exclude(note="")
    return {pk: [note] for pk, note in rows.values_list("pk", "note")}


def _reach(viewer: User, ids: Collection[int], today: date) -> Lines:
    rows = list(Customer.objects.filter(pk__in=ids).prefetch_related("contact_points"))
    hide_phones(viewer, rows)
    found = {
        row.pk: [
            f"{point.get_kind_display()} {point.value}"
            for point in row.contact_points.all()
            if not point.do_not_contact
        ]
        for row in rows
    }
    return {pk: lines for pk, lines in found.items() if lines}


def _stop(viewer: User, ids: Collection[int], today: date) -> Lines:
    return {pk: [reason] for pk, reason in blocked(ids).items()}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of every briefing: its lines for many customers in few reads."""

    name: str | Promise
    icon: str
    lines: Callable[[User, Collection[int], date], Lines]


SECTIONS = (
    Section(gettext_lazy("Do not contact"), "ban", _stop),
    Section(gettext_lazy("Worth"), "coin", _worth),
    Section(gettext_lazy("Rhythm"), "clock", _rhythm),
    Section(gettext_lazy("Agreed"), "flag", _agreed),
    Section(gettext_lazy("Last contacts"), "messages", _contacts),
    Section(gettext_lazy("Likes and dislikes"), "heart", _likes),
    Section(gettext_lazy("Contact points"), "phone", _reach),
)


@dataclass(frozen=True, slots=True)
class Briefing:
    """One customer with what is known of them, section by section."""

    handed: HandedCustomer
    sections: Sequence[tuple[Section, Sequence[str]]]


def briefings(viewer: User, rows: Sequence[HandedCustomer], today: date) -> list[Briefing]:
    """A briefing for each, in their order; the number of reads does not grow with them."""
    known: list[dict[int, Sequence[str]]] = [{} for _section in SECTIONS]
    ids = [row.customer_id for row in rows]
    for start in range(0, len(ids), CHUNK):
        for found, section in zip(known, SECTIONS, strict=True):
            found |= section.lines(viewer, ids[start : start + CHUNK], today)
    return [
        Briefing(
            row,
            [
                (section, found[row.customer_id])
                for section, found in zip(SECTIONS, known, strict=True)
                if row.customer_id in found
            ],
        )
        for row in rows
    ]
