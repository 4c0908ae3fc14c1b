"""The fields of the profile as this firm has them, and what customers say in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to, reach_of
from liuke.customers.models import Customer, FieldValue, Level, ProfileField
from liuke.customers.rules.completeness import score
from liuke.customers.rules.fields import (
    LISTED,
    NUMBERS,
    Choice,
    FieldOf,
    For,
    Group,
    Known,
    Type,
    name_key,
    parse,
)
from liuke.customers.rules.profile import BUILT_IN, REACH, REACH_FIELD

FIRST_LEVELS = ("A", "B", "C", "D")
SLOT_OF = {
    Type.TEXT: "text",
    Type.NUMBER: "number",
    Type.MONEY: "number",
    Type.YES_NO: "number",
    Type.DATE: "date",
    Type.CHOICE: "choice_id",
    Type.CHOICES: "choice_id",
    Type.PERSON: "person_id",
    Type.CUSTOMER: "other_id",
}


def fields(*, archived: bool = False) -> list[FieldOf]:
    """Every field of the profile in its order, in two questions; archived ones only if asked."""
    rows = list(ProfileField.objects.prefetch_related("choices"))
    changed = {row.key: row for row in rows if row.key}
    found = [_built_in(spec, changed.get(spec.code)) for spec in BUILT_IN]
    found += [_own(row) for row in rows if not row.key]
    groups = list(Group)
    found.sort(key=lambda each: groups.index(each.group))
    return [each for each in found if archived or not each.archived]


def values_of_fields(
    customer_ids: Collection[int], specs: Sequence[FieldOf]
) -> dict[int, dict[str, Any]]:
    """Customer → code → value, for one chunk; fields that are columns are not among them."""
    rows = FieldValue.objects.filter(customer__in=customer_ids)
    return collected(rows, specs, customer_ids)


def collected(
    rows: Iterable[FieldValue], specs: Sequence[FieldOf], customer_ids: Collection[int] = ()
) -> dict[int, dict[str, Any]]:
    """The same of rows that were read already."""
    by_key = {spec.pk: spec for spec in specs if spec.pk is not None}
    codes = {each.pk: each.code for spec in specs for each in spec.choices}
    found: dict[int, dict[str, Any]] = {pk: {} for pk in customer_ids}
    for row in rows:
        if (spec := by_key.get(row.field_id)) is None:
            continue
        mine = found.setdefault(row.customer_id, {})
        value = getattr(row, SLOT_OF[spec.type])
        if spec.type == Type.YES_NO:
            mine[spec.code] = bool(value)
        elif spec.type == Type.CHOICE:
            mine[spec.code] = codes[value]
        elif spec.type == Type.CHOICES:
            mine.setdefault(spec.code, []).append(codes[value])
        else:
            mine[spec.code] = value
    for mine in found.values():
        for spec in specs:
            if spec.type == Type.CHOICES and spec.code in mine:
                chosen = set(mine[spec.code])
                mine[spec.code] = [each.code for each in spec.choices if each.code in chosen]
    return found


def filled_by(
    customers: Collection[Customer],
    specs: Sequence[FieldOf],
    values: Mapping[int, Mapping[str, Any]],
    reachable: Collection[int],
) -> dict[int, set[str]]:
    """Customer → the codes of everything known of it."""
    columns = [spec for spec in specs if spec.column]
    return {
        row.pk: {
            *(code for code, said in values.get(row.pk, {}).items() if said is not None),
            *(spec.code for spec in columns if getattr(row, spec.column) not in ("", None)),
            *((REACH,) if row.pk in reachable else ()),
        }
        for row in customers
    }


def completeness_of(
    customers: Collection[Customer],
    specs: Sequence[FieldOf],
    values: Mapping[int, Mapping[str, Any]],
    reachable: Collection[int],
) -> dict[int, int]:
    """Customer → how much is known of it, in percent."""
    filled = filled_by(customers, specs, values, reachable)
    counted = [*specs, REACH_FIELD]
    return {row.pk: score(counted, row.kind, filled[row.pk]) for row in customers}


def referred(
    specs: Sequence[FieldOf], values: Iterable[Mapping[str, Any]]
) -> dict[Type, dict[int, str]]:
    """The names of the colleagues and customers that values name; asked only where there are."""
    ids: dict[Type, set[int]] = {Type.PERSON: set(), Type.CUSTOMER: set()}
    named = [spec for spec in specs if spec.type in ids]
    for mine in values:
        for spec in named:
            if isinstance(mine.get(spec.code), int):
                ids[spec.type].add(mine[spec.code])
    return {
        Type.PERSON: _names(User, ids[Type.PERSON]),
        Type.CUSTOMER: _names(Customer, ids[Type.CUSTOMER]),
    }


@dataclass(frozen=True, slots=True)
class Wrong:
    """A text that is no value of its field: its place in what was handed in, and why."""

    place: int
    code: str
    message: str


def importable_fields() -> list[FieldOf]:
    """The fields that a file may bring and `services.set_values` takes."""
    return [spec for spec in fields() if not spec.column]


def read_texts(
    viewer: User | None, columns: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[Any]], list[Wrong]]:
    """Texts of a file, a list per field, as values in the same places; set-wise.

    A text that is no value becomes None and is named. Colleagues are found by name or user
    name, customers by their number or, where only one has it, their name.
    """
    specs = {spec.code: spec for spec in importable_fields()}
    values: dict[str, list[Any]] = {}
    wrong: list[Wrong] = []
    for code, texts in columns.items():
        spec = specs[code]
        distinct = set(texts)
        known = known_for(viewer, spec, distinct)
        read: dict[str, Any] = {}
        failed: dict[str, str] = {}
        for text in distinct:
            try:
                read[text] = parse(spec, text, known)
            except ValidationError as problem:
                read[text], failed[text] = None, problem.messages[0]
        values[code] = [read[text] for text in texts]
        wrong += [
            Wrong(place, code, failed[text]) for place, text in enumerate(texts) if text in failed
        ]
    return values, wrong


def known_for(viewer: User | None, spec: FieldOf, texts: Collection[str]) -> Known:
    """Whom these texts may name, within sight."""
    if spec.type == Type.PERSON:
        people: dict[str, int] = {}
        for row in (
            User.objects.filter(is_active=True) if viewer is None else people_visible_to(viewer)
        ):
            people |= {name_key(str(row)): row.pk, name_key(row.username): row.pk}
        return Known(people=people)
    if spec.type != Type.CUSTOMER:
        return Known()
    named: dict[str, int] = {}
    twice: set[str] = set()
    wanted = [text.strip() for text in texts if text.strip()]
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        rows = Customer.objects.all()
        if viewer is not None:
            rows = rows.filter(reach_of(viewer).rows(owner="owner", unit="branch"))
        for name, pk in rows.filter(name__in=chunk).values_list("name", "pk"):
            twice |= {name_key(name)} & named.keys()
            named[name_key(name)] = pk
        for code, pk in rows.filter(code__in=chunk).values_list("code", "pk"):
            named[name_key(code)] = pk
            twice.discard(name_key(code))
    return Known(customers={name: pk for name, pk in named.items() if name not in twice})


def levels(*, archived: bool = False) -> list[Level]:
    """The firm's levels in their order; A to D until it says otherwise."""
    rows = list(Level.objects.all())
    if not rows:
        return [Level(name=name, place=place) for place, name in enumerate(FIRST_LEVELS)]
    return [row for row in rows if archived or row.archived_at is None]


def standard_of(name: str) -> str:
    """What customers of this level can count on."""
    row = Level.objects.filter(name=name).first() if name else None
    return row.standard if row else ""


def _built_in(spec: FieldOf, row: ProfileField | None) -> FieldOf:
    if row is None:
        return spec
    labels = {each.code: each.label for each in spec.choices}
    return replace(
        spec,
        pk=row.pk,
        weight=row.weight,
        archived=row.archived_at is not None,
        choices=spec.choices if spec.column else _choices(row, labels),
    )


def _own(row: ProfileField) -> FieldOf:
    return FieldOf(
        code=f"own_{row.pk}",
        label=row.name,
        type=Type(row.type),
        applies=For(row.applies),
        group=Group.OWN,
        weight=row.weight,
        choices=_choices(row, {}),
        help=row.help,
        open=row.open,
        low=row.low if row.type in NUMBERS else None,
        high=row.high if row.type in NUMBERS else None,
        place=row.place,
        pk=row.pk,
        archived=row.archived_at is not None,
    )


def _choices(row: ProfileField, labels: Mapping[str, Any]) -> tuple[Choice, ...]:
    if row.type not in LISTED:
        return ()
    return tuple(
        Choice(
            each.key or each.name,
            labels.get(each.key, each.name) if each.key else each.name,
            each.pk,
            each.archived_at is not None,
        )
        for each in row.choices.all()
    )


def _names(model: type[User] | type[Customer], ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(model._default_manager.filter(pk__in=ids).values_list("pk", "name"))
