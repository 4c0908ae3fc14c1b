import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke_analytics.errors import NotEnoughData
from liuke_analytics.survival import AalenJohansen, KaplanMeier, log_rank, return_curves

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import AalenJohansenFitter, KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test

# Freireich et al. (1963): weeks of remission, 21 patients on 6-MP and 21 on placebo.
MERCAPTOPURINE = np.array(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
)
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])


def test_remission_as_published() -> None:
    found = KaplanMeier.fit(MERCAPTOPURINE, RELAPSED)
    np.testing.assert_allclose(found.at([6, 10, 23]), [0.8571, 0.7529, 0.4482], atol=5e-5)
    assert found.median == 23
    assert KaplanMeier.fit(PLACEBO, np.ones(21)).median == 8
    # Greenwood's standard errors, Kalbfleisch and Prentice.
    place = np.searchsorted(found.time, [6, 10, 23])
    np.testing.assert_allclose(found.se[place], [0.0764, 0.0963, 0.1346], atol=5e-5)


def test_log_rank_as_published() -> None:
    found = log_rank(
        np.r_[MERCAPTOPURINE, PLACEBO],
        np.r_[RELAPSED, np.ones(21)],
        np.repeat(["6-MP", "placebo"], 21),
    )
    assert found.statistic == pytest.approx(16.793, abs=5e-4)
    assert found.freedom == 1
    assert found.p == pytest.approx(4.17e-5, rel=5e-3)
    assert found.observed.tolist() == [9, 21]
    np.testing.assert_allclose(found.expected, [19.25, 10.75], atol=5e-3)


subjects = st.lists(
    st.tuples(st.integers(0, 15), st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=60
)


@given(subjects)
@settings(deadline=None, max_examples=60)
def test_shares_of_all_causes_are_what_kaplan_meier_lost(rows) -> None:
    spent, cause, _ = np.array(rows).T
    shares = AalenJohansen.fit(spent, cause)
    whole = KaplanMeier.fit(spent, cause > 0)
    np.testing.assert_array_equal(shares.time, whole.time)
    if len(whole.time):
        assert abs(shares.share.sum(axis=0) - (1 - whole.survival)).max() <= 1e-12
        assert (
            (shares.lower <= shares.share + 1e-12) & (shares.share <= shares.upper + 1e-12)
        ).all()
        assert ((shares.lower >= 0) & (shares.upper <= 1)).all()


@given(subjects)
@settings(deadline=None, max_examples=40)
def test_kaplan_meier_is_that_of_lifelines(rows) -> None:
    spent, cause, _ = np.array(rows).T
    if not (cause > 0).any():
        return
    found = KaplanMeier.fit(spent, cause > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = KaplanMeierFitter().fit(spent, cause > 0)
    np.testing.assert_allclose(found.survival, np.ravel(other.predict(found.time)), atol=1e-12)
    band = other.confidence_interval_.loc[found.time].to_numpy()
    inner = (found.survival > 0) & (found.survival < 1)
    np.testing.assert_allclose(found.lower[inner], band[inner, 0], atol=1e-9)
    np.testing.assert_allclose(found.upper[inner], band[inner, 1], atol=1e-9)


@given(subjects)
@settings(deadline=None, max_examples=40)
def test_log_rank_is_that_of_lifelines(rows) -> None:
    spent, cause, group = np.array(rows).T
    if len(set(group.tolist())) < 2 or not (cause > 0).any():
        return
    found = log_rank(spent, cause > 0, group)
    assert found.observed.sum() == pytest.approx(found.expected.sum())
    mine = np.linalg.matrix_rank(np.diag(found.expected))
    if mine < len(found.groups) or (found.expected < 0.5).any():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = multivariate_logrank_test(spent, group, cause > 0)
    assert found.statistic == pytest.approx(other.test_statistic, rel=1e-6, abs=1e-8)


def test_competing_shares_and_variance_are_those_of_lifelines() -> None:
    rng = np.random.default_rng(0)
    spent = np.arange(1.0, 301.0)
    cause = rng.choice([0, 1, 2], 300, p=[0.3, 0.4, 0.3])
    found = AalenJohansen.fit(spent, cause)
    for row, label in enumerate(found.causes):
        other = AalenJohansenFitter().fit(spent, cause, event_of_interest=label)
        curve = other.cumulative_density_.iloc[:, 0].loc[found.time].to_numpy()
        np.testing.assert_allclose(found.share[row], curve, atol=1e-12)
        variance = other.variance_.squeeze().loc[found.time].to_numpy()
        known = np.isfinite(variance)
        assert known.sum() >= len(variance) - 1
        np.testing.assert_allclose(found.se[row][known] ** 2, variance[known], rtol=1e-6)


def test_one_minus_kaplan_meier_promises_too_much() -> None:
    spent = np.r_[np.arange(1, 51), np.arange(1, 51)]
    cause = np.repeat(["won", "lost"], 50)
    found = AalenJohansen.fit(spent, cause, censored="open")
    assert found.causes.tolist() == ["lost", "won"]
    np.testing.assert_allclose(found.at([50])[:, 0], 0.5)
    assert 1 - KaplanMeier.fit(spent, cause == "won").survival[-1] > 0.8


@given(subjects)
@settings(deadline=None, max_examples=30)
def test_counts_are_the_same_as_repeating(rows) -> None:
    spent, cause, _ = np.array(rows).T
    counts = 1 + spent % 3
    grouped = AalenJohansen.fit(spent, cause, counts)
    repeated = AalenJohansen.fit(np.repeat(spent, counts), np.repeat(cause, counts))
    np.testing.assert_allclose(grouped.share, repeated.share, atol=1e-12)
    np.testing.assert_allclose(grouped.se, repeated.se, atol=1e-9)
    one = KaplanMeier.fit(spent, cause > 0, counts)
    np.testing.assert_allclose(
        one.se, KaplanMeier.fit(np.repeat(spent, counts), np.repeat(cause > 0, counts)).se
    )


def test_nothing_is_said_beyond_what_was_watched() -> None:
    found = KaplanMeier.fit([1, 2, 5], [1, 0, 0])
    assert found.at(5) == pytest.approx(2 / 3)
    assert np.isnan(found.at(5.1))
    assert found.median == np.inf
    assert KaplanMeier.fit([1, 2], [1, 1]).at(9) == 0
    nobody_ended = KaplanMeier.fit([1, 2], [0, 0])
    assert nobody_ended.at([0, 2]).tolist() == [1, 1]
    assert AalenJohansen.fit([1, 2], [0, 0]).at([1]).shape == (0, 1)


def test_coverage_of_the_bands() -> None:
    """The 95 % band of S(1) holds the truth in 92 to 98 % of 600 samples of 80."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(600):
        end, stop = rng.exponential(1, 80), rng.uniform(0.5, 3, 80)
        found = KaplanMeier.fit(np.minimum(end, stop), end <= stop)
        place = np.searchsorted(found.time, 1.0, side="right") - 1
        held += found.lower[place] <= np.exp(-1) <= found.upper[place]
    assert 0.92 <= held / 600 <= 0.98


def test_return_curves() -> None:
    lost = np.array(["2024-01-05", "2024-01-10", "2024-01-20", "2024-02-01"], "datetime64[D]")
    back = np.array(["2024-01-15", "NaT", "2024-05-01", "NaT"], "datetime64[D]")
    january, february = return_curves(lost, back, np.datetime64("2024-03-31"))
    assert str(january.cohort) == "2024-01"
    assert (january.lost, january.back) == (3, 1)
    assert january.at(9) == 0
    assert january.at(10) == pytest.approx(1 / 3)
    assert np.isnan(january.at(200))
    assert (february.lost, february.back, february.at(30)) == (1, 0, 0)
    # Nobody knew of the return in May at the end of March; later everybody does.
    later = return_curves(lost, back, np.datetime64("2024-06-30"))[0]
    assert later.back == 2
    assert later.at(102) == pytest.approx(2 / 3)


def test_refusals() -> None:
    with pytest.raises(NotEnoughData, match="1 subjects needed"):
        KaplanMeier.fit([], [])
    with pytest.raises(NotEnoughData, match="2 groups needed, 1"):
        log_rank([1, 2], [1, 1], ["a", "a"])
    with pytest.raises(NotEnoughData, match="events"):
        log_rank([1, 2], [0, 0], ["a", "b"])
    with pytest.raises(ValueError, match="below 0"):
        KaplanMeier.fit([-1], [1])
    with pytest.raises(ValueError, match="length"):
        AalenJohansen.fit([1, 2], [1])
    with pytest.raises(ValueError, match="confidence"):
        KaplanMeier.fit([1], [1], confidence=95)
    day = np.array(["2024-01-05"], "datetime64[D]")
    with pytest.raises(ValueError, match="precede"):
        return_curves(day, day - 1, day[0])
    with pytest.raises(ValueError, match="unit"):
        return_curves(day, day, day[0], unit="D")
