"""From pairs to people: connected components, and no chain that ties two people together."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# Names of two people, as numbers, smaller first.
Clash = frozenset[tuple[int, int]]


def components(size: int, left: Ints, right: Ints) -> Ints:
    """The number of the component of each of `size` records."""
    ones = np.ones(len(left), dtype=np.int8)
    graph = coo_array((ones, (left, right)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def by_first_row(labels: Ints) -> Ints:
    """Clusters numbered from 1 in the order of their first record."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(1, len(first) + 1)
    return np.asarray(rank[inverse], dtype=np.int64)


def pairs(labels: Ints) -> int:
    """How many pairs stand in one cluster."""
    sizes = np.unique(labels, return_counts=True)[1].astype(np.int64)
    return int((sizes * (sizes - 1) // 2).sum())


def largest(labels: Ints) -> int:
    """How many records the largest cluster has."""
    return int(np.unique(labels, return_counts=True)[1].max(initial=0))


def without_giants(
    size: int, left: Ints, right: Ints, weight: Floats, limit: int
) -> NDArray[np.bool_]:
    """Which edges stay when components above `limit` ask for more and more weight."""
    kept = np.ones(len(left), dtype=np.bool_)
    asked = weight.min(initial=0.0)
    while True:
        labels = components(size, left[kept], right[kept])
        giant = np.bincount(labels)[labels] > limit
        asked += 2
        weak = kept & giant[left] & (weight < asked)
        if not giant.any() or (asked > weight.max(initial=0.0)):
            return kept
        kept &= ~weak


def split(
    members: list[int],
    edges: list[tuple[int, int, float]],
    names: Mapping[int, int],
    clash: Clash,
) -> list[list[int]]:
    """One component as groups that hold one person each.

    The strongest edges join first; two groups whose names mostly belong to different people, with
    nothing that ties just those records together, do not join. So a record without a given name
    goes to the one it fits best.
    """
    tied = {(min(a, b), max(a, b)) for a, b, _ in edges}
    group_of = {member: member for member in members}
    groups = {member: [member] for member in members}
    for a, b, _ in sorted(edges, key=lambda edge: (-edge[2], edge[0], edge[1])):
        one, other = group_of[a], group_of[b]
        if one == other or _are_strangers(groups[one], groups[other], names, clash, tied):
            continue
        if len(groups[one]) < len(groups[other]):
            one, other = other, one
        for member in groups[other]:
            group_of[member] = one
        groups[one] += groups.pop(other)
    return [sorted(group) for group in groups.values()]


def _are_strangers(
    one: list[int],
    other: list[int],
    names: Mapping[int, int],
    clash: Clash,
    tied: set[tuple[int, int]],
) -> bool:
    known = [(a, b) for a in one for b in other if a in names and b in names]
    apart = sum(
        (min(names[a], names[b]), max(names[a], names[b])) in clash
        and (min(a, b), max(a, b)) not in tied
        for a, b in known
    )
    return 2 * apart > len(known)


def split_clashing(
    labels: Ints,
    left: Ints,
    right: Ints,
    weight: Floats,
    names: Ints,
    clashes: Mapping[int, Clash],
) -> Ints:
    """Labels in which the components named in `clashes` are split; a name of -1 is unknown."""
    touched = np.isin(labels, np.fromiter(clashes, dtype=np.int64, count=len(clashes)))
    members: dict[int, list[int]] = defaultdict(list)
    for record in np.flatnonzero(touched).tolist():
        members[int(labels[record])].append(record)
    edges: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    inside = np.flatnonzero(touched[left])
    for a, b, strength in zip(
        left[inside].tolist(), right[inside].tolist(), weight[inside].tolist(), strict=True
    ):
        edges[int(labels[a])].append((a, b, strength))
    result = labels.copy()
    following = int(labels.max(initial=-1)) + 1
    for label, records in members.items():
        known = {record: int(names[record]) for record in records if names[record] >= 0}
        for group in split(records, edges[label], known, clashes[label])[1:]:
            result[group] = following
            following += 1
    return result
