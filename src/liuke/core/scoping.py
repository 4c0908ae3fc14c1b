"""Row scoping: which rows a person may see, said once and applied in queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BooleanField, Case, Exists, Model, Q, When
from django.db.models.lookups import Exact


class Scope(StrEnum):
    OWN = "own"
    TEAM = "team"
    BRANCH = "branch"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person's scope comes to: whose rows, and the rows of which units.

    `everything` makes the rest irrelevant. Nothing at all reaches nothing.
    """

    user_ids: Sequence[int] = ()
    unit_ids: Sequence[int] = ()
    everything: bool = False

    def holds(self, user_id: int | None, unit_id: int | None) -> bool:
        """Whether a row with this owner and unit is within reach; the twin of `rows`."""
        return self.everything or user_id in self.user_ids or unit_id in self.unit_ids

    def rows(self, owner: str, unit: str) -> Q:
        """The condition on rows that have an owner and, unowned or not, a unit."""
        if self.everything:
            return Q()
        condition = Q(**{f"{owner}__in": self.user_ids})
        if self.unit_ids:
            condition |= Q(**{f"{unit}__in": self.unit_ids})
        return condition


def in_passing(condition: Q) -> Q:
    """The condition as one that no index serves: it is looked at row by row, in the wanted order.

    With two indexes at hand for an OR, a database would read all their rows and sort them.
    """
    inside = Case(When(condition, then=True), default=False, output_field=BooleanField())
    return Q(Exact(inside, True))


@dataclass(frozen=True)
class Beside:
    """A narrow table with the keys of the rows, what they are sorted by, and copies of fields.

    What needs nothing else is found there, in the order of one index; joined with the rows, a
    database would rather read all of them and sort. The list calls it `name`.
    """

    model: type[Model]
    name: str
    copies: frozenset[str]

    def field(self, name: str) -> str:
        """A field of the list as this table calls it. Raises LookupError for one it has not."""
        head, _line, rest = name.partition("__")
        if head == self.name and rest:
            return rest
        if head == "pk" or head in self.copies:
            return name
        raise LookupError(name)

    def ordered(self, name: str) -> str:
        """A field of an order, perhaps turned. Raises LookupError for one it has not."""
        turned = "-" if name.startswith("-") else ""
        return turned + self.field(name.removeprefix("-"))

    def condition(self, given: Q) -> Q:
        """A condition of the list as this table says it. Raises LookupError if it cannot."""
        turned = Q(_connector=given.connector, _negated=given.negated)
        for child in given.children:
            if isinstance(child, Q):
                turned.children.append(self.condition(child))
            elif isinstance(child, tuple):
                name, value = child
                turned.children.append((self.field(name), value))
            elif isinstance(child, Exists):
                # A filter's subquery speaks of the row by its key, which is the same here.
                turned.children.append(child)
            else:
                raise LookupError(child)
        return turned
