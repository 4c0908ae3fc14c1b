"""The ways of one customer or person as rows: built, compared, put in place of others."""

from collections.abc import Sequence
from dataclasses import dataclass

from liuke.customers.models import Consent, ContactPoint, Customer, Person
from liuke.customers.rules.contacts import normalised


@dataclass(frozen=True, slots=True)
class NewContactPoint:
    """A way as somebody gives it; without a label it keeps the one it had."""

    kind: str
    value: str
    preferred: bool = False
    do_not_contact: bool = False
    label: str | None = None


def built(
    customer: Customer, wanted: Sequence[NewContactPoint], person: Person | None = None
) -> list[ContactPoint]:
    """Unsaved rows: one for each way, at most one of them preferred."""
    points: dict[tuple[str, str], ContactPoint] = {}
    for item in wanted:
        value, plain = item.value.strip(), normalised(item.kind, item.value)
        if not value:
            continue
        point = points.setdefault(
            (item.kind, plain),
            ContactPoint(
                customer=customer, person=person, kind=item.kind, value=value, normalised=plain
            ),
        )
        taken = any(each.preferred for each in points.values())
        point.preferred |= item.preferred and not taken
        point.do_not_contact |= item.do_not_contact
        point.label = item.label or point.label
    return list(points.values())


def replace(
    customer: Customer, wanted: Sequence[NewContactPoint], person: Person | None = None
) -> None:
    """Let these be the ways from now on.

    A way that stays keeps its last result, and one that somebody agreed or objected to stays.
    """
    known = ContactPoint.objects.filter(customer=customer, person=person)
    there = {(point.kind, point.normalised): point for point in known}
    new = built(customer, wanted, person)
    keys = {(point.kind, point.normalised) for point in new}
    gone = [point.pk for key, point in there.items() if key not in keys]
    known.filter(pk__in=gone).exclude(pk__in=Consent.objects.values("point")).delete()
    # First nobody is preferred: the database looks at every row alone.
    known.filter(preferred=True).update(preferred=False)
    staying = []
    for point in new:
        row = there.get((point.kind, point.normalised))
        if row is not None:
            row.value, row.preferred = point.value, point.preferred
            row.do_not_contact, row.label = point.do_not_contact, point.label or row.label
            staying.append(row)
    ContactPoint.objects.bulk_update(staying, ["value", "preferred", "do_not_contact", "label"])
    ContactPoint.objects.bulk_create(
        point for point in new if (point.kind, point.normalised) not in there
    )


def lines(customer: Customer, person: Person | None = None) -> list[str]:
    """The ways as the journal keeps them: kind, value, and after a tab what is said of them."""
    rows = ContactPoint.objects.filter(customer=customer, person=person).order_by("pk")
    return [line(point) for point in rows]


def line(point: ContactPoint) -> str:
    """One way as the journal keeps it."""
    marks = [
        point.label,
        "preferred" if point.preferred else "",
        "do_not_contact" if point.do_not_contact else "",
    ]
    said = ";".join(filter(None, marks))
    return f"{point.kind} {point.value}" + (f"\t{said}" if said else "")
