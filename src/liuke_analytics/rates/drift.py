"""Has a score's distribution moved? The stability index against the limit its samples deserve."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2


class Drift(NamedTuple):
    """`limit` is what the index passes by chance once in 1 / (1 − level) comparisons."""

    psi: float
    limit: float
    moved: bool


def drift(before: ArrayLike, after: ArrayLike, bins: int = 10, level: float = 0.95) -> Drift:
    """Compare two samples of a score over quantile bins of `before`.

    Without drift the index is about (1/n + 1/m)·χ² with bins − 1 degrees of freedom (Yurdakul
    2018), so small samples need more than the customary 0.1 to mean anything.
    Both of shape (n,), any unit. Raises ValueError below two values per bin on either side.
    """
    old, new = np.asarray(before, float), np.asarray(after, float)
    if min(len(old), len(new)) < 2 * bins:
        raise ValueError(f"not enough data: {2 * bins} values needed on each side")
    inner = np.unique(np.quantile(old, np.linspace(0, 1, bins + 1)[1:-1]))
    counts = [np.bincount(np.searchsorted(inner, side, "left"), minlength=len(inner) + 1)
              for side in (old, new)]  # fmt: skip
    # Half a case per bin keeps an empty bin from making the index infinite.
    p, q = ((side + 0.5) / (side.sum() + 0.5 * len(side)) for side in counts)
    psi = float(((p - q) * np.log(p / q)).sum())
    limit = (1 / len(old) + 1 / len(new)) * float(chi2.ppf(level, max(1, len(inner))))
    return Drift(psi, limit, psi > limit)
