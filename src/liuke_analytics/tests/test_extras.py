"""The base works without the extras, and says by name which one is missing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
OPTIONAL = ("pyspark", "sklearn", "fastexcel", "splink", "opencc")
# Everything but what an extra is for.
PARTS = (
    "btyd", "rhythm", "retention", "survival", "rates", "uplift", "forecast", "factors",
    "patterns", "scorecard", "features", "backends", "report", "cli",
    "linkage.likeness", "linkage.pairs", "linkage.cli",
)  # fmt: skip
BLOCK = f"""
import sys
from importlib.abc import MetaPathFinder
class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {OPTIONAL!r}:
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
"""


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", BLOCK + code, *map(str, arguments)],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return python("from liuke_analytics.cli import main; main()", *arguments)


@pytest.fixture
def orders(tmp_path) -> Path:
    path = tmp_path / "orders.csv"
    rows = [f"{number % 90},2023-{1 + number % 12:02}-{1 + number % 28:02},9.5"
            for number in range(0, 9000, 7)]  # fmt: skip
    path.write_text("\n".join(["customer,date,amount", *rows]), encoding="utf-8")
    return path


def test_every_part_of_the_base_imports_and_the_report_runs(orders, tmp_path) -> None:
    lines = "\n".join(f"import liuke_analytics.{part}" for part in PARTS)
    done = python(lines + "\nassert not set(sys.modules) & set(" + repr(OPTIONAL) + ")")
    assert done.returncode == 0, done.stderr
    done = command("report", orders, "--out", tmp_path / "r.html", "--json", tmp_path / "r.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r.html").stat().st_size > 5000


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("import liuke_analytics.text", "text"),
        (
            "import numpy as np; from liuke_analytics.uplift import t_learner; "
            "n = np.arange(400); t_learner(n[:, None], n % 2, n // 2 % 2)",
            "text",
        ),
        ("from liuke_analytics.backends import connect; connect('spark')", "spark"),
    ],
)
def test_what_is_missing_is_named(code: str, extra: str) -> None:
    done = python(code)
    assert done.returncode == 1
    assert f"pip install 'liuke-analytics[{extra}]'" in done.stderr.splitlines()[-1]


def test_the_command_line_names_it_in_both_languages(orders, tmp_path) -> None:
    book = tmp_path / "orders.xlsx"
    book.write_bytes(b"PK")
    for language, word in (("en", "needs"), ("zh", "需要先安装")):
        for arguments, extra in (
            (["report", book], "report"),
            (["report", orders, "--engine", "spark"], "spark"),
        ):
            done = command(*arguments, "--out", tmp_path / "x.html", "--lang", language)
            assert done.returncode == 2
            assert f"liuke-analytics[{extra}]" in done.stderr
            assert word in done.stderr


@pytest.mark.parametrize(("language", "said"), [("en", "finding duplicates"), ("zh", "查找重复")])
def test_a_search_for_duplicates_names_what_it_misses(tmp_path, language, said) -> None:
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["id,name", *(f"{n},客{n}" for n in range(9))]), encoding="utf-8")
    arguments = ["--id", "id", "--map", "name=name", "--out", tmp_path / "x.csv"]
    code = "from liuke_analytics.linkage.cli import dedupe_file; dedupe_file()"
    done = python(code, path, *arguments, "--lang", language)
    assert done.returncode == 2, done.stderr
    assert "pip install 'liuke-analytics[dedupe]'" in done.stderr
    assert said in done.stderr


def test_the_base_asks_for_no_optional_package_and_the_extras_for_all() -> None:
    said = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    base = " ".join(said["dependencies"])
    assert not [name for name in (*OPTIONAL, "scikit-learn") if name in base]
    extras = said["optional-dependencies"]
    assert set(extras) == {"spark", "text", "report", "dedupe"}
    whole = tomllib.loads((HOME.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    everything = whole["dependencies"] + whole["optional-dependencies"]["spark"]
    for wanted in [*said["dependencies"], *(line for lines in extras.values() for line in lines)]:
        assert wanted in everything


def test_what_a_server_imports_is_light() -> None:
    """The product's doors: half of its start would be pandas, which nobody asks for there."""
    doors = ("btyd", "rhythm", "scorecard", "linkage.likeness", "linkage.pairs")
    heavy = {"pandas", "statsmodels", "ibis", "scipy.stats", *OPTIONAL}
    lines = [f"import liuke_analytics.{door}" for door in doors]
    done = python("\n".join([*lines, f"assert not set(sys.modules) & {heavy!r}"]))
    assert done.returncode == 0, done.stderr
