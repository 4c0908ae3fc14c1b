"""Writes of relations between customers, and of their kinds."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import bulk, clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers.models import Relation, RelationKind, RelationStrength
from liuke.customers.queries import relations as reads
from liuke.customers.rules.relations import SEEDS, Strength
from liuke.customers.services.locking import CHUNK, lock


@dataclass(frozen=True, slots=True)
class NewRelation:
    """The first is to the second what the kind says; without a strength it is the usual one."""

    first_id: int
    second_id: int
    kind: str
    strength: str = ""
    note: str = ""
    on: date | None = None


@transaction.atomic
def record_relations(*, actor: User | None, new: Sequence[NewRelation]) -> list[Relation]:
    """Record what customers are to each other, set-wise; both must be within sight."""
    require(actor, Act.EDIT_CUSTOMERS)
    lock({pk for each in new for pk in (each.first_id, each.second_id)}, viewer=actor)
    kinds = _kinds({each.kind for each in new})
    rows = [
        Relation(
            kind=kinds[each.kind],
            first_id=each.first_id,
            second_id=each.second_id,
            strength=Strength(each.strength or kinds[each.kind].strength),
            note=each.note.strip(),
            created_by=actor,
        )
        for each in new
    ]
    for row in rows:
        row.clean_fields(exclude=["first", "second", "kind", "created_by"])
        if row.first_id == row.second_id:
            raise ValidationError({"other": _("Choose another customer.")})
    try:
        with transaction.atomic():
            Relation.objects.bulk_create(rows, batch_size=CHUNK)
    except IntegrityError:
        raise Refused(_("This relation is recorded already.")) from None
    bulk.create(
        [
            RelationStrength(relation=row, on=_day(each.on), strength=row.strength, by=actor)
            for row, each in zip(rows, new, strict=True)
        ]
    )
    _journal(actor, "relation.added", rows, after=True)
    return rows


@transaction.atomic
def change_relation(
    *,
    actor: User | None,
    customer_id: int,
    relation_id: int,
    strength: str,
    note: str | None = None,
    on: date | None = None,
) -> Relation:
    """Say how strong a relation is from a day on, and what is worth knowing about it."""
    relation = _locked(actor, customer_id, relation_id)
    before = _snapshot(relation)
    RelationStrength.objects.update_or_create(
        relation=relation, on=_day(on), defaults={"strength": Strength(strength), "by": actor}
    )
    relation.strength = relation.history.latest("on").strength
    relation.note = relation.note if note is None else note.strip()
    relation.clean_fields(exclude=["first", "second", "kind", "created_by"])
    relation.save()
    _journal(actor, "relation.changed", [relation], before=before, after=True)
    return relation


@transaction.atomic
def end_relation(*, actor: User, customer_id: int, relation_id: int) -> None:
    """The relation is over, or was recorded by mistake; its history stays."""
    relation = _locked(actor, customer_id, relation_id)
    before = _snapshot(relation)
    relation.ended_on = clock.today()
    relation.save(update_fields=["ended_on"])
    _journal(actor, "relation.ended", [relation], before=before)


@transaction.atomic
def save_kind(
    *,
    actor: User,
    code: str | None,
    first_word: str,
    second_word: str,
    strength: str,
    retired: bool = False,
) -> RelationKind:
    """Add a kind of relation, or say how the firm calls one; a retired one is no longer offered."""
    require(actor, Act.EDIT_RULES)
    kind = _kinds([code])[code] if code is not None else RelationKind(code=_new_code())
    before = None if code is None else _kind_snapshot(kind)
    first, second = first_word.strip(), second_word.strip()
    if not first and kind.code not in SEEDS:
        raise ValidationError({"first_word": _("Say what the one is to the other.")})
    seed = SEEDS.get(kind.code)
    if seed is not None and (first, second or first) == (str(seed.first), str(seed.second)):
        # Said as every firm says it: both languages keep their own words.
        first = second = ""
    kind.first_word, kind.second_word = first, second
    kind.strength, kind.retired = Strength(strength), retired
    kind.full_clean()
    kind.save()
    change = Change(kind, before=before, after=_kind_snapshot(kind))
    journal.record(actor, "relation_kind.saved", [change])
    return kind


def _kinds(codes: Collection[str]) -> dict[str, RelationKind]:
    """The kinds of these codes as rows; one that every firm starts with becomes one when used."""
    there = {kind.code: kind for kind in RelationKind.objects.filter(code__in=codes)}
    for code in sorted(set(codes) - set(there)):
        if code not in SEEDS:
            raise ValidationError({"kind": _("There is no such kind of relation.")})
        there[code], _new = RelationKind.objects.get_or_create(
            code=code, defaults={"strength": SEEDS[code].strength}
        )
    return there


def _new_code() -> str:
    """The next code of a firm's own: own1, own2, …"""
    codes = RelationKind.objects.select_for_update().filter(code__startswith="own")
    taken = [int(found[1]) for each in codes if (found := re.fullmatch(r"own(\d+)", each.code))]
    return f"own{max(taken, default=0) + 1}"


def _day(on: date | None) -> date:
    today = clock.today()
    if on is not None and on > today:
        raise ValidationError({"on": _("This day has not come yet.")})
    return on or today


def _locked(actor: User | None, customer_id: int, relation_id: int) -> Relation:
    require(actor, Act.EDIT_CUSTOMERS)
    lock([customer_id], viewer=actor, act=Act.EDIT_CUSTOMERS)
    side = Q(first=customer_id) | Q(second=customer_id)
    rows = reads.live().filter(side).select_for_update(of=("self",))
    return rows.get(pk=relation_id)


def _journal(
    actor: User | None,
    verb: str,
    rows: Sequence[Relation],
    *,
    before: dict[str, Any] | None = None,
    after: bool = False,
) -> None:
    """Both customers have it in their past."""
    changes = [
        Change(row, side, before, _snapshot(row) if after else None)
        for row in rows
        for side in (row.first_id, row.second_id)
    ]
    journal.record(actor, verb, changes)


def _snapshot(row: Relation) -> dict[str, Any]:
    return {
        "kind": row.kind_id,
        "first": row.first_id,
        "second": row.second_id,
        "strength": row.strength,
        "note": row.note,
    }


def _kind_snapshot(kind: RelationKind) -> dict[str, Any]:
    names = ("code", "first_word", "second_word", "strength", "retired")
    return {name: getattr(kind, name) for name in names}
