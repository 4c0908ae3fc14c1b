"""A file of a trial: one row per person with what they got and what came of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from liuke_analytics.errors import NotEnoughData
from liuke_analytics.saying import Said
from liuke_analytics.uplift.effect import Effect, difference, mean_difference

_NOTHING = ("0", "0.0", "false", "f", "no", "n", "none", "control", "holdout", "no e-mail",
            "no email", "untreated", "placebo", "对照", "对照组", "否", "无")  # fmt: skip
_YES = {"1": 1.0, "1.0": 1.0, "true": 1.0, "t": 1.0, "yes": 1.0, "y": 1.0, "是": 1.0}
_NO = {"0": 0.0, "0.0": 0.0, "false": 0.0, "f": 0.0, "no": 0.0, "n": 0.0, "否": 0.0}


class Comparison(NamedTuple):
    """One treatment against the control."""

    treatment: str
    effect: Effect


class Trial(NamedTuple):
    """`kind` is "share" for yes/no outcomes and "mean" for others; `left_out` rows miss one."""

    kind: str
    control: str
    comparisons: tuple[Comparison, ...]
    rows: int
    left_out: int


def trial(
    treatment: Sequence[str | None],
    outcome: Sequence[str | None],
    control: str | None = None,
    level: float = 0.95,
) -> Trial:
    """Compare every treatment with the control; both columns as text, (people,).

    `control` left out: the value that usually means nothing was done. Raises ValueError if none
    does, NotEnoughData with one value of treatment only.
    """
    numbers = np.array([numeric(value) for value in outcome])
    given = np.array([(value or "").strip() for value in treatment])
    used = (given != "") & ~np.isnan(numbers)
    given, numbers = given[used], numbers[used]
    values = sorted(set(given.tolist()))
    if len(values) < 2:
        raise NotEnoughData("treatments", needed=2, have=len(values))
    base = _control(values, control)
    plain = bool(np.isin(numbers, (0, 1)).all())
    found = tuple(
        Comparison(value, _effect(numbers[given == value], numbers[given == base], plain, level))
        for value in values
        if value != base
    )
    return Trial("share" if plain else "mean", base, found, len(used), int((~used).sum()))


def _control(values: Sequence[str], control: str | None) -> str:
    if control is not None:
        if control in values:
            return control
        raise Said(
            "nobody has the control {control!r}; there are: {values}",
            control=control, values=", ".join(values),
        )  # fmt: skip
    found = [value for value in values if value.lower() in _NOTHING]
    if len(found) == 1:
        return found[0]
    raise Said("say which is the control with --control: {values}", values=", ".join(values[:10]))


def _effect(
    treated: NDArray[np.float64], control: NDArray[np.float64], plain: bool, level: float
) -> Effect:
    if plain:
        return difference(int(treated.sum()), len(treated), int(control.sum()), len(control), level)
    return mean_difference(treated, control, level)


def numeric(value: Any) -> float:
    """Yes is 1, no is 0, a number itself, anything else nan."""
    text = str(value).strip().lower() if value is not None else ""
    if text in _YES:
        return _YES[text]
    if text in _NO:
        return _NO[text]
    try:
        number = float(text)
    except ValueError:
        return float("nan")
    return number if np.isfinite(number) else float("nan")
