"""Help and complaints of the commands in Chinese: complete, and within the width of a screen."""

from unicodedata import east_asian_width

import click
import pytest
from click.testing import CliRunner

from liuke_analytics.cli import main
from liuke_analytics.helping import HELP

COMMANDS = [None, *sorted(main.commands)]


def ask(*arguments: str, **variables: str) -> click.testing.Result:
    return CliRunner(env=variables).invoke(main, list(arguments))


def columns(line: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_chinese_to_the_last_word(command) -> None:
    arguments = [command] if command else []
    done = ask(*arguments, "--help", LIUKE_LANGUAGE="zh")
    assert done.exit_code == 0
    assert done.output.startswith("用法：")
    for line in done.output.splitlines():
        assert columns(line) <= 80, line
    for word in ("Show", "Column", "default", "required", "Usage", "Options:", "OPTIONS"):
        assert word not in done.output


def test_every_text_of_every_command_has_chinese_words() -> None:
    texts = [main.help, *(text for command in main.commands.values()
                          for text in (command.help, command.short_help))]  # fmt: skip
    for command in main.commands.values():
        texts += [option.help for option in command.params if isinstance(option, click.Option)]
    wanted = {" ".join(str(text).split()) for text in texts}
    assert wanted - set(HELP) == set()
    assert set(HELP) - wanted == {"Show this message and exit."}


@pytest.mark.parametrize(
    "arguments",
    [
        ["report", "--help", "--lang", "zh"],
        ["report", "--lang=zh", "--help"],
        ["report", "--language", "zh", "-h"],
    ],
    ids=" ".join,
)
def test_the_language_may_be_said_anywhere_in_the_call(arguments) -> None:
    assert ask(*arguments, LIUKE_LANGUAGE="en").output.startswith("用法：")


def test_help_stays_english_for_the_english() -> None:
    assert ask("fit", "--help", "--lang", "en", LIUKE_LANGUAGE="zh").output.startswith("Usage:")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "nowhere.csv"], "“nowhere.csv”不存在"),
        (["fit", __file__], "缺少 --model"),
        (["fit", __file__, "--model", "x"], "“x”不在可选值之内"),
        (["report", __file__, "--top", "many"], "“many”不是数字"),
        (["report", __file__, "--top", "0"], "0 不在范围 x>=1 之内"),
        (["report", __file__, "--colour"], "没有选项 --colour"),
        (["report", __file__, "more"], "多余的内容：more"),
        (["report", __file__, "--out"], "--out 后面缺少内容"),
        (["report", __file__, "--as-of", "gestern"], "“gestern”不是 2011-12-09 这样的日期"),
        (["repotr"], "没有命令 repotr"),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, list) else "",
)
def test_wrong_calls_are_told_in_chinese(arguments, words) -> None:
    done = ask(*arguments, LIUKE_LANGUAGE="zh")
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Error" not in done.stderr
    assert "Usage" not in done.stderr
