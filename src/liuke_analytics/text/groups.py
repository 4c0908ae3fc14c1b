"""Groups of like remarks, for people to name, split and merge; never a final code.

Characters in a row (n-grams) need no word list: they work for Chinese, which writes no spaces,
for English with its endings and typing errors, and for both in one line.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from liuke_analytics.extras import need

_cluster = need("sklearn.cluster", "text", "grouping texts")
_words = need("sklearn.feature_extraction.text", "text", "grouping texts")

# Distances between all pairs are held in memory; further texts join the nearest group.
GROUPED_AT_ONCE = 3000
MIN_TEXTS = 10
_RUN = re.compile(r"[^\W_一-鿿㐀-䶿]+|[一-鿿㐀-䶿]+")


class Group(NamedTuple):
    """`members` are indices into the texts, the most typical first; `marks` what they share."""

    members: tuple[int, ...]
    marks: tuple[str, ...]


class Groups(NamedTuple):
    """Groups from large to small, and the indices of texts that are like no others."""

    groups: tuple[Group, ...]
    alone: tuple[int, ...]


def suggest_groups(
    texts: Sequence[str], *, likeness: float = 0.12, smallest: int = 3, seed: int = 0
) -> Groups:
    """Group `texts` whose average cosine likeness is at least `likeness` (0 to 1).

    Groups with fewer than `smallest` members are no groups. ValueError below MIN_TEXTS texts.
    """
    written = [index for index, text in enumerate(texts) if _pieces(text)]
    if len(written) < MIN_TEXTS:
        raise ValueError(f"not enough data: {MIN_TEXTS} texts needed, have {len(written)}")
    vectoriser = _words.TfidfVectorizer(analyzer=_pieces, sublinear_tf=True)
    matrix = vectoriser.fit_transform([texts[index] for index in written])
    generator = np.random.default_rng(seed)
    core = np.sort(generator.permutation(len(written))[:GROUPED_AT_ONCE])
    distance = np.clip(1 - (matrix[core] @ matrix[core].T).toarray(), 0.0, 2.0)
    labels = _cluster.AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - likeness
    ).fit_predict(distance)
    everyone = _joined(matrix, core, labels, likeness)
    names = vectoriser.get_feature_names_out()
    found, alone = [], []
    for label in np.unique(everyone):
        members = np.flatnonzero(everyone == label)
        if label < 0 or len(members) < smallest:
            alone += [written[member] for member in members]
            continue
        centre = np.asarray(matrix[members].mean(axis=0)).ravel()
        typical = members[np.argsort(-(matrix[members] @ centre), kind="stable")]
        marks = _marks(centre - np.asarray(matrix.mean(axis=0)).ravel(), names)
        found.append(Group(tuple(written[member] for member in typical), marks))
    found.sort(key=lambda group: (-len(group.members), group.members))
    return Groups(tuple(found), tuple(sorted(alone)))


def _pieces(text: str) -> list[str]:
    """Chinese in pieces of one to three characters; other words whole and in parts of four.

    Parts carry a mark in front so that they are told from words.
    """
    found = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] >= "㐀":
            found += [run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1)]
        else:
            found.append(run)
            found += [f"_{run[i : i + 4]}" for i in range(len(run) - 3)]
    return found


def _joined(
    matrix: Any, core: NDArray[np.int64], labels: NDArray[np.int64], likeness: float
) -> NDArray[np.int64]:
    """Labels for all rows: those outside `core` join the nearest group, or none (−1)."""
    everyone = np.full(matrix.shape[0], -1, np.int64)
    everyone[core] = labels
    rest = np.setdiff1d(np.arange(matrix.shape[0]), core)
    if len(rest):
        centres = np.vstack([
            np.asarray(matrix[core[labels == label]].mean(axis=0)).ravel()
            for label in range(labels.max() + 1)
        ])  # fmt: skip
        like = matrix[rest] @ centres.T
        everyone[rest] = np.where(like.max(axis=1) >= likeness, like.argmax(axis=1), -1)
    return everyone


def _marks(excess: NDArray[np.float64], names: NDArray[Any], wanted: int = 3) -> tuple[str, ...]:
    """The most telling pieces of two signs or more, none inside another."""
    chosen: list[str] = []
    for index in np.argsort(-excess)[:60]:
        piece = str(names[index])
        if len(piece) < 2 or piece[0] == "_" or excess[index] <= 0:
            continue
        if not any(piece in other or other in piece for other in chosen):
            chosen.append(piece)
        if len(chosen) == wanted:
            break
    return tuple(chosen)
