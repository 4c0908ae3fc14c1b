"""What a treatment changed: people who got it beside people who might have got it but did not.

Treatment must have been drawn at random; `difference` checks the drawn ratio if it is told.
"""

from liuke_analytics.uplift.effect import Effect, difference, mean_difference, sample_ratio_p
from liuke_analytics.uplift.qini import Qini, qini
from liuke_analytics.uplift.sequential import LOOKS, Evidence, Verdict, e_process, look
from liuke_analytics.uplift.tlearner import t_learner
from liuke_analytics.uplift.trial import Comparison, Trial, trial

__all__ = [
    "LOOKS",
    "Comparison",
    "Effect",
    "Evidence",
    "Qini",
    "Trial",
    "Verdict",
    "difference",
    "e_process",
    "look",
    "mean_difference",
    "qini",
    "sample_ratio_p",
    "t_learner",
    "trial",
]
