"""Reads of the customer file; the viewer comes first and sees what the scope allows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liuke.accounts.models import Unit, User
from liuke.accounts.queries import may_with, reach_of
from liuke.accounts.rules import Act
from liuke.core import clock, search, text
from liuke.core.lists import CAP
from liuke.core.models import JournalEntry
from liuke.core.seals import ERASED
from liuke.customers.models import (
    Asset,
    ContactBlock,
    ContactPoint,
    Customer,
    CustomerState,
    CustomerTally,
    FormerCustomer,
    Person,
    Tag,
)
from liuke.customers.queries.fields import fields as every_field
from liuke.customers.queries.fields import referred
from liuke.customers.queries.helping import counts_helping, helped_by
from liuke.customers.rules import RECOVERED_FOR
from liuke.customers.rules.contacts import NUMBERS, PointKind
from liuke.customers.rules.fields import FieldOf, from_json, written

SEARCH_KIND = "customer"
PHONES = NUMBERS


def visible_to(viewer: User, act: Act = Act.SEE) -> QuerySet[Customer]:
    """The customers this person may see, or may do this with, those included that one helps with.

    Lists and figures of the own work are `within(viewer)`.
    """
    condition = within_reach(viewer, act)
    if counts_helping(viewer, act):
        condition |= Q(pk__in=helped_by(viewer.pk).values("customer"))
    return Customer.objects.filter(condition)


def within(viewer: User, act: Act = Act.SEE) -> QuerySet[Customer]:
    """The customers of this person's scope: what lists walk and figures count."""
    return Customer.objects.filter(within_reach(viewer, act))


def with_helped(viewer: User, own: Q) -> Q:
    """A scope's condition on customers, or on CustomerState, widened by whom one helps with.

    For lists that are searched: the few customers are named by their keys. Beside a subquery a
    database would use no index for the own ones.
    """
    if not counts_helping(viewer, Act.SEE):
        return own
    helped = list(helped_by(viewer.pk).values_list("customer", flat=True))
    return own | Q(pk__in=helped) if helped else own


def hide_phones(viewer: User, customers: Iterable[Customer]) -> None:
    """Mask the phone numbers, read with these customers, that this person may not see in full."""
    if viewer.scope_for(Act.SEE_PHONES) == viewer.scope:
        return
    reach = reach_of(viewer, Act.SEE_PHONES)
    helped = set(helped_by(viewer.pk).values_list("customer", flat=True))
    if not viewer.may(Act.SEE_PHONES):
        helped = set()
    for customer in customers:
        if customer.pk not in helped and not reach.holds(customer.owner_id, customer.branch_id):
            _hide(customer.contact_points.all())


def shown_points(
    viewer: User, customer: Customer, points: Iterable[ContactPoint]
) -> list[ContactPoint]:
    """Ways to one customer as this person may see them: numbers in full, or masked."""
    found = list(points)
    if not may_with(viewer, Act.SEE_PHONES, customer):
        _hide(found)
    return found


def _hide(points: Iterable[ContactPoint]) -> None:
    for point in points:
        if point.kind in PHONES:
            point.hide()


def within_reach(viewer: User, act: Act = Act.SEE) -> Q:
    """The condition on customers, or on CustomerState, that they are within this scope."""
    return reach_of(viewer, act).rows(owner="owner", unit="branch")


def first_of(viewer: User, condition: Q, order: str, count: int) -> list[Customer]:
    """The first customers of this scope whose state fulfils a condition, in an order of states."""
    within = within_reach(viewer)
    rows = CustomerState.objects.filter(within, condition).order_by(order, "pk")
    keys = list(rows.values_list("pk", flat=True)[:count])
    known = Customer.objects.filter(within).select_related("state").in_bulk(keys)
    return [known[key] for key in keys if key in known]


def find(viewer: User, query: str) -> QuerySet[Customer]:
    """Customers that match every word of the query: name, pinyin, number, phone, plate."""
    seen = with_helped(viewer, within_reach(viewer))
    return search.narrow(Customer.objects.filter(seen), SEARCH_KIND, query)


def search_tokens(
    customer: Customer,
    points: Iterable[ContactPoint],
    assets: Iterable[Asset],
    people: Iterable[Person] = (),
    former: Iterable[FormerCustomer] = (),
) -> set[str]:
    """What a customer is found by, the people around and what it was before a merge included."""
    before = list(former)
    texts = [customer.name, *(each.name for each in before), *(person.name for person in people)]
    numbers, places = [customer.code, customer.credit_code], list[str]()
    for each in before:
        numbers += [each.code, each.credit_code]
    for point in points:
        group = places if point.kind == PointKind.ADDRESS else texts
        (numbers if point.kind in NUMBERS else group).append(point.value)
    for asset in assets:
        texts.append(asset.name)
        numbers.append(asset.serial)
    return text.document_tokens(filter(None, texts), filter(None, numbers), places)


def standing(state: str, today: date, of: str = "state__") -> Q:
    """The condition that a customer's clock stands so: `rules.churn_state` in a query.

    On CustomerState itself `of` is empty.
    """
    recovered = Q(**{f"{of}recovered_on__gt": today - RECOVERED_FOR})
    running = Q(**{f"{of}at_risk_at__gt": today})
    begun, over = Q(**{f"{of}at_risk_at__lte": today}), Q(**{f"{of}lost_at__lte": today})
    return {
        "none": Q(**{f"{of}lost_at": None}),
        "lost": over,
        "at_risk": begun & Q(**{f"{of}lost_at__gt": today}),
        "recovered": running & recovered,
        "active": running & (Q(**{f"{of}recovered_on": None}) | ~recovered),
    }[state]


STANDINGS = ("none", "lost", "at_risk", "recovered", "active")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many customers stand where, and what those at risk spend a year.

    `kept` is one that a tick counted a few minutes ago.
    """

    counts: Mapping[tuple[str, str], int]
    stake: Decimal
    kept: bool

    def at(self, stage: str = "", standing: str = "") -> int:
        """Of a stage, a standing, or both."""
        return sum(
            count
            for (of_stage, of_standing), count in self.counts.items()
            if stage in ("", of_stage) and standing in ("", of_standing)
        )


def tally(viewer: User) -> Tally:
    """Where the customers within this person's scope stand today.

    Counted up to CAP customers; beyond it what the tick counted a few minutes ago.
    """
    within = within_reach(viewer)
    kept = CustomerTally.objects.filter(within).values("stage", "standing")
    sums = kept.annotate(n=Sum("customers"), value=Sum("value_year"))
    rows: Sequence[tuple[Any, ...]] = list(sums.values_list("stage", "standing", "n", "value"))
    large = sum(row[2] for row in rows) > CAP
    if not large:
        rows = counted(Customer.objects.filter(within), clock.today())
    counts, stake = {}, Decimal()
    for stage, where, count, value in rows:
        counts[stage, where] = count
        stake += value if where == "at_risk" else 0
    return Tally(counts, stake, large)


def is_large(customers: QuerySet[Customer]) -> bool:
    """Whether there are more than somebody waiting for a page wants counted."""
    return customers.order_by().values("pk")[: CAP + 1].count() > CAP


def counted(customers: QuerySet[Customer], today: date, *by: str) -> list[tuple[Any, ...]]:
    """Rows of the fields asked for, stage, standing, number and value of a year."""
    rows = customers.order_by().filter(state__isnull=False)
    groups = rows.values(*by, "state__stage", where=standing_of(today))
    return list(
        groups.annotate(n=Count("pk"), value=Sum("state__value_year")).values_list(
            *by, "state__stage", "where", "n", "value"
        )
    )


def standing_of(today: date) -> Case:
    """The standing as a value."""
    return Case(
        *(When(standing(name, today), then=Value(name)) for name in STANDINGS[:-1]),
        default=Value(STANDINGS[-1]),
        output_field=CharField(),
    )


def values_of(customer_ids: Collection[int]) -> dict[int, Decimal]:
    """Customer → value of a year, for one chunk."""
    rows = CustomerState.objects.filter(pk__in=customer_ids)
    return dict(rows.values_list("pk", "value_year"))


def places_of(customer_ids: Collection[int]) -> dict[int, tuple[int | None, int | None]]:
    """Customer → owner and branch, for one chunk."""
    rows = Customer.objects.filter(pk__in=customer_ids)
    return {pk: (owner, branch) for pk, owner, branch in rows.values_list("pk", "owner", "branch")}


def ids_by_code(codes: Collection[str]) -> dict[str, int]:
    """Customer number → id, for those that exist. The caller keeps to one chunk of codes.

    The number of a customer that became part of another leads to that one.
    """
    found = dict(Customer.objects.filter(code__in=codes).values_list("code", "pk"))
    missing = set(codes) - set(found)
    if missing:
        former = FormerCustomer.objects.filter(code__in=missing)
        found |= former.values_list("code", "customer")
    return found


def tags_in_use() -> QuerySet[Tag]:
    """The tags that somebody wears, by name."""
    worn = Customer.tags.through.objects.filter(tag=OuterRef("pk"))
    return Tag.objects.filter(Exists(worn))


def assets_of(customer_ids: Collection[int] | QuerySet[Customer]) -> QuerySet[Asset]:
    return Asset.objects.filter(customer__in=customer_ids)


def blocked(customer_ids: Collection[int] | QuerySet[Customer]) -> dict[int, str]:
    """Those of a chunk or selection whom nobody may contact today, and why."""
    return dict(blocks_in_force(customer_ids).values_list("customer", "reason"))


def blocks_in_force(
    customers: Collection[int] | QuerySet[Customer] | OuterRef,
) -> QuerySet[ContactBlock]:
    """The blocks that hold today, of these customers or of the one of an outer query."""
    of = {"customer": customers} if isinstance(customers, OuterRef) else {"customer__in": customers}
    rows = ContactBlock.objects.filter(**of, lifted_at=None)
    return rows.filter(Q(until=None) | Q(until__gt=clock.today()))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that somebody changed: who, and from what to what, also as people read it."""

    field: str
    before: object
    after: object
    actor: str
    label: str
    before_text: str
    after_text: str


def changes_since(customer: Customer, version: int) -> Sequence[FieldChange]:
    """What was changed on a customer after `version`, oldest first, from the journal."""
    entries = JournalEntry.objects.filter(
        subject=Customer._meta.label_lower,
        subject_id=customer.pk,
        verb="customer.updated",
        after__version__gt=version,
    )
    changes = field_changes(entries.order_by("pk"))
    return [change for entry in changes.values() for change in entry]


def field_changes(
    entries: Iterable[JournalEntry], phones: bool = True
) -> dict[int, list[FieldChange]]:
    """Entry id → the fields it changed. People and branches are looked up once for all.

    Without `phones` their numbers are masked.
    """
    found = list(entries)
    values = [each for entry in found for each in (entry.before or {}, entry.after or {})]
    owners = {value.get("owner") for value in values} | {entry.actor_id for entry in found}
    people = _names(User, owners)
    names = {"owner": people, "branch": _names(Unit, {value.get("branch") for value in values})}
    specs = _specs_of(values)
    said = referred(list(specs.values()), values)

    def text_of(name: str, value: Any) -> str:
        if name not in specs:
            return _shown(name, value, names, phones)
        spec = specs[name]
        return written(spec, _read(spec, value), said.get(spec.type)) or "—"

    return {
        entry.pk: [
            FieldChange(
                name,
                (entry.before or {}).get(name),
                value,
                people.get(entry.actor_id, ""),
                str(specs[name].label) if name in specs else field_label(name),
                text_of(name, (entry.before or {}).get(name)),
                text_of(name, value),
            )
            for name, value in (entry.after or {}).items()
            if name not in ("version", *ERASED)
        ]
        for entry in found
    }


def field_label(name: str) -> str:
    """What people call a field of the customer file."""
    if name == "contact_points":
        return _("Contact points")
    if name == "children":
        return _("Children")
    field = Customer._meta.get_field(name)
    return str(getattr(field, "verbose_name", name)).capitalize()


def _specs_of(values: Iterable[Mapping[str, Any]]) -> dict[str, FieldOf]:
    """The fields of the profile among what changed; asked for only where there are some."""
    columns = {each.name for each in Customer._meta.get_fields()} | {"version"}
    if not {name for value in values for name in value} - columns:
        return {}
    return {spec.code: spec for spec in every_field(archived=True) if not spec.column}


def _read(spec: FieldOf, value: Any) -> Any:
    """What the journal holds may have been said under another definition of the field."""
    try:
        return from_json(spec, value)
    except ValidationError:
        return None


def _names(model: type[User] | type[Unit], ids: Iterable[Any]) -> dict[object, str]:
    wanted = {each for each in ids if each is not None}
    return dict(model._default_manager.filter(pk__in=wanted).values_list("pk", "name"))


def _shown(field: str, value: Any, names: Mapping[str, Mapping[object, str]], phones: bool) -> str:
    if field in ("tags", "children") and value:
        return pgettext("list", ", ").join(map(str, value))
    if isinstance(value, list):
        return pgettext("list", ", ").join(way_text(way, phones) for way in value) or "—"
    if field in names and value is not None:
        return names[field].get(value, str(value))
    choices = dict(getattr(Customer._meta.get_field(field), "flatchoices", ()))
    return str(choices.get(value, value)) if value not in (None, "") else "—"


def way_text(line: object, phones: bool) -> str:
    """A way as the journal keeps it, without the kind and with its marks in words."""
    kind, _space, rest = str(line).partition(" ")
    value, _tab, marks = rest.partition("\t")
    if kind in PHONES and not phones:
        value = text.masked(value)
    known = {"preferred": _("preferred"), "do_not_contact": _("do not contact")}
    said = pgettext("list", ", ").join(known.get(each, each) for each in marks.split(";") if each)
    return f"{value} ({said})" if said else value
