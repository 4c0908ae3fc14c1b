"""Array types, and the checks every entrance makes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liuke_analytics.saying import Said

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Day = date | np.datetime64
Days = NDArray[np.datetime64]
AnyArray = NDArray[Any]


def floats(values: ArrayLike, name: str, *, least: float | None = None) -> Floats:
    """`values` as one-dimensional finite floats, none below `least`; ValueError names the array."""
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional")
    if not np.isfinite(array).all():
        raise Said("{name} must be numbers without gaps, and finite", name=name)
    if least is not None and array.size and array.min() < least:
        raise Said("{name} must not be below {least:g}", name=name, least=least)
    return array


def days(values: ArrayLike | Sequence[Day], name: str) -> Days:
    """`values` as one-dimensional datetime64[D] without gaps; ValueError names the array."""
    array = np.atleast_1d(np.asarray(values, dtype="datetime64[D]"))
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional")
    if np.isnat(array).any():
        raise ValueError(f"{name} must not miss a date")
    return array


def same_length(**named: AnyArray) -> int:
    """The common length of the arrays; ValueError names those that differ."""
    sizes = {name: len(array) for name, array in named.items()}
    if len(set(sizes.values())) > 1:
        raise ValueError(
            "arrays differ in length: " + ", ".join(f"{n} {s}" for n, s in sizes.items())
        )
    return next(iter(sizes.values()))


def one_day(value: Day, name: str) -> np.datetime64:
    """`value` as one datetime64[D]; ValueError where it is missing."""
    return cast(np.datetime64, days([value], name)[0])


def sums(place: Ints, weights: Floats | None, size: int) -> Floats:
    """Sum of `weights` (default 1 each) by `place`, shape (size,)."""
    return np.bincount(place, weights=weights, minlength=size).astype(np.float64)


def ranks(values: ArrayLike) -> Floats:
    """Ranks from 1 on; equal values share the mean of their ranks. Shape as `values`, (n,)."""
    _, place, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Floats = (last - (counts - 1) / 2)[place]
    return shared


def dot(left: Floats, right: Floats) -> float:
    """Sum of products. Not `@`: BLAS starts threads for long vectors, which costs more than it
    saves here, and several times more on a machine with other work."""
    return float(np.einsum("i,i", left, right))
