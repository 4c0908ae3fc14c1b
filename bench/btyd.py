"""Fitting and predicting for simulated customers on daily histories, beside `lifetimes`.

    python bench/btyd.py [--customers 1000000] [--many 10000000] [--model bgnbd] [--skip-lifetimes]

Both are given the same three arrays, one entry per customer (purchases, weeks to the last,
weeks watched; times are whole days), fit BG/NBD and give every customer P(alive) and the expected
purchases of the next 39 weeks. `lifetimes` runs twice: as its documentation says, and on
histories that were compressed for it beforehand, free of charge. Then the same for `--many`
customers without `lifetimes`. Prints one line of JSON per run: wall and processor
seconds (they differ where other work shares the machine) and the peak memory of a process of its
own that has read the arrays (`before_mb`).
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from liuke_analytics.btyd import LIFETIMES, BgNbd, Histories

WATCHED_DAYS = 546
JOINED_DAYS = 84
HORIZON = 39.0
TRUTH = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def simulate(customers: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T of customers like those of CDNOW, times cut to whole days, days merged."""
    truth = BgNbd(model="bgnbd", params=TRUTH, se={}, log_likelihood=0.0, customers=0)
    rng = np.random.default_rng(seed)
    age = (WATCHED_DAYS - rng.integers(0, JOINED_DAYS, customers)).astype(np.int64)
    who, week = truth.simulate(age / 7, rng)
    day = np.minimum(np.ceil(week * 7).astype(np.int64), age[who])
    new = np.ones(len(who), dtype=bool)
    new[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    number = np.bincount(who[new], minlength=customers)
    last = np.zeros(customers, dtype=np.int64)
    np.maximum.at(last, who, day)
    return number.astype(np.float64), last / 7, age / 7


def ours(model: str, arrays: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, Any]:
    begin = time.perf_counter()
    histories = Histories.from_arrays(*arrays)
    read = time.perf_counter()
    fitted = LIFETIMES[model].fit(histories)
    done = time.perf_counter()
    rows = histories.frequency, histories.recency, histories.age
    alive = fitted.p_alive(*rows)[histories.row_of]
    expected = fitted.expected(HORIZON, *rows)[histories.row_of]
    end = time.perf_counter()
    return {
        "seconds": end - begin,
        "histories": read - begin,
        "fit": done - read,
        "predict": end - done,
        "distinct": len(histories.counts),
        "n": histories.customers,
        "log_likelihood": fitted.log_likelihood,
        "params": dict(fitted.params),
        "sum_expected": float(expected.sum()),
        "sum_alive": float(alive.sum()),
    }


def lifetimes(
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray], *, compressed: bool
) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter  # noqa: PLC0415 - warns on import, and is not timed

    counts = None
    if compressed:
        histories = Histories.from_arrays(*arrays)
        arrays, counts = (histories.frequency, histories.recency, histories.age), histories.counts
    begin = time.perf_counter()
    fitter = BetaGeoFitter().fit(*arrays, weights=counts)
    done = time.perf_counter()
    alive = np.asarray(fitter.conditional_probability_alive(*arrays))
    expected = np.asarray(
        fitter.conditional_expected_number_of_purchases_up_to_time(HORIZON, *arrays)
    )
    end = time.perf_counter()
    weight = np.ones(len(arrays[0])) if counts is None else counts
    return {
        "seconds": end - begin,
        "fit": done - begin,
        "predict": end - done,
        "n": int(weight.sum()),
        "log_likelihood": _log_likelihood(fitter, arrays, weight),
        "params": {name: float(value) for name, value in fitter.params_.items()},
        "sum_expected": float(weight @ expected),
        "sum_alive": float(weight @ alive),
    }


def _log_likelihood(fitter: Any, arrays: Any, weight: np.ndarray) -> float:
    """What `lifetimes` itself makes of its parameters; the figure it keeps is of rescaled times."""
    logs = np.log(np.array([float(fitter.params_[name]) for name in BgNbd.NAMES]))
    return float(-fitter._negative_log_likelihood(logs, *arrays, weight, 0.0) * weight.sum())


def store(customers: int, folder: str) -> None:
    np.save(Path(folder) / f"{customers}.npy", np.stack(simulate(customers)))


def run(which: str, model: str, customers: int, folder: str) -> dict[str, Any]:
    arrays = tuple(np.load(Path(folder) / f"{customers}.npy"))
    processor = time.process_time()
    begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if which == "liuke":
        found = ours(model, arrays)
    else:
        found = lifetimes(arrays, compressed=which.endswith("compressed"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    processor = time.process_time() - processor
    rounded = {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in found.items()
    }
    return {
        "run": which,
        **rounded,
        "processor": round(processor, 2),
        "peak_mb": round(peak),
        "before_mb": round(begin),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--many", type=int, default=10_000_000)
    parser.add_argument("--model", default="bgnbd", choices=sorted(set(LIFETIMES) - {"bgbb"}))
    parser.add_argument("--skip-lifetimes", action="store_true")
    asked = parser.parse_args()
    runs = ["liuke"]
    if asked.model == "bgnbd" and not asked.skip_lifetimes:
        runs += ["lifetimes", "lifetimes compressed"]
    # A fresh process each: peaks do not mix, nothing is warm for one alone.
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:

        def alone(task: Callable[..., Any], *arguments: object) -> Any:
            with fresh.Pool(1) as pool:
                return pool.apply(task, arguments)

        alone(store, asked.customers, folder)
        results = {}
        for which in runs:
            results[which] = alone(run, which, asked.model, asked.customers, folder)
            print(json.dumps(results[which]), flush=True)
        for which in runs[1:]:
            print(json.dumps(compare(which, results["liuke"], results[which])), flush=True)
        if asked.many:
            alone(store, asked.many, folder)
            found = alone(run, "liuke", asked.model, asked.many, folder)
            print(json.dumps(found), flush=True)


def compare(which: str, mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    return {
        "against": which,
        "faster": round(theirs["seconds"] / mine["seconds"], 1),
        "faster_processor": round(theirs["processor"] / mine["processor"], 1),
        "same_n": theirs["n"] == mine["n"],
        "log_likelihood_gain": round(mine["log_likelihood"] - theirs["log_likelihood"], 4),
    }


if __name__ == "__main__":
    main()
