"""Which column of the file means what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from liuke.core.errors import Refused


class Field(StrEnum):
    CUSTOMER = "customer"
    DATE = "date"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    PRICE = "price"
    ORDER = "order"
    PRODUCT = "product"
    DESCRIPTION = "description"
    NAME = "name"
    PHONE = "phone"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Column names per field, empty when the file does not have it; and what they cannot say."""

    customer: str = ""
    date: str = ""
    amount: str = ""
    quantity: str = ""
    price: str = ""
    order: str = ""
    product: str = ""
    description: str = ""
    name: str = ""
    phone: str = ""
    status: str = ""
    kind: str = "sale"
    date_order: str = ""

    def columns(self) -> Iterator[tuple[Field, str]]:
        """The fields the file has, with the column of each."""
        for field in Field:
            if column := getattr(self, field):
                yield field, column

    def column_of(self, name: str) -> str:
        return str(getattr(self, name))

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Meaning":
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})


def check_meaning(meaning: Meaning, columns: Sequence[str]) -> None:
    """Raises Refused naming what is missing, unknown or said twice."""
    for field, column in meaning.columns():
        if column not in columns:
            raise Refused(_unknown(field, column, columns))
    used = [column for _field, column in meaning.columns()]
    for column in used:
        if used.count(column) > 1 and column != meaning.customer:
            raise Refused(_("The column “%s” is chosen twice. Choose it once.") % column)
    for field in (Field.CUSTOMER, Field.DATE):
        if not getattr(meaning, field):
            raise Refused(_missing(field, columns))
    if not meaning.amount and not (meaning.quantity and meaning.price):
        raise Refused(_missing(Field.AMOUNT, columns))
    if meaning.amount and (meaning.quantity or meaning.price):
        raise Refused(_("Choose either an amount, or a quantity with a price."))


def _unknown(field: Field, column: str, columns: Sequence[str]) -> str:
    said = _("There is no column “%(column)s” for %(field)s. The file has: %(columns)s.") % {
        "column": column,
        "field": field.value,
        "columns": ", ".join(columns),
    }
    lower = {name.casefold(): name for name in columns}
    close = get_close_matches(column.casefold(), lower, n=1, cutoff=0.5)
    if not close:
        return said
    guess = _("Did you mean “%(column)s”?") % {"column": lower[close[0]]}
    return f"{said} {guess}"


def _missing(field: Field, columns: Sequence[str]) -> str:
    asked = {
        Field.CUSTOMER: _("Say which column names the customer."),
        Field.DATE: _("Say which column holds the date."),
        Field.AMOUNT: _("Say which column holds the amount, or which hold quantity and price."),
    }[field]
    known = _("The file has: %(columns)s.") % {"columns": ", ".join(columns)}
    return f"{asked} {known}"
