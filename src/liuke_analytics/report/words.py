"""The report's words, English and Chinese side by side so that neither is forgotten."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "zh")

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "title": ("Who is leaving, and what to do", "谁在流失，该做什么"),
    "facts": (
        "{customers} customers, {purchases} purchases, {first} to {as_of}. "
        "Everything is judged as of {as_of}.",
        "{customers} 位客户，{purchases} 次购买，{first} 至 {as_of}。所有判断以 {as_of} 为准。",
    ),
    "columns": (
        "Read from the file: {columns}.",
        "取自文件的列：{columns}。",
    ),
    "comma": (
        ", ",
        "、",
    ),
    "date": (
        "date",
        "日期",
    ),
    "amount": (
        "amount",
        "金额",
    ),
    "do": ("What does this tell me to do?", "这告诉我该做什么？"),
    "act_call": (
        "Call the {number} customers of the list below, from the top; {names} first.",
        "按下面名单从上到下联系这 {number} 位客户，先联系 {names}。",
    ),
    "do_call": (
        "Each has been silent for longer than nine of ten waits of a customer like this one.",
        "他们每一位的沉默时间，都超过了这类客户十次里九次会回来的时间。",
    ),
    "do_worth": (
        "If all of them stay they are worth about {worth} a year; as things stand, expect "
        "{told} of that.",
        "如果全部留住，每年约值 {worth}；照现在这样，预计只会有 {told}。",
    ),
    "do_orders": (
        "If all of them stay they buy about {worth} times a year; as things stand, expect {told}.",
        "如果全部留住，每年约购买 {worth} 次；照现在这样，预计只有 {told} 次。",
    ),
    "act_nobody": ("Nobody needs a call today.", "今天不必打电话。"),
    "do_nobody": ("No customer is at risk.", "没有客户处于风险中。"),
    "act_lost": (
        "Do not chase the {number} lost customers one by one: try an offer on half of them.",
        "{number} 位已流失客户不要逐个追：抽一半试一次优惠。",
    ),
    "do_lost": (
        "They have been silent longer than 49 of 50 such waits. Draw the half at random and "
        "compare with the other half after {weeks} weeks; then you know whether the offer works.",
        "他们的沉默时间超过五十次里四十九次的等待。随机抽一半给优惠，{weeks} 周后与另一半比较，"
        "就知道优惠是否有用。",
    ),
    "act_wait": (
        "Leave the {number} active customers in peace.", "{number} 位活跃客户不必打扰。"
    ),
    "do_wait": ("For them silence is still normal.", "他们的沉默仍属正常。"),
    "act_quiet": ("Send one letter to {number} more.", "另有 {number} 位，群发一封信即可。"),
    "do_quiet": (
        "They are within their limit only because they have shown no rhythm yet, but are more "
        "likely gone than not.",
        "他们仍在各自期限内，只是因为还看不出节奏，但更可能已经离开。",
    ),
    "act_once": (
        "Look at what happens after a first purchase.", "看看首次购买之后发生了什么。"
    ),
    "do_once": (
        "{share} of all customers bought only once; the second purchase is where most are lost.",
        "{share} 的客户只买过一次，多数流失发生在第二次购买之前。",
    ),
    "do_sure": (
        "How sure is this? On {day} the {total} customers with the highest risk were named the "
        "same way; {hits} of them did not buy in the {weeks} weeks that followed. Of all "
        "customers then known, {base} did not.",
        "有多大把握？在 {day} 用同样的方法点出风险最高的 {total} 位客户，其后 {weeks} 周里有 "
        "{hits} 位没有购买。当时全部客户中这一比例为 {base}。",
    ),
    "do_recency": (
        "For the probabilities, a plain list by days since the last purchase was as good in "
        "{lost} of {total} checks. Trust the dates of this page more than its percentages.",
        "就概率而言，{total} 次检验中有 {lost} 次，按“距上次购买天数”排的简单名单同样好。请更相信"
        "本页的日期，而不是百分比。",
    ),
    "do_beats": (
        "In {won} of {total} checks the probabilities were better than a plain list by days since "
        "the last purchase.",
        "{total} 次检验中有 {won} 次，这里的概率优于按“距上次购买天数”排的简单名单。",
    ),
    "do_unchecked": (
        "Nothing could be checked against the past yet: the record is too short or has too few "
        "customers. Treat the list as a reminder, not as a forecast.",
        "还无法用过去来检验：记录太短或客户太少。请把名单当作提醒，而不是预测。",
    ),
    "do_nothing": (
        "There is not enough data to say who is leaving: {needed} {what} needed, {have} there.",
        "数据不足，无法判断谁在流失：需要 {needed} 位{what}，现有 {have} 位。",
    ),
    "act_nothing": ("Do not act on this file yet.", "先不要依据这份文件行动。"),
    "act_collect": (
        "Look through your customers by last purchase yourself.",
        "请自己按最近购买日期查看客户。",
    ),
    "do_collect": ("Come back when more is on record.", "等记录多了再来。"),
    "list": ("At risk: call these", "有风险：请联系"),
    "list_more": ("{shown} of {total} shown.", "显示 {total} 位中的 {shown} 位。"),
    "customer": ("Customer", "客户"),
    "last": ("Last purchase", "最近购买"),
    "bought": ("Purchases", "购买次数"),
    "alive": (
        "Chance still a customer",
        "仍是客户的概率",
    ),
    "worth_money": (
        "A year if still there",
        "若仍在，一年价值",
    ),
    "worth_orders": (
        "Purchases a year if still there",
        "若仍在，一年购买次数",
    ),
    "why": ("Why", "原因"),
    "reason_usual": (
        "Usually buys every {gap}; nine times in ten a customer like this is back within {limit}. "
        "It is now {silent}.",
        "通常每 {gap}购买一次；这样的客户十次里有九次会在 {limit}内回来。现在已是 {silent}。",
    ),
    "reason_often": (
        "Bought day after day; nine times in ten a customer like this is back within {limit}. It "
        "is now {silent}.",
        "曾连日购买；这样的客户十次里有九次会在 {limit}内回来。现在已是 {silent}。",
    ),
    "reason_once": (
        "Bought once. Of those who come back, nine in ten do within {limit}. It is now {silent}.",
        "只买过一次。会回来的客户十位里有九位在 {limit}内回来。现在已是 {silent}。",
    ),
    "between": (" ", ""),
    "days": ("days", "天"),
    "weeks": ("weeks", "周"),
    "now": ("Where customers stand", "客户现状"),
    "state": (
        "State",
        "状态",
    ),
    "customer_number": (
        "Customers",
        "客户数",
    ),
    "alive_mean": (
        "Chance still a customer, mean",
        "仍是客户的平均概率",
    ),
    "expect_money": (
        "Expected in a year",
        "预计一年带来",
    ),
    "expect_orders": (
        "Purchases expected in a year",
        "预计一年购买",
    ),
    "costs": (
        "What leaving costs: what a year is expected to bring as things stand, and what it "
        "would if everybody were still there.",
        "流失的代价：照现状预计一年带来多少，若人人都还在又会有多少。",
    ),
    "active": ("Active", "活跃"),
    "quiet": (
        "Quiet",
        "沉寂",
    ),
    "at_risk": ("At risk", "有风险"),
    "lost": ("Lost", "已流失"),
    "months": ("Buyers per month", "每月购买客户"),
    "new": ("first purchase", "首次购买"),
    "returning": ("bought before", "曾经购买"),
    "unfinished": ("The last month may be unfinished.", "最后一个月可能尚未结束。"),
    "trust": ("Can this be trusted?", "这可信吗？"),
    "trust_how": (
        "On {number} past days the same computation was made with what was known then, and "
        "compared with who did not buy in the {days} days that followed. Beside it stand two "
        "answers that need no model: the same rate for everybody, and days since the last "
        "purchase. ★ marks the best of the three by log-loss.",
        "在过去的 {number} 个日子，只用当时已知的数据做同样的计算，再与其后 {days} 天内谁没有购"
        "买比较。旁边是两个不需要模型的答案：人人同一比率，以及距上次购买的天数。★ 为三者中对数"
        "损失最小的。",
    ),
    "trust_none": (
        "No check was possible: at least 50 customers must be known long enough before the end of "
        "the record, and the model must be identifiable on that day.",
        "无法检验：记录结束前须有至少 50 位客户已知足够久，且当时模型可以识别。",
    ),
    "day": ("Day", "日期"),
    "answer": ("Answer", "答案"),
    "known": ("Customers", "客户"),
    "away": ("Did not buy", "未购买"),
    "log_loss": ("Log-loss", "对数损失"),
    "brier": ("Brier", "Brier 分"),
    "intercept": ("Calibration intercept", "校准截距"),
    "slope": ("Calibration slope", "校准斜率"),
    "calibration_short": ("Calibration", "校准"),
    "auc": ("AUC", "AUC"),
    "top": ("Hits in the top", "前列命中"),
    "model": ("This report", "本报告"),
    "recency": ("Days since last purchase", "距上次购买天数"),
    "base_rate": ("Same for everybody", "人人相同"),
    "calibration": (
        "Predicted probability of not buying (across) against the share that did not (up), last "
        "check, ten groups. On the line is right.",
        "最近一次检验，分十组：横轴为预测的不购买概率，纵轴为实际未购买的比例。落在线上即为准确。",
    ),
    "predicted": (
        "predicted",
        "预测",
    ),
    "came": (
        "came",
        "实际",
    ),
    "coverage": (
        "The promise “nine times in ten”, on the second half of the record with what was known "
        "at its middle",
        "“十次里九次”的承诺：用记录中点所知，在后半段检验",
    ),
    "coverage_how": (
        "Out of sample: parameters from the first half, gaps that began in the second. Only gaps "
        "that could be watched well beyond their threshold are judged, because of younger ones "
        "only the short have ended; late ends that the record may have missed are weighted up. "
        "Customers with fewer purchases have long thresholds and may be missing here.",
        "样本外检验：参数来自前半段，间隔始于后半段。只检验能观察到远超阈值的间隔，因为较新的间隔里"
        "只有短的已经结束；记录可能漏掉的晚归按权重补足。购买次数少的客户阈值较长，可能不在此表"
        "中。",
    ),
    "coverage_none": (
        "Whether “nine times in ten” is kept cannot be checked: no gap of the second half could "
        "be watched beyond its threshold.",
        "“十次里九次”是否兑现无法检验：后半段没有间隔能观察到超过阈值。",
    ),
    "gaps_known": ("Gaps known before", "此前已知间隔"),
    "gaps": ("Gaps", "间隔数"),
    "within": ("Within the threshold", "在阈值内"),
    "interval": ("95 % interval", "95% 区间"),
    "left_out": ("What was left out", "哪些未计入"),
    "left_nothing": ("Nothing: all {rows} rows were used.", "没有：{rows} 行全部使用。"),
    "left_rows": ("{used} of {rows} rows were used.", "{rows} 行中使用了 {used} 行。"),
    "rows": ("Rows", "行数"),
    "reason": ("Reason", "原因"),
    "no_customer": ("no customer named", "没有客户"),
    "no_date": ("no date, or not a date", "没有日期或不是日期"),
    "later": ("dated after {as_of}", "日期晚于 {as_of}"),
    "no_amount": ("no amount, or not a number", "没有金额或不是数字"),
    "negative_amount": (
        "negative amount: a return is not a purchase", "金额为负：退货不是购买"
    ),
    "decoded": (
        "The file is not UTF-8; it was read as {encoding}. Signs that this does not know were "
        "replaced.",
        "文件不是 UTF-8，已按 {encoding} 读取；无法识别的字符已替换。",
    ),
    "merged": (
        "Several rows of one customer on one day count as one purchase.",
        "同一客户同一天的多行算作一次购买。",
    ),
    "numbers": ("For the statistician", "供统计人员"),
    "parameter": ("Parameter", "参数"),
    "estimate": ("Estimate", "估计"),
    "se": ("Standard error", "标准误"),
    "fit": (
        "{model}: log-likelihood {ll}, {customers} customers",
        "{model}：对数似然 {ll}，客户 {customers} 位",
    ),
    "refused": (
        "{model}: not enough data, {needed} {what} needed, {have} there.",
        "{model}：数据不足，需要 {needed} 位{what}，现有 {have} 位。",
    ),
    "money_refused": (
        "What a purchase is worth cannot be told: {needed} {what} needed, {have} there. The list "
        "is ordered by purchases a year.",
        "无法判断一次购买的价值：需要 {needed} 位{what}，现有 {have} 位。名单按每年购买次数排序。",
    ),
    "no_money": (
        "No column of money was given: the list is ordered by purchases a year.",
        "没有金额列：名单按每年购买次数排序。",
    ),
    "definitions": ("Definitions", "定义"),
    "def_active": (
        "the time since the last purchase is still usual for this customer, who is more likely "
        "there than not",
        "距上次购买的时间对该客户仍属正常，且更可能仍是客户",
    ),
    "def_quiet": (
        "as active, but more likely gone than not: with one or few purchases there is no rhythm "
        "that could be exceeded soon, so the limit is long and the probability decides",
        "与活跃相同，但更可能已经离开：购买太少，看不出节奏，期限很长，因此由概率判断",
    ),
    "def_at_risk": (
        "the time since the last purchase passes what a customer who is still there exceeds once "
        "in ten (own rhythm, quantile .90 of the next gap given this customer's purchases: "
        "(α + t_x)·B/(1 − B), B the quantile of Beta(k, r + k·x))",
        "距上次购买的时间超过仍在的客户十次里只有一次会超过的长度（自身节奏：给定该客户购买记录时"
        "下一间隔的 0.90 分位：(α + t_x)·B/(1 − B)，B 为 Beta(k, r + k·x) 的分位数）",
    ),
    "def_lost": (
        "the same at once in fifty (.98)", "同上，五十次里只有一次（0.98）"
    ),
    "def_alive": (
        "probability of not having left by {as_of}, from {model}; silence lowers it, and the more "
        "the faster the customer used to buy",
        "截至 {as_of} 尚未离开的概率，来自 {model}；沉默使其下降，过去买得越勤下降越快",
    ),
    "def_worth": (
        "what the next 52 weeks bring if the customer is still there: expected purchases times "
        "the expected value of one (Gamma-Gamma, own mean drawn towards all customers'). "
        "Expected: the same times the chance of being there",
        "若客户仍在，未来 52 周带来的价值：期望购买次数乘以每次购买的期望价值（Gamma-Gamma，自身"
        "均值向全体收缩）。预计：再乘以仍是客户的概率",
    ),
    "def_log_loss": (
        "mean of −log of the probability given to what came; less is better",
        "对实际结果所给概率的 −log 均值；越小越好",
    ),
    "def_brier": (
        "mean squared distance of probability and outcome; less is better",
        "概率与结果之差的平方均值；越小越好",
    ),
    "def_calibration": (
        "intercept 0 and slope 1 are right; above 0 the probabilities are too low, a slope below "
        "1 means too extreme",
        "截距 0、斜率 1 为准确；截距大于 0 说明概率偏低，斜率小于 1 说明过于极端",
    ),
    "def_auc": (
        "chance that somebody who stayed away was given a higher risk than somebody who came; "
        "0.5 is guessing",
        "未购买者得到的风险高于购买者的概率；0.5 等于瞎猜",
    ),
    "def_top": (
        "customers who did not buy among those with the highest predicted risk",
        "预测风险最高的客户中未购买者",
    ),
    "sources": (
        "Sources",
        "出处",
    ),
    "def_sources": (
        "MBG/NBD: Batislam, Denizel, Filiztekin 2007. MBG/CNBD-k and k: Platzer, Reutterer "
        "2016; Wheat, Morrison 1990. Gamma-Gamma: Fader, Hardie 2013. Intervals: Wilson 1927. "
        "Standard errors from the curvature of the log-likelihood",
        "MBG/NBD：Batislam、Denizel、Filiztekin 2007。MBG/CNBD-k 与 k：Platzer、Reutterer 2016；"
        "Wheat、Morrison 1990。Gamma-Gamma：Fader、Hardie 2013。区间：Wilson 1927。标准误来自对"
        "数似然的曲率",
    ),
    "customers": ("customers", "客户"),
    "repeat buyers": ("repeat buyers", "重复购买客户"),
    "repeat buyers with amounts": ("repeat buyers with amounts", "有金额的重复购买客户"),
})  # fmt: skip


def words(language: str) -> Mapping[str, str]:
    """All words of one language."""
    place = LANGUAGES.index(language)
    return MappingProxyType({key: pair[place] for key, pair in WORDS.items()})
