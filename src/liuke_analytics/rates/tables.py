"""Many tables at once: pooling strata (Mantel-Haenszel 1959), many tests (Benjamini-Hochberg)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.multitest import multipletests

from liuke_analytics.wilson import Interval


class Pooled(NamedTuple):
    """`crude` is the odds ratio of the summed table, `pooled` the one within strata.

    When they lie on different sides of 1, the strata explain the difference (Simpson).
    """

    crude: float
    pooled: float
    interval: Interval
    p: float
    homogeneity_p: float


def mantel_haenszel(tables: ArrayLike, level: float = 0.95) -> Pooled:
    """Pool 2×2 `tables` of shape (strata, 2, 2): rows are groups, columns event and no event.

    Odds ratios after Mantel and Haenszel (1959). Raises ValueError for another shape or counts
    below 0.
    """
    counts = np.asarray(tables, float)
    if counts.ndim != 3 or counts.shape[1:] != (2, 2) or (counts < 0).any():
        raise ValueError("tables have the shape (strata, 2, 2) and hold counts")
    total = counts.sum(axis=0)
    cross = total[0, 1] * total[1, 0]
    crude = total[0, 0] * total[1, 1] / cross if cross else float("inf")
    stratified = StratifiedTable(np.moveaxis(counts, 0, -1))
    low, high = stratified.oddsratio_pooled_confint(alpha=1 - level)
    return Pooled(
        float(crude),
        float(stratified.oddsratio_pooled),
        Interval(float(low), float(high)),
        float(stratified.test_null_odds(correction=False).pvalue),
        float(stratified.test_equal_odds().pvalue) if len(counts) > 1 else float("nan"),
    )


def discoveries(
    p_values: ArrayLike, q: float = 0.05
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which of the tests hold when at most a share `q` of them may be false, and their q-values."""
    p = np.asarray(p_values, float)
    if not len(p):
        return np.zeros(0, np.bool_), p
    found, adjusted, *_ = multipletests(p, alpha=q, method="fdr_bh")
    return found, adjusted
