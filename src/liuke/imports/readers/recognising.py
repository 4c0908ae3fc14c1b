"""Which kind of record a file holds, and which column means which field, by names and values."""

import re
import unicodedata
from collections.abc import Sequence

from liuke.imports.readers.declare import Field, Reading, Shape, Type
from liuke.imports.readers.headers import JOINT

MARKS = re.compile(r"[\s_\-./()（）【】\[\]:：#*、，,]+")
NUMBERED = re.compile(r"[0-9一二三四五]+$")
MOBILE = re.compile(
    r"^\D*(\+?86)?[\s-]*1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(\.0+)?\D*$|^1\.\d+E\+?10$", re.I
)
EMAIL = re.compile(r"^\S+@\S+\.\S+$")
DATE = re.compile(r"^(19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|^\d{1,2}/\d{1,2}/(19|20)\d\d")
ENOUGH = 0.6
CONTAINED = 1_000
NO_MATCH = 10_000
Sample = Sequence[Sequence[str | None]]


def read(shape: Shape, columns: Sequence[str], sample: Sample) -> Reading:
    """A proposal for a person to confirm; columns that nothing points to stay unused."""
    found: dict[str, str] = {}
    free = list(range(len(columns)))
    for limit in (CONTAINED, NO_MATCH):
        ranked = sorted(
            (rank, order, at, field.name)
            for order, field in enumerate(shape.fields)
            for at in free
            if (rank := _rank(field, columns[at], _values(sample, at))) < limit
        )
        for _rank_of, _order, at, name in ranked:
            taken = name in found.values() and not shape.field(name).several
            if at in free and not taken:
                found[columns[at]] = name
                free.remove(at)
    _by_values(shape, columns, sample, free, found)
    ordered = {column: found[column] for column in columns if column in found}
    return Reading(columns=ordered, key=_key(shape, set(found.values())))


def kind_of(shapes: Sequence[Shape], columns: Sequence[str], sample: Sample) -> tuple[str, float]:
    """The kind whose fields explain most of the columns, and the share it explains."""
    scores = []
    for at, shape in enumerate(shapes):
        said = read(shape, columns, sample).columns
        needed = {each.name for each in shape.fields if each.needed} | set(shape.signs)
        scores.append((len(said) if needed.issubset(said.values()) else 0, -at))
    best, at = max(scores, default=(0, 0))
    return (shapes[-at].name if shapes else "", best / max(len(columns), 1))


def _rank(field: Field, column: str, values: Sequence[str]) -> int:
    """0 is the surest. A name that merely contains a word comes after every exact one."""
    name = plain(column)
    odd = bool(values) and _odd(field, values)
    last = plain(column.rpartition(JOINT)[2])
    for candidate in (name, NUMBERED.sub("", name), last):
        if candidate in field.words:
            rank = field.words.index(candidate)
            return rank + CONTAINED if odd and rank > 3 else rank
    inside = [rank for rank, word in enumerate(field.words) if _contains(name, word)]
    if inside and not odd:
        return CONTAINED + inside[0]
    return NO_MATCH


def _odd(field: Field, values: Sequence[str]) -> bool:
    if field.type == Type.EMAILS:
        return _share(EMAIL, values) < ENOUGH
    if field.type == Type.PHONES:
        return sum(any(map(str.isdigit, each)) for each in values) < ENOUGH * len(values)
    if field.type in (Type.DATE, Type.MOMENT):
        return sum(any(map(str.isdigit, each)) for each in values) < ENOUGH * len(values)
    return False


def _by_values(
    shape: Shape, columns: Sequence[str], sample: Sample, free: list[int], found: dict[str, str]
) -> None:
    """Columns with a useless header: mobiles and e-mail addresses show what they are."""
    for name, pattern in (("mobile", MOBILE), ("email", EMAIL)):
        if not shape.has(name) or name in found.values():
            continue
        for at in list(free):
            values = _values(sample, at)
            if values and _share(pattern, values) > ENOUGH:
                found[columns[at]] = name
                free.remove(at)


def _key(shape: Shape, said: set[str]) -> str:
    keys = (key.name for key in shape.keys if said.issuperset(key.fields))
    return next(keys, shape.keys[0].name)


def _contains(name: str, word: str) -> bool:
    if word.isascii():
        return len(word) > 4 and word in name
    return len(word) > 1 and word in name


def plain(name: str) -> str:
    """A header as it is compared."""
    return MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _values(sample: Sample, at: int) -> list[str]:
    cells = (row[at] for row in sample)
    return [cell.strip() for cell in cells if cell and cell.strip()]


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(1 for value in values if pattern.match(value)) / len(values)
