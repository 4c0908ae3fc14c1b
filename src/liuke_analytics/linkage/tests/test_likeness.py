"""Two names, one pair at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke_analytics.linkage.likeness import alike, company_core, person_core, slip


@pytest.mark.parametrize(
    "name",
    [
        "上海顺达汽车销售有限公司",
        "顺达汽车销售有限责任公司",
        "上海市顺达汽车销售",
        "顺达汽车销售(上海)有限公司",
    ],
)
def test_one_company_in_many_spellings(name) -> None:
    assert company_core(name) == "顺达汽车销售"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("顺达汽车销售", "顺达汽车销售", "same"),
        ("顺达汽车销售", "顺大汽车销售", "spelling"),
        ("顺达汽车销售", "顺达汽车销售服务", "spelling"),
        ("顺达汽车销售", "宏达机械制造", ""),
        ("王海涛", "王海波", ""),
        ("wanghaitao", "wnaghaitao", "spelling"),
        ("", "", ""),
    ],
)
def test_alike(one, other, expected) -> None:
    assert alike(one, other) == alike(other, one) == expected


def test_titles_and_legal_forms_say_nothing() -> None:
    assert person_core("王海涛先生") == "王海涛"
    assert person_core("王先生") == "王"
    assert company_core("acme trading co ltd") == company_core("acme trading limited")


@given(st.text("ab王", max_size=6), st.text("ab王", max_size=6))
def test_slips_are_a_distance(one, other) -> None:
    assert slip(one, other) == slip(other, one)
    assert (slip(one, other) == 0) == (one == other)
    assert slip(one, other) <= max(len(one), len(other))
