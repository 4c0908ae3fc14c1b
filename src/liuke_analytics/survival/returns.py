"""Return curves: of those lost in a month, how many are back after a while."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from liuke_analytics.arrays import Day, Floats, days, one_day, same_length
from liuke_analytics.survival.kaplan_meier import KaplanMeier


class ReturnCurve(NamedTuple):
    """Of the `lost` customers of a cohort, the share back by `day` days after the loss.

    `day`, `share`, `lower`, `upper` of shape (m,), one per day on which anybody returned;
    `watched` days are known at most, `back` customers have returned so far.
    """

    cohort: np.datetime64
    lost: int
    back: int
    day: Floats
    share: Floats
    lower: Floats
    upper: Floats
    watched: int

    def at(self, day: float) -> float:
        """Share back within `day` days; nan where the cohort has not been watched so long."""
        if day > self.watched:
            return float("nan")
        place = int(np.searchsorted(self.day, day, side="right"))
        return float(self.share[place - 1]) if place else 0.0


def return_curves(
    lost_days: ArrayLike, return_days: ArrayLike, end: Day, *, unit: str = "M"
) -> list[ReturnCurve]:
    """Kaplan-Meier return curve per cohort of loss; who is not back yet counts as watched.

    `lost_days` and `return_days` (NaT: not back) are datetime64[D] of shape (n,), one row per
    loss; `end` is the last day known; cohorts are months ("M"), years ("Y") or weeks ("W").
    Losses after `end` are left out, returns after it unknown. Raises ValueError for a return
    before its loss.
    """
    lost = days(lost_days, "lost_days")
    back = np.atleast_1d(np.asarray(return_days, dtype="datetime64[D]"))
    same_length(lost_days=lost, return_days=back)
    if (back < lost).any():
        raise ValueError("return_days must not precede lost_days")
    if unit not in ("W", "M", "Y"):
        raise ValueError("unit must be W, M or Y")
    stop = one_day(end, "end")
    known = lost <= stop
    lost, back = lost[known], back[known]
    returned = ~np.isnat(back) & (back <= stop)
    spent = (np.where(returned, back, stop) - lost).astype(np.float64)
    cohort = lost.astype(f"datetime64[{unit}]")
    curves = []
    for name in np.unique(cohort):
        mine = cohort == name
        curve = KaplanMeier.fit(spent[mine], returned[mine])
        curves.append(
            ReturnCurve(
                cohort=name,
                lost=int(mine.sum()),
                back=int(returned[mine].sum()),
                day=curve.time,
                share=1 - curve.survival,
                lower=1 - curve.upper,
                upper=1 - curve.lower,
                watched=int(curve.last),
            )
        )
    return curves
