"""Purchase histories: what the models know of a customer, counted once per distinct history.

A history is (x, t_x, T): repeat purchases, weeks from the first to the last purchase, weeks from
the first purchase to the end of observation. Purchases of one day are one. Customers who share a
history share a row, so a fit costs what the number of distinct histories costs.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from liuke_analytics.arrays import (
    AnyArray,
    Day,
    Days,
    Floats,
    Ints,
    days,
    floats,
    one_day,
    same_length,
    sums,
)
from liuke_analytics.saying import Said

DAYS_A_WEEK = 7
_ROOM = 4_000_000
"""Cells that a counting table may always have, whatever the number of customers."""


class Regularity(NamedTuple):
    """Wheat and Morrison's k, its standard error, and the customers it was read from."""

    k: float
    se: float
    customers: int


@dataclass(frozen=True)
class Histories:
    """Distinct histories with counts. The first four arrays have shape (rows,).

    `row_of`, shape (customers,), names the row of each customer, so `figures[row_of]` gives every
    customer the figure of the history. `ids` are the customers' own names in the same order and
    `last` their last purchase days, where the histories were read from purchases.
    `mean_value`, shape (customers,), is the mean amount of a *repeat* purchase day (nan for
    one-time buyers). `log_gaps` is the sum of the logarithms of all gaps in weeks and
    `regularity` the k of Wheat and Morrison; both need purchases, not summaries.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    counts: Floats
    row_of: Ints
    ids: AnyArray | None = None
    last: Days | None = None
    mean_value: Floats | None = None
    log_gaps: float | None = None
    regularity: Regularity | None = None

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return int(self.counts.sum())

    @property
    def repeaters(self) -> int:
        """How many customers bought at least twice."""
        return int(self.counts[self.frequency > 0].sum())

    @classmethod
    def from_arrays(
        cls,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        counts: ArrayLike | None = None,
        *,
        mean_value: ArrayLike | None = None,
    ) -> Self:
        """Histories of customers given one by one, or of groups with `counts`.

        All of shape (n,); `recency` and `age` in weeks. Raises ValueError where a history is
        impossible: x not whole, t_x beyond T, or t_x = 0 unlike x = 0.
        """
        x = floats(frequency, "frequency", least=0)
        recent = floats(recency, "recency", least=0)
        total = floats(age, "age", least=0)
        same_length(frequency=x, recency=recent, age=total)
        if (x != np.rint(x)).any():
            raise Said("frequency must be whole numbers")
        if (recent > total).any():
            raise Said("recency must not exceed age")
        if ((x == 0) & (recent > 0)).any() or ((x > 0) & (recent == 0)).any():
            raise Said("recency must be 0 exactly where frequency is 0")
        first, row_of = _distinct(x, recent, total)
        if counts is None:
            weights = None
        else:
            weights = floats(counts, "counts", least=0)
            same_length(frequency=x, counts=weights)
        value = None
        if mean_value is not None:
            value = np.atleast_1d(np.asarray(mean_value, dtype=np.float64))
            same_length(frequency=x, mean_value=value)
            value = np.where(x > 0, value, np.nan)
        return cls(
            frequency=x[first],
            recency=recent[first],
            age=total[first],
            counts=sums(row_of, weights, len(first)),
            row_of=row_of,
            mean_value=value,
        )

    @classmethod
    def from_purchases(
        cls,
        customer_ids: ArrayLike,
        purchase_days: ArrayLike,
        amounts: ArrayLike | None = None,
        *,
        end: Day,
        period_days: int = 1,
    ) -> Self:
        """Histories from one row per purchase, as known on `end` (a day, included).

        `customer_ids`, `purchase_days` (datetime64[D]) and `amounts` have shape (n,). Purchases
        after `end` are left out, and with them customers who came later. Purchases within one
        period of `period_days`, counted backwards from `end`, are one and their amounts add up;
        the default merges days, 7 gives the whole weeks that BG/BB asks for.
        Raises ValueError for missing days or amounts and for a period below one day.
        """
        if period_days < 1:
            raise ValueError("period_days must be at least 1")
        names = np.atleast_1d(np.asarray(customer_ids))
        when = days(purchase_days, "purchase_days")
        money = None if amounts is None else floats(amounts, "amounts")
        same_length(customer_ids=names, purchase_days=when)
        if money is not None:
            same_length(customer_ids=names, amounts=money)
        stop = one_day(end, "end")
        known = when <= stop
        if not known.all():
            names, when = names[known], when[known]
            money = None if money is None else money[known]
        ids, customer = np.unique(names, return_inverse=True)
        ago = (stop - when).astype(np.int64) // period_days
        visit = _Visits.of(customer.astype(np.int64), -ago, money, len(ids))
        weeks = period_days / DAYS_A_WEEK
        plain = cls.from_arrays(
            visit.number - 1, (visit.last - visit.first) * weeks, -visit.first * weeks
        )
        last_day = np.full(len(ids), np.datetime64("0000-01-01", "D"))
        np.maximum.at(last_day, customer, when)
        gaps = np.diff(visit.when)[np.diff(visit.customer) == 0] * weeks
        return cls(
            frequency=plain.frequency,
            recency=plain.recency,
            age=plain.age,
            counts=plain.counts,
            row_of=plain.row_of,
            ids=ids,
            last=last_day,
            mean_value=visit.repeat_value(),
            log_gaps=float(np.log(gaps).sum()),
            regularity=visit.regularity(),
        )


@dataclass(frozen=True)
class _Visits:
    """Purchases after merging, sorted by (customer, when); then one entry per customer."""

    customer: Ints
    when: Ints
    amount: Floats | None
    begin: Ints
    number: Ints

    @property
    def first(self) -> Ints:
        return self.when[self.begin]

    @property
    def last(self) -> Ints:
        last: Ints = self.when[self.begin + self.number - 1]
        return last

    @classmethod
    def of(cls, customer: Ints, when: Ints, amount: Floats | None, customers: int) -> Self:
        span = int(when.max() - when.min()) + 1 if when.size else 1
        floor = when.min() if when.size else 0
        total: Floats | None
        key = customer * span + (when - floor)
        if amount is None:
            key = np.unique(key)
            total = None
        else:
            key, place = np.unique(key, return_inverse=True)
            total = sums(place, amount, len(key))
        number = np.bincount(key // span, minlength=customers)
        return cls(
            customer=key // span,
            when=key % span + floor,
            amount=total,
            begin=np.cumsum(number) - number,
            number=number,
        )

    def repeat_value(self) -> Floats | None:
        if self.amount is None:
            return None
        first = self.amount[self.begin]
        total = sums(self.customer, self.amount, len(self.number))
        repeats = self.number - 1
        return np.where(repeats > 0, (total - first) / np.maximum(repeats, 1), np.nan)

    def regularity(self) -> Regularity | None:
        start = self.begin[self.number >= 3]
        first = (self.when[start + 1] - self.when[start]).astype(np.float64)
        second = (self.when[start + 2] - self.when[start + 1]).astype(np.float64)
        return wheat_morrison(first, second)


def wheat_morrison(first_gaps: ArrayLike, second_gaps: ArrayLike) -> Regularity | None:
    """Regularity k of the gaps between purchases: 1 is chance, larger is more like a clock.

    One pair of successive gaps per customer, each of shape (n,), any unit. With
    M = first / (first + second), k = (1 - 4 Var M) / (8 Var M) (Wheat and Morrison 1990), the
    standard error by the delta method. None with fewer than two pairs; k is infinite when all
    gaps are equal. Raises ValueError for gaps that are negative or both 0.
    """
    first = floats(first_gaps, "first_gaps", least=0)
    second = floats(second_gaps, "second_gaps", least=0)
    same_length(first_gaps=first, second_gaps=second)
    if len(first) < 2:
        return None
    if (first + second == 0).any():
        raise ValueError("two successive gaps must not both be 0")
    share = first / (first + second)
    spread = float(np.var(share, ddof=1))
    if spread == 0:
        return Regularity(float("inf"), float("inf"), len(first))
    fourth = float(np.mean((share - share.mean()) ** 4))
    error = (max(fourth - spread**2, 0.0) / len(first)) ** 0.5
    return Regularity((1 - 4 * spread) / (8 * spread), error / (8 * spread**2), len(first))


def _distinct(x: Floats, recency: Floats, age: Floats) -> tuple[Ints, Ints]:
    """The first place of each distinct history, and the row of each customer."""
    day = np.rint(recency * DAYS_A_WEEK), np.rint(age * DAYS_A_WEEK)
    exact = all(
        np.allclose(given * DAYS_A_WEEK, whole, rtol=0, atol=1e-6)
        for given, whole in zip((recency, age), day, strict=True)
    )
    if not exact or not x.size:
        _, first, row_of = np.unique(
            np.stack([x, recency, age], axis=1), axis=0, return_index=True, return_inverse=True
        )
        return first, row_of.astype(np.int64).reshape(-1)
    key = np.zeros(len(x), dtype=np.int64)
    cells = 1
    for part in (x, *day):
        low = int(part.min())
        size = int(part.max()) - low + 1
        key *= size
        key += (part - low).astype(np.int64)
        cells *= size
    if cells <= max(_ROOM, 4 * len(x)):
        place = np.full(cells, -1, dtype=np.int64)
        place[key[::-1]] = np.arange(len(key) - 1, -1, -1)
        used = np.flatnonzero(place >= 0)
        rows = np.empty(cells, dtype=np.int64)
        rows[used] = np.arange(len(used))
        return place[used], rows[key]
    _, first, row_of = np.unique(key, return_index=True, return_inverse=True)
    return first, row_of.astype(np.int64)
