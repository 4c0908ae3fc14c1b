"""Two customers side by side: where they agree, and what would stay of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liuke.accounts.models import User
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.core.ui.figures import day_text, money_html, number_text
from liuke.customers import queries as customers
from liuke.customers.models import Customer, DuplicatePair
from liuke.customers.queries.duplicates import former_ids, pairs_of
from liuke.customers.queries.intents import CLASSES, of_class
from liuke.customers.queries.likeness import word_of
from liuke.customers.rules import ABSORBED, EMPTY, SURVIVOR, survivors

NEXT = 8
MERGES = ("customer.merged", "customer.parted")


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that differs: both values as people read them, and which one stays by itself."""

    field: str
    label: str
    mine: str
    theirs: str
    stays: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is kept of both and needs no choice."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Review:
    """A pair as people decide it."""

    pair: DuplicatePair
    survivor: Customer
    absorbed: Customer
    reasons: Sequence[str]
    choices: Sequence[Choice]
    lines: Sequence[Line]
    swap: str
    skip: str


def review(viewer: User, asked: str, after: str, survivor: str, which: str = "") -> Review | None:
    """The pair asked for, or the likeliest after another one; `which` narrows what they come to."""
    rows = _pairs(viewer, which).select_related("first__state", "second__state")
    pair = None
    if asked:
        pair = rows.filter(pk=_number(asked)).first()
    elif after and (seen := DuplicatePair.objects.filter(pk=_number(after)).first()):
        less = Q(probability__lt=seen.probability)
        rows = rows.filter(less | Q(probability=seen.probability, pk__gt=seen.pk))
    pair = pair or rows.first()
    if pair is None:
        return None
    both = Customer.objects.filter(pk__in=(pair.first_id, pair.second_id))
    both = both.select_related("state", "owner", "branch")
    found = list(both.prefetch_related("contact_points", "assets", "tags").order_by("pk"))
    customers.hide_phones(viewer, found)
    found.sort(key=lambda each: (each.pk != _number(survivor), -each.state.purchase_days, each.pk))
    keeps, goes = found
    here = f"{reverse('duplicates')}?of={which}&" if which else f"{reverse('duplicates')}?"
    return Review(
        pair,
        keeps,
        goes,
        list(dict.fromkeys(word_of(why, how) for why, how in pair.reasons)),
        _choices(keeps, goes),
        _lines(keeps, goes),
        f"{here}pair={pair.pk}&survivor={goes.pk}",
        f"{here}after={pair.pk}",
    )


def told(customer: Customer, verbs: Sequence[str]) -> QuerySet[JournalEntry]:
    """What was written, also of those who became part of this customer; a merge is told once."""
    former = Q(customer_id__in=former_ids(customer.pk)) & ~Q(verb__in=MERGES)
    mine = Q(customer_id=customer.pk) | former
    return JournalEntry.objects.filter(mine, verb__in=verbs).order_by("-at", "-pk")


def _pairs(viewer: User, which: str) -> QuerySet[DuplicatePair]:
    rows = pairs_of(viewer)
    return rows.filter(of_class(which)) if which in CLASSES else rows


def waiting(viewer: User, besides: Review | None, which: str = "") -> list[DuplicatePair]:
    """The next pairs."""
    rows = _pairs(viewer, which).select_related("first", "second")
    return list(rows.exclude(pk=besides.pair.pk if besides else 0)[:NEXT])


def _choices(keeps: Customer, goes: Customer) -> list[Choice]:
    fields = [
        each for each in Customer._meta.concrete_fields if each.editable and each.name != "id"
    ]
    mine = {each.attname: getattr(keeps, each.attname) for each in fields}
    theirs = {each.attname: getattr(goes, each.attname) for each in fields}
    newer = goes.created_at > keeps.created_at
    stays = survivors(mine, theirs, {}, newest_is_absorbed=newer)
    return [
        Choice(
            each.name,
            customers.field_label(each.name),
            _shown(keeps, each),
            _shown(goes, each),
            ABSORBED if stays[each.attname] == theirs[each.attname] else SURVIVOR,
        )
        for each in fields
        if mine[each.attname] != theirs[each.attname] and theirs[each.attname] not in EMPTY
    ]


def _shown(customer: Customer, field: Any) -> str:
    value = getattr(customer, field.name)
    if value in EMPTY:
        return "—"
    if field.choices:
        return str(getattr(customer, f"get_{field.name}_display")())
    if field.get_internal_type() == "DateField":
        return day_text(value, clock.today(), year=True)
    return str(value)


def _lines(keeps: Customer, goes: Customer) -> list[Line]:
    both = [(_facts(keeps)), (_facts(goes))]
    return [
        Line(label, mine, theirs)
        for (label, mine), (_label, theirs) in zip(*both, strict=True)
        if (mine, theirs) != ("—", "—")
    ]


def _facts(customer: Customer) -> list[tuple[str, str]]:
    state, today = customer.state, clock.today()
    last = state.last_purchase_on
    return [
        (_("Contact points"), _joined(point.value for point in customer.contact_points.all())),
        (_("Tags"), _joined(tag.name for tag in customer.tags.all())),
        (_("Vehicles and assets"), _joined(str(each) for each in customer.assets.all())),
        (_("Purchase days"), number_text(state.purchase_days)),
        (_("Total"), strip_tags(money_html(state.value_total))),
        (_("Last purchase"), day_text(last, today, year=True) if last else "—"),
        (_("Recorded"), day_text(clock.day_of(customer.created_at), today, year=True)),
    ]


def _joined(words: Any) -> str:
    return pgettext("list", ", ").join(words) or "—"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
