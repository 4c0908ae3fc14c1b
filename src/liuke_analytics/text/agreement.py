"""Cohen's κ (1960): agreement of two coders beyond chance."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from statsmodels.stats.inter_rater import cohens_kappa

from liuke_analytics.rates import Interval

GOOD = 0.7


class Agreement(NamedTuple):
    """`good` says that κ reaches .7, the least for codes that decisions rest on."""

    kappa: float
    interval: Interval
    agreed: float
    items: int
    good: bool


def kappa(table: ArrayLike) -> Agreement:
    """From a square table of counts: rows are the first coder's codes, columns the second's.

    Cohen (1960). Raises ValueError for another shape or an empty table.
    """
    counts = np.asarray(table, float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.sum():
        raise ValueError("a square table with at least 1 item is needed")
    agreed = float(np.trace(counts) / counts.sum())
    chance = float((counts.sum(axis=0) * counts.sum(axis=1)).sum() / counts.sum() ** 2)
    if chance == 1:
        # Both used one and the same code throughout: nothing was put to the test.
        return Agreement(float("nan"), Interval(-1.0, 1.0), agreed, int(counts.sum()), False)
    found = cohens_kappa(counts)
    value = float(found.kappa)
    interval = Interval(float(found.kappa_low), float(found.kappa_upp))
    return Agreement(value, interval, agreed, int(counts.sum()), value >= GOOD)


def kappa_of_codes(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """From the two coders' codes of the same items, in one order; ValueError if not as many."""
    if len(first) != len(second):
        raise ValueError("both coders must have coded the same items")
    codes = {code: index for index, code in enumerate(sorted({*first, *second}))}
    table = np.zeros((len(codes), len(codes)))
    for one, other in zip(first, second, strict=True):
        table[codes[one], codes[other]] += 1
    return kappa(table)
