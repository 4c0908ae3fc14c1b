"""The house's own rules: they hold, and breaking one of them is noticed."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "liuke"
BIN = Path(sys.executable).parent
TEMPLATES = sorted(SOURCE.rglob("*.html"))
APPS = {
    "accounts", "exports", "customers", "agenda", "ownership", "sales", "followups", "churn",
    "imports", "desk",
}  # fmt: skip
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")


def files(folder: Path = SOURCE) -> Iterator[Path]:
    """The source that people write, without what is generated."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def lint(code: str, path: str) -> str:
    """What ruff says about code as if it stood at this path."""
    command = [BIN / "ruff", "check", "--quiet", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--stdin-filename", path, "-"], input=code, cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away copy of the modules, to be broken."""
    home = tmp_path_factory.mktemp("house")
    shutil.copytree(
        SOURCE, home / "src" / "liuke",
        ignore=lambda folder, names: {
            name
            for name in names
            if name in {"tests", "static", "locale", "templates", "__pycache__"}
        },
    )  # fmt: skip
    shutil.copy(ROOT / "pyproject.toml", home)
    return home


def imports(home: Path) -> tuple[int, str]:
    """import-linter's verdict on a tree."""
    done = subprocess.run(
        [BIN / "lint-imports", "--no-logo", "--no-cache"], cwd=home, capture_output=True, text=True,
        env={"PYTHONPATH": str(home / "src"), "PATH": str(BIN)}, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_directions_hold(copy: Path) -> None:
    code, said = imports(copy)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("customers/helpers.py", "", "every file is a known room"),
        (
            "customers/services.py",
            "import liuke.churn.models",
            "Apps import only what stands below",
        ),
        ("core/clock.py", "import liuke.accounts.models", "Apps import only what stands below"),
        ("sales/rules.py", "import liuke.sales.models", "rooms import downwards only"),
        ("churn/queries.py", "import liuke.churn.services", "rooms import downwards only"),
        ("imports/rules.py", "import liuke.desk.queries", "Apps import only what stands below"),
        ("churn/rules/kinds.py", "import liuke.core.clock", "Rules know no database and no clock"),
    ],
)
def test_a_broken_direction_is_noticed(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / "src" / "liuke" / path
    before = file.read_text("utf-8") if file.exists() else None
    try:
        file.write_text(f"{before or ''}\n{line}\n", "utf-8")
        code, said = imports(copy)
    finally:
        file.unlink() if before is None else file.write_text(before, "utf-8")
    assert code != 0
    broken = [row for row in said.splitlines() if row.endswith("BROKEN")]
    assert any(contract in row for row in broken), said


def test_every_app_is_watched() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers, rooms, *_rest = settings["contracts"]
    listed = {name.strip() for row in layers["layers"] for name in row.split("|")}
    there = {
        f"liuke.{path.name.removesuffix('.py')}"
        for path in SOURCE.iterdir()
        if (path / "__init__.py").exists() or path.name == "facts.py"
    }
    assert listed == there
    assert set(rooms["containers"]) == {f"liuke.{name}" for name in APPS}
    assert rooms["exhaustive"] is True
    assert there - set(rooms["containers"]) == {"liuke.core", "liuke.facts", "liuke.site"}


@pytest.mark.parametrize("module", SIGNALS)
def test_a_signal_is_noticed(module: str) -> None:
    package, name = module.rsplit(".", 1)
    for line in (
        f"import {module}",
        f"from {module} import Signal",
        f"from {package} import {name}",
    ):
        assert "TID251" in lint(f"{line}\n", "src/liuke/sales/services.py"), line


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("def f():\n    import json\n    return json\n", "PLC0415"),
        ("from datetime import datetime\n\nmoment = datetime.now()\n", "TID251"),
        ("from datetime import date\n\nday = date.today()\n", "TID251"),
        ("from django.utils import timezone\n\nmoment = timezone.now()\n", "TID251"),
        ("print(1)\n", "T201"),
    ],
)
def test_a_banned_habit_is_noticed(code: str, rule: str) -> None:
    assert rule in lint(code, "src/liuke/sales/services.py")


def test_no_exception_is_made_from_the_bans_but_where_it_is_meant() -> None:
    excused = {
        f"{path.relative_to(SOURCE)} {rule}"
        for path in files()
        if "tests" not in path.parts
        for rule in re.findall(r"# noqa: (TID251|PLC0415)", path.read_text("utf-8"))
    }
    assert excused == {"core/clock.py TID251"}
    assert not [path for path in files() if "# noqa\n" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_short_and_has_no_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < 120
    # A block of JSON is data: the browser never runs it.
    script = r'<script(?![^>]*\b(src=|type="application/json"))'
    assert not re.search(script, text), "scripts are files"
    assert not re.search(r"<style\b|\sstyle=", text), "styles are classes"
    assert not re.search(r"\son[a-z]+=", text), "handlers are in the scripts"
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text), "nothing from elsewhere"
    assert "|safe" not in text, "what was typed stays text"


def test_a_file_fits_into_a_head() -> None:
    sizes = {
        str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n")
        for folder in (SOURCE, ROOT / "tests")
        for path in files(folder)
    }
    assert {path: size for path, size in sizes.items() if size > 400} == {}


def test_a_service_says_in_a_line_what_it_does() -> None:
    silent = [
        f"{path.parent.name} {name}"
        for path in sorted(SOURCE.glob("*/services.py"))
        for name, body in re.findall(
            r"^def ([a-z]\w*)\(.*?\) -> [^\n]+:\n(\s+[^\n]+)", path.read_text("utf-8"), re.S | re.M
        )
        if not body.strip().startswith('"""')
    ]
    assert silent == []


def test_what_is_built_is_not_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8")
    for name in ("static/build", "node_modules", ".venv", "var"):
        assert name in ignored
