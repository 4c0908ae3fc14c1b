"""A branch with sellers, and histories as tests read them."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.customers.models import Customer
from liuke.ownership.models import OwnerPeriod


@pytest.fixture
def branch(firm: Unit) -> Unit:
    return Unit.objects.create(kind="branch", name="浦东店", parent=firm)


@pytest.fixture
def manager(person: Callable[..., User], branch: Unit) -> User:
    return person(Role.MANAGER, "周店长", unit=branch)


@pytest.fixture
def lin(person: Callable[..., User], branch: Unit) -> User:
    return person(Role.SELLER, "林晓雯", unit=branch)


@pytest.fixture
def qian(person: Callable[..., User], branch: Unit) -> User:
    return person(Role.SELLER, "钱玲", unit=branch)


def history(customer: Customer) -> list[tuple[str, str]]:
    """Owner and reason of each period, the first one first."""
    rows = OwnerPeriod.objects.filter(customer=customer).select_related("owner")
    return [(str(row.owner or ""), row.reason) for row in rows.order_by("started_at")]


def whole(customer: Customer) -> bool:
    """Every period begins where the one before ends, and the last one is the owner's of now."""
    rows = list(OwnerPeriod.objects.filter(customer=customer).order_by("started_at"))
    customer.refresh_from_db()
    joined = all(one.ended_at == two.started_at for one, two in pairwise(rows))
    return joined and rows[-1].ended_at is None and rows[-1].owner_id == customer.owner_id
