"""Spark compares and DuckDB compares: the same clusters."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from liuke_analytics.linkage import spark
from liuke_analytics.linkage.tests import people
from liuke_analytics.linkage.tests.test_dedupe import clusters_of, run


@pytest.fixture(scope="module")
def _spark() -> None:
    missing = ""
    if find_spec("pyspark") is None:
        missing = "Spark is not installed: pip install 'liuke[spark]'"
    elif shutil.which("java") is None:
        missing = "Java is not installed"
    if missing and os.environ.get("LIUKE_REQUIRE_SPARK"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.mark.slow
@pytest.mark.usefixtures("_spark")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_spark_gives_the_same_clusters_for_100_000_rows(tmp_path: Path) -> None:
    path = people.write(people.simulate(40_000, seed=5), tmp_path / "people.csv")
    expected = clusters_of(path, people.MAPPING)
    assert len(expected) > 90_000
    assert clusters_of(path, people.MAPPING, "--engine", "spark") == expected


def test_what_spark_calls_otherwise_is_renamed() -> None:
    level = {
        "sql_condition": "3 * len(list_intersect(words_l, words_r)) >= len(words_l) "
        "or jaro_winkler_similarity(a_l, a_r) > 0.9",
        "m_probability": 0.1,
    }
    assert spark.for_spark(level) == {
        "sql_condition": "3 * size(array_intersect(words_l, words_r)) >= size(words_l) "
        "or jaro_winkler(a_l, a_r) > 0.9",
        "m_probability": 0.1,
    }


def test_spark_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, extra: str, what: str) -> object:
        raise spark.MissingEngine("{what} needs {extra}", what=what, extra=extra)

    monkeypatch.setattr(spark, "need", missing)
    path = people.write(people.simulate(10, seed=5), tmp_path / "people.csv")
    result = run(path, people.MAPPING, "--engine", "spark")
    assert result.exit_code == 2
    assert "comparing with Spark needs spark" in result.output
