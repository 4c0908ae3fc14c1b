"""What the columns of a file probably mean: by their names, and by how their values look."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from liuke.imports.readers.mapping import Field, Meaning
from liuke.imports.readers.words import WORDS

MARKS = re.compile(r"[\s_\-./()（）【】\[\]:：#*]+")
UNITS = re.compile(r"[(（【\[](?:元|¥|￥|rmb|cny|usd|件|个)[)）】\]]", re.IGNORECASE)
NUMBER = re.compile(r"^[-+(]?[¥￥$€£]?\s*-?[\d０-９][\d０-９.,，．\s]*\)?\s*元?$")
TELEPHONE = re.compile(r"^\D{0,6}\d[\d\s\-()（）+/、,，;；]{5,}")
DATE = re.compile(
    r"^(\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|(19|20)\d{6}"
    r"|[34]\d{4}(\.\d+)?$|\d{1,2}[- ][A-Za-z]{3})"
)
SHAPES: dict[Field, re.Pattern[str]] = {
    Field.DATE: DATE,
    Field.AMOUNT: NUMBER,
    Field.QUANTITY: NUMBER,
    Field.PRICE: NUMBER,
    Field.PHONE: TELEPHONE,
}
ENOUGH = 0.6
# Without its customer a row is lost: what often says nothing is taken only for want of another.
MOSTLY_THERE = 0.8
# Where two columns could be it, the surer kind of name chooses first.
TURN = (
    Field.DATE,
    Field.QUANTITY,
    Field.PRICE,
    Field.AMOUNT,
    Field.ORDER,
    Field.CUSTOMER,
    Field.DESCRIPTION,
    Field.PRODUCT,
    Field.NAME,
    Field.PHONE,
    Field.STATUS,
)
VISIT_WORDS = ("进厂", "进店", "到店", "工单", "visit")
PAID = ("实收", "实付", "paid", "net")
CONTAINED = 1_000
NO_MATCH = 10_000
TOO_GENERAL = ("编号", "名称", "时间", "项目")

Sample = Sequence[Sequence[str | None]]


def guess(columns: Sequence[str], sample: Sample) -> Meaning:
    """A proposal for a person to confirm; fields that nothing points to stay empty."""
    free = list(range(len(columns)))
    found: dict[Field, int] = {}
    # A column that says outright what it is must not be taken for something it only resembles.
    for limit in (CONTAINED, NO_MATCH):
        for field in TURN:
            position = None if field in found else _best(field, columns, sample, free, limit)
            if position is not None:
                found[field] = position
                free.remove(position)
    if Field.DATE not in found:
        _by_shape(Field.DATE, found, free, sample)
    _one_way_of_money(found, columns)
    if Field.CUSTOMER not in found and Field.NAME in found:
        found[Field.CUSTOMER] = found.pop(Field.NAME)
    chosen = {field.value: columns[position] for field, position in found.items()}
    return Meaning(**chosen, kind=_kind(chosen))


def _best(
    field: Field, columns: Sequence[str], sample: Sample, free: Sequence[int], limit: int
) -> int | None:
    """A name that says it outright wins even where values are wrong; but fitting values first."""
    ranked = []
    for position in free:
        rank = _rank(field, _plain(columns[position]))
        odd = not _fits(field, _values(sample, position)) or (
            field == Field.CUSTOMER and _filled(sample, position) < MOSTLY_THERE
        )
        if rank < (CONTAINED if odd else limit):
            ranked.append((odd, rank, position))
    return min(ranked)[2] if ranked else None


def _rank(field: Field, name: str) -> int:
    """0 is the surest. A name that merely contains a word comes after every exact one."""
    words = WORDS[field]
    if name in words:
        return words.index(name)
    inside = [rank for rank, word in enumerate(words) if _contains(name, word)]
    return CONTAINED + inside[0] if inside else NO_MATCH


def _contains(name: str, word: str) -> bool:
    if word.isascii():
        return len(word) > 4 and (name.startswith(word) or name.endswith(word))
    return word in name and word not in TOO_GENERAL


def _plain(name: str) -> str:
    name = UNITS.sub("", name)
    return MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _kind(chosen: Mapping[str, str]) -> str:
    names = chosen.get(Field.DATE, "") + chosen.get(Field.ORDER, "")
    return "visit" if any(word in names.casefold() for word in VISIT_WORDS) else "sale"


def _values(sample: Sample, position: int) -> list[str]:
    cells = (row[position] for row in sample)
    return [cell.strip() for cell in cells if cell and cell.strip()]


def _filled(sample: Sample, position: int) -> float:
    return len(_values(sample, position)) / len(sample) if sample else 1.0


def _fits(field: Field, values: Sequence[str]) -> bool:
    shape = SHAPES.get(field)
    return shape is None or not values or _share(shape.match, values) >= ENOUGH


def _share(holds: Callable[[str], object], values: Sequence[str]) -> float:
    return sum(1 for value in values if holds(value)) / len(values)


def _by_shape(field: Field, found: dict[Field, int], free: list[int], sample: Sample) -> None:
    for position in free:
        values = _values(sample, position)
        if values and _share(SHAPES[field].match, values) > 0.9 and not all(map(_is_code, values)):
            found[field] = position
            free.remove(position)
            return


def _is_code(value: str) -> bool:
    return value.isdecimal()


def _one_way_of_money(found: dict[Field, int], columns: Sequence[str]) -> None:
    """Quantity and price keep the lines; but what was really paid is the truth."""
    pair = Field.QUANTITY in found and Field.PRICE in found
    paid = Field.AMOUNT in found and _plain(columns[found[Field.AMOUNT]]).startswith(PAID)
    if Field.AMOUNT in found and pair and not paid:
        del found[Field.AMOUNT]
    elif Field.AMOUNT in found or not pair:
        found.pop(Field.QUANTITY, None)
        if Field.AMOUNT not in found and Field.PRICE in found:
            found[Field.AMOUNT] = found[Field.PRICE]
        found.pop(Field.PRICE, None)
