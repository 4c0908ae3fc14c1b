"""What is said to people at the command line: English as the code writes it, Chinese from here."""

import locale
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click

LANGUAGES = ("zh", "en")


class Said(ValueError):
    """A refusal in words: a template with its values, so that it can be told in either language."""

    def __init__(self, template: str, **values: Any) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values))

    def told(self, language: str) -> str:
        """The refusal in "zh" or "en"."""
        return say(self.template, language, **self.values)


def say(template: str, language: str, **values: Any) -> str:
    """`template`, as written here in English, in the language and with the values."""
    return (ZH.get(template, template) if language == "zh" else template).format(**values)


def told(problem: Exception, language: str) -> str:
    """Any refusal in the language; one that has no words of its own in English."""
    return problem.told(language) if isinstance(problem, Said) else str(problem)


def default_language() -> str:
    """LIUKE_LANGUAGE, else that of the system, else English."""
    names = ("LIUKE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    said = next((os.environ[name] for name in names if os.environ.get(name)), None)
    return "zh" if (said or locale.getlocale()[0] or "").lower().startswith("zh") else "en"


# Eager: what is wrong with the other options is said in this language.
language_option = click.option(
    "--lang",
    "--language",
    "language",
    type=click.Choice(LANGUAGES),
    default=default_language,
    show_default="LIUKE_LANGUAGE, else that of the system",
    is_eager=True,
    help="Language of the answer.",
)


def usage(problem: Exception, language: str) -> click.ClickException:
    """What to raise where the call must be changed (exit code 2)."""
    words = told(problem, language)
    return wrong_call(words) if language == "zh" else click.UsageError(words)


def wrong_call(words: str) -> click.ClickException:
    """The same in Chinese, from words that are Chinese already."""
    return _Usage(f"请修改命令：{words}（用法见 --help）")


class _Usage(click.ClickException):
    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=file is None)


ZH: Mapping[str, str] = MappingProxyType({
    # what is too little of
    "not enough data: {needed:,} {what} needed, {have:,} there":
        "数据不足：需要{what} {needed:,}，现有 {have:,}",
    " ({why})": "（{why}）",
    "customers": "客户",
    "customers with two gaps": "有两个购买间隔的客户",
    "repeat buyers": "重复购买客户",
    "repeat buyers with amounts": "有金额的重复购买客户",
    "usable rows": "可用的行",
    "treatments": "处理（如“处理/对照”）",
    "groups": "组",
    "events": "事件",
    "subjects": "个案",
    "{rows:,} {reason}": "{rows:,} 行{reason}",
    "without a customer": "没有客户",
    "without a date, or with none that can be read": "没有日期或日期无法识别",
    "dated later than the day judged on": "日期晚于判断日",
    "without an amount, or with none that is a number": "没有金额或金额不是数字",
    "with a negative amount": "金额为负",
    "the likelihood has no inner maximum: customers hardly differ, or nobody leaves":
        "似然没有内部极大值：客户几乎没有差别，或没有人离开",
    "a parameter is not determined within a factor of 20": "有参数的不确定性超过二十倍",
    "not enough data: both sides need at least {needed} people":
        "数据不足：处理组和对照组各至少需要 {needed} 人",
    # the file and its columns
    "the file is empty": "文件是空的",
    "{name} holds no text": "{name} 不是文本文件",
    "{name} cannot be read as a workbook: {problem}": "{name} 不能作为表格文件读取：{problem}",
    "{name} cannot be read as a table: {problem}": "{name} 不能作为表格读取：{problem}",
    "there is no column {name!r}; there are: {columns}": "没有“{name}”这一列；现有的列：{columns}",
    "say which column is the {meaning} with --{meaning}: {columns}":
        "请用 --{meaning} 指明哪一列是{meaning_zh}：{columns}",
    "the file does not name its columns; say with --{meaning} NUMBER which is the {meaning}: "
    "{columns}":
        "文件没有表头；请用 --{meaning} 列号 指明哪一列是{meaning_zh}：{columns}",
    "dates in {name!r} can be read two ways: add --date-order dmy or mdy":
        "“{name}”列的日期有两种读法：请加 --date-order dmy（日/月/年）或 mdy（月/日/年）",
    "{value!r} is not a date like 2011-12-09": "“{value}”不是 2011-12-09 这样的日期",
    "{what} needs: pip install 'liuke-analytics[{extra}]'":
        "{what}需要先安装：pip install 'liuke-analytics[{extra}]'",
    "Spark needs: pip install 'liuke-analytics[spark]' and Java":
        "使用 Spark 需要先安装：pip install 'liuke-analytics[spark]'，并装有 Java",
    "Spark does not start; it needs Java: {problem}": "Spark 无法启动，它需要 Java：{problem}",
    "reading Excel workbooks": "读取 Excel 文件",
    "finding duplicates": "查找重复",
    "comparing with Spark": "用 Spark 比对",
    "grouping texts": "文本分组",
    "a model per side (T-learner)": "分组建模（T-learner）",
    "histories carry no amounts": "数据中没有金额",
    "{name} must be numbers without gaps, and finite": "{name} 必须都是数字，不能缺失",
    "{name} must not be below {least:g}": "{name} 不能小于 {least:g}",
    "frequency must not exceed the periods until the last purchase":
        "x（重复购买次数）不能多于到最后一次购买为止的期数",
    "{name} must be whole periods of {period:g} weeks":
        "{name} 必须是 {period:g} 周的整期数；bgbb 用于按期记录的数据",
    "frequency must be whole numbers": "x（重复购买次数）必须是整数",
    "recency must not exceed age": "t_x（最后一次购买）不能晚于 T（观察结束）",
    "recency must be 0 exactly where frequency is 0": "x 为 0 时 t_x 必须为 0，反之亦然",
    # trials
    "nobody has the control {control!r}; there are: {values}":
        "没有人属于对照“{control}”；现有的值：{values}",
    "say which is the control with --control: {values}": "请用 --control 指明哪个是对照：{values}",
    # duplicates
    "{part!r} is not FIELD=COLUMN; write for example name=姓名":
        "“{part}”不是 字段=列名 的写法；例如 name=姓名",
    "there is no field {field!r}; choose from {fields}": "没有字段“{field}”；可选：{fields}",
    "{field} is given twice; join columns with +: {field}=first+second":
        "{field} 出现了两次；多列请用 + 连接：{field}=列一+列二",
    "{name} has no column {unknown}; it has {columns}":
        "{name} 没有“{unknown}”列；现有的列：{columns}",
    "{name} is empty; it needs a header line and at least one row":
        "{name} 是空的；至少需要一行表头和一行数据",
    "{name} has a header but no rows": "{name} 只有表头，没有数据",
    "{rows:,} rows have no {column} (the first is row {first}); fill it in or choose another --id":
        "{rows:,} 行没有“{column}”（第一处在第 {first} 行）；请补上，或换一个 --id",
    "{column} must be different in every row, but {values} stand more than once; choose another "
    "--id or number the rows":
        "“{column}”在每行必须不同，但 {values} 出现了多次；请换一个 --id，或给各行编号",
    "{out} cannot be written: choose a folder that exists and is yours":
        "无法写入 {out}：请选择存在且有权写入的文件夹",
    "{memory} is no size; write for example 4GB": "“{memory}”不是大小；例如写 4GB",
    "{rows:,} rows are {clusters:,} different ones: {duplicates:,} stand there more than once. "
    "Written to {out}.":
        "{rows:,} 行实际是 {clusters:,} 个不同的人或单位：{duplicates:,} 行是重复的。"
        "已写入 {out}。",
    # answers
    "{out}: {customers:,} customers; {told}": "{out}：客户 {customers:,} 位；{told}",
    "active {count:,}": "活跃 {count:,}",
    "quiet {count:,}": "沉寂 {count:,}",
    "at risk {count:,}": "有风险 {count:,}",
    "lost {count:,}": "已流失 {count:,}",
    ", ": "，",
    "{rows:>10,} rows left out: {reason}": "{rows:>10,} 行未使用：{reason}",
    "{model}  log-likelihood {likelihood:,.2f}  {customers:,} customers":
        "{model}  对数似然 {likelihood:,.2f}  客户 {customers:,} 位",
    "{left:,} of {rows:,} rows left out: nothing given or no outcome":
        "{rows:,} 行中有 {left:,} 行未使用：没有处理或没有结果",
    "{treatment} {treated:.4f} of {people:,}, {name} {control:.4f} of {others:,}: "
    "{difference:+.4f} ({low:+.4f} to {high:+.4f}), p {p:.3g}":
        "{treatment} {treated:.4f}（{people:,} 人），{name} {control:.4f}（{others:,} 人）："
        "{difference:+.4f}（{low:+.4f} 至 {high:+.4f}），p {p:.3g}",
    "    verdict: {value}": "    结论：{value}",
    "better": "有效，更好",
    "worse": "更差，应停止",
    "continue": "还看不出，继续",
    "no difference shown": "没有显示出差别",
    "    sample ratio p: {value:.3g}": "    分组比例检验 p：{value:.3g}",
    "Qini {coefficient:.5f} ({low:.5f} to {high:.5f})":
        "Qini {coefficient:.5f}（{low:.5f} 至 {high:.5f}）",
    "{rows:,} rows left out: no duration or no event": "{rows:,} 行未使用：没有时长或没有事件",
    "estimate  ± standard error": "估计  ± 标准误",
    "      time  share still open (95 % band)": "      时间  尚未发生的比例（95% 区间）",
    "all": "全部",
    "not reached": "未到达",
    "{name}: {cases:,} cases, {events:,} events, median {median}":
        "{name}：个案 {cases:,}，事件 {events:,}，中位数 {median}",
    "{time:>10g}  {survival:.4f}  ({low:.4f} to {high:.4f})":
        "{time:>10g}  {survival:.4f}  （{low:.4f} 至 {high:.4f}）",
    "log-rank {statistic:.3f}, {df} df, p {p:.3g}":
        "log-rank {statistic:.3f}，自由度 {df}，p {p:.3g}",
})  # fmt: skip
