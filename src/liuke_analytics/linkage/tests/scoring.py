"""How well clusters meet the truth, counted in pairs."""

from collections import Counter
from collections.abc import Hashable, Sequence


def precision_recall(found: Sequence[Hashable], truth: Sequence[Hashable]) -> tuple[float, float]:
    both = _pairs(list(zip(found, truth, strict=True)))
    return both / max(_pairs(found), 1), both / max(_pairs(truth), 1)


def _pairs(labels: Sequence[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())
