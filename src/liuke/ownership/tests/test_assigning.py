"""Rules of assignment as arithmetic: who gets whom, and why."""

from collections import Counter

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from liuke.core.text import listed
from liuke.ownership.rules import Portion, Seat, Way, spread
from liuke.ownership.rules.assigning import (
    Pick,
    Terms,
    Traits,
    Worker,
    assign,
    fitting,
    sentence,
)


def rule(pk: int = 1, people=(1, 2), name: str = "x", **more) -> Terms:
    return Terms(pk, name, more.pop("conditions", {}), people, **more)


def team(*people: Worker) -> dict[int, Worker]:
    return {each.pk: each for each in people}


def owners(plan) -> list[int]:
    return [given.to for _pk, given in sorted(plan.given.items())]


def several(count: int, **more) -> list[Traits]:
    return [Traits(pk, **more) for pk in range(1, count + 1)]


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        ({}, {}),
        ({"regions": ["北京", "上海"]}, {"regions": "上海"}),
        ({"regions": ["北京"]}, None),
        ({"tags": ["vip"]}, {"tags": "vip"}),
        ({"tags": ["VI"]}, None),
        ({"interests": ["途观"], "levels": ["A"]}, {"interests": "途观", "levels": "A"}),
        ({"interests": ["途观"], "levels": ["B"]}, None),
        ({"branches": [7]}, {"branches": 7}),
        ({"branches": []}, {}),
        ({"languages": ["英语"]}, None),
    ],
    ids=str,
)
def test_a_rule_fits_when_every_condition_is_met(conditions, met) -> None:
    said = {
        "regions": ["上海市浦东新区张杨路1号"], "tags": ["VIP"], "levels": ["A"],
        "interests": ["大众途观"], "branches": [7],
    }  # fmt: skip
    found = fitting(conditions, Traits(1, said=said))
    assert found == met
    assert found is None or list(found) == [
        name for name in ("branches", "regions", "levels", "interests", "tags") if name in found
    ]


def test_the_first_rule_that_fits_decides_and_says_why() -> None:
    large = rule(1, [2], "华东大客户", conditions={"regions": ["上海"], "levels": ["A"]})
    rest = rule(2, [1, 2], "其余", pick=Pick.TURN)
    some = [
        Traits(1, said={"regions": ["上海市徐汇区"], "levels": ["A"]}),
        Traits(2, said={"regions": ["上海市徐汇区"], "levels": ["B"]}),
    ]
    plan = assign(some, [large, rest], team(Worker(1), Worker(2)))
    assert owners(plan) == [2, 1]
    assert sentence(plan.given[1].why) == (
        "rule “华东大客户”: Region 上海, Level A, the only one free"
    )
    assert sentence(plan.given[2].why) == "rule “其余”: whose turn it was"
    assert plan.turns == {1: 2, 2: 1}
    with translation.override("zh-hans"):
        assert "华东大客户" in sentence(plan.given[1].why)


def test_turns_go_on_where_they_stopped() -> None:
    three = [Worker(1), Worker(2), Worker(3)]
    again = rule(people=[3, 1, 2], pick=Pick.TURN, last=2)
    plan = assign(several(4), [again], team(*three))
    assert owners(plan) == [3, 1, 2, 3]
    assert plan.turns == {1: 3}


def test_who_has_fewest_for_the_working_time_gets_the_next() -> None:
    people = team(Worker(1, live=10), Worker(2, live=4, workload=50), Worker(3, live=9))
    plan = assign(several(4), [rule(people=[1, 2, 3])], people)
    # Full loads of 10, 8 and 9; then of 10, 10 and 9; then all are level.
    assert owners(plan) == [2, 3, 2, 1]
    assert plan.given[1].why["live"] == 4


def test_limits_hold_and_the_next_rule_is_tried() -> None:
    people = team(
        Worker(1, room=1), Worker(2, room_of={"A": 1}), Worker(3, workload=0), Worker(4, room=0)
    )
    first, second = rule(1, [1, 3, 4]), rule(2, [2])
    plan = assign(several(4, level="A"), [first, second], people)
    assert owners(plan) == [1, 2]
    assert list(plan.left) == [3, 4]
    assert people[1].room == 0
    assert people[2].room_of == {"A": 0}


def test_skills_and_languages() -> None:
    people = team(
        Worker(1), Worker(2, skills=frozenset({"钣金", "新能源"})),
        Worker(3, skills=frozenset({"新能源"}), languages=frozenset({"english"})),
    )  # fmt: skip
    skilled = rule(people=[1, 2, 3], skills=["新能源"], speaks=True)
    some = [Traits(1), Traits(2, said={"languages": ["日语", "English"]}),
            Traits(3, said={"languages": ["日语"]})]  # fmt: skip
    plan = assign(some, [skilled], people)
    assert owners(plan) == [2, 3]
    assert list(plan.left) == [3]
    assert sentence(plan.given[2].why) == (
        "rule “x”: can do 新能源, speaks English, the only one free"
    )


def test_customers_who_change_hands_do_not_count_twice() -> None:
    people = team(Worker(1, live=4, room=0), Worker(2))
    plan = assign(several(4, owner_id=1), [rule()], people)
    assert Counter(owners(plan)) == {1: 2, 2: 2}
    assert {each.pk: each.live for each in people.values()} == {1: 2, 2: 2}


LEVELS = st.sampled_from(["", "A", "B"])
SEATS = st.lists(
    st.builds(
        Worker,
        pk=st.integers(1, 6),
        live=st.integers(0, 5),
        room=st.none() | st.integers(0, 4),
        room_of=st.dictionaries(LEVELS, st.integers(0, 3)),
        workload=st.sampled_from([0, 50, 100]),
    ),
    unique_by=lambda each: each.pk,
)
RULES = st.lists(
    st.builds(
        Terms,
        pk=st.integers(1, 5),
        name=st.just("x"),
        conditions=st.fixed_dictionaries({"levels": st.lists(LEVELS, max_size=2)}),
        people=st.lists(st.integers(1, 7), max_size=4),
        pick=st.sampled_from(Pick),
    ),
    unique_by=lambda each: each.pk,
)


@given(levels=st.lists(LEVELS, max_size=30), rules=RULES, people=SEATS)
def test_whatever_happens_limits_hold_and_nobody_is_forgotten(levels, rules, people) -> None:
    customers = [
        Traits(pk, level, said={"levels": [level]}) for pk, level in enumerate(levels, start=1)
    ]
    before = {each.pk: (each.live, each.room, dict(each.room_of)) for each in people}
    known = team(*people)
    plan = assign(customers, rules, known)
    assert set(plan.given) | set(plan.left) == {each.pk for each in customers}
    assert not set(plan.given) & set(plan.left)
    by_pk = {each.pk: each for each in rules}
    got, got_level = Counter(), Counter()
    for each in customers:
        if (given_to := plan.given.get(each.pk)) is not None:
            chosen = by_pk[given_to.rule]
            assert given_to.to in chosen.people
            assert fitting(chosen.conditions, each) is not None
            assert known[given_to.to].workload
            got[given_to.to] += 1
            got_level[given_to.to, each.level] += 1
    for pk, (live, room, room_of) in before.items():
        assert known[pk].live == live + got[pk]
        assert room is None or got[pk] <= room
        assert all(got_level[pk, level] <= limit for level, limit in room_of.items())


@given(count=st.integers(0, 40), rooms=st.lists(st.none() | st.integers(0, 9), min_size=1))
def test_sharing_evenly_stays_within_the_rooms(count: int, rooms) -> None:
    seats = [Seat(pk, room=room) for pk, room in enumerate(rooms)]
    plan = spread([Portion(pk, 0) for pk in range(count)], seats, Way.EVENLY)
    got = Counter(plan.values())
    assert all(seat.room is None or got[seat.pk] <= seat.room for seat in seats)
    if None in rooms:
        assert len(plan) == count
    else:
        assert len(plan) == min(count, sum(rooms))
    free = [got[seat.pk] for seat in seats if seat.room is None or got[seat.pk] < seat.room]
    assert not free or max(free) - min(free) <= 1


def test_words_between_commas() -> None:
    assert listed(" 上海，浦东 新区、VIP;vip,, 北京\n") == ["上海", "浦东 新区", "VIP", "北京"]
    assert listed("") == []
