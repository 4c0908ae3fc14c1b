"""Whom the treatment helps: one model for the treated, one for the others (T-learner)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# Each side must be able to carry a model at all; uplift needs thousands to be worth acting on.
MIN_EVENTS = 20


def t_learner(
    features: ArrayLike,
    treated: ArrayLike,
    outcome: ArrayLike,
    model: Any = None,
    folds: int = 5,
    seed: int = 0,
) -> NDArray[np.float64]:
    """P(outcome | treated) − P(outcome | not), per person, by models that never saw that person.

    features (people, columns); treated and outcome (people,) of 0 and 1; `model` is any
    scikit-learn classifier (default: ridge logistic). ValueError when a side has fewer than
    MIN_EVENTS people with or without the outcome.
    """
    x, w, y = np.asarray(features, float), np.asarray(treated) == 1, np.asarray(outcome) == 1
    arm = 2 * w + y
    fewest = int(np.bincount(arm, minlength=4).min())
    if fewest < MIN_EVENTS:
        raise ValueError(
            f"not enough data: {MIN_EVENTS} people with and without the outcome needed on each "
            f"side, the smallest group has {fewest}"
        )
    base = model or make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    found = np.zeros(len(y))
    for learn, tell in StratifiedKFold(folds, shuffle=True, random_state=seed).split(x, arm):
        sides = [
            clone(base).fit(x[learn][w[learn] == side], y[learn][w[learn] == side])
            for side in (True, False)
        ]
        told = [side.predict_proba(x[tell])[:, 1] for side in sides]
        found[tell] = told[0] - told[1]
    return found
