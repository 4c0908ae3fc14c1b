"""Which columns of a file say what about a person."""

from collections.abc import Mapping, Sequence

from liuke_analytics.saying import Said

FIELDS = (
    "name",
    "mobile",
    "email",
    "company",
    "address",
    "birth_date",
    "postcode",
    "city",
    "id_number",
)

# Field to the columns that are joined to fill it.
Columns = Mapping[str, Sequence[str]]


class Unusable(Said):
    """The file or the mapping cannot be used; the text says what to do."""


def parse_mapping(text: str) -> dict[str, tuple[str, ...]]:
    """`name=given+surname,mobile=tel` as field → columns."""
    mapping: dict[str, tuple[str, ...]] = {}
    for part in text.split(","):
        field, equals, columns = (piece.strip() for piece in part.partition("="))
        if not equals or not columns:
            raise Unusable(
                "{part!r} is not FIELD=COLUMN; write for example name=姓名", part=part.strip()
            )
        if field not in FIELDS:
            raise Unusable(
                "there is no field {field!r}; choose from {fields}",
                field=field, fields=", ".join(FIELDS),
            )  # fmt: skip
        if field in mapping:
            raise Unusable(
                "{field} is given twice; join columns with +: {field}=first+second", field=field
            )
        mapping[field] = tuple(column.strip() for column in columns.split("+"))
    return mapping
