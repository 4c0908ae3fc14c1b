from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke_analytics.btyd import Histories, wheat_morrison

END = np.datetime64("2024-03-31")


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


def test_purchases_of_one_day_are_one() -> None:
    found = Histories.from_purchases(
        ["b", "a", "a", "a", "b"],
        days("2024-03-03", "2024-01-01", "2024-01-15", "2024-01-15", "2024-04-05"),
        [5.0, 1.0, 10.0, 20.0, 9.0],
        end=date(2024, 3, 31),
    )
    assert found.ids is not None
    assert found.mean_value is not None
    assert found.last is not None
    assert found.ids.tolist() == ["a", "b"]
    assert found.frequency[found.row_of].tolist() == [1, 0]
    assert found.recency[found.row_of].tolist() == [2, 0]
    assert found.age[found.row_of].tolist() == pytest.approx([90 / 7, 4])
    assert found.mean_value[0] == 30
    assert np.isnan(found.mean_value[1])
    assert found.last.tolist() == [date(2024, 1, 15), date(2024, 3, 3)]
    assert found.log_gaps == pytest.approx(np.log(2))
    assert (found.customers, found.repeaters) == (2, 1)


def test_whole_weeks_count_backwards_from_the_end() -> None:
    found = Histories.from_purchases(
        [1, 1, 1], days("2024-03-10", "2024-03-24", "2024-03-25"), end=END, period_days=7
    )
    # 2024-03-25 to 03-31 is the last week, 03-18 to 03-24 the one before.
    assert found.frequency.tolist() == [2]
    assert found.recency.tolist() == [3]
    assert found.age.tolist() == [3]


def test_everything_after_the_end_leaves_nobody() -> None:
    found = Histories.from_purchases(["a"], days("2024-05-01"), end=END)
    assert found.customers == 0


purchases = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 60)), min_size=1, max_size=60)


@given(purchases, st.randoms())
def test_one_row_for_each_history_and_order_does_not_matter(rows, random) -> None:
    customers, offsets = map(np.array, zip(*rows, strict=True))
    first = Histories.from_purchases(customers, END - offsets, end=END)
    random.shuffle(rows)
    customers, offsets = map(np.array, zip(*rows, strict=True))
    again = Histories.from_purchases(customers, END - offsets, end=END)
    for name in ("frequency", "recency", "age"):
        np.testing.assert_array_equal(
            getattr(first, name)[first.row_of], getattr(again, name)[again.row_of]
        )
    triples = np.stack([first.frequency, first.recency, first.age])
    assert len(np.unique(triples, axis=1).T) == len(first.counts)
    assert first.customers == len(set(customers.tolist())) == len(first.row_of)
    bought = {(c, d) for c, d in rows}
    assert first.counts @ (first.frequency + 1) == len(bought)


@pytest.mark.parametrize("unit", [1 / 7, 0.1234567])
@pytest.mark.parametrize("far", [1, 100_000])
def test_compression_is_exact_on_every_path(unit: float, far: int) -> None:
    """Counting table, sorted keys, and times that are no whole days."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, 500)
    recency = np.where(x > 0, rng.integers(1, 9, 500), 0) * unit
    age = recency + rng.integers(0, 5, 500) * unit * far
    x[0] = far * (x[0] > 0)
    found = Histories.from_arrays(x, recency, age)
    np.testing.assert_array_equal(found.frequency[found.row_of], x)
    np.testing.assert_array_equal(found.recency[found.row_of], recency)
    np.testing.assert_array_equal(found.age[found.row_of], age)
    assert len(set(zip(x.tolist(), recency.round(9), age.round(9), strict=True))) == len(
        found.counts
    )


def test_counts_weigh() -> None:
    found = Histories.from_arrays([1, 1, 0], [2, 2, 0], [3, 3, 3], counts=[10, 5, 1])
    assert sorted(found.counts.tolist()) == [1, 15]


@pytest.mark.parametrize(
    ("x", "recency", "age", "words"),
    [
        ([1.5], [1], [2], "whole numbers"),
        ([1], [3], [2], "exceed"),
        ([0], [1], [2], "exactly where"),
        ([1], [0], [2], "exactly where"),
        ([-1], [0], [2], "below 0"),
        ([1], [np.nan], [2], "finite"),
        ([1, 2], [1], [2], "length"),
    ],
)
def test_impossible_histories(x, recency, age, words) -> None:
    with pytest.raises(ValueError, match=words):
        Histories.from_arrays(x, recency, age)


def test_bad_purchases() -> None:
    with pytest.raises(ValueError, match="miss a date"):
        Histories.from_purchases(["a"], days("NaT"), end=END)
    with pytest.raises(ValueError, match="finite"):
        Histories.from_purchases(["a"], days("2024-01-01"), [np.nan], end=END)
    with pytest.raises(ValueError, match="length"):
        Histories.from_purchases(["a", "b"], days("2024-01-01"), end=END)
    with pytest.raises(ValueError, match="at least 1"):
        Histories.from_purchases(["a"], days("2024-01-01"), end=END, period_days=0)
    with pytest.raises(ValueError, match="end must not miss"):
        Histories.from_purchases(["a"], days("2024-01-01"), end=np.datetime64("NaT"))


@pytest.mark.parametrize("k", [1, 2, 6])
def test_wheat_morrison_finds_k(k: int) -> None:
    rng = np.random.default_rng(k)
    rate = rng.gamma(1.0, 1.0, 20_000)
    found = wheat_morrison(rng.gamma(k, 1 / rate), rng.gamma(k, 1 / rate))
    assert found is not None
    assert found.k == pytest.approx(k, abs=4 * found.se)
    assert found.se < 0.05 * k


def test_wheat_morrison_at_the_edges() -> None:
    assert wheat_morrison([1.0], [2.0]) is None
    constant = wheat_morrison([7.0] * 9, [7.0] * 9)
    assert constant is not None
    assert constant.k == np.inf
    with pytest.raises(ValueError, match="both be 0"):
        wheat_morrison([0.0, 1.0], [0.0, 1.0])
