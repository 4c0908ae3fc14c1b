"""Refusals and answers of the command line in both languages; nothing is said in English only."""

import ast
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from liuke_analytics.cli import main
from liuke_analytics.errors import LEFT_OUT, NotEnoughData
from liuke_analytics.linkage.cli import dedupe_file
from liuke_analytics.saying import ZH, default_language, say

HOME = Path(__file__).resolve().parents[1]
TELLERS = {"say", "Said", "Unclear", "Unreadable", "Unusable", "MissingEngine", "MissingExtra",
           "NotEnoughData"}  # fmt: skip
# Only reached from Python.
ELSEWHERE = {"ended contracts", "renewals", "exposed customers",
             "customers in the same periods in each group"}  # fmt: skip


def texts() -> set[str]:
    """Every text that the code hands to one of the tellers first, or calls a template."""
    found = set()
    for path in HOME.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            first = None
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0] if name in TELLERS else None
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "template":
                first = node.value
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_everything_said_has_chinese_words() -> None:
    said = texts()
    assert len(said) > 40
    assert said - set(ZH) - ELSEWHERE == set()
    assert set(LEFT_OUT.values()) <= set(ZH)


def test_both_languages_have_the_same_values() -> None:
    for english, chinese in ZH.items():
        names = [set(re.findall(r"\{(\w+)", text)) for text in (english, chinese)]
        # A Chinese sentence may have its own word for a value.
        assert {name.removesuffix("_zh") for name in names[1]} == names[0]
        assert re.search("[一-鿿（，]", chinese)


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LIUKE_LANGUAGE": "zh-hans", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LIUKE_LANGUAGE": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_language_follows_the_product_then_the_system(monkeypatch, variables, language) -> None:
    for name in ("LIUKE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language


def test_too_little_is_told_with_its_reasons() -> None:
    refusal = NotEnoughData("usable rows", needed=1, have=0, left_out={"no_date": 3, "later": 2})
    assert str(refusal) == (
        "not enough data: 1 usable rows needed, 0 there (3 without a date, or with none that can "
        "be read, 2 dated later than the day judged on)"
    )
    assert refusal.told("zh") == (
        "数据不足：需要可用的行 1，现有 0（3 行没有日期或日期无法识别，2 行日期晚于判断日）"
    )


BAD = [
    (["report", "orders.csv", "--customer", "wer"], 2, "no column 'wer'", "没有“wer”这一列"),
    (["report", "orders.csv", "--as-of", "gestern"], 2, "is not a date", "不是 2011-12-09 这样"),
    (["report", "odd.csv"], 2, "which column is the date", "请用 --date 指明哪一列是日期"),
    (["report", "dates.csv"], 2, "read two ways", "日期有两种读法"),
    (["report", "empty.csv"], 1, "the file is empty", "文件是空的"),
    (["fit", "orders.csv", "--model", "mbgnbd"], 1, "customers needed, 2 there", "需要客户"),
    (["fit", "orders.csv", "--model", "gammagamma"], 1, "no amounts", "没有金额"),
    (["fit", "sums.csv", "--model", "bgnbd"], 1, "not exceed age", "不能晚于 T"),
    (["uplift", "trial.csv", "--treatment", "got", "--outcome", "came"], 2, "no column", "没有"),
    (["uplift", "trial.csv", "--treatment", "arm", "--outcome", "came"], 1,
     "which is the control", "哪个是对照"),
    (["uplift", "trial.csv", "--treatment", "arm", "--outcome", "came", "--control", "z"], 1,
     "nobody has the control", "没有人属于对照"),
    (["survival", "trial.csv", "--duration", "weeks", "--event", "came"], 2, "no column", "没有"),
    (["survival", "text.csv", "--duration", "weeks", "--event", "came"], 1, "subjects", "个案"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "english", "chinese"), BAD)
def test_refusals_in_both_languages(tmp_path, arguments, code, english, chinese) -> None:
    for name, text in {
        "orders.csv": "customer,date\nA,2024-01-05\nB,2024-02-05\n",
        "odd.csv": "customer,colour\nA,red\n",
        "dates.csv": "customer,date\nA,3/4/2024\nB,5/6/2024\n",
        "empty.csv": "\n",
        "sums.csv": "x,t_x,T\n1,30,20\n",
        "trial.csv": "arm,came\na,1\nb,0\n",
        "text.csv": "weeks,came\nlong,no\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    asked = [arguments[0], str(tmp_path / arguments[1]), *arguments[2:]]
    more = ["--out", str(tmp_path / "r.html")] if arguments[0] == "report" else []
    for language, words in (("en", english), ("zh", chinese)):
        done = CliRunner().invoke(main, [*asked, *more, "--lang", language])
        assert done.exit_code == code, done.output
        assert words in done.output
        assert "Traceback" not in done.output
        assert ("Error" in done.output) <= (language == "en" or "--as-of" in asked)


@pytest.mark.parametrize(
    ("mapping", "column", "english", "chinese"),
    [
        ("name=who", "id", "no column who", "没有“who”列"),
        ("name=name", "twice", "must be different in every row", "在每行必须不同"),
        ("name", "id", "is not FIELD=COLUMN", "不是 字段=列名"),
        ("shoe=name", "id", "no field 'shoe'", "没有字段“shoe”"),
    ],
)
def test_dedupe_refuses_in_both_languages(tmp_path, mapping, column, english, chinese) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,twice,name\n1,1,王芳\n2,1,王方\n", encoding="utf-8")
    for language, words in (("en", english), ("zh", chinese)):
        done = CliRunner().invoke(
            dedupe_file,
            [str(path), "--id", column, "--map", mapping, "--out", str(tmp_path / "c.csv"),
             "--lang", language],
        )  # fmt: skip
        assert done.exit_code in (1, 2)
        assert words in done.output


def test_what_has_no_words_stays_as_it_is() -> None:
    assert say("unheard of {x}", "zh", x=1) == "unheard of 1"
