"""Whether two names may be one, for one pair at a time and without a database.

Texts come normalised: one width, simplified characters, lower case.
"""

import re
from functools import cache

from liuke_analytics.linkage.words import LEGAL_FORMS, LEGAL_FORMS_LATIN, PLACES, TITLES

HAN = "\u4e00-\u9fff"
# A slip in a shorter name makes another name.
LONG_ENOUGH = 4
TWO_SLIPS = 8


def company_core(name: str) -> str:
    """What is left of a company without city, legal form and signs."""
    plain = re.sub(rf"[^{HAN}a-z0-9 ]", "", re.sub(r"\(.*?\)", "", name)).strip()
    if not re.search(f"[{HAN}]", plain):
        words = plain.split()
        while len(words) > 1 and words[-1] in LEGAL_FORMS_LATIN.split():
            words.pop()
        return "".join(words)
    legal, places = _patterns()
    return places.sub(r"\1", legal.sub(r"\1", plain.replace(" ", "")))


def person_core(name: str) -> str:
    """A person without title; 王先生 keeps the surname."""
    return _titles().sub(r"\1", re.sub(r"\W", "", name))


def alike(one: str, other: str) -> str:
    """How two cores agree: "same", "spelling" for a slip or a part of the other, or not at all."""
    if not one or not other:
        return ""
    if one == other:
        return "same"
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < LONG_ENOUGH:
        return ""
    slips = 2 if len(shorter) >= TWO_SLIPS else 1
    if longer.startswith(shorter) or longer.endswith(shorter) or slip(one, other) <= slips:
        return "spelling"
    return ""


def slip(one: str, other: str) -> int:
    """How many letters have to be changed, added, left out or exchanged with a neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    legal, places = LEGAL_FORMS.replace(" ", "|"), PLACES.replace(" ", "|")
    return re.compile(f"(..)(?:{legal})$"), re.compile(f"^(?:{places})(?:省|市)?(.{{2}})")


@cache
def _titles() -> re.Pattern[str]:
    return re.compile(f"(.)(?:{TITLES.replace(' ', '|')})$")
