"""Pairs to people."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liuke_analytics.linkage import clusters

EDGES = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


@given(EDGES)
def test_components_are_what_edges_reach(edges: list[tuple[int, int]]) -> None:
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    labels = clusters.components(20, left, right)
    groups = {record: {record} for record in range(20)}
    for a, b in edges:
        whole = groups[a] | groups[b]
        for record in whole:
            groups[record] = whole
    for a in range(20):
        assert {b for b in range(20) if labels[a] == labels[b]} == groups[a]


def test_numbers_follow_the_first_record() -> None:
    labels = clusters.by_first_row(np.array([7, 3, 7, 0, 3]))
    assert labels.tolist() == [1, 2, 1, 3, 2]
    assert clusters.pairs(labels) == 2
    assert clusters.largest(labels) == 2


def test_a_record_without_given_name_goes_to_the_stronger_side() -> None:
    # 0, 1 are 张伟, 3, 4 are 张丽, 2 is 张先生 with the phone of both.
    edges = [(0, 1, 30.0), (3, 4, 30.0), (1, 2, 12.0), (2, 3, 8.0)]
    found = clusters.split([0, 1, 2, 3, 4], edges, {0: 0, 1: 0, 3: 1, 4: 1}, frozenset({(0, 1)}))
    assert sorted(found) == [[0, 1, 2], [3, 4]]


def test_names_that_are_tied_by_an_edge_of_their_own_stay() -> None:
    edges = [(0, 1, 30.0), (1, 2, 12.0), (0, 2, 8.0)]
    found = clusters.split([0, 1, 2], edges, {0: 0, 1: 0, 2: 1}, frozenset({(0, 1)}))
    assert found == [[0, 1, 2]]


def test_a_chain_of_weak_pairs_makes_no_giant() -> None:
    # Twenty strong pairs in a row, each tied weakly to the next.
    left, right = np.arange(39), np.arange(1, 40)
    weight = np.where(left % 2 == 0, 30.0, 4.0)
    kept = clusters.without_giants(40, left, right, weight, limit=10)
    assert kept.tolist() == (left % 2 == 0).tolist()


def test_nothing_to_tie() -> None:
    none = np.empty(0, np.int64)
    kept = clusters.without_giants(3, none, none, np.empty(0), limit=2)
    assert kept.tolist() == []
    assert clusters.components(3, none, none).tolist() == [0, 1, 2]
