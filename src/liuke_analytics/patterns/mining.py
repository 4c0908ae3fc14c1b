"""Ordered change patterns of length ≤ 3, with risk-set controls and permutation max-T.

Every lost case is set beside cases of the same stage that were still open at the same age, and
only what had happened by that age counts on both sides. Within such a set the label "lost" is
exchangeable if the pattern means nothing; permuting it gives the distribution of the largest of
all test statistics, so the adjusted p-values hold for all patterns together (Westfall, Young).
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liuke_analytics.rates import Rate, discoveries, rate

Floats = NDArray[np.float64]
MIN_SUPPORT = 5
MIN_SHARE = 0.05
LENGTH = 3
# Longer memories make combinations explode and hardly ever reach the support.
REMEMBERED = 12


class Case(NamedTuple):
    """One deal or customer. Ages in days since its start; changes in order of age."""

    stage: str
    end_age: float
    lost: bool
    changes: Sequence[tuple[float, str]]


class Pattern(NamedTuple):
    """`before_loss`: share of lost cases in which it had happened; `controls`: share of cases
    alike. `p` is adjusted for all patterns tested (max-T), `q` by Benjamini-Hochberg."""

    symbols: tuple[str, ...]
    before_loss: Rate
    controls: Rate
    z: float
    p: float
    q: float


class Patterns(NamedTuple):
    """Patterns in order of p, how many were tested, in how many lost cases with controls."""

    patterns: tuple[Pattern, ...]
    tested: int
    lost: int


def patterns(
    cases: Sequence[Case],
    *,
    window: float = 90.0,
    lead: float = 0.0,
    controls: int = 10,
    permutations: int = 2000,
    seed: int = 0,
) -> Patterns:
    """Mine `cases`. Changes count if they happened within `window` days before the loss, but not
    in its last `lead` days (an alert needs time to act on). Up to `controls` cases alike each.

    ValueError when fewer than MIN_SUPPORT lost cases have anybody to be compared with.
    """
    generator = np.random.default_rng(seed)
    sets = _risk_sets(cases, controls, generator)
    if len(sets) < MIN_SUPPORT:
        raise ValueError(f"not enough data: {MIN_SUPPORT} lost cases with others alike needed")
    happened = [
        [_happened(cases[member], cases[members[0]].end_age, window, lead) for member in members]
        for members in sets
    ]
    needed = max(MIN_SUPPORT, MIN_SHARE * len(sets))
    support: dict[tuple[str, ...], int] = {}
    for rows in happened:
        for symbols in rows[0]:
            support[symbols] = support.get(symbols, 0) + 1
    candidates = sorted(symbols for symbols, count in support.items() if count >= needed)
    if not candidates:
        return Patterns((), 0, len(sets))
    size = np.array([len(rows) for rows in happened])
    start = np.cumsum(size) - size
    has = np.array([[symbols in row for symbols in candidates]
                    for rows in happened for row in rows], float)  # fmt: skip
    total = np.add.reduceat(has, start)
    share = total / size[:, None]
    expected, spread = share.sum(axis=0), np.sqrt((share * (1 - share)).sum(axis=0))
    # A pattern that everybody has, or nobody else could have, carries no information.
    informative = spread > 0
    scale = np.where(informative, spread, 1.0)
    z = np.where(informative, (has[start].sum(axis=0) - expected) / scale, 0.0)
    drawn = np.zeros((permutations, len(candidates)))
    for index in range(permutations):
        label = start + (generator.random(len(size)) * size).astype(np.int64)
        drawn[index] = (has[label].sum(axis=0) - expected) / scale * informative
    largest = np.abs(drawn).max(axis=1)
    p = (1 + (largest[:, None] >= np.abs(z) - 1e-12).sum(axis=0)) / (permutations + 1)
    alone = (1 + (np.abs(drawn) >= np.abs(z) - 1e-12).sum(axis=0)) / (permutations + 1)
    _, q = discoveries(alone)
    others = int(size.sum() - len(sets))
    found = [
        Pattern(
            symbols,
            rate(support[symbols], len(sets)),
            rate(int(total[:, index].sum()) - support[symbols], others),
            float(z[index]),
            float(p[index]),
            float(q[index]),
        )
        for index, symbols in enumerate(candidates)
    ]
    found.sort(key=lambda pattern: (pattern.p, -abs(pattern.z)))
    return Patterns(tuple(found), len(candidates), len(sets))


def _risk_sets(
    cases: Sequence[Case], controls: int, generator: np.random.Generator
) -> list[list[int]]:
    """For each lost case with others alike: itself, then its controls, as indices."""
    end = np.array([case.end_age for case in cases])
    by_stage: dict[str, list[int]] = {}
    for index, case in enumerate(cases):
        by_stage.setdefault(case.stage, []).append(index)
    sets = []
    for members in by_stage.values():
        alike = np.array(members)
        for index in members:
            if not cases[index].lost:
                continue
            open_then = alike[(end[alike] > end[index]) & (alike != index)]
            if len(open_then):
                taken = generator.permutation(open_then)[:controls]
                sets.append([index, *taken.tolist()])
    return sets


def _happened(case: Case, age: float, window: float, lead: float) -> set[tuple[str, ...]]:
    symbols = [what for when, what in case.changes if age - window < when <= age - lead]
    recent = symbols[-REMEMBERED:]
    return {found for length in range(1, LENGTH + 1) for found in combinations(recent, length)}
