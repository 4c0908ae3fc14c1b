"""Who holds which mobile, who may be whom, and who became whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from liuke.accounts.models import User
from liuke.core import text
from liuke.customers.models import (
    ContactPoint,
    Customer,
    CustomerMerge,
    DuplicatePair,
    FormerCustomer,
    PrimaryMobile,
)
from liuke.customers.queries import visible_to
from liuke.customers.queries.told import told

SAME_NAMES = 20
# A number of fewer figures is the end of one, or none.
FEWEST_FIGURES = 7


@dataclass(frozen=True, slots=True)
class Known:
    """A customer that is recorded already, as far as the viewer may know it."""

    customer_id: int
    name: str
    owner: str
    seen: bool
    recorded_at: datetime
    # For who is told of a customer of a colleague; empty where there is nothing to claim.
    sign: str = ""
    # The owner has left the firm: whoever leads answers.
    left: bool = False


def known(viewer: User | None, customer_ids: Collection[int]) -> dict[int, Known]:
    """These customers with their owners; of whom the viewer may not see only the first letter."""
    rows = Customer.objects.filter(pk__in=customer_ids).select_related("owner")
    seen = set(customer_ids)
    if viewer is not None:
        seen = set(visible_to(viewer).filter(pk__in=customer_ids).values_list("pk", flat=True))
    return {
        row.pk: Known(
            row.pk,
            row.name if row.pk in seen else masked(row.name),
            row.owner.name if row.owner else "",
            row.pk in seen,
            row.created_at,
            told(viewer, row.pk) if viewer and row.owner_id not in (None, viewer.pk) else "",
            row.owner is not None and not row.owner.is_active,
        )
        for row in rows
    }


def masked(name: str) -> str:
    """王** for those who may not know the customer."""
    return f"{name[:1]}**"


def main_mobiles(customer_ids: Collection[int]) -> dict[int, str]:
    """Customer → the mobile it is known by: the preferred one, else the first."""
    rows = ContactPoint.objects.filter(
        customer__in=customer_ids, person=None, kind=ContactPoint.Kind.MOBILE
    )
    found: dict[int, str] = {}
    for pk, number in rows.order_by("customer", "-preferred", "pk").values_list(
        "customer", "normalised"
    ):
        if is_number(number):
            found.setdefault(pk, number)
    return found


def is_number(normalised: str) -> bool:
    return len(text.digits(normalised)) >= FEWEST_FIGURES


def holders(numbers: Collection[str]) -> dict[str, int]:
    """Number → the customer that holds it. The caller keeps to one chunk."""
    rows = PrimaryMobile.objects.filter(number__one_of=numbers, decision=None, contested=False)
    return dict(rows.values_list("number", "customer"))


def namesakes(name: str) -> list[int]:
    """The first customers of exactly this name, however it is written."""
    rows = Customer.objects.filter(name_sort=text.sort_key(name)).order_by("pk")
    wanted = text.normalise(name)
    found = rows.values_list("pk", "name")[:SAME_NAMES]
    return [pk for pk, other in found if text.normalise(other) == wanted]


def pairs_of(viewer: User) -> QuerySet[DuplicatePair]:
    """Open pairs of whom both are within sight, the likeliest first."""
    mine = visible_to(viewer).order_by().values("pk")
    rows = DuplicatePair.objects.filter(verdict="", first__in=mine, second__in=mine)
    return rows.order_by("-probability", "pk")


def successor(customer_id: int) -> int | None:
    """The customer that one of this id became part of, if it did."""
    rows = FormerCustomer.objects.filter(pk=customer_id)
    return rows.values_list("customer", flat=True).first()


def former_ids(customer_id: int) -> list[int]:
    """The ids under which a customer was known besides its own."""
    rows = FormerCustomer.objects.filter(customer=customer_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def merges_of(viewer: User) -> QuerySet[CustomerMerge]:
    """Merges whose survivor is within sight, the latest first."""
    mine = visible_to(viewer).order_by().values("pk")
    return CustomerMerge.objects.filter(survivor_id__in=mine).order_by("-at", "-pk")


def pair_between(one: int, other: int) -> Q:
    return Q(first=min(one, other), second=max(one, other))
