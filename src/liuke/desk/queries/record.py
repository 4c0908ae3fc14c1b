"""The journal as a screen: whose entries somebody may see, filters, and pages by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to, reach_of
from liuke.accounts.rules import Act
from liuke.core import clock, search
from liuke.core.lists import Column, Filter, ListOf, Page
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer
from liuke.customers.queries import SEARCH_KIND, visible_to
from liuke.desk.queries.record_words import VERBS, Changed, Words, kinds

SIZE = 50
LONGEST_ID = 19


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    entry: JournalEntry
    who: str
    act: str
    customer: str
    url: str
    changes: Sequence[Changed]


def entries_visible_to(viewer: User, *acts: Act) -> QuerySet[JournalEntry]:
    """Entries about the customers within one's scope, and what colleagues within it did else.

    With acts only those about customers with whom one may do all of this.
    """
    name = Customer.objects.filter(pk=OuterRef("customer_id")).values("name")
    rows = JournalEntry.objects.annotate(customer_name=Subquery(name[:1]))
    for act in {Act.SEE_JOURNAL, *acts}:
        reach = reach_of(viewer, act)
        if not reach.everything:
            mine = Q(customer_id__in=visible_to(viewer, act).order_by().values("pk"))
            rows = rows.filter(mine | Q(customer_id=None, actor_id__in=list(reach.user_ids)))
    return rows


def journal_list(viewer: User) -> ListOf[JournalEntry]:
    """The declaration that screen and file share."""
    words = words_for(viewer)
    return ListOf(
        label=_("Journal"),
        columns=[
            Column("at", _("When"), lambda row: row.at, sort=("at",)),
            Column("who", _("Who"), words.who),
            Column("act", _("Act"), words.act),
            Column("customer", _("Customer"), lambda row: row.customer_name),  # type: ignore[attr-defined]
            Column(
                "changes", _("Before and after"),
                lambda row: pgettext("list", "; ").join(map(str, words.changes(row))),
            ),
            Column("kind", _("Kind"), lambda row: row.subject, shown=False),
            Column("number", _("Entry"), lambda row: row.pk, shown=False),
        ],
        filters=_filters(viewer),
        url_of=lambda row: "",
        search=lambda rows, typed: search.narrow(rows, SEARCH_KIND, typed, field="customer_id"),
        order="-at",
    )  # fmt: skip


def words_for(viewer: User) -> Words:
    """How entries are told to this person: phone numbers in full only to who may see them all."""
    return Words(phones=viewer.scope_for(Act.SEE_PHONES) == viewer.scope)


def journal_page(viewer: User, query: QueryDict, export_url: str) -> tuple[Page, list[Line], str]:
    """The list's frame, its lines, and the key of the next page; empty on the last."""
    declared = journal_list(viewer)
    rows = declared.select(entries_visible_to(viewer), query)
    if (begin := _key(query.get("page", ""))) is not None:
        at, pk = begin
        # The second half alone says it; the first lets an index find the place.
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))
    found = list(rows[: SIZE + 1])
    words = words_for(viewer)
    lines = [_line(entry, words) for entry in found[:SIZE]]
    more = len(found) > SIZE
    following = f"{lines[-1].entry.at.isoformat()}_{lines[-1].entry.pk}" if more else ""
    page = Page(
        label=declared.label,
        columns=(),
        rows=(),
        filters=declared.tokens(query),
        available_filters=[spec for spec in declared.filters if spec.listed],
        column_choices=(),
        total=len(lines),
        total_is_capped=more,
        first=1,
        last=len(lines),
        prev_url="",
        next_url="",
        count_url="",
        export_url=export_url,
        q=query.get("q", ""),
    )
    return page, lines, following


def _line(entry: Any, words: Words) -> Line:
    name = entry.customer_name or ""
    url = reverse("customer", args=[entry.customer_id]) if name else ""
    return Line(entry, words.who(entry), words.act(entry), name, url, words.changes(entry))


def _filters(viewer: User) -> list[Filter]:
    people = [(str(person.pk), str(person)) for person in people_visible_to(viewer)]
    return [
        Filter("who", _("Who"), "choice", _by, [*people, ("system", _("the system"))]),
        Filter("act", _("Act"), "choice", lambda v: Q(verb=v), list(VERBS.items())),
        Filter("kind", pgettext_lazy("journal", "About"), "choice", lambda v: Q(subject=v),
               kinds()),
        Filter("day", _("Day"), "date", _between),
        Filter("customer", _("Customer"), "text", _about,
               says=lambda v: _named(viewer, v), listed=False),
    ]  # fmt: skip


def _by(value: str) -> Q:
    return Q(actor_id=None) if value == "system" else Q(actor_id=value)


def _between(days: tuple[date | None, date | None]) -> Q:
    low, high = days
    condition = Q() if low is None else Q(at__gte=clock.start_of(low))
    if high is None or high == date.max:
        return condition
    return condition & Q(at__lt=clock.start_of(high + timedelta(days=1)))


def _about(value: str) -> Q:
    pk = int(value) if value.isdecimal() and len(value) < LONGEST_ID else None
    return Q(customer_id=pk) & ~Q(customer_id=None)


def _named(viewer: User, value: str) -> str:
    pk = int(value) if value.isdecimal() and len(value) < LONGEST_ID else None
    return visible_to(viewer).filter(pk=pk or 0).values_list("name", flat=True).first() or value


def _key(text: str) -> tuple[datetime, int] | None:
    at, _mark, pk = text.rpartition("_")
    try:
        moment, number = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
    return None if moment.tzinfo is None or abs(number) >= 2**63 else (moment, number)
