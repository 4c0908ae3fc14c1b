"""Contact points alone: further phones and addresses of customers who are known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from liuke.accounts.models import User
from liuke.customers.queries.contacts import own_points
from liuke.customers.services.bulk import Patch, update_many
from liuke.imports.readers.declare import Reading, Shape
from liuke.imports.services.kinds import customer_shape, customers, finding, shapes
from liuke.imports.services.kinds.kind import Action, Made, RecordKind, Row, Step

POINTS = ("phone", "email", "wechat", "address")
SHAPE = Shape(
    name="contacts",
    label=_("Contact points"),
    hint=_("Further phones, e-mail, WeChat and addresses of customers you have"),
    icon="phone",
    fields=(
        shapes.CODE,
        shapes.NAME,
        shapes.MOBILE,
        *(customer_shape.SHAPE.field(name) for name in POINTS),
    ),
    keys=(shapes.BY_CODE, shapes.BY_NAME, shapes.BY_NAME_AND_MOBILE, shapes.BY_MOBILE),
)


def plan(actor: User | None, rows: Sequence[Row], reading: Reading) -> list[Step]:
    """Each row adds what its customer does not have yet."""
    found = finding.look_up(actor, rows, reading.key)
    steps = []
    for row in rows:
        answer = finding.meant(found, row, reading)
        steps.append(answer if isinstance(answer, Step) else Step(row, Action.CHANGE, other=answer))
    ids = {step.other for step in steps if step.other is not None}
    known = {
        (pk, value)
        for pk, value in own_points().filter(customer__in=ids).values_list("customer", "normalised")
    }
    for step in steps:
        if step.action is not Action.CHANGE or step.other is None:
            continue
        points = []
        for point in customers.points_of(step.row.values):
            key = (step.other, customers.known_as(point))
            if key not in known:
                known.add(key)
                points.append(replace(point, preferred=False))
        step.what = Patch(step.other, contact_points=points)
        if not points:
            step.action = Action.SAME
        added = pgettext("list", ", ").join(point.value for point in points)
        step.changes = {str(_("Contact points")): ("", added)} if points else {}
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
        if step.action is Action.CHANGE and step.other is not None:
            so_far = patches.get(step.other, Patch(step.other))
            points = [*so_far.contact_points, *step.what.contact_points]
            patches[step.other] = replace(so_far, contact_points=points)
    changed = update_many(actor=actor, patches=list(patches.values()), origin=origin)
    return Made(changed={"customers": list(changed.customers)})


CONTACTS = RecordKind(SHAPE, plan, write)
