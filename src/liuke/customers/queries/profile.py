"""What is known of one customer, as a page shows it, and what would help to know next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags

from liuke.core import clock
from liuke.core.ui.figures import day_text, money_html, number_text
from liuke.customers.models import Customer
from liuke.customers.queries.fields import fields, filled_by, referred, values_of_fields
from liuke.customers.rules.completeness import missing, score
from liuke.customers.rules.fields import FieldOf, Group, Type, written
from liuke.customers.rules.profile import REACH, REACH_FIELD


@dataclass(frozen=True, slots=True)
class Said:
    """The fields of one group that say something, with their names."""

    label: Any
    facts: Sequence[tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is said, how much that is in percent, and the missing fields, the heaviest first."""

    groups: Sequence[Said]
    percent: int
    missing: Sequence[FieldOf]

    def question(self, skip: Collection[str] = ()) -> FieldOf | None:
        """What to ask next; how to reach somebody is not asked here."""
        left = [each for each in self.missing if each.code not in skip and each.code != REACH]
        return left[0] if left else None


def profile_of(customer: Customer) -> Profile:
    """The profile of a customer whose contact points are at hand; a fixed number of questions."""
    specs = [spec for spec in fields() if spec.fits(customer.kind)]
    values = values_of_fields([customer.pk], specs)
    reachable = [customer.pk] if customer.contact_points.all() else []
    filled = filled_by([customer], specs, values, reachable)[customer.pk]
    counted = [*specs, REACH_FIELD]
    mine = {
        **{spec.code: getattr(customer, spec.column) or None for spec in specs if spec.column},
        **values[customer.pk],
    }
    names = referred(specs, [mine])
    groups = []
    for group in Group:
        facts = [
            (spec.label, shown(spec, mine[spec.code], names.get(spec.type, {})))
            for spec in specs
            if spec.group == group and mine.get(spec.code) is not None
        ]
        if facts:
            groups.append(Said(group.label, facts))
    return Profile(
        groups,
        score(counted, customer.kind, filled),
        missing(counted, customer.kind, filled),
    )


def shown(spec: FieldOf, value: Any, names: Mapping[int, str]) -> str:
    """The value as people read it."""
    if value is None:
        return ""
    if spec.type == Type.DATE:
        return day_text(value, clock.today(), year=True)
    if spec.type == Type.MONEY:
        return strip_tags(money_html(value))
    if spec.type == Type.NUMBER:
        return number_text(value.normalize())
    return written(spec, value, names)
