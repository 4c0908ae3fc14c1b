"""Vehicles and machines of customers who are known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.customers.rules import plate_key
from liuke.customers.services.bulk import Patch, update_many
from liuke.imports.readers.declare import Reading, Shape
from liuke.imports.services.kinds import customer_shape, customers, finding, shapes
from liuke.imports.services.kinds.kind import Action, Made, RecordKind, Row, Step

SHAPE = Shape(
    name="assets",
    label=_("Vehicles and machines"),
    hint=_("What customers own and you serve; known plates stay as they are"),
    icon="car",
    fields=(
        replace(customer_shape.SHAPE.field("plate"), needed=True),
        customer_shape.SHAPE.field("vehicle"),
        shapes.CODE,
        shapes.NAME,
        shapes.MOBILE,
    ),
    keys=(shapes.BY_CODE, shapes.BY_MOBILE, shapes.BY_NAME_AND_MOBILE, shapes.BY_NAME),
)


def plan(actor: User | None, rows: Sequence[Row], reading: Reading) -> list[Step]:
    """A plate in service stays where it is; a new one goes to the row's customer."""
    found = finding.look_up(actor, rows, reading.key)
    owners = customers.plates_in_service(rows)
    steps = []
    for row in rows:
        answer = finding.meant(found, row, reading)
        if isinstance(answer, Step):
            steps.append(answer)
            continue
        key = plate_key(row.values["plate"])
        if key not in owners:
            owners[key] = answer
            steps.append(Step(row, Action.NEW, other=answer))
        elif owners[key] == answer:
            steps.append(Step(row, Action.SAME, other=answer))
        else:
            steps.append(Step(row, Action.REFUSED, code="plate", about="plate"))
    return steps


def write(
    actor: User | None,
    steps: Sequence[Step],
    prepared: Sequence[Any] | None,
    reading: Reading,
    origin: str,
) -> Made:
    """Rows about one customer become one change of that customer."""
    patches: dict[int, Patch] = {}
    for step in steps:
        if step.action is Action.NEW and step.other is not None:
            so_far = patches.get(step.other, Patch(step.other))
            assets = [*so_far.assets, *customers.assets_of(step.row.values)]
            patches[step.other] = replace(so_far, assets=assets)
    made = update_many(actor=actor, patches=list(patches.values()), origin=origin)
    return Made(created={"assets": list(made.assets)})


ASSETS = RecordKind(SHAPE, plan, write)
