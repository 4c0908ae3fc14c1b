"""The list of cases, one case, and what they come to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.core import clock
from liuke.core.lists import Column, Filter, ListOf
from liuke.core.templatetags import ui
from liuke.customers import queries as customers
from liuke.customers.models import Customer, DuplicatePair
from liuke.customers.queries.duplicates import masked, pairs_of
from liuke.customers.queries.told import told_of
from liuke.desk.queries.evidence import sides
from liuke.desk.queries.listing import month_bounds
from liuke.ownership.models import Conflict, Decision
from liuke.ownership.queries import conflicts as queries
from liuke.ownership.rules.conflicts import (
    PENDING,
    Ground,
    Proposal,
    Side,
    Source,
    State,
    Verdict,
    from_json,
    propose,
)

APPEALS = [
    ("any", gettext_lazy("Appealed")),
    ("upheld", gettext_lazy("Upheld")),
    ("overturned", gettext_lazy("Overturned")),
]


def conflict_list(viewer: User) -> ListOf[Conflict]:
    """The screen of cases as this person sees it, and the file."""
    people = _people(viewer)
    return ListOf(
        label=gettext_lazy("Conflicts"),
        columns=[
            Column("customer", gettext_lazy("Customer"),
                   lambda row: queries.name_for(viewer, row), css="name"),
            Column("number", gettext_lazy("Case"), str, sort=("pk",), css="code"),
            Column("owner", gettext_lazy("Owner"), lambda row: row.owner.name,
                   cell=lambda row: ui.who(row.owner.name), css="own"),
            Column("claimant", gettext_lazy("Claimed by"), lambda row: row.claimant.name,
                   cell=lambda row: ui.who(row.claimant.name), css="own under"),
            Column("state", gettext_lazy("State"), lambda row: row.get_state_display(),
                   cell=_state_cell, css="tags act"),
            Column("verdict", gettext_lazy("Decision"), lambda row: row.get_verdict_display(),
                   css="clip"),
            Column("opened", gettext_lazy("Opened"), lambda row: clock.day_of(row.opened_at),
                   cell=lambda row: ui.day(row.opened_at), sort=("opened_at",), css="r created"),
            Column("decided", gettext_lazy("Decided"),
                   lambda row: clock.day_of(row.decided_at) if row.decided_at else None,
                   cell=lambda row: ui.day(row.decided_at), sort=("decided_at",), css="r last"),
        ],
        filters=[
            Filter("state", gettext_lazy("State"), "choice", _in_state,
                   [("pending", gettext_lazy("To be decided")), *State.choices]),
            Filter("owner", gettext_lazy("Owner"), "choice", lambda v: Q(owner=v), people),
            Filter("claimant", gettext_lazy("Claimed by"), "choice",
                   lambda v: Q(claimant=v), people),
            Filter("verdict", gettext_lazy("Decision"), "choice",
                   lambda v: Q(verdict=v), Verdict.choices),
            Filter("appeal", pgettext_lazy("conflict", "Appeal"), "choice", _appealed, APPEALS),
            Filter("month", gettext_lazy("Month"), "text", _in_month, listed=False),
        ],
        url_of=lambda row: reverse("conflict", args=[row.pk]),
        order="-opened",
    )  # fmt: skip


def rows(viewer: User) -> QuerySet[Conflict]:
    return queries.conflicts_visible_to(viewer)


def _people(viewer: User) -> list[tuple[str, str]]:
    """Whoever is part of a case that this person sees."""
    seen = queries.conflicts_visible_to(viewer).order_by()
    parts = Q(pk__in=seen.values("owner")) | Q(pk__in=seen.values("claimant"))
    found = User.objects.filter(parts).order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]


def _state_cell(row: Conflict) -> Any:
    mean = "risk" if row.state in PENDING else ""
    return ui.tag(row.get_state_display(), mean)


def _in_state(value: str) -> Q:
    return Q(state__in=PENDING) if value == "pending" else Q(state=value)


def _appealed(value: str) -> Q:
    if value == "any":
        return Q(appealed_at__isnull=False)
    first = Decision.objects.filter(conflict=OuterRef("pk"), instance=Decision.FIRST)
    same = Q(pk__in=Conflict.objects.annotate(
        first=Subquery(first.values("verdict")[:1])
    ).filter(first=F("verdict")).values("pk"))  # fmt: skip
    final = Q(state=State.FINAL)
    return final & same if value == "upheld" else final & ~same


def _in_month(value: str) -> Q:
    bounds = month_bounds(value)
    if bounds is None:
        return Q(pk=None)
    first = clock.start_of(bounds[0])
    after = clock.start_of(_next_month(bounds[0]))
    return Q(opened_at__gte=first, opened_at__lt=after)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer that somebody wants to open a case about, as far as they may know it."""

    customer_id: int
    name: str
    owner: User | None
    claimant: User
    source: str
    besides: int | None = None

    def facts(self) -> dict[int, Side]:
        people = [self.claimant.pk, *([self.owner.pk] if self.owner else [])]
        return sides(self.customer_id, people, self.besides)


def asked(viewer: User, sign: str = "", customer: str = "", pair: str = "") -> Asked | None:
    """What an address asks about: a warning, a customer in sight, or a pair; None for nothing."""
    if sign:
        pk = told_of(viewer, sign)
        found = Customer.objects.select_related("owner").filter(pk=pk).first()
        if found is None:
            return None
        seen = customers.visible_to(viewer).filter(pk=found.pk).exists()
        name = found.name if seen else masked(found.name)
        return Asked(found.pk, name, found.owner, viewer, Source.TYPING)
    if pair:
        row = pairs_of(viewer).filter(pk=_number(pair)).first()
        return None if row is None else _of_pair(row)
    seen_rows = customers.visible_to(viewer).select_related("owner")
    found = seen_rows.filter(pk=_number(customer)).first()
    if found is None:
        return None
    return Asked(found.pk, found.name, found.owner, viewer, Source.PAGE)


def _of_pair(pair: DuplicatePair) -> Asked | None:
    """The earlier record of two, claimed by who owns the later one."""
    both = sorted([pair.first, pair.second], key=lambda each: (each.created_at, each.pk))
    earlier, later = both
    if later.owner is None:
        return None
    return Asked(
        earlier.pk, earlier.name, earlier.owner, later.owner, Source.PAIR, besides=later.pk
    )


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two on the screen of a case; `side` is None for what one may not know yet."""

    person: User
    role: str
    side: Side | None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the screen of a case says."""

    conflict: Conflict
    name: str
    url: str
    parties: Sequence[Party]
    proposal: Proposal
    decisions: Sequence[Decision]
    may_decide: bool
    may_appeal: bool
    may_drop: bool

    @property
    def ground(self) -> str:
        return str(Ground(self.proposal.ground).label)

    @property
    def proposed(self) -> str:
        return str(Verdict(self.proposal.verdict).label)


def case(viewer: User, conflict: Conflict, today: date) -> Case:
    """A case as this person may see it: while it is open with the facts of now."""
    name, seen = queries.name_for(viewer, conflict), conflict.seen
    if conflict.state in PENDING:
        both = [conflict.owner_id, conflict.claimant_id]
        facts = sides(conflict.customer_id, both, conflict.besides)
        owner, other = facts[conflict.owner_id], facts[conflict.claimant_id]
        proposal = propose(owner, other, queries.terms(), today)
    else:
        owner = from_json(conflict.facts.get("owner", {}))
        other = from_json(conflict.facts.get("claimant", {}))
        proposal = Proposal(Verdict(conflict.proposal), Ground(conflict.ground))
    # Who claims a customer unseen learns what the owner did once it is decided.
    knows = seen or bool(conflict.verdict) or conflict.claimant_id != viewer.pk
    return Case(
        conflict,
        name,
        reverse("customer", args=[conflict.customer_id]) if seen else "",
        [
            Party(conflict.owner, _("Owner"), owner if knows else None),
            Party(conflict.claimant, _("Claimed by"), other),
        ],
        proposal,
        list(conflict.decisions.select_related("by")),
        queries.may_decide(viewer, conflict),
        queries.may_appeal(viewer, conflict),
        conflict.state == State.OPEN and viewer.pk in (conflict.claimant_id, conflict.opened_by_id),
    )


def may_claim(viewer: User, customer: Customer, acts: Collection[Act]) -> bool:
    """Whether the page of a customer offers to claim it: it is a colleague's, and one works here.

    Who may give it away does that instead.
    """
    return (
        customer.owner_id not in (None, viewer.pk)
        and viewer.may(Act.EDIT_CUSTOMERS)
        and Act.SETTLE not in acts
    )
