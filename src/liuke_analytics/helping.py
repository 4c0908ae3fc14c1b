"""`--help` and wrong calls in Chinese: click itself knows English only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from unicodedata import east_asian_width

import click

from liuke_analytics.saying import LANGUAGES, default_language, wrong_call

_NAMES = ("--lang", "--language")
# A word or a sign, with the opening and closing signs that belong to it.
_PARTS = re.compile(r"[（“\[]*(?:[!-Z\\-~]+ ?|.)[，。；：、）”]*")


class Command(click.Command):
    """A command whose help and complaints are in the language of its answers."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return _parsed(self, super().parse_args, ctx, args)


class Group(click.Group):
    """The same for a group of commands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return _parsed(self, super().parse_args, ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            if ctx.formatter_class is not Chinese:
                raise
            raise wrong_call(_complaint(problem)) from None


class Chinese(click.HelpFormatter):
    """Puts what click writes into Chinese, and lines where signs twice as wide still fit."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for english, chinese in _USAGE.items():
            args = args.replace(english, chinese)
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        paragraphs = HELP.get(" ".join(text.split()), text).split("\n\n")
        self.write(
            "\n\n".join(
                "\n".join(indent + line for line in _wrapped(paragraph, self.width - len(indent)))
                for paragraph in paragraphs
            )
            + "\n"
        )

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        first = min(max(len(name) for name, _ in rows), col_max) + col_spacing
        empty = " " * (self.current_indent + first)
        for name, text in rows:
            lead = " " * self.current_indent + name
            if len(name) > first - col_spacing:
                self.write(f"{lead}\n")
                lead = empty
            for line in _wrapped(_option(text), max(self.width - len(empty), 20)):
                self.write(f"{lead:<{len(empty)}}{line}\n")
                lead = empty


def _parsed(command: click.Command, parse: Any, ctx: click.Context, args: list[str]) -> list[str]:
    if _asked(args) != "zh":
        parsed: list[str] = parse(ctx, args)
        return parsed
    ctx.formatter_class = Chinese
    try:
        chinese: list[str] = parse(ctx, args)
        return chinese
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as problem:
        raise wrong_call(_complaint(problem)) from None


def _asked(args: Sequence[str]) -> str:
    """The language of the call, wherever in it that is said."""
    for place, word in enumerate(args):
        name, _, value = word.partition("=")
        if name in _NAMES:
            value = value or "".join(args[place + 1 : place + 2])
            return value if value in LANGUAGES else default_language()
    return default_language()


def _option(text: str) -> str:
    """Explanation of an option or a command; what click adds in brackets too."""
    plain, bracket, added = text.partition("  [")
    for english, chinese in _ADDED.items():
        added = added.replace(english, chinese)
    return HELP.get(plain, plain) + bracket + added


def _complaint(problem: click.UsageError) -> str:
    named = ""
    if isinstance(problem, click.BadParameter) and problem.param is not None:
        named = problem.param.get_error_hint(problem.ctx).replace("'", "")
    if isinstance(problem, click.MissingParameter):
        return f"缺少 {named}"
    text = problem.message
    for pattern, chinese in _COMPLAINTS.items():
        text = re.sub(pattern, chinese, text)
    return f"{named}：{text}" if named else text


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; words stay whole, no line begins with a closing sign."""
    lines = [""]
    for part in _PARTS.findall(" ".join(text.split())):
        if lines[-1] and _columns(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


_USAGE: Mapping[str, str] = MappingProxyType(
    {"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]...", "FILE": "文件"}
)
_HEADINGS: Mapping[str, str] = MappingProxyType({"Options": "选项", "Commands": "命令"})
_ADDED: Mapping[str, str] = MappingProxyType(
    {
        "(LIUKE_LANGUAGE, else that of the system)": "LIUKE_LANGUAGE，否则按系统",
        "default: ": "默认：",
        "required": "必填",
        "; ": "；",
    }
)
_COMPLAINTS: Mapping[str, str] = MappingProxyType(
    {
        r"^(?:File|Path|Directory) '(.*)' does not exist\.$": r"“\1”不存在",
        r"^File '(.*)' is a directory\.$": r"“\1”是文件夹，不是文件",
        r"^'(.*?)' is not one of (.*)\.$": r"“\1”不在可选值之内：\2",
        r"^'(.*)' is not a valid .*\.$": r"“\1”不是数字",
        r"^(.*) is not in the range (.*)\.$": r"\1 不在范围 \2 之内",
        r"^No such option '?(.*?)'?\.(?: .*)?$": r"没有选项 \1",
        r"^No such command '(.*)'\..*$": r"没有命令 \1",
        r"^Option '(.*)' requires an argument\.$": r"\1 后面缺少内容",
        r"^Got unexpected extra arguments? \((.*)\)$": r"多余的内容：\1",
    }
)
# By the English text, white space as one blank. Kept whole: a sentence is translated, not a word.
HELP: Mapping[str, str] = MappingProxyType({
    "Who is leaving, how sure that is and what it costs, from a CSV or Parquet file.":
        "谁在流失、有多大把握、代价多少：读一份 CSV 或 Parquet 文件就能知道。",
    "Who is leaving: a page with what to do.": "谁在流失：生成一页报告，写明该做什么。",
    "Fit one model of buying and leaving.": "拟合一个购买与流失模型。",
    "What a treatment changed.": "一项措施带来了多大改变。",
    "How long until something happens.": "多久之后会发生。",
    "Write a page on who is leaving: what to do, the list, and how far it can be trusted. "
    "FILE has one row per purchase. Purchases of one customer on one day are one. In a file "
    "without a line of names columns are given by number: --customer 1 --date 2 --amount 4.":
        "生成一页报告，说明谁在流失：该做什么、名单、可信到什么程度。\n\n"
        "文件每行一次购买；同一客户同一天的购买算一次。没有表头的文件用列号指明各列："
        "--customer 1 --date 2 --amount 4。",
    "Fit one model of buying and leaving, or of value (gammagamma). Times in weeks. "
    "FILE has one row per purchase, or one row per customer with the columns x, t_x and T (for "
    "gammagamma also zbar; for groups of customers also count), as published data sets have.":
        "拟合一个购买与流失模型，或价值模型（gammagamma）。时间以周计。\n\n"
        "文件每行一次购买；或每行一位客户，含 x、t_x、T 三列（gammagamma 还需 zbar，"
        "成组客户还需 count），与公开数据集相同。",
    "What a treatment changed, with its interval. FILE has one row per person. "
    "Treatments must have been drawn at random.":
        "一项措施带来的改变及其区间。文件每行一人。\n\n处理必须是随机抽取的。",
    "How long until something happens, counting those still open fairly. One row per case.":
        "多久之后会发生，未结束的个案也公平计入。每行一个个案。",
    "Column that names the customer; guessed if left out.": "客户所在的列；不填则自动识别。",
    "Column with the day of purchase; guessed if left out.": "购买日期所在的列；不填则自动识别。",
    "Column with the money of a row, or two to multiply like Quantity*Price; guessed if left out.":
        "金额所在的列，或相乘的两列，如 数量*单价；不填则自动识别。",
    "How to read 3/4/2011; needed only when the file does not show it.":
        "3/4/2011 怎样读；仅在文件本身看不出时需要。",
    "What reads and computes; spark needs pyspark and Java.":
        "用什么读取和计算；spark 需要 pyspark 和 Java。",
    "Answer with one JSON object.": "以一个 JSON 对象回答。",
    "Judge as of this day; else the last on record, at most today.":
        "以这一天为准判断；不填则为记录的最后一天，最晚到今天。",
    "Customers listed.": "名单列出多少位客户。",
    "The page to write.": "要写的网页文件。",
    "Also write all figures as JSON here.": "同时把全部数字写成 JSON 到此文件。",
    "Which model.": "哪个模型。",
    "Use purchases up to this day; else all of them.": "只用到这一天为止的购买；不填则全部。",
    "Length of a period of bgbb.": "bgbb 每期的长度（周）。",
    "Column with what a person got.": "每个人得到什么处理的列。",
    "Column with yes/no, 0/1 or a number.": "结果所在的列：是/否、0/1 或数字。",
    "The treatment that is none; 0, no, control … are known.":
        "哪个值表示没有处理；0、否、对照等会自动识别。",
    "Share that was to be treated: checks that the drawing worked.":
        "原定处理的比例：用来检验抽取是否正常。",
    "Which of three planned looks this is: 1, 2 or 3.": "这是计划的三次查看中的第几次：1、2 或 3。",
    "Column with a score, high is treat first: gives its Qini.":
        "评分所在的列，分高者先处理：给出其 Qini。",
    "Column with how long, a number.": "时长所在的列，数字。",
    "Column with 1 where it ended in the event, 0 where it was still open; other values: "
    "competing ways of ending.":
        "1 表示以该事件结束，0 表示尚未结束；其他值表示互相竞争的结束方式。",
    "Column to compare by.": "按哪一列分组比较。",
    "Language of the answer.": "回答所用的语言。",
    "Show this message and exit.": "显示本说明。",
})  # fmt: skip
