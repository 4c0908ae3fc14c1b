"""Lists around customers that go into files: one declaration each, as for the screens."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to, reach_of
from liuke.accounts.rules import Act
from liuke.agenda.models import AgendaItem
from liuke.agenda.queries import belonging_to
from liuke.agenda.rules import Kind
from liuke.core import clock, text
from liuke.core.lists import Column, Filter, ListOf
from liuke.customers.models import Asset, ContactPoint, Customer, DuplicatePair, Person
from liuke.customers.queries.likeness import word_of
from liuke.customers.rules.contacts import NUMBERS, TELEPHONES, Purpose
from liuke.desk.queries import agenda_words
from liuke.followups.models import Interaction
from liuke.ownership.queries import pools
from liuke.ownership.rules import Hidden
from liuke.sales.models import Order, OrderLine

Number = Callable[[ContactPoint, Customer], str]


def order_list(viewer: User) -> ListOf[Order]:
    return ListOf(
        label=_("Orders"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.customer.name),
            Column("code", _("Customer number"), lambda row: row.customer.code),
            Column("day", _("Day"), lambda row: row.day, sort=("day",)),
            Column("kind", _("Kind"), lambda row: row.get_kind_display()),
            Column("number", _("Number"), lambda row: row.number),
            Column("asset", _("Vehicle or asset"), lambda row: row.asset and str(row.asset)),
            Column("total", _("Amount"), lambda row: row.total),
            Column("currency", _("Currency"), lambda row: row.currency),
            Column("note", _("Note"), lambda row: row.note),
        ],
        url_of=lambda row: reverse("order", args=[row.pk]),
        order="day",
        related=("customer", "asset"),
    )  # fmt: skip


def line_list(viewer: User) -> ListOf[OrderLine]:
    return ListOf(
        label=_("Lines of orders"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.order.customer.name),
            Column("code", _("Customer number"), lambda row: row.order.customer.code),
            Column("day", _("Day"), lambda row: row.order.day),
            Column("kind", _("Kind"), lambda row: row.order.get_kind_display()),
            Column("number", _("Number"), lambda row: row.order.number),
            Column("product", _("Product"), lambda row: row.product and row.product.code),
            Column("text", _("What"), lambda row: row.text or (row.product and row.product.name)),
            Column("quantity", _("Quantity"), lambda row: row.quantity),
            Column("price", _("Price"), lambda row: row.price),
            Column("amount", _("Amount"), lambda row: row.amount),
        ],
        url_of=lambda row: reverse("order", args=[row.order_id]),
        related=("order__customer", "product"),
    )  # fmt: skip


def people_list(viewer: User) -> ListOf[Person]:
    number = _number(viewer)
    return ListOf(
        label=_("People around them"),
        columns=[
            Column("name", pgettext_lazy("person", "Name"), lambda row: row.name),
            Column("customer", _("Customer"), lambda row: row.customer.name),
            Column("code", _("Customer number"), lambda row: row.customer.code),
            Column("position", _("Position"), lambda row: row.position),
            Column("function", _("Function"), lambda row: row.get_function_display()),
            Column("roles", _("Buying roles"), lambda row: _joined(
                each.get_role_display() for each in row.buying_roles.all())),
            Column("concern", _("Cares most about"), lambda row: row.get_concern_display()),
            Column("words", _("In their own words"), lambda row: row.concern_note),
            Column("ways", _("Ways to reach them"), lambda row: _joined(
                number(each, row.customer) for each in row.contact_points.all())),
            Column("birth", _("Birth date"), lambda row: row.birth_date),
            Column("left", _("No longer there since"), lambda row: row.left_on),
            Column("note", _("Note"), lambda row: row.note),
        ],
        url_of=lambda row: reverse("customer", args=[row.customer_id]),
        related=("customer",),
        prefetch=("buying_roles", "contact_points"),
    )  # fmt: skip


def point_list(viewer: User) -> ListOf[ContactPoint]:
    number = _number(viewer)
    consents = [
        Column(purpose.value, purpose.label, _consent(purpose), needs=("consents",))
        for purpose in Purpose
    ]
    return ListOf(
        label=_("Ways to reach them"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.customer.name),
            Column("code", _("Customer number"), lambda row: row.customer.code),
            Column("person", _("Person"), lambda row: row.person and row.person.name),
            Column("kind", _("Kind"), lambda row: row.get_kind_display()),
            Column("value", _("Value"), lambda row: number(row, row.customer)),
            Column("label", _("Label"), lambda row: row.label),
            Column("preferred", _("Preferred"), lambda row: _yes(row.preferred)),
            Column("never", _("Do not contact"), lambda row: _yes(row.do_not_contact)),
            Column("result", _("Last result"), lambda row: row.get_last_result_display()),
            Column("used", _("Last used"), lambda row: row.last_result_on),
            *consents,
        ],
        url_of=lambda row: reverse("customer", args=[row.customer_id]),
        related=("customer", "person"),
    )  # fmt: skip


def interaction_list(viewer: User) -> ListOf[Interaction]:
    return ListOf(
        label=_("Contacts"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.customer.name),
            Column("code", _("Customer number"), lambda row: row.customer.code),
            Column("at", _("When"), lambda row: row.occurred_at, sort=("occurred_at",)),
            Column("by", _("By"), lambda row: row.by and str(row.by)),
            Column("channel", _("How"), lambda row: row.get_channel_display()),
            Column("direction", _("Who began"), lambda row: row.get_direction_display()),
            Column("person", _("Spoken to"), lambda row: row.person and row.person.name),
            Column("outcome", _("Result"), lambda row: row.get_outcome_display()),
            Column("goal", _("Goal"), lambda row: row.goal),
            Column("said", _("What they said"), lambda row: row.said),
            Column("open", _("Left open"), lambda row: row.left_open),
            Column("step", _("Next step"), lambda row: row.next_step),
            Column("on", pgettext_lazy("next step", "On"), lambda row: row.next_on),
        ],
        url_of=lambda row: reverse("customer", args=[row.customer_id]),
        order="at",
        related=("customer", "by", "person"),
    )  # fmt: skip


def asset_list(viewer: User) -> ListOf[Asset]:
    return ListOf(
        label=_("Vehicles and assets"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.customer.name),
            Column("code", _("Customer number"), lambda row: row.customer.code),
            Column("name", pgettext_lazy("asset", "Name"), lambda row: row.name),
            Column("serial", _("Plate or serial number"), lambda row: row.serial),
            Column("retired", _("Out of service since"), lambda row: row.retired_on),
        ],
        url_of=lambda row: reverse("customer", args=[row.customer_id]),
        related=("customer",),
    )  # fmt: skip


def agenda_list(viewer: User) -> ListOf[AgendaItem]:
    """What Today shows, every item of a customer."""
    today = clock.today()
    people = [(str(each.pk), str(each)) for each in people_visible_to(viewer)]
    mine = {"me": viewer.pk}
    return ListOf(
        label=_("What is due"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.customer.name),
            Column("code", _("Customer number"), lambda row: row.customer.code),
            Column("kind", _("Kind"), lambda row: row.get_kind_display()),
            Column("why", _("Why"), lambda row: agenda_words.why(row, today)),
            Column("act", _("What to do"), agenda_words.act),
            Column("due", _("Due"), lambda row: row.due_on),
            Column("stake", _("At stake"), lambda row: row.stake),
            Column("weight", _("Weight"), lambda row: row.weight, sort=("weight",), css="r",
                   shown=False),
            Column("who", _("For whom"), lambda row: _who(row)),
        ],
        filters=[
            Filter("kind", _("Kind"), "choice", lambda v: Q(kind=v), Kind.choices),
            Filter("whose", _("Whose list"), "choice",
                   lambda v: belonging_to(mine.get(v) or int(v)), [("me", _("Me")), *people]),
        ],
        url_of=lambda row: reverse("customer", args=[row.customer_id]),
        order="-weight",
        related=("customer__owner", "assignee"),
    )  # fmt: skip


def pool_list(viewer: User) -> ListOf[Customer]:
    """Who waits in the pools open to one; what a pool hides stays hidden."""
    known = {pool.pk: pool for pool in pools.pools_open_to(viewer)}
    number = _number(viewer)

    def unless(hidden: Hidden, read: Callable[[Customer], Any]) -> Callable[[Customer], Any]:
        return lambda row: "" if hidden in known[row.state.pool or 0].hidden else read(row)

    def telephone(row: Customer) -> str:
        points = [each for each in row.contact_points.all() if each.kind in TELEPHONES]
        return next((number(each, row) for each in points if each.person_id is None), "")

    def asset(row: Customer) -> str:
        return next((str(each) for each in row.assets.all() if each.retired_on is None), "")

    def owner(row: Customer) -> str:
        return vars(row)["last_owner"] or ""

    return ListOf(
        label=_("Pool"),
        columns=[
            Column("customer", _("Customer"), lambda row: row.name),
            Column("pool", _("Pool"), lambda row: known[row.state.pool or 0].name),
            Column("level", _("Level"), lambda row: row.level),
            Column("stage", _("Stage"), lambda row: row.state.get_stage_display()),
            Column("last", _("Last purchase"), lambda row: row.state.last_purchase_on),
            Column("value", _("Per year"), unless(Hidden.VALUE, lambda row: row.state.value_year),
                   sort=("state__value_year",), css="r"),
            Column("telephone", _("Telephone"), unless(Hidden.CONTACT, telephone)),
            Column("asset", _("Vehicle or asset"), unless(Hidden.PLATE, asset)),
            Column("owner", _("Last owner"), unless(Hidden.OWNER, owner)),
            Column("since", _("Waits since"), lambda row: vars(row)["since"]),
        ],
        filters=[
            Filter("pool", _("Pool"), "choice", lambda v: Q(state__pool=v),
                   [(str(pool.pk), pool.name) for pool in known.values()]),
        ],
        url_of=lambda row: reverse("customer", args=[row.pk]),
        order="-value",
        related=("state",),
        prefetch=("assets", "contact_points"),
    )  # fmt: skip


def pair_list(viewer: User) -> ListOf[DuplicatePair]:
    return ListOf(
        label=_("Possible duplicates"),
        columns=[
            Column("first", _("Customer"), lambda row: row.first.name),
            Column("first_code", _("Customer number"), lambda row: row.first.code),
            Column("second", _("May be the same as"), lambda row: row.second.name),
            Column("second_code", _("Number of the other"), lambda row: row.second.code),
            Column("probability", _("Probability"), lambda row: row.probability,
                   sort=("probability",), css="r"),
            Column("reasons", _("Why"), lambda row: _joined(
                str(word_of(why, how)) for why, how in row.reasons)),
            Column("source", _("Found by"), lambda row: row.get_source_display()),
            Column("created", _("Found on"), lambda row: clock.day_of(row.created_at)),
        ],
        url_of=lambda row: f"{reverse('duplicates')}?pair={row.pk}",
        order="-probability",
        related=("first", "second"),
    )  # fmt: skip


def _number(viewer: User) -> Number:
    """A way as this person may read it: numbers in full, or masked."""
    reach = reach_of(viewer, Act.SEE_PHONES)

    def shown(point: ContactPoint, customer: Customer) -> str:
        if point.kind not in NUMBERS or reach.holds(customer.owner_id, customer.branch_id):
            return point.value
        return text.masked(point.value)

    return shown


def _consent(purpose: Purpose) -> Callable[[ContactPoint], str]:
    def said(row: ContactPoint) -> str:
        current = [each for each in row.consents.all() if each.replaced_at is None]
        return next((_yes(each.given, no=True) for each in current if each.purpose == purpose), "")

    return said


def _who(item: AgendaItem) -> str:
    return str(item.assignee or item.customer.owner or "")


def _yes(value: bool, *, no: bool = False) -> str:
    if value:
        return _now("Yes")
    return _now("No") if no else ""


def _joined(words: Any) -> str:
    return pgettext("list", ", ").join(words)
