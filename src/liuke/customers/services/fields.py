"""Values of the profile's fields: judged, and written where they differ."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.core import bulk
from liuke.customers.models import Customer, FieldChoice, FieldValue, ProfileField
from liuke.customers.queries.fields import SLOT_OF, fields, values_of_fields
from liuke.customers.rules.fields import LISTED, FieldOf, Type, as_json, checked
from liuke.customers.rules.profile import BUILT_IN
from liuke.customers.services.completeness import CHUNK

# Customer → code → value; None empties a field, what is not named stays.
Values = Mapping[int, Mapping[str, Any]]
Written = dict[int, tuple[dict[str, Any], dict[str, Any]]]


def write_values(actor: User | None, values: Values) -> Written:
    """Write the values of locked customers; what differs, before and after, as the journal has it.

    The caller journals, counts the version and settles the completeness.
    """
    named = {code for mine in values.values() for code in mine}
    if not named:
        return {}
    specs = {spec.code: spec for spec in fields(archived=True)}
    wanted = _judged(actor, values, specs, named)
    specs |= _stored([specs[code] for code in sorted(named)], wanted)
    written: Written = {}
    ids = sorted(wanted)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        before = values_of_fields(chunk, [specs[code] for code in named])
        changed = {
            pk: {code: value for code, value in wanted[pk].items() if before[pk].get(code) != value}
            for pk in chunk
        }
        _replace(changed, specs)
        for pk, new in changed.items():
            if new:
                old = {code: as_json(before[pk].get(code)) for code in new}
                written[pk] = old, {code: as_json(value) for code, value in new.items()}
    return written


def _judged(
    actor: User | None, values: Values, specs: Mapping[str, FieldOf], named: Collection[str]
) -> dict[int, dict[str, Any]]:
    """The values as they are stored, all of them acceptable."""
    for code in sorted(named):
        if code not in specs or specs[code].column:
            raise ValidationError({code: _("There is no such field.")})
    kinds = _kinds(values)
    found: dict[int, dict[str, Any]] = {}
    for pk, mine in values.items():
        found[pk] = {}
        for code, value in mine.items():
            spec = specs[code]
            try:
                found[pk][code] = checked(spec, value)
            except ValidationError as problem:
                raise ValidationError({code: problem.messages}) from None
            if found[pk][code] is not None and not spec.fits(kinds.get(pk, "")):
                raise ValidationError({code: _("This field is not for this kind of customer.")})
    _check_references(actor, found, specs)
    return found


def _kinds(values: Values) -> dict[int, str]:
    ids = list(values)
    kinds: dict[int, str] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Customer.objects.filter(pk__in=ids[start : start + CHUNK])
        kinds |= dict(rows.values_list("pk", "kind"))
    return kinds


def _check_references(actor: User | None, values: Values, specs: Mapping[str, FieldOf]) -> None:
    """Whoever is named exists; a customer also stands within sight of whoever names it."""
    for kind in (Type.PERSON, Type.CUSTOMER):
        ids = {
            value: code
            for mine in values.values()
            for code, value in mine.items()
            if specs[code].type == kind and value is not None
        }
        known = _existing(actor, kind, list(ids))
        for pk in sorted(ids.keys() - known):
            raise ValidationError({ids[pk]: _("There is nobody with this number.")})


def _existing(actor: User | None, kind: Type, wanted: Sequence[int]) -> set[int]:
    customers = Customer.objects.all()
    if actor is not None:
        customers = customers.filter(reach_of(actor).rows(owner="owner", unit="branch"))
    rows: QuerySet[Any] = User.objects.all() if kind == Type.PERSON else customers
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        found |= set(rows.filter(pk__in=chunk).values_list("pk", flat=True))
    return found


def _stored(used: Sequence[FieldOf], values: Values) -> dict[str, FieldOf]:
    """These fields with a row each, and one for every entry of a list that values name."""
    new_words = {
        (spec.code, word)
        for spec in used
        if spec.type in LISTED
        for mine in values.values()
        for word in _words(mine.get(spec.code))
        if spec.choice(word) is None
    }
    lacking = [spec for spec in used if spec.pk is None]
    if not new_words and not lacking:
        return {}
    rows = {spec.code: keep_row(spec) for spec in lacking}
    for code, word in sorted(new_words):
        spec = next(each for each in used if each.code == code)
        field_id = rows[code].pk if code in rows else spec.pk
        FieldChoice.objects.get_or_create(
            field_id=field_id, name=word, defaults={"place": FieldChoice.objects.count() + 1}
        )
    return {spec.code: spec for spec in fields(archived=True)}


def keep_row(spec: FieldOf) -> ProfileField:
    """The row of a built-in field, made with its list when something is stored of it first."""
    place = next(n for n, each in enumerate(BUILT_IN) if each.code == spec.code)
    row, new = ProfileField.objects.get_or_create(
        key=spec.code,
        defaults={
            "type": spec.type,
            "applies": spec.applies,
            "group": spec.group,
            "weight": spec.weight,
            "open": spec.open,
            "place": place,
        },
    )
    if new and not spec.column:
        FieldChoice.objects.bulk_create(
            FieldChoice(field=row, key=each.code, place=number)
            for number, each in enumerate(spec.choices)
        )
    return row


def _words(value: Any) -> Sequence[str]:
    if value is None:
        return ()
    return [value] if isinstance(value, str) else list(value)


def _replace(changed: Mapping[int, Mapping[str, Any]], specs: Mapping[str, FieldOf]) -> None:
    of_field: dict[str, list[int]] = {}
    for pk, mine in changed.items():
        for code in mine:
            of_field.setdefault(code, []).append(pk)
    for code, ids in of_field.items():
        FieldValue.objects.filter(field=specs[code].pk, customer__in=ids).delete()
    rows = [
        row
        for pk, mine in changed.items()
        for code, value in mine.items()
        if value is not None
        for row in _rows(pk, specs[code], value)
    ]
    bulk.insert(
        FieldValue,
        ("customer", "field", "several", "text", "number", "date", "choice", "person", "other"),
        rows,
    )


def _rows(customer_id: int, spec: FieldOf, value: Any) -> list[list[Any]]:
    slots = ("text", "number", "date", "choice_id", "person_id", "other_id")
    stored = [value]
    if spec.type in LISTED:
        keys = {each.code: each.pk for each in spec.choices}
        stored = [keys[word] for word in _words(value)]
    elif spec.type == Type.YES_NO:
        stored = [int(value)]
    slot = SLOT_OF[spec.type]
    return [
        [
            customer_id, spec.pk, spec.type == Type.CHOICES,
            *(each if name == slot else None for name in slots),
        ]
        for each in stored
    ]  # fmt: skip
