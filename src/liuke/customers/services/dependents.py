"""What depends on a customer: found by its foreign keys, and kept as it was for the way back.

`settings.LIUKE_MERGING` names the tables where rows of two customers can collide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Field, ForeignObjectRel, Model, Q, QuerySet, UniqueConstraint
from django.utils.module_loading import import_string

from liuke.customers.models import Customer, DuplicatePair, PrimaryMobile

CHUNK = 500
Values = dict[str, Any]
Images = dict[str, dict[str, Values]]
"""Table → key → the row's values."""


@dataclass(frozen=True, slots=True)
class Colliding:
    """What a row gives up where the survivor has such a row already; if that does not help, or
    there is nothing to give up, the survivor's row stands for both.

    What is true of `either` is then true of it, and what hung on the other hangs on it. A row
    that would name the survivor in all columns of `apart` goes.
    """

    gives_up: Mapping[str, Any] = field(default_factory=dict)
    either: Sequence[str] = ()
    apart: Sequence[str] = ()

    def given_up(self) -> Values:
        return {key: value() if callable(value) else value for key, value in self.gives_up.items()}


@dataclass(frozen=True, slots=True)
class Derived:
    """Rows that follow from others: worked out again by the reactions, not moved.

    `kept` for those that hold something besides, which has to come back when the merge is undone.
    """

    kept: bool = False


Rules = Mapping[str, Colliding | Derived]
Relation = tuple[type[Model], str]
# Those that this module moves itself.
OWN = (PrimaryMobile, DuplicatePair)


@cache
def rules() -> Rules:
    """The table of `settings.LIUKE_MERGING`: label of a model → how its rows behave in a merge."""
    table: Rules = import_string(settings.LIUKE_MERGING)
    return table


@cache
def relations() -> tuple[Relation, ...]:
    """Every foreign key to Customer, tag links included."""
    found: list[Relation] = [
        (each.related_model, each.field.name)
        for each in Customer._meta.get_fields(include_hidden=True)
        if isinstance(each, ForeignObjectRel) and not each.many_to_many
    ]
    return tuple(
        sorted(
            (each for each in found if each[0] not in OWN),
            key=lambda each: (label_of(each[0]), each[1]),
        )
    )


def can_collide(model: type[Model], name: str) -> bool:
    """Whether the database may refuse two customers' rows under one of them."""
    meta = model._meta
    unique = [each for each in meta.constraints if isinstance(each, UniqueConstraint)]
    together = [set(each) for each in (*meta.unique_together, *(each.fields for each in unique))]
    several = [column for each, column in relations() if each is model]
    return (
        getattr(meta.get_field(name), "unique", False)
        or len(several) > 1
        or any(each.expressions for each in unique)
        or any(name in each for each in together)
    )


def label_of(model: type[Model]) -> str:
    return model._meta.label_lower


def rule_of(model: type[Model], name: str) -> Colliding | Derived | None:
    """None for rows that only change hands."""
    if (given := rules().get(label_of(model))) is not None:
        return given
    return Colliding() if can_collide(model, name) or _only_links(model) else None


def _only_links(model: type[Model]) -> bool:
    return bool(model._meta.auto_created)


# Moving rows that can collide.

Log = list[list[Any]]
"""What happened to rows that hung on others: ["row", table, values] for one that is gone,
["values", table, key, before, after] for one that was changed."""


def move_colliding(
    model: type[Model], name: str, survivor_id: int, absorbed_id: int, log: Log
) -> None:
    """Give rows of one customer to another, one by one, as the table of merging says."""
    rule = rule_of(model, name)
    given_up = rule.given_up() if isinstance(rule, Colliding) else {}
    either = rule.either if isinstance(rule, Colliding) else ()
    apart = rule.apart if isinstance(rule, Colliding) else ()
    of_itself = {column: survivor_id for column in apart if column != name}
    keys = model._base_manager.filter(**{name: absorbed_id}).order_by("pk")
    for key in list(keys.values_list("pk", flat=True)):
        row = model._base_manager.filter(pk=key)
        if of_itself and row.filter(**of_itself).exists():
            drop_rows(model, Q(pk=key))
            continue
        tries = [{name: survivor_id}, {name: survivor_id, **given_up}]
        if any(_changes(row, values) for values in tries[: 1 + bool(given_up)]):
            continue
        twin = _twin(model, name, survivor_id, row.values().get())
        if twin is not None:
            said = {each: True for each in either if row.values_list(each, flat=True).get()}
            if said:
                model._base_manager.filter(pk=twin).update(**said)
        _carry_over(model, key, twin, log)
        drop_rows(model, Q(pk=key))


def undo_log(log: Log) -> int:
    """Bring back what hung on rows that are back; the number of those somebody changed since."""
    left = 0
    for what, label, *rest in reversed(log):
        model = apps.get_model(label)
        if what == "row":
            left += not _inserted(model, rest)
            continue
        key, before, after = rest
        left += not model._base_manager.filter(pk=key, **after).update(**before)
    return left


def _twin(model: type[Model], name: str, survivor_id: int, row: Mapping[str, Any]) -> Any:
    """The survivor's row that says the same, if there is one."""
    for each in model._meta.constraints:
        others = [column for column in getattr(each, "fields", ()) if column != name]
        if not isinstance(each, UniqueConstraint) or len(others) == len(each.fields) or not others:
            continue
        fields = {each.name: each.attname for each in model._meta.concrete_fields}
        columns = [fields[column] for column in others]
        same = {column: row[column] for column in columns if row[column] is not None}
        found = model._base_manager.filter(**same, **{name: survivor_id}).first()
        if found is not None:
            return found.pk
    return None


def _carry_over(model: type[Model], key: Any, twin: Any, log: Log) -> None:
    """Let what hangs on a row hang on its twin; without one it goes too."""
    for each in model._meta.get_fields(include_hidden=True):
        if not isinstance(each, ForeignObjectRel) or each.many_to_many:
            continue
        hanging: type[Model] = each.related_model
        column = each.field.attname
        rule = rules().get(label_of(hanging))
        given_up = rule.given_up() if isinstance(rule, Colliding) else {}
        rows = hanging._base_manager.filter(**{column: key}).order_by("pk")
        for row in list(rows.values()):
            pk = row[hanging._meta.pk.attname]
            one = hanging._base_manager.filter(pk=pk)
            tries = [{column: twin}, {column: twin, **given_up}] if twin is not None else []
            if any(_changes(one, values) for values in tries):
                now = plain_row(hanging, one.values().get())
                log.append(
                    ["values", label_of(hanging), pk, *_difference(plain_row(hanging, row), now)]
                )
            else:
                _carry_over(hanging, pk, None, log)
                log.append(["row", label_of(hanging), plain_row(hanging, row)])
                drop_rows(hanging, Q(pk=pk))


def _difference(before: Values, after: Values) -> tuple[Values, Values]:
    changed = [key for key in after if before[key] != after[key]]
    return {key: before[key] for key in changed}, {key: after[key] for key in changed}


def _changes(rows: QuerySet[Any], values: Mapping[str, Any]) -> bool:
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:
        return False
    return True


# What is kept of rows, to part two customers again.


def _imaged() -> Iterator[tuple[type[Model], list[str]]]:
    """Tables whose rows are kept as they were, with their columns that name a customer."""
    yield Customer, ["pk"]
    yield PrimaryMobile, ["customer"]
    yield DuplicatePair, ["first", "second"]
    columns: dict[type[Model], list[str]] = {}
    for model, name in relations():
        rule = rule_of(model, name)
        if isinstance(rule, Colliding) or (isinstance(rule, Derived) and rule.kept):
            columns.setdefault(model, []).append(name)
    yield from columns.items()


def images_of(customer_ids: Sequence[int]) -> Images:
    images: Images = {}
    for model, names in _imaged():
        mine = Q()
        for name in names:
            mine |= Q(**{f"{name}__in": customer_ids})
        rows = model._base_manager.filter(mine).order_by("pk").values()
        images[label_of(model)] = {
            str(row[model._meta.pk.attname]): plain_row(model, row) for row in rows
        }
    return images


def plain_row(model: type[Model], row: Mapping[str, Any]) -> Values:
    """A row as JSON keeps it."""
    plain = {}
    for each in model._meta.concrete_fields:
        value = row[each.attname]
        as_text = value is not None and each.get_internal_type() not in AS_THEY_ARE
        plain[each.attname] = each.value_to_string(_holder(each, value)) if as_text else value
    return plain


AS_THEY_ARE = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "FloatField",
    "ForeignKey", "IntegerField", "JSONField", "OneToOneField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SmallIntegerField", "TextField",
}  # fmt: skip


def _holder(each: Field[Any, Any], value: Any) -> Any:
    return type("Holder", (), {each.attname: value})()


def instance_of(model: type[Model], values: Mapping[str, Any]) -> Model:
    return model(
        **{
            each.attname: each.to_python(values[each.attname])
            if each.get_internal_type() not in AS_THEY_ARE
            else values[each.attname]
            for each in model._meta.concrete_fields
            if each.attname in values
        }
    )


def insert_rows(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    model._base_manager.bulk_create([instance_of(model, row) for row in rows], batch_size=CHUNK)


def drop_rows(model: type[Model], condition: Q) -> None:
    """Delete rows alone: what hangs on them is moved or comes back, and the database would say
    if it did not."""
    rows = model._base_manager.filter(condition)
    rows._raw_delete(rows.db)


def restore_rows(before: Images, after: Images, both: Sequence[int]) -> list[str]:
    """Rows as they were before, where they still are as the merge left them."""
    now, left = images_of(both), []
    for model, _names in _imaged():
        label = label_of(model)
        if model is Customer:
            continue
        old, made, found = before.get(label, {}), after.get(label, {}), now.get(label, {})
        touched = [key for key in {**old, **made} if old.get(key) != made.get(key)]
        same = [key for key in touched if found.get(key) == made.get(key)]
        drop_rows(model, Q(pk__in=[key for key in same if key in found]))
        rows = [old[key] for key in same if key in old]
        if not _inserted(model, rows):
            rows = [row for row in rows if not _inserted(model, [row])]
        else:
            rows = []
        changed = set(touched) - set(same)
        derived = isinstance(rules().get(label), Derived)
        count = len(changed) + len(rows)
        if count and not derived:
            left.append(f"{model._meta.verbose_name} ({count})")
    return left


def _inserted(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> bool:
    try:
        with transaction.atomic():
            insert_rows(model, rows)
    except IntegrityError:
        return False
    return True
