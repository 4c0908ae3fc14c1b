import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from liuke_analytics.btyd import Histories, MbgCnbdK, NotEnoughData, geometric
from liuke_analytics.rhythm import Rhythm, coverage
from liuke_analytics.tests import published

RHYTHM = Rhythm(k=2.0, r=1.5, alpha=6.0)


def simulated(
    rhythm: Rhythm, customers: int, gaps: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Nobody leaves: `gaps` gaps for each customer, cut to days."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(rhythm.r, 1 / rhythm.alpha, customers)
    weeks = rng.gamma(rhythm.k, 1.0, (customers, gaps)) / rate[:, None]
    day = np.ceil(np.cumsum(np.c_[np.zeros(customers), weeks], axis=1) * 7).astype(np.int64)
    return np.repeat(np.arange(customers), gaps + 1), day.ravel().astype("datetime64[D]")


def test_the_formula() -> None:
    b = beta.ppf(0.9, 2.0, 1.5 + 2.0 * 4)
    assert RHYTHM.threshold(0.9, 4, 20.0) == pytest.approx(26.0 * b / (1 - b))
    assert RHYTHM.share_back(RHYTHM.threshold(0.9, 4, 20.0), 4, 20.0) == pytest.approx(0.9)


@given(
    st.floats(0.01, 0.98),
    st.floats(0.001, 0.019),
    st.integers(0, 500),
    st.floats(0.15, 500),
    st.floats(0.2, 20),
    st.floats(0.05, 50),
)
@settings(deadline=None)
def test_monotone_in_q_and_inverse_of_the_share(q, more, x, t_x, k, r) -> None:
    rhythm = Rhythm(k=k, r=r, alpha=5.0)
    t_x = t_x if x else 0.0
    low, high = rhythm.threshold(q, x, t_x), rhythm.threshold(q + more, x, t_x)
    assert 0 <= low <= high
    if 1e-6 < low < 1e9:
        assert rhythm.share_back(low, x, t_x) == pytest.approx(q, abs=1e-6)


@pytest.mark.parametrize("q", [0.5, 0.9, 0.98])
def test_coverage_in_simulation(q: float) -> None:
    """True parameters: each band within four standard errors of q, and of the day's rounding."""
    customer, day = simulated(RHYTHM, 4000, 12, seed=1)
    rows = coverage(RHYTHM, customer, day, q)
    assert [row.known for row in rows] == [0, 1, 2, 3, 5, 10]
    assert sum(row.gaps for row in rows) > 47_900  # a few fall on one day
    for row in rows:
        error = (q * (1 - q) / row.gaps) ** 0.5
        assert row.share == pytest.approx(q, abs=4 * error + 0.012)
        assert row.lower <= row.share <= row.upper


def test_coverage_beats_the_rules_of_thumb() -> None:
    """After one gap: twice the gap, and mean + 2 sd after four, miss what they promise."""
    customer, day = simulated(RHYTHM, 4000, 5, seed=2)
    gaps = np.diff(day.astype(np.int64).reshape(4000, 6), axis=1)
    twice = (gaps[:, 1] <= 2 * gaps[:, 0]).mean()
    spread = (gaps[:, 4] <= gaps[:, :4].mean(axis=1) + 2 * gaps[:, :4].std(axis=1)).mean()
    own = {row.known: row.share for row in coverage(RHYTHM, customer, day, 0.9)}
    assert abs(own[1] - 0.9) < 0.02 < 0.9 - twice
    assert abs(own[3] - 0.9) < 0.02 < 0.9 - spread


def test_coverage_judges_only_what_began_later() -> None:
    customer = ["a"] * 4 + ["b"]
    day = np.array(["2024-01-01", "2024-01-08", "2024-01-08", "2024-03-01", "2024-01-01"])
    everything = coverage(RHYTHM, customer, day.astype("datetime64[D]"), 0.9)
    assert [(row.known, row.gaps) for row in everything] == [(0, 1), (1, 1)]
    later = coverage(RHYTHM, customer, day.astype("datetime64[D]"), 0.9, since="2024-01-05")
    assert [(row.known, row.gaps) for row in later] == [(1, 1)]


@pytest.mark.parametrize("weeks", [20, 30, 60])
def test_a_short_record_is_not_flattered(weeks: int) -> None:
    """Judged at the end of a record, ended gaps alone would promise more than is kept."""
    customer, day = simulated(RHYTHM, 30_000, 25, seed=4)
    rng = np.random.default_rng(4)
    # Customers join at any time; the record begins late in their lives and stops after `weeks`.
    start = np.datetime64("1970-01-01")
    day = day + rng.integers(0, 7 * weeks, 30_000)[customer]
    end = start + 7 * weeks
    there = day <= end
    customer, day = customer[there], day[there]
    flattered = coverage(RHYTHM, customer, day, 0.9)
    honest = coverage(RHYTHM, customer, day, 0.9, end=end)
    assert flattered[0].share > 0.925
    total = sum(row.gaps for row in honest)
    assert sum(row.share * row.gaps for row in honest) / total == pytest.approx(0.9, abs=0.015)
    for row in honest:
        # Beyond, days are too coarse for gaps of a few of them.
        if row.gaps > 300 and row.known < 5:
            assert row.share == pytest.approx(0.9, abs=0.03)
            assert row.lower < row.share < row.upper


def test_a_record_too_short_to_judge_says_nothing() -> None:
    customer, day = simulated(RHYTHM, 50, 3, seed=5)
    assert coverage(RHYTHM, customer, day, 0.9, since=day.max(), end=day.max()) == []
    assert coverage(RHYTHM, customer, day, 0.9, end=day.min() + 7) == []


def test_dates_follow_the_customer() -> None:
    last = np.array(["2024-03-01", "2024-03-01"], dtype="datetime64[D]")
    often, seldom = [20, 2], [40.0, 40.0]
    found = RHYTHM.dates(often, seldom, last)
    assert (last < found.expected).all()
    assert (found.expected < found.at_risk).all()
    assert (found.at_risk < found.lost).all()
    assert found.lost[0] < found.lost[1]
    day = (found.at_risk - last).astype(int)
    threshold = RHYTHM.threshold(0.9, often, seldom) * 7
    assert ((day - 1 < threshold) & (threshold <= day)).all()


def test_a_million_at_once_is_the_same_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    x = rng.integers(0, 30, 1_000_000)
    t_x = np.where(x > 0, rng.random(1_000_000) * 100 + 0.2, 0.0)
    found = RHYTHM.threshold(0.9, x, t_x)
    for place in (0, 17, 999_999):
        assert found[place] == RHYTHM.threshold(0.9, x[place], t_x[place])


def test_extremes_stay_on_the_calendar() -> None:
    strange = Rhythm(k=1.0, r=1e-3, alpha=1e3)
    last = np.array(["2024-03-01"], dtype="datetime64[D]")
    found = strange.dates([0], [0.0], last)
    assert found.lost[0] > last[0]
    assert not np.isnat(found.lost).any()


def test_rhythm_of_a_fit() -> None:
    histories = Histories.from_purchases(
        *published.cdnow_purchases(), end=np.datetime64("1997-09-30")
    )
    fitted = MbgCnbdK.fit(histories)
    rhythm = Rhythm.fit(histories)
    assert rhythm == Rhythm.of(fitted)
    assert rhythm == Rhythm(1.0, fitted.params["r"], fitted.params["alpha"])
    with pytest.raises(NotEnoughData):
        Rhythm.fit(Histories.from_arrays([1], [2], [3]))


def watched_a_year(leave: float, customers: int = 400) -> Histories:
    """Gaps of four stages; everybody leaves after each purchase with the same probability."""
    rng = np.random.default_rng(5)
    rate = rng.gamma(2.0, 1 / 2.0, customers)
    week = np.cumsum(rng.gamma(4.0, 1.0, (customers, 250)) / rate[:, None], axis=1)
    if leave:
        week[np.arange(250) >= (rng.geometric(leave, customers) - 1)[:, None]] = np.inf
    who, place = np.nonzero(week <= 52)
    start = np.datetime64("2024-01-01")
    day = np.r_[np.zeros(customers, dtype=np.int64), np.ceil(week[who, place] * 7).astype(np.int64)]
    return Histories.from_purchases(np.r_[np.arange(customers), who], start + day, end=start + 364)


def test_customers_who_all_stay_have_a_rhythm_too() -> None:
    """No model of leaving can be fitted to them, which is no reason to know no gap."""
    histories = watched_a_year(0.0)
    with pytest.raises(NotEnoughData, match="no inner maximum"):
        MbgCnbdK.fit(histories)
    rhythm = Rhythm.fit(histories)
    assert rhythm.k == 4
    assert rhythm.r == pytest.approx(2.0, abs=0.6)
    assert rhythm.alpha == pytest.approx(2.0, abs=0.6)


def test_customers_who_all_leave_alike_are_not_taken_for_staying() -> None:
    histories = watched_a_year(0.15)
    assert geometric.fit_staying(histories, 4, 1) is None
    assert geometric.fit_staying(watched_a_year(0.0), 4, 1) is not None
    with pytest.raises(NotEnoughData, match="no inner maximum"):
        MbgCnbdK.fit(histories)
    rhythm = Rhythm.fit(histories)
    assert rhythm.k == 4
    assert rhythm.r == pytest.approx(2.0, abs=0.6)
    assert rhythm.alpha == pytest.approx(2.0, abs=0.6)
    odds = geometric.fit_alike(histories, 4, 1).values[2]
    assert odds / (1 + odds) == pytest.approx(0.15, abs=0.04)


def test_bad_calls() -> None:
    for q in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="q must"):
            RHYTHM.threshold(q, 1, 2.0)
    with pytest.raises(ValueError, match="rise"):
        RHYTHM.dates([1], [2.0], np.array(["2024-01-01"], dtype="datetime64[D]"), (0.9, 0.5, 0.98))
    with pytest.raises(ValueError, match="miss a date"):
        RHYTHM.dates([1], [2.0], np.array(["NaT"], dtype="datetime64[D]"))
    with pytest.raises(ValueError, match="k must be positive"):
        Rhythm(k=0.0, r=1.0, alpha=1.0)
