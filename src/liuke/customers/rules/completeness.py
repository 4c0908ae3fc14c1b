"""How much is known of a customer, and what would help most to know next."""

from collections.abc import Collection, Sequence

from liuke.customers.rules.fields import FieldOf


def weighed(fields: Sequence[FieldOf], kind: str) -> list[FieldOf]:
    """The fields that count for this kind of customer."""
    return [each for each in fields if each.weight > 0 and not each.archived and each.fits(kind)]


def score(fields: Sequence[FieldOf], kind: str, filled: Collection[str]) -> int:
    """The share of the weights that is known, in whole percent; 100 only when nothing lacks."""
    counted = weighed(fields, kind)
    total = sum(each.weight for each in counted)
    known = sum(each.weight for each in counted if each.code in filled)
    return known * 100 // total if total else 100


def missing(fields: Sequence[FieldOf], kind: str, filled: Collection[str]) -> list[FieldOf]:
    """What is not known yet, the heaviest first."""
    left = [each for each in weighed(fields, kind) if each.code not in filled]
    return sorted(left, key=lambda each: -each.weight)
