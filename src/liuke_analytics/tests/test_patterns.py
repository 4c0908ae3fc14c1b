import numpy as np
import pytest

from liuke_analytics.patterns import Case, patterns


def _cases(seed, effect, n=600):
    """Half go through "price rise" then "late"; it raises the daily hazard by `effect`."""
    generator = np.random.default_rng(seed)
    made = []
    for index in range(n):
        first, gap = generator.uniform(1, 30), generator.uniform(1, 10)
        pattern = index % 2
        changes = [(first, "price rise"), (first + gap, "late")] if pattern else []
        changes += [(float(day), "note") for day in generator.uniform(0, 90, 2)]
        base = generator.exponential(120)
        begun = first + gap
        lost_at = base if not pattern or base < begun else begun + (base - begun) / (1 + effect)
        end = min(lost_at, 90.0)
        seen = sorted(change for change in changes if change[0] <= end)
        made.append(Case("offer", end, lost_at < 90, seen))
    return made


def test_a_true_order_is_found():
    found = patterns(_cases(1, 2.0), permutations=500)
    assert ("price rise", "late") in [row.symbols for row in found.patterns if row.p < 0.05]
    assert all("note" not in row.symbols or len(row.symbols) > 1
               for row in found.patterns if row.p < 0.05)  # fmt: skip
    best = found.patterns[0]
    assert best.before_loss.value > best.controls.value
    assert ("late", "price rise") not in [row.symbols for row in found.patterns]


def test_no_effect_is_seldom_found():
    hits = []
    for seed in range(40):
        found = patterns(_cases(seed, 0.0, 200), permutations=200)
        hits.append(any(row.p <= 0.05 for row in found.patterns))
    assert np.mean(hits) <= 0.15


def test_controls_are_only_read_up_to_the_same_age():
    lost = [Case("s", 10.0, True, [(5.0, "x")]) for _ in range(6)]
    late = [Case("s", 90.0, False, [(50.0, "x")]) for _ in range(60)]
    found = patterns([*lost, *late], permutations=50)
    assert found.patterns[0].controls.events == 0
    assert found.patterns[0].before_loss.value == 1
    assert found.tested == 1


def test_other_stages_are_no_controls():
    lost = [Case("s", 10.0, True, [(5.0, "x")]) for _ in range(6)]
    others = [Case("t", 90.0, False, []) for _ in range(60)]
    with pytest.raises(ValueError, match="not enough data: 5"):
        patterns([*lost, *others])


def test_lead_time_cuts_the_last_days():
    lost = [Case("s", 10.0, True, [(9.0, "x")]) for _ in range(6)]
    open_ = [Case("s", 90.0, False, []) for _ in range(60)]
    assert patterns([*lost, *open_], lead=2.0, permutations=50).tested == 0
