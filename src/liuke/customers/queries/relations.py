"""Reads of relations: who is what to whom, as far as the viewer may know."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from liuke.accounts.models import User
from liuke.customers import queries
from liuke.customers.models import Customer, Relation, RelationKind, RelationStrength
from liuke.customers.rules.relations import OF_FIRMS, SEEDS, Strength, masked, turned_strong


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation seen from one side: `other` is None when the viewer may not see it."""

    relation: Relation
    word: str
    name: str
    other: Customer | None
    since: date | None


def live() -> QuerySet[Relation]:
    return Relation.objects.filter(ended_on=None)


def of(customer: Customer) -> QuerySet[Relation]:
    """The live relations of a customer, whichever side it stands on."""
    return live().filter(Q(first=customer) | Q(second=customer))


def kinds() -> list[RelationKind]:
    """Every kind: those all firms start with, as this firm says it, and its own; some unsaved."""
    own = {kind.code: kind for kind in RelationKind.objects.order_by("pk")}
    seeded = [
        own.pop(code, RelationKind(code=code, strength=seed.strength))
        for code, seed in SEEDS.items()
    ]
    return [*seeded, *own.values()]


def words(*, firms_first: bool = False) -> list[tuple[str, str, str]]:
    """(kind, side, word): what another customer may be to this one, strongest kinds first."""
    order = [each.value for each in Strength]
    offered = [kind for kind in kinds() if not kind.retired]
    offered.sort(
        key=lambda kind: ((kind.code in OF_FIRMS) != firms_first, order.index(kind.strength))
    )
    found = []
    for kind in offered:
        first, second = kind.word(first=True), kind.word(first=False)
        found.append((kind.code, "first", first))
        if second != first:
            found.append((kind.code, "second", second))
    return found


def ties_of(viewer: User, customer: Customer) -> list[Tie]:
    """The live relations of a customer, strongest first; who is out of sight is masked."""
    rows = of(customer).select_related("kind", "first", "second")
    found = list(rows.annotate(since=Max("history__on")))
    others = {_other(row, customer).pk for row in found}
    seen = set(queries.visible_to(viewer).filter(pk__in=others).values_list("pk", flat=True))
    order = [each.value for each in Strength]
    ties = []
    for row in sorted(found, key=lambda row: (order.index(row.strength), row.pk)):
        other = _other(row, customer)
        visible = other.pk in seen
        ties.append(
            Tie(
                row,
                row.kind.word(first=other.pk == row.first_id),
                other.name if visible else masked(other.name),
                other if visible else None,
                row.since,
            )
        )
    return ties


def history_of(relation: Relation) -> QuerySet[RelationStrength]:
    return relation.history.select_related("by").order_by("-on")


def tied(strength: str) -> Q:
    """The condition on customers that they have a live relation of this strength."""
    rows = live().filter(strength=strength)
    return Q(pk__in=rows.values("first")) | Q(pk__in=rows.values("second"))


def became_strong(viewer: User, first: date, last: date) -> int:
    """How many weak ties of customers within sight turned strong in this time, and still are."""
    rows = live().filter(
        strength=Strength.STRONG,
        history__strength=Strength.STRONG,
        history__on__range=(first, last),
    )
    visible = queries.within(viewer).values("pk")
    rows = rows.filter(Q(first__in=visible) | Q(second__in=visible))
    days: dict[int, list[tuple[date, str]]] = defaultdict(list)
    history = RelationStrength.objects.filter(relation__in=rows.values("pk")).order_by("on")
    for relation, on, strength in history.values_list("relation", "on", "strength"):
        days[relation].append((on, strength))
    return sum(turned_strong(each, first, last) for each in days.values())


def _other(row: Relation, customer: Customer) -> Customer:
    return row.second if row.first_id == customer.pk else row.first
