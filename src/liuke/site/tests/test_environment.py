"""What the environment decides, and what is made when it says nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from liuke.site import environment


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch) -> None:
    monkeypatch.delenv("LIUKE_SECRET_KEY", raising=False)


def test_a_key_is_made_once_and_kept(tmp_path) -> None:
    key = environment.secret_key(tmp_path)
    assert len(key) >= 50
    assert environment.secret_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_two_folders_have_two_keys(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert environment.secret_key(tmp_path / "a") != environment.secret_key(tmp_path / "b")


def test_nobody_else_reads_the_key(tmp_path) -> None:
    before = os.umask(0)
    try:
        environment.secret_key(tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_given_key_is_used_and_none_is_made(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LIUKE_SECRET_KEY", "钥匙")
    assert environment.secret_key(tmp_path) == "钥匙"
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_agree_on_one_key(tmp_path) -> None:
    code = (
        "import sys, pathlib; from liuke.site.environment import secret_key;"
        "sys.stdin.readline(); print(secret_key(pathlib.Path(sys.argv[1])))"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in starting:
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate()[0] for process in starting}
    assert len(keys) == 1
    assert keys == {(tmp_path / "secret_key").read_text() + "\n"}
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_who_comes_second_takes_the_key_of_the_first(tmp_path, monkeypatch) -> None:
    """The other process made its key between our look and our own."""
    monkeypatch.setattr(Path, "exists", lambda _path: False)
    first = environment.secret_key(tmp_path)
    assert environment.secret_key(tmp_path) == first


def test_home_is_made_where_the_environment_says(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LIUKE_HOME", str(tmp_path / "顺达" / "数据"))
    assert environment.home() == (tmp_path / "顺达" / "数据").resolve()
    assert environment.home().is_dir()


def test_an_empty_variable_is_no_answer(monkeypatch) -> None:
    monkeypatch.setenv("LIUKE_LANGUAGE", "")
    assert environment.text("LIUKE_LANGUAGE", "zh-hans") == "zh-hans"
    assert environment.number("LIUKE_LANGUAGE", 7) == 7
    assert environment.words("LIUKE_LANGUAGE", "a, b") == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "means"), [("1", True), ("Yes", True), ("0", False), ("", False)]
)
def test_a_flag_is_on_when_it_says_so(monkeypatch, given, means) -> None:
    monkeypatch.setenv("LIUKE_DEBUG", given)
    assert environment.flag("LIUKE_DEBUG") is means
