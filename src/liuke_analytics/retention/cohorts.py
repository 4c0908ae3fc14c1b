"""Cohort tables: of those who first bought in a month, how many bought in each month after it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from liuke_analytics.arrays import Day, Days, Floats, Ints, days, one_day, same_length


class CohortTable(NamedTuple):
    """Row per cohort, column per period since the first purchase (column 0: everybody).

    `cohorts` are the first days of the periods, shape (c,), `size` their customers; `active` and
    `share` have shape (c, p) with nan in periods that had not ended by `end`. `running` tells
    that the last period was still running and is left out with all after it.
    """

    cohorts: Days
    size: Ints
    active: Floats
    share: Floats
    running: bool


def cohort_table(
    customer_ids: ArrayLike, purchase_days: ArrayLike, *, end: Day, unit: str = "M"
) -> CohortTable:
    """Cohorts of first purchase against purchases later, one row per purchase, shape (n,).

    `unit` is a month ("M"), week ("W", from Thursday as numpy counts them) or year ("Y").
    Purchases after `end`, the last day known, are left out, and so is a period that `end` cuts.
    Raises ValueError for another unit.
    """
    if unit not in ("W", "M", "Y"):
        raise ValueError("unit must be W, M or Y")
    names = np.atleast_1d(np.asarray(customer_ids))
    when = days(purchase_days, "purchase_days")
    same_length(customer_ids=names, purchase_days=when)
    stop = one_day(end, "end")
    last = stop.astype(f"datetime64[{unit}]").astype(np.int64)
    after = (stop + 1).astype(f"datetime64[{unit}]").astype(np.int64)
    running = bool(after == last)
    through = last - 1 if running else last
    period = when.astype(f"datetime64[{unit}]").astype(np.int64)
    known = (when <= stop) & (period <= through)
    _, customer = np.unique(names[known], return_inverse=True)
    period = period[known]
    first = np.full(customer.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, customer, period)
    cohort, of_customer = np.unique(first, return_inverse=True)
    width = int(through - cohort[0]) + 1 if len(cohort) else 0
    visits = np.unique(np.stack([customer, period - first[customer]]), axis=1)
    active = np.zeros((len(cohort), width))
    np.add.at(active, (of_customer[visits[0]], visits[1]), 1.0)
    reach = through - cohort
    active[np.arange(width) > reach[:, None]] = np.nan
    size = np.bincount(of_customer, minlength=len(cohort))
    starts = cohort.astype(f"datetime64[{unit}]").astype("datetime64[D]")
    return CohortTable(starts, size, active, active / np.maximum(size, 1)[:, None], running)
