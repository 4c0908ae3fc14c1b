import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from liuke_analytics.text import groups as module
from liuke_analytics.text import kappa, kappa_of_codes, suggest_groups

PRICE = ["价格太贵了", "价格贵，比别家贵", "太贵了，价格不合适", "价格太高，太贵", "觉得价格太贵"]
LATE = ["送货太慢", "送货慢，等了两周", "发货送货都太慢了", "送货总是慢", "送货慢"]
ENGLISH = ["salesman left the firm", "our salesman left", "the salesman has left", "salesman left"]
TEXTS = [*PRICE, *LATE, *ENGLISH, "其他原因不便说明", "…", ""]


def test_kappa_of_the_published_table():
    found = kappa([[20, 5], [10, 15]])
    assert found.kappa == pytest.approx(0.4)
    assert found.agreed == pytest.approx(0.7)
    assert not found.good
    assert found.interval.low < 0.4 < found.interval.high


def test_kappa_of_codes_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    one = generator.choice(list("abc"), 200).tolist()
    two = [code if generator.random() < 0.8 else "c" for code in one]
    assert kappa_of_codes(one, two).kappa == pytest.approx(cohen_kappa_score(one, two))


def test_kappa_without_choice_is_unknown():
    assert np.isnan(kappa_of_codes(["a"] * 5, ["a"] * 5).kappa)
    with pytest.raises(ValueError, match="square"):
        kappa([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(ValueError, match="same items"):
        kappa_of_codes(["a"], [])


def test_groups_in_two_languages():
    found = suggest_groups(TEXTS)
    sets = [set(group.members) for group in found.groups]
    assert set(range(5)) in sets
    assert set(range(5, 10)) in sets
    assert set(range(10, 14)) in sets
    assert 14 in found.alone
    marks = {min(group.members): group.marks for group in found.groups}
    assert any("贵" in mark for mark in marks[0])
    assert any("送货" in mark for mark in marks[5])
    assert any("sal" in mark or "left" in mark for mark in marks[10])


def test_full_width_and_case_do_not_part():
    texts = ["ＰＲＩＣＥ too high", "price TOO high", "Price  too high", *LATE, *PRICE]
    assert {0, 1, 2} in [set(group.members) for group in suggest_groups(texts).groups]


def test_further_texts_join_the_nearest_group(monkeypatch):
    monkeypatch.setattr(module, "GROUPED_AT_ONCE", 60)
    found = suggest_groups([*PRICE, *LATE] * 10)
    assert sum(len(group.members) for group in found.groups) >= 90
    assert all(len({member % 10 < 5 for member in group.members}) == 1 for group in found.groups)


def test_few_texts_make_no_groups():
    with pytest.raises(ValueError, match="not enough data: 10"):
        suggest_groups(["a"] * 9)
