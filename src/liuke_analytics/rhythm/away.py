"""Who will buy nothing in the days to come: what the scorecards judge."""

import numpy as np

from liuke_analytics.arrays import Floats
from liuke_analytics.btyd.fitting import Lifetime
from liuke_analytics.btyd.histories import DAYS_A_WEEK, Histories
from liuke_analytics.rhythm.threshold import Rhythm


def stay_away(model: Lifetime, beat: Rhythm, histories: Histories, days: int) -> Floats:
    """P(no purchase within `days`), (customers,): gone, or still there and not yet back.

    While still there, the chance of waiting longer than g + h after having waited g is
    S(g + h) / S(g) with S = 1 − the share that is back. Customers leave only after a purchase in
    these models, so nothing else can happen before the next one.
    """
    x, t_x, age = histories.frequency, histories.recency, histories.age
    gap = age - t_x
    waited = 1 - beat.share_back(gap, x, t_x)
    longer = 1 - beat.share_back(gap + days / DAYS_A_WEEK, x, t_x)
    away = np.divide(longer, waited, out=np.ones_like(waited), where=waited > 0)
    told: Floats = 1 - model.p_alive(x, t_x, age) * (1 - away)
    return told[histories.row_of]
