"""Customers that another system knows by number: found, or recorded where they are missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.customers import queries
from liuke.customers.rules import kind_of
from liuke.customers.rules.contacts import PointKind, telephones
from liuke.customers.services.file import CHUNK, NewCustomer, record_customers
from liuke.customers.services.points import NewContactPoint


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as another system knows it: by a number, perhaps with a name and telephones."""

    code: str
    name: str = ""
    phone: str = ""

    def contact_points(self) -> list[NewContactPoint]:
        """The telephones in one cell; a mobile that serves as the number is one, too."""
        found = telephones(self.phone) or [
            each for each in telephones(self.code) if each[0] == PointKind.MOBILE
        ]
        return [
            NewContactPoint(kind, value, preferred=not place)
            for place, (kind, value) in enumerate(found)
        ]


@transaction.atomic
def ensure_customers(
    *, actor: User | None, known: Iterable[KnownCustomer], origin: str
) -> dict[str, int]:
    """Find customers by number and record the missing ones; number → id, set-wise.

    Customers that come from a file have no owner until somebody gives them one.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    wanted: dict[str, KnownCustomer] = {}
    for item in known:
        if item.code not in wanted or not wanted[item.code].name:
            wanted[item.code] = item
    found: dict[str, int] = {}
    codes = list(wanted)
    for start in range(0, len(codes), CHUNK):
        chunk = codes[start : start + CHUNK]
        found |= queries.ids_by_code(chunk)
        missing = [wanted[code] for code in chunk if code not in found]
        found |= _create_known(actor, missing, origin)
    return found


def _create_known(
    actor: User | None, missing: Sequence[KnownCustomer], origin: str
) -> dict[str, int]:
    if not missing:
        return {}
    new = []
    for item in missing:
        name = (item.name or item.code)[:120]
        values = {"kind": kind_of(name), "name": name, "code": item.code}
        new.append(NewCustomer(values, item.contact_points()))
    return {row.code: row.pk for row in record_customers(actor=actor, new=new, origin=origin)}
