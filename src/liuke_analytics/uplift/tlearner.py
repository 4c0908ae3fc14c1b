"""Whom the treatment helps: one model for the treated, one for the others (T-learner)."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from liuke_analytics.extras import need

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
    MIN_EVENTS people with or without the outcome, MissingExtra without scikit-learn.
    """
    x, w, y = np.asarray(features, float), np.asarray(treated) == 1, np.asarray(outcome) == 1
    arm = 2 * w + y
    fewest = int(np.bincount(arm, minlength=4).min())
    if fewest < MIN_EVENTS:
        raise ValueError(
            f"not enough data: {MIN_EVENTS} people with and without the outcome needed on each "
            f"side, the smallest group has {fewest}"
        )
    what = "a model per side (T-learner)"
    clone = need("sklearn.base", "text", what).clone
    folded = need("sklearn.model_selection", "text", what).StratifiedKFold
    base = model or _ridge(what)
    found = np.zeros(len(y))
    for learn, tell in folded(folds, shuffle=True, random_state=seed).split(x, arm):
        sides = [
            clone(base).fit(x[learn][w[learn] == side], y[learn][w[learn] == side])
            for side in (True, False)
        ]
        told = [side.predict_proba(x[tell])[:, 1] for side in sides]
        found[tell] = told[0] - told[1]
    return found


def _ridge(what: str) -> Any:
    scaled = need("sklearn.preprocessing", "text", what).StandardScaler()
    logistic = need("sklearn.linear_model", "text", what).LogisticRegression(max_iter=1000)
    return need("sklearn.pipeline", "text", what).make_pipeline(scaled, logistic)
