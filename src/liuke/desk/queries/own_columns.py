"""The fields of the profile as columns and filters of the customers list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.core.lists import Column, Filter
from liuke.customers.models import Customer, FieldValue
from liuke.customers.queries.fields import collected, fields
from liuke.customers.queries.profile import shown
from liuke.customers.rules.fields import LISTED, NUMBERS, FieldOf, Group, Type, written
from liuke.desk.queries.more_filters import between

VALUES = "field_values__person", "field_values__other"
SORTED_BY = {
    Type.TEXT: "text",
    Type.NUMBER: "number",
    Type.MONEY: "number",
    Type.YES_NO: "number",
    Type.DATE: "date",
    Type.CHOICE: "choice__place",
    Type.PERSON: "person__name",
    Type.CUSTOMER: "other__name_sort",
}
FIGURES = (*NUMBERS, Type.DATE)


@dataclass(frozen=True, slots=True)
class Own:
    columns: Sequence[Column[Customer]]
    filters: Sequence[Filter]


def own_columns(viewer: User) -> Own:
    """Every field of the profile; none of them is shown or stands in the way until chosen."""
    specs = fields()
    people = []
    if any(spec.type == Type.PERSON for spec in specs):
        people = [(str(person.pk), str(person)) for person in people_visible_to(viewer)]
    return Own(
        [_known(), *(_column(spec) for spec in specs)],
        [_known_filter(), _missing(specs), *(_filter(spec, people) for spec in specs)],
    )


def _known() -> Column[Customer]:
    return Column(
        "known", _("Completeness"), lambda row: row.state.completeness,
        cell=lambda row: "" if row.state.completeness is None else f"{row.state.completeness}%",
        sort=("state__completeness",), css="r", shown=False,
    )  # fmt: skip


def _known_filter() -> Filter:
    return Filter(
        "known", _("Completeness"), "range",
        lambda bounds: between("state__completeness", bounds), group=Group.OWN.label,
    )  # fmt: skip


def _missing(specs: Sequence[FieldOf]) -> Filter:
    """Of whom a field is not known yet."""
    known = {spec.code: spec for spec in specs}

    def apply(code: str) -> Q:
        spec = known[code]
        if spec.column:
            empty = Q(**{spec.column: None}) if spec.type == Type.DATE else Q(**{spec.column: ""})
            return Q(pk__in=Customer.objects.filter(empty).values("pk"))
        said = FieldValue.objects.filter(customer=OuterRef("pk"), field=spec.pk)
        return ~Q(Exists(said)) if spec.pk else Q()

    choices = [(spec.code, spec.label) for spec in specs]
    return Filter("missing", _("Not known yet"), "choice", apply, choices, group=Group.OWN.label)


def _column(spec: FieldOf) -> Column[Customer]:
    css = "r" if spec.type in FIGURES else "clip"
    if spec.column:
        return Column(
            spec.code, spec.label, lambda row: _plain(spec, getattr(row, spec.column) or None),
            cell=lambda row: shown(spec, getattr(row, spec.column) or None, {}),
            sort=(spec.column, "name_sort"), css=css, shown=False, group=spec.group.label,
        )  # fmt: skip
    return Column(
        spec.code, spec.label, lambda row: _plain(spec, _said(row, spec), _names(row, spec)),
        cell=lambda row: format_html("{}", shown(spec, _said(row, spec), _names(row, spec))),
        by=None if spec.type == Type.CHOICES else _order(spec),
        css=css, shown=False, needs=VALUES, group=spec.group.label,
    )  # fmt: skip


def _plain(spec: FieldOf, value: Any, names: Mapping[int, str] = MappingProxyType({})) -> Any:
    """The value as a file holds it: figures and days stay what they are."""
    if spec.type == Type.DATE or value is None:
        return value
    if spec.type in NUMBERS:
        return Decimal(f"{value.normalize():f}")
    return written(spec, value, names)


def _said(row: Customer, spec: FieldOf) -> Any:
    """The value among those that were read with the page."""
    return collected(row.field_values.all(), [spec]).get(row.pk, {}).get(spec.code)


def _names(row: Customer, spec: FieldOf) -> dict[int, str]:
    if spec.type == Type.PERSON:
        people = [each.person for each in row.field_values.all() if each.person]
        return {person.pk: str(person) for person in people}
    if spec.type == Type.CUSTOMER:
        others = [each.other for each in row.field_values.all() if each.other]
        return {other.pk: other.name for other in others}
    return {}


def _order(spec: FieldOf) -> Subquery:
    mine = FieldValue.objects.filter(customer=OuterRef("pk"), field=spec.pk)
    return Subquery(mine.order_by().values(SORTED_BY[spec.type])[:1])


def _filter(spec: FieldOf, people: Sequence[tuple[str, str]]) -> Filter:
    kind, condition, choices = _condition(spec, people)

    def apply(value: Any) -> Q:
        if spec.column:
            return condition(spec.column, value)
        named = FieldValue.objects.filter(
            condition(_slot(spec), value), customer=OuterRef("pk"), field=spec.pk
        )
        return Q(Exists(named)) if spec.pk else Q(pk=None)

    return Filter(spec.code, spec.label, kind, apply, choices, group=spec.group.label)


Condition = Callable[[str, Any], Q]


def _condition(
    spec: FieldOf, people: Sequence[tuple[str, str]]
) -> tuple[str, Condition, Sequence[tuple[str, Any]]]:
    """The kind of filter, what it asks of the column that holds the value, and its choices."""
    if spec.type in LISTED:
        keys = {each.code: each.code if spec.column else each.pk for each in spec.choices}
        listed = [(each.code, each.label) for each in spec.choices]
        return "choice", lambda column, value: Q(**{column: keys[value]}), listed
    if spec.type == Type.YES_NO:
        answers = [("1", _("Yes")), ("0", _("No"))]
        return "choice", lambda column, value: Q(**{column: int(value)}), answers
    if spec.type == Type.PERSON:
        return "choice", lambda column, value: Q(**{column: int(value)}), people
    if spec.type in FIGURES:
        return ("date" if spec.type == Type.DATE else "range"), between, ()
    return "text", lambda column, value: Q(**{f"{column}__icontains": value}), ()


def _slot(spec: FieldOf) -> str:
    return {
        Type.CHOICE: "choice",
        Type.CHOICES: "choice",
        Type.CUSTOMER: "other__name",
        Type.PERSON: "person",
    }.get(spec.type) or SORTED_BY[spec.type]
