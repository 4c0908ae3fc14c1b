import numpy as np
import pytest
from scipy.special import expit, logit

from liuke_analytics.forecast import (
    Deals,
    Unborn,
    crps,
    evaluate,
    recalibrate,
    shock_from_periods,
    simulate,
)

DEALS = Deals(np.full(100, 10.0), np.full(100, 0.3), np.zeros(100))


def test_independent_deals_are_binomial():
    found = simulate(DEALS, [5.0], 30, quota=300.0)
    assert found.mean == pytest.approx(300, rel=0.01)
    assert found.sd == pytest.approx(10 * np.sqrt(100 * 0.3 * 0.7), rel=0.03)
    assert found.quota_probability == pytest.approx(0.54, abs=0.03)


def test_a_common_shock_widens_but_does_not_move():
    found = simulate(DEALS, [5.0], 30, shock=0.5)
    assert found.mean == pytest.approx(300, rel=0.02)
    assert found.sd > 1.8 * 10 * np.sqrt(100 * 0.3 * 0.7)


def test_a_deal_is_as_slow_as_past_ones():
    # Of past deals that took longer than 15 days, half took up to 30.
    found = simulate(Deals([1.0], [1.0], [15.0]), [10, 20, 60], 15)
    assert found.mean == pytest.approx(0.5, abs=0.02)
    nothing = simulate(Deals([1.0], [1.0], [15.0]), [100.0], 15)
    assert nothing.mean == 0


def test_older_than_all_others_gets_a_new_clock():
    assert simulate(Deals([1.0], [1.0], [90.0]), [10.0], 12).mean == 1
    assert simulate(Deals([1.0], [1.0], [90.0]), [10.0], 8).mean == 0


def test_unborn_deals_have_less_time():
    # Opened evenly over 30 days, each needs 10: two thirds are in time.
    found = simulate(Deals([], [], []), [10.0], 30, already=7.0,
                     unborn=Unborn(2.0, [5.0], 0.5), shock=0.4)  # fmt: skip
    assert found.from_unborn == pytest.approx(2 * 30 * 5 * 0.5 * 2 / 3, rel=0.03)
    assert found.from_open == 0
    assert found.mean == pytest.approx(7 + found.from_unborn)


def test_certain_deals_stay_certain():
    assert simulate(Deals([1.0, 1.0], [1.0, 0.0], [0, 0]), [1.0], 2, shock=1.0).draws.tolist() == (
        [1.0] * 10_000
    )


def test_refusals():
    with pytest.raises(ValueError, match="1 won deal"):
        simulate(DEALS, [], 30)
    with pytest.raises(ValueError, match="between 0 and 1"):
        simulate(Deals([1.0], [40.0], [0.0]), [1.0], 30)
    with pytest.raises(ValueError, match="10 won"):
        recalibrate([0.5, 0.6], [1, 0])
    with pytest.raises(ValueError, match="2 periods"):
        evaluate([[1.0]], [1.0])


def test_recalibration_is_found_again():
    generator = np.random.default_rng(1)
    said = generator.uniform(0.05, 0.95, 20_000)
    won = generator.random(20_000) < expit(-0.8 + 0.5 * logit(said))
    bend = recalibrate(said, won)
    assert bend[:2] == pytest.approx((-0.8, 0.5), abs=0.05)
    assert bend([0.5])[0] == pytest.approx(expit(-0.8), abs=0.02)
    assert recalibrate([0.5] * 40, [1] * 30 + [0] * 10)([0.9])[0] == pytest.approx(0.75)


def test_shock_of_past_periods():
    generator = np.random.default_rng(2)
    closed = np.full(400, 200)
    won = generator.binomial(closed, expit(generator.normal(-0.5, 0.4, 400)))
    assert shock_from_periods(won, closed) == pytest.approx(0.4, rel=0.15)
    assert shock_from_periods(generator.binomial(closed, 0.4), closed) < 0.1


def test_crps_of_a_point_is_its_distance():
    assert crps([3.0], 5.0) == 2
    draws = np.random.default_rng(0).normal(size=20_000)
    # Gneiting and Raftery 2007: the standard normal at its centre.
    assert crps(draws, 0.0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=0.01)


def test_a_good_forecast_beats_the_past():
    generator = np.random.default_rng(3)
    level = generator.uniform(50, 150, 40)
    found = evaluate([generator.normal(x, 5, 500) for x in level], generator.normal(level, 5))
    assert found.crps < found.baseline_crps
    assert found.coverage.interval.low < 0.8 < found.coverage.interval.high
