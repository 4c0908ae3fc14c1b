"""What one app tells those above it. Facts are plural: one form post is a batch of one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OrdersRecorded:
    """Orders, visits or returns were recorded, changed or voided for these customers."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class AssetsChanged:
    """Things we serve were added to these customers, renamed, or taken out of service."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class ContactUnblocked:
    """These customers may be contacted again."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class AgendaSettled:
    """Somebody set what was due for these customers aside as done, or took that back."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class PeopleLeft:
    """These people may not sign in any more."""

    user_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class HelpEnded:
    """Somebody helps with these customers no longer."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class CustomersMoved:
    """These customers were given to another person or branch; by whom, and why."""

    customer_ids: Collection[int]
    by_id: int | None = None
    reason: str = "assigned"
    note: str = ""
    pools: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomersRecorded:
    """These customers are new."""

    customer_ids: Collection[int]
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class LevelsChanged:
    """These customers have another level."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class CustomersClosed:
    """These customers were set aside, or opened again."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class CustomersErased:
    """Everything personal about these customers is gone; their figures stay."""

    customer_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Of these customers, some became part of others or were parted again: records changed hands.

    All of them exist while it is told; who was absorbed has nothing any more.
    """

    customer_ids: Collection[int]


Fact = (
    OrdersRecorded
    | AssetsChanged
    | ContactUnblocked
    | AgendaSettled
    | PeopleLeft
    | HelpEnded
    | CustomersMoved
    | CustomersRecorded
    | LevelsChanged
    | CustomersClosed
    | CustomersErased
    | CustomersMerged
)
