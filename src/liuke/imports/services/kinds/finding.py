"""The customers that the rows of a chunk mean, whose they are, and the people they name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from liuke.accounts.models import Unit, User
from liuke.accounts.queries import people_visible_to, reach_of
from liuke.accounts.rules import Act
from liuke.core import text
from liuke.customers.models import Customer
from liuke.customers.queries import PHONES, visible_to
from liuke.customers.queries.contacts import own_points
from liuke.imports.readers.declare import Reading
from liuke.imports.services.kinds.kind import Action, Row, Step

Ids = Mapping[str, set[int]]


@dataclass(slots=True)
class Found:
    """What of the rows' values is known, as value → customers; and whom the actor may see."""

    codes: Ids = field(default_factory=dict)
    credit_codes: Ids = field(default_factory=dict)
    phones: Ids = field(default_factory=dict)
    names: Ids = field(default_factory=dict)
    mine: set[int] = field(default_factory=set)
    owners: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def by_key(self, row: Row, key: str) -> set[int]:
        """The customers that a row means by the key that was chosen.

        A row without a value for it is found by its mobile, else by its name: the same file twice
        must not make the same customer twice.
        """
        if key == "code" and "code" in row.values:
            return self.codes.get(row.values["code"], set())
        if key == "credit_code" and "credit_code" in row.values:
            return self.credit_codes.get(credit_code(row.values), set())
        if key in ("code", "credit_code", "mobile") and "mobile" in row.values:
            return self.by_phone(row)
        named = self.names.get(row.values.get("name", ""), set())
        if key == "name_mobile" and phones_of(row):
            return named & self.by_phone(row)
        return named

    def by_phone(self, row: Row) -> set[int]:
        return set().union(*(self.phones.get(phone, set()) for phone in phones_of(row)))

    def said_of(self, pk: int) -> str:
        """“王海涛 (owner: 林)”, or only whose, for a customer out of sight."""
        name, owner = self.owners[pk]
        whose = owner or _("nobody")
        if pk not in self.mine:
            return _("belongs to %(owner)s") % {"owner": whose}
        return _("%(name)s, belongs to %(owner)s") % {"name": name, "owner": whose}


def look_up(actor: User | None, rows: Sequence[Row], key: str) -> Found:
    """Everything the rows' keys meet in the customer file; a few statements for a chunk."""
    found = Found(
        codes=_by("code", {row.values.get("code", "") for row in rows}),
        credit_codes=_by("credit_code", {credit_code(row.values) for row in rows}),
        phones=_by_phone({phone for row in rows for phone in phones_of(row)}),
        names=_by_name({row.values.get("name", "") for row in rows if _needs_name(row, key)}),
    )
    groups = (found.codes, found.credit_codes, found.phones, found.names)
    ids = {pk for group in groups for each in group.values() for pk in each}
    if not ids:
        return found
    known = Customer.objects.filter(pk__in=ids)
    found.owners = {
        pk: (name, owner or "")
        for pk, name, owner in known.values_list("pk", "name", "owner__name")
    }
    if actor is None or reach_of(actor, Act.EDIT_CUSTOMERS).everything:
        found.mine = set(found.owners)
    else:
        found.mine = set(
            visible_to(actor, Act.EDIT_CUSTOMERS).filter(pk__in=ids).values_list("pk", flat=True)
        )
    return found


def _needs_name(row: Row, key: str) -> bool:
    return key in ("name", "name_mobile") or is_named_only(row, key)


def is_named_only(row: Row, key: str) -> bool:
    """Whether a row that was to be found by a number has its name alone."""
    return key not in ("name", "name_mobile") and not {key, "mobile"} & set(row.values)


def meant(found: Found, row: Row, reading: Reading) -> Step | int:
    """The one customer that a row of something else is about; else why it cannot be recorded."""
    ids = found.by_key(row, reading.key)
    if not ids:
        return Step(row, Action.REFUSED, code="no_customer", about=reading.key)
    if len(ids) > 1:
        return Step(row, Action.REFUSED, code="several", about=reading.key)
    pk = next(iter(ids))
    if pk not in found.mine:
        return Step(
            row, Action.REFUSED, code="foreign", about=reading.key, message=found.said_of(pk)
        )
    return pk


def phones_of(row: Row) -> list[str]:
    """The mobiles of a row in their one spelling."""
    return [text.phone(each) for each in row.values.get("mobile", ())]


def credit_code(values: Mapping[str, Any]) -> str:
    return str(values.get("credit_code", "")).upper()


def people(actor: User | None) -> dict[str, int]:
    """Name and sign-in name → id, of those to whom this person may give customers."""
    rows = User.objects.filter(is_active=True) if actor is None else people_visible_to(actor)
    known: dict[str, int] = {}
    for pk, name, username in rows.values_list("pk", "name", "username"):
        known |= {text.normalise(name): pk, text.normalise(username): pk}
    return known


def branches(actor: User | None) -> dict[str, int]:
    """Name → id of the branches within this person's scope."""
    rows = Unit.objects.filter(kind=Unit.Kind.BRANCH)
    if actor is not None and not (reach := reach_of(actor)).everything:
        rows = rows.filter(pk__in=reach.unit_ids)
    return {text.normalise(name): pk for name, pk in rows.values_list("name", "pk")}


def _by(column: str, values: Collection[str]) -> Ids:
    wanted = sorted(filter(None, values))
    if not wanted:
        return {}
    # The index leaves the blank ones out; saying so again lets the database use it.
    rows = Customer.objects.filter(**{f"{column}__one_of": wanted}).exclude(**{column: ""})
    return _gathered(rows.values_list(column, "pk"))


def _by_name(names: Collection[str]) -> Ids:
    wanted = {name: text.sort_key(name) for name in names if name}
    if not wanted:
        return {}
    # Names have no index of their own, their order has.
    rows = Customer.objects.filter(name_sort__one_of=set(wanted.values()), name__one_of=wanted)
    return _gathered(rows.values_list("name", "pk"))


def _by_phone(numbers: Collection[str]) -> Ids:
    wanted = sorted(filter(None, numbers))
    rows = own_points().filter(normalised__one_of=wanted, kind__in=PHONES)
    return _gathered(rows.values_list("normalised", "customer") if wanted else ())


def _gathered(pairs: Iterable[tuple[str, int]]) -> Ids:
    found: dict[str, set[int]] = defaultdict(set)
    for value, pk in pairs:
        found[value].add(pk)
    return found
