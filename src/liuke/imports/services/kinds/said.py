"""The fields of the profile, the firm's own ones too, as columns of a file of customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import translation

from liuke.accounts.models import User
from liuke.customers.queries.fields import (
    importable_fields,
    levels,
    read_texts,
    referred,
    values_of_fields,
)
from liuke.customers.rules.fields import LONGEST, FieldOf, written
from liuke.customers.rules.fields import Type as Holds
from liuke.imports.readers.declare import Field, Reading, Type
from liuke.imports.readers.recognising import plain
from liuke.imports.services.kinds.kind import Row

# Keeps the codes of the profile apart from the names of the other fields and from SQL.
MARK = "said_"


@dataclass(slots=True)
class Said:
    """What one row says in the profile, and what of it is no value: field → why."""

    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def fields_now(known: Sequence[Field]) -> tuple[Field, ...]:
    """`known` with the levels this firm has, and behind them the fields of its profile."""
    names = [row.name for row in levels()]
    grades = {name: (name.lower(), f"{name.lower()}级", f"{name.lower()}类") for name in names}
    mine = (replace(each, choices=grades) if each.name == "level" else each for each in known)
    return (*mine, *map(_field, importable_fields()))


def read_said(
    actor: User | None, rows: Sequence[Row], reading: Reading
) -> tuple[dict[int, Said], list[FieldOf]]:
    """Place → what the row says in the profile; and the fields that the file brings."""
    used = {name.removeprefix(MARK) for name in reading.columns.values() if name.startswith(MARK)}
    if not used:
        return {}, []
    specs = [spec for spec in importable_fields() if spec.code in used]
    found = {row.place: Said() for row in rows}
    texts = {}
    for spec in specs:
        cells = [row.values.get(MARK + spec.code) for row in rows]
        if spec.type == Holds.DATE:
            for row, cell in zip(rows, cells, strict=True):
                if cell is not None:
                    found[row.place].values[spec.code] = cell
        else:
            texts[spec.code] = [str(cell or "") for cell in cells]
    read, wrong = read_texts(actor, texts)
    for code, values in read.items():
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                found[row.place].values[code] = value
    for each in wrong:
        found[rows[each.place].place].wrong[each.code] = each.message
    return found, specs


def without_unfit(said: Said, specs: Sequence[FieldOf], kind: str, why: str) -> Said:
    """Leave out what is not asked of a person, or not of an organization."""
    unfit = {spec.code for spec in specs if spec.code in said.values and not spec.fits(kind)}
    values = {code: value for code, value in said.values.items() if code not in unfit}
    return Said(values, said.wrong | dict.fromkeys(sorted(unfit), why))


def said_of(customer_ids: Sequence[int], specs: Sequence[FieldOf]) -> dict[int, dict[str, Any]]:
    """Customer → code → what is recorded in these fields, for one chunk."""
    return values_of_fields(customer_ids, specs) if specs else {}


def shown(
    specs: Sequence[FieldOf], old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """Label → before and after, in words, of the fields in `new`."""
    names = referred(specs, [old, new])
    return {
        str(spec.label): (
            written(spec, old.get(spec.code), names.get(spec.type)),
            written(spec, new[spec.code], names.get(spec.type)),
        )
        for spec in specs
        if spec.code in new
    }


def _field(spec: FieldOf) -> Field:
    return Field(
        MARK + spec.code,
        spec.label,
        _spellings(spec),
        Type.DATE if spec.type == Holds.DATE else Type.TEXT,
        longest=LONGEST,
        group=spec.group.label,
    )


def _spellings(spec: FieldOf) -> tuple[str, ...]:
    """Its label in every language: whoever made the file read one of them."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(plain(str(spec.label)))
    return tuple(dict.fromkeys(found))
