"""Row scoping: which rows a person may see, said once and applied in queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q


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
