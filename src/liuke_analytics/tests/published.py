"""Public data sets, read as files: importing `lifetimes` itself would warn."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from liuke_analytics.btyd import Histories


def folder() -> Path:
    spec = find_spec("lifetimes")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "datasets"


def cdnow_summary() -> Histories:
    """The tenth of CDNOW as published: x, t_x, T with two decimals, mean repeat amount."""
    rows = np.genfromtxt(
        folder() / "cdnow_customers_summary_with_transactions.csv", delimiter=",", skip_header=1
    )
    return Histories.from_arrays(rows[:, 1], rows[:, 2], rows[:, 3], mean_value=rows[:, 4])


def cdnow_purchases() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All purchases of the tenth until 1998-06-30: customer, day, amount."""
    lines = (folder() / "CDNOW_sample.txt").read_text().splitlines()
    rows = [line.split() for line in lines]
    days = [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows]
    return (
        np.array([row[1] for row in rows]),
        np.array(days, dtype="datetime64[D]"),
        np.array([float(row[4]) for row in rows]),
    )


def donations() -> Histories:
    """11,104 donors over six yearly chances."""
    rows = np.genfromtxt(folder() / "donations.csv", delimiter=",", skip_header=1)
    return Histories.from_arrays(rows[:, 0], rows[:, 1], rows[:, 2], counts=rows[:, 3])
