"""What the customers screen lists: one declaration for page, file and figures that lead here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import Unit, User
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import Act
from liuke.churn import queries as churn
from liuke.core import clock, search
from liuke.core.lists import Column, Filter, ListOf
from liuke.core.scoping import Beside
from liuke.core.templatetags import ui
from liuke.core.ui.figures import month_text
from liuke.customers.models import Customer, CustomerState, Level
from liuke.customers.models.state import STAGES
from liuke.customers.queries import SEARCH_KIND, Tally, relations, standing, tags_in_use
from liuke.customers.queries.closing import closed_for
from liuke.customers.queries.fields import levels
from liuke.customers.queries.helping import helped_by
from liuke.customers.queries.people import has_role
from liuke.customers.rules import Kind, churn_state
from liuke.customers.rules.closing import CLOSED, CloseReason
from liuke.customers.rules.people import BuyingRole
from liuke.customers.rules.relations import Strength
from liuke.desk.queries import pool_line, twin_lines
from liuke.desk.queries.more_filters import between, more_filters
from liuke.desk.queries.own_columns import own_columns
from liuke.desk.queries.own_views import EVERYBODY

EDITOR = "cell-editor"
CHURN_STATES = [
    ("active", _("Safe")),
    ("at_risk", _("At risk")),
    ("lost", _("Lost")),
    ("recovered", _("Won back")),
    ("none", _("No purchase yet")),
]
CHURN_NAMES = dict(CHURN_STATES)
FIGURE_NAMES = {
    "newly_at_risk": gettext_noop("newly at risk"),
    "newly_lost": gettext_noop("newly lost"),
    "recovered": gettext_noop("won back"),
    "returned": gettext_noop("returned in time"),
    "at_risk_end": gettext_noop("at risk at the end"),
    "lost_end": gettext_noop("lost at the end"),
    "customers": gettext_noop("bought so far"),
    "settled": gettext_noop("bought"),
    "absent_year": gettext_noop("absent for twelve months"),
}


def customer_list(viewer: User, ranks: Sequence[Level] | None = None) -> ListOf[Customer]:
    """The customers screen as this person sees it; `ranks` are all levels, if read already."""
    today, own = clock.today(), own_columns(viewer)
    ranks = levels(archived=True) if ranks is None else ranks
    return ListOf(
        label=_("Customers"),
        columns=[*_columns(today, viewer.may(Act.EDIT_CUSTOMERS), ranks), *own.columns],
        filters=[*_filters(viewer, today, ranks), *more_filters(today), *own.filters],
        url_of=lambda customer: reverse("customer", args=[customer.pk]),
        search=lambda rows, words: search.narrow(rows, SEARCH_KIND, words),
        order="-value_year",
        related=("state", "owner", "branch"),
        beside=Beside(CustomerState, "state", frozenset({"owner", "branch"})),
        prefetch=("assets", "tags"),
    )


def about(declared: ListOf[Customer], tally: Tally, query: QueryDict) -> int | None:
    """How many customers the address asks for by a kept tally, the figures of the stage line.

    None where a count costs little, or where a filter asks what the tally does not know.
    """
    asked = declared.asked(query)
    if not tally.kept or query.get("q", "").strip() or asked.keys() - {"stage", "churn"}:
        return None
    return tally.at(stage=asked.get("stage", ""), standing=asked.get("churn", ""))


def state_of(customer: Customer, today: date) -> str:
    """The churn state of a customer with its state row at hand."""
    state = customer.state
    return churn_state(state.at_risk_at, state.lost_at, state.recovered_on, today)


@dataclass(frozen=True, slots=True)
class StageFigure:
    """One box of the stage line."""

    name: Any
    count: int
    url: str
    current: bool
    note: str = ""
    aside: bool = False


def stage_line(tally: Tally, query: QueryDict) -> list[StageFigure]:
    """How many customers stand at each stage; each box opens them."""
    # Who opens the list with a view of the own says here that it is left.
    rest = f"&view={EVERYBODY}" if "view" in query else ""
    return [
        StageFigure(
            label,
            tally.at(stage=stage),
            f"?stage={stage}{rest}",
            query.get("stage") == stage,
            "" if stage == CLOSED else _stage_note(tally.at(stage=stage, standing="at_risk")),
            aside=stage == CLOSED,
        )
        for stage, label in STAGES
    ]


def watched(tally: Tally) -> dict[str, int]:
    """How many are at risk and lost today."""
    return {state: tally.at(standing=state) for state in ("at_risk", "lost")}


def shown_cell(customer: Customer, field: str, may_edit: bool = True) -> SafeString:
    """Level, owner or tags as the list shows them, for those who may with the way to change it."""
    shown, word = {
        "level": (ui.level(customer.level), _("Change the level")),
        "owner": (ui.who(str(customer.owner) if customer.owner else None), _("Change the owner")),
        "tags": (_tags(customer), _("Change the tags")),
    }[field]
    if not may_edit:
        return shown
    url = reverse(f"customer-{field}", args=[customer.pk])
    target = f"#{EDITOR}" if field == "tags" else ""
    return ui.editable(shown, url, cell_id(customer, field), str(word), target)


def cell_id(customer: Customer, field: str) -> str:
    return f"cell-{customer.pk}-{field}"


def _cell(customer: Customer, field: str, may_edit: bool) -> SafeString:
    return ui.cell(shown_cell(customer, field, may_edit), cell_id(customer, field))


def _tags(customer: Customer) -> SafeString:
    """The first tag, and how many more; a row stays one line high."""
    first, *more = [tag.name for tag in customer.tags.all()] or [""]
    rest = format_html(
        ' <span class="sub" title="{0}"><span aria-hidden="true">+{1}</span>'
        '<span class="u-sr">{0}</span></span>',
        pgettext("list", ", ").join(more),
        len(more),
    )
    return format_html("{}{}", ui.tag(first) if first else "", rest if more else "")


def _stage_note(at_risk: int) -> str:
    return gettext("%(n)s of them at risk") % {"n": ui.num(at_risk)} if at_risk else ""


def _rank(ranks: Sequence[Level]) -> Case:
    """Where a level stands among the firm's; whoever has none has no place."""
    whens = [When(level=row.name, then=Value(place)) for place, row in enumerate(ranks)]
    return Case(*whens, default=None, output_field=IntegerField())


def _columns(today: date, may_edit: bool, ranks: Sequence[Level]) -> list[Column[Customer]]:
    return [
        Column("name", _("Customer"), lambda row: row.name, sort=("name_sort",), css="name"),
        Column("asset", _("Vehicle or asset"), _assets, css="clip sub"),
        Column(
            "level", _("Level"), lambda row: row.level,
            cell=lambda row: _cell(row, "level", may_edit),
            sort=("name_sort",), by=_rank(ranks), css="level",
        ),
        Column(
            "stage", _("Stage"), lambda row: row.state.get_stage_display(), css="stage",
            sort=("state__stage", "name_sort"),
        ),
        Column(
            "churn", _("Churn clock"), lambda row: CHURN_NAMES[state_of(row, today)],
            cell=lambda row: _churn_cell(row, today), sort=("state__lost_at",), css="churn",
        ),
        Column(
            "last", _("Last purchase"), lambda row: row.state.last_purchase_on,
            cell=lambda row: ui.day(row.state.last_purchase_on, today),
            sort=("state__last_purchase_on",), css="r last",
        ),
        Column(
            "days", _("Purchase days"), lambda row: row.state.purchase_days,
            cell=lambda row: ui.num(row.state.purchase_days),
            sort=("state__purchase_days",), css="r gap",
        ),
        Column(
            "value_year", _("Per year"), lambda row: row.state.value_year,
            cell=lambda row: ui.money(row.state.value_year),
            sort=("state__value_year",), css="r strong v",
        ),
        Column(
            "value_total", _("Total"), lambda row: row.state.value_total,
            cell=lambda row: ui.money(row.state.value_total),
            sort=("state__value_total",), css="r vt", shown=False,
        ),
        Column(
            "owner", _("Owner"), lambda row: row.owner and str(row.owner),
            cell=lambda row: _cell(row, "owner", may_edit), css="own",
        ),
        Column(
            "tags", _("Tags"),
            lambda row: pgettext("list", ", ").join(tag.name for tag in row.tags.all()),
            cell=lambda row: _cell(row, "tags", may_edit), css="tags",
        ),
        Column("branch", _("Branch"), lambda row: row.branch and str(row.branch), css="br",
               shown=False),
        Column("code", _("Customer number"), lambda row: row.code, sort=("code",), css="code",
               shown=False),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), css="kind", shown=False),
        Column(
            "created", _("Recorded"), lambda row: clock.day_of(row.created_at),
            cell=lambda row: ui.day(row.created_at, today), sort=("created_at",), css="r created",
            shown=False,
        ),
    ]  # fmt: skip


def _filters(viewer: User, today: date, ranks: Sequence[Level]) -> list[Filter]:
    people = [(str(person.pk), str(person)) for person in people_visible_to(viewer)]
    tags = [(str(tag.pk), tag.name) for tag in tags_in_use()]
    branches = [(str(unit.pk), unit.name) for unit in Unit.objects.filter(kind="branch")]
    return [
        Filter("stage", _("Stage"), "choice", lambda v: Q(state__stage=v), STAGES),
        Filter(
            "churn", pgettext_lazy("filter", "Churn"), "choice",
            lambda v: standing(v, today), CHURN_STATES,
        ),
        Filter("owner", _("Owner"), "choice", lambda v: _owner(v, viewer),
               [("me", _("Me")), *people, ("nobody", _("Nobody"))]),
        Filter("branch", _("Branch"), "choice", lambda v: Q(branch=v), branches),
        Filter("level", _("Level"), "choice", lambda v: Q(level=v),
               [(row.name, row.name) for row in ranks]),
        Filter("tag", _("Tag"), "choice", _tagged, tags),
        Filter("help", _("Collaboration"), "choice",
               lambda v: Q(pk__in=helped_by(viewer.pk).values("customer")),
               [("me", _("I help with"))]),
        Filter("ties", _("Ties"), "choice", relations.tied, Strength.choices),
        Filter("role", _("Known person"), "choice", has_role, BuyingRole.choices),
        Filter("kind", _("Kind"), "choice", lambda v: Q(kind=v), Kind.choices),
        Filter("value", _("Value of a year"), "range",
               lambda v: between("state__value_year", v)),
        Filter("last", _("Last purchase"), "date",
               lambda v: between("state__last_purchase_on", v)),
        Filter("closed_why", _("Closed because"), "choice", closed_for, CloseReason.choices),
        Filter("to_pool", _("Would go to the pool"), "text", pool_line.would_go,
               says=pool_line.table_name, listed=False),
        *twin_lines.filters(viewer),
        Filter("figure", _("Month table"), "text", _figure, says=_figure_name, listed=False),
    ]  # fmt: skip


def _assets(customer: Customer) -> str:
    things = [str(asset) for asset in customer.assets.all() if asset.retired_on is None]
    return things[0] + (f" +{len(things) - 1}" if len(things) > 1 else "") if things else ""


def _churn_cell(customer: Customer, today: date) -> SafeString:
    state = customer.state
    return format_html(
        '<div class="lk-churncell">{}{}</div>',
        ui.dot(state_of(customer, today)),
        ui.churn_clock(
            state.last_purchase_on, state.expected_at, state.at_risk_at, state.lost_at, today
        ),
    )


def _owner(value: str, viewer: User) -> Q:
    named = {"nobody": None, "me": viewer.pk}
    return Q(owner=named.get(value, value))


def _tagged(value: str) -> Q:
    return Q(pk__in=Customer.tags.through.objects.filter(tag=int(value)).values("customer"))


def _figure(value: str) -> Q:
    """The customers behind a figure of the monthly table, written newly_lost:2011-03."""
    name, _colon, month = value.partition(":")
    bounds = month_bounds(month)
    if name not in churn.FIGURES or bounds is None:
        return Q(pk=None)
    return churn.behind(name, *bounds)


def month_bounds(month: str) -> tuple[date, date] | None:
    """First and last day of a month like 2011-03; the running month ends today."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    if not 1 < first.year < 9999:
        # Twelve months before it or a day after it there is no calendar.
        return None
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, min(last, clock.today())


def _figure_name(value: str) -> str:
    name, _colon, month = value.partition(":")
    if name not in FIGURE_NAMES or month_bounds(month) is None:
        return value
    return f"{month_text(month)} {_(FIGURE_NAMES[name])}"
