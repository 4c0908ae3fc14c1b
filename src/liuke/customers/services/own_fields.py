"""What an administrator decides about the profile: own fields, weights, lists and levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.journal import Change
from liuke.customers.models import Customer, FieldChoice, Level, ProfileField
from liuke.customers.queries.fields import fields, levels
from liuke.customers.rules.fields import LISTED, SEPARATORS, FieldOf, name_key
from liuke.customers.services.completeness import forget_completeness
from liuke.customers.services.fields import keep_row

DEFINED = ("name", "help", "type", "applies", "weight", "open", "low", "high")
OF_BUILT_IN = ("weight",)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list as somebody wants it: `pk` of a known one, None for a new one."""

    name: str
    pk: int | None = None
    archived: bool = False


@transaction.atomic
def create_field(
    *, actor: User | None, values: Mapping[str, Any], entries: Sequence[Entry] = ()
) -> FieldOf:
    """Add a field of the firm's own at the end."""
    require(actor, Act.EDIT_RULES)
    last = ProfileField.objects.aggregate(last=Max("place"))["last"] or 0
    row = ProfileField(**{name: values[name] for name in DEFINED if name in values})
    row.place = max(last, 1000) + 1
    _save_field(row)
    _save_entries(row, entries)
    _journal(actor, "field.created", row, None)
    forget_completeness()
    return _named(f"own_{row.pk}")


@transaction.atomic
def change_field(
    *,
    actor: User | None,
    code: str,
    values: Mapping[str, Any],
    entries: Sequence[Entry] | None = None,
    archived: bool | None = None,
) -> FieldOf:
    """Change a field; of a built-in one its weight, list and whether it is used.

    What it holds never changes: the values would no longer be what was said.
    """
    require(actor, Act.EDIT_RULES)
    row = _row_of(code)
    before = _snapshot(row)
    allowed = OF_BUILT_IN if row.key else tuple(name for name in DEFINED if name != "type")
    for name in allowed:
        if name in values:
            setattr(row, name, values[name])
    if archived is not None:
        row.archived_at = (row.archived_at or clock.now()) if archived else None
    _save_field(row)
    if entries is not None:
        _save_entries(row, entries)
    _journal(actor, "field.changed", row, before)
    forget_completeness()
    return _named(code)


@transaction.atomic
def move_field(*, actor: User | None, code: str, up: bool) -> None:
    """Let an own field change places with the one before or after it."""
    require(actor, Act.EDIT_RULES)
    rows = list(ProfileField.objects.filter(key="").order_by("place", "id"))
    at = next((n for n, row in enumerate(rows) if f"own_{row.pk}" == code), None)
    to = None if at is None else at + (-1 if up else 1)
    if at is None or to is None or not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for place, row in enumerate(rows, start=1001):
        row.place = place
    ProfileField.objects.bulk_update(rows, ["place"])
    journal.record(
        actor, "field.moved", [Change(rows[to], before={"place": at}, after={"place": to})]
    )


@dataclass(frozen=True, slots=True)
class LevelEntry:
    """A level as somebody wants it; `before` is the name it had."""

    name: str
    standard: str = ""
    before: str = ""
    archived: bool = False


@transaction.atomic
def save_levels(*, actor: User | None, wanted: Sequence[LevelEntry]) -> None:
    """The firm's levels in this order. A renamed level takes its customers along.

    A level that is not named here is archived: no longer offered, and kept by who has it.
    """
    require(actor, Act.EDIT_RULES)
    if len({name_key(each.name) for each in wanted}) < len(wanted):
        raise ValidationError(_("There are two levels of one name."))
    known = {row.name: row for row in levels(archived=True)}
    before = [_level_json(row) for row in known.values()]
    for row in known.values():
        # Two levels may exchange their names, which are unique at every moment.
        if row.pk:
            Level.objects.filter(pk=row.pk).update(name=f"\x7f{row.pk}")
    kept: list[Level] = []
    for place, entry in enumerate(wanted):
        name = entry.before if entry.before in known else entry.name
        row = known.pop(name) if name in known else Level()
        row.name, row.place, row.standard = entry.name.strip(), place, entry.standard
        row.archived_at = (row.archived_at or clock.now()) if entry.archived else None
        kept.append(row)
    for place, row in enumerate(known.values(), start=len(kept)):
        row.place, row.archived_at = place, row.archived_at or clock.now()
        kept.append(row)
    for row in kept:
        row.full_clean(validate_unique=False, validate_constraints=False)
        row.save()
    _rename({each.before: each.name.strip() for each in wanted if each.before})
    journal.record(
        actor,
        "levels.saved",
        [
            Change(
                kept[0] if kept else Level(pk=0),
                before={"levels": before},
                after={"levels": [_level_json(row) for row in kept]},
            )
        ],
    )


def _rename(names: Mapping[str, str]) -> None:
    """Customers follow their level's name, by way of names that nobody can type."""
    moved = {old: new for old, new in names.items() if old != new}
    for number, old in enumerate(moved):
        Customer.objects.filter(level=old).update(level=f"\x7f{number}")
    for number, new in enumerate(moved.values()):
        Customer.objects.filter(level=f"\x7f{number}").update(level=new)


def _level_json(row: Level) -> dict[str, Any]:
    return {"name": row.name, "standard": row.standard, "archived": row.archived_at is not None}


def _row_of(code: str) -> ProfileField:
    return (
        keep_row(spec)
        if (spec := _named(code)).pk is None
        else ProfileField.objects.get(pk=spec.pk)
    )


def _named(code: str) -> FieldOf:
    found = next((each for each in fields(archived=True) if each.code == code), None)
    if found is None:
        raise ValidationError(_("There is no such field."))
    return found


def _save_field(row: ProfileField) -> None:
    row.name = " ".join(row.name.split())
    if not row.key and not row.name:
        raise ValidationError({"name": _("Give the field a name.")})
    if row.low is not None and row.high is not None and row.low > row.high:
        raise ValidationError({"high": _("This is less than the least.")})
    row.full_clean()
    row.save()


def _save_entries(row: ProfileField, entries: Sequence[Entry]) -> None:
    """The list in this order; what is not named any more is archived, for values hold it."""
    if row.type not in LISTED:
        return
    known = {each.pk: each for each in row.choices.all()}
    called = _called(row)
    wanted = [each for each in entries if each.name.strip() or each.pk in known]
    names = [name_key(each.name) for each in wanted if each.name.strip()]
    if len(set(names)) < len(names):
        raise ValidationError(_("There are two entries of one name."))
    if any(SEPARATORS.search(each.name) for each in wanted):
        raise ValidationError(_("An entry has no comma in its name."))
    kept: list[FieldChoice] = []
    for place, entry in enumerate(wanted):
        pk = entry.pk or called.get(name_key(entry.name)) or 0
        choice = known.pop(pk) if pk in known else FieldChoice(field=row)
        if not choice.key:
            choice.name = " ".join(entry.name.split()) or choice.name
        choice.place = place
        choice.archived_at = (choice.archived_at or clock.now()) if entry.archived else None
        kept.append(choice)
    for choice in known.values():
        choice.place, choice.archived_at = len(kept), choice.archived_at or clock.now()
        kept.append(choice)
    for choice in kept:
        choice.full_clean(exclude=["field"], validate_unique=False, validate_constraints=False)
        choice.save()


def _called(row: ProfileField) -> dict[str, int | None]:
    """The entries by code and label: who types "Referral" means the one that is built in."""
    spec = next(each for each in fields(archived=True) if each.pk == row.pk)
    return {
        name_key(name): each.pk for each in spec.choices for name in (each.code, str(each.label))
    }


def _snapshot(row: ProfileField) -> dict[str, Any]:
    entries = [str(each) for each in row.choices.all() if each.archived_at is None]
    plain = model_to_dict(row, fields=DEFINED)
    plain |= {name: None if plain[name] is None else str(plain[name]) for name in ("low", "high")}
    return {**plain, "archived": row.archived_at is not None, "entries": entries}


def _journal(
    actor: User | None, verb: str, row: ProfileField, before: dict[str, Any] | None
) -> None:
    after = _snapshot(ProfileField.objects.get(pk=row.pk))
    if before is not None:
        before, after = journal.difference(before, after)
    journal.record(actor, verb, [Change(row, before=before, after=after)])
