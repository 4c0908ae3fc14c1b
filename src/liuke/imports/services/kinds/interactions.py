"""Contacts that were made before: calls, visits, messages, from an old system or a notebook."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.core import clock, text
from liuke.followups.models import Interaction
from liuke.followups.rules import Channel, Direction, Outcome
from liuke.followups.services import NewInteraction, record_interactions
from liuke.imports.readers.declare import Field, Reading, Shape, Type, words
from liuke.imports.services.kinds import finding, shapes
from liuke.imports.services.kinds.kind import Action, Made, RecordKind, Row, Step

CHANNELS: dict[str, tuple[str, ...]] = {
    Channel.PHONE: words("电话 打电话 去电 来电 call phone telephone"),
    Channel.WECHAT: words("微信 企微 企业微信 wechat"),
    Channel.SHOP: words("到店 进店 来店 来访 shop walk-in visitus"),
    Channel.VISIT: words("拜访 上门 走访 外访 visit"),
    Channel.SMS: words("短信 sms text"),
    Channel.EMAIL: words("邮件 电子邮件 email e-mail mail"),
}
DIRECTIONS: dict[str, tuple[str, ...]] = {
    Direction.OUT: words("我方 主动 去电 外呼 呼出 out outbound we"),
    Direction.IN: words("客户 对方 来电 呼入 in inbound they customer"),
}
OUTCOMES: dict[str, tuple[str, ...]] = {
    Outcome.AGREED: words("同意 成交 约定 已约 有意向 意向 agreed yes"),
    Outcome.TALKED: words("已沟通 沟通 接通 已接通 已联系 正常 talked reached spoke"),
    Outcome.THINKING: words("考虑 考虑中 再考虑 待定 thinking maybe considering"),
    Outcome.REFUSED: words("拒绝 无意向 不需要 refused no declined"),
    Outcome.NO_ANSWER: words("未接 未接通 无人接听 无人应答 关机 占线 noanswer no_answer busy"),
    Outcome.WRONG_NUMBER: words("空号 错号 号码错误 停机 wrongnumber wrong_number"),
    Outcome.STOP: words("勿扰 不再联系 投诉骚扰 拉黑 stop donotcontact"),
}
SHAPE = Shape(
    name="interactions",
    label=_("Contacts made"),
    hint=_("Calls, visits and messages: when, how, what was said, what comes next"),
    icon="message",
    fields=(
        Field(
            "occurred_at",
            _("When"),
            words(
                """跟进时间 跟进日期 联系时间 联系日期 回访时间 回访日期 拜访时间 拜访日期
                沟通时间 时间 日期 contactdate contactedat calldate occurredat date datetime time
                when"""
            ),
            Type.MOMENT,
            needed=True,
        ),
        shapes.CODE,
        shapes.NAME,
        shapes.MOBILE,
        Field(
            "channel",
            _("How"),
            words("跟进方式 联系渠道 沟通方式 回访方式 方式 渠道 channel how medium"),
            Type.CHOICE,
            choices=CHANNELS,
        ),
        Field(
            "direction",
            _("Who began"),
            words("方向 呼叫方向 发起方 direction"),
            Type.CHOICE,
            choices=DIRECTIONS,
        ),
        Field(
            "outcome",
            _("Result"),
            words("结果 跟进结果 回访结果 沟通结果 状态 outcome result"),
            Type.CHOICE,
            choices=OUTCOMES,
        ),
        Field(
            "said",
            _("What they said"),
            words(
                """跟进内容 沟通内容 回访内容 跟进记录 沟通记录 内容 记录 备注 客户反馈
                said content notes note text summary feedback"""
            ),
            Type.NOTE,
            longest=5000,
        ),
        Field("goal", _("Goal"), words("目的 跟进目的 回访目的 goal purpose subject")),
        Field("left_open", _("Left open"), words("遗留问题 未解决 leftopen openissue open")),
        Field("next_step", _("Next step"), words("下一步 下一步计划 后续计划 nextstep nextaction")),
        Field(
            "next_on",
            _("Next on"),
            words(
                "下次跟进时间 下次跟进日期 下次联系时间 下次回访时间 nexton nextdate nextcontact"
            ),
            Type.DATE,
        ),
        Field(
            "by",
            _("By"),
            words(
                "跟进人 联系人员 回访人 业务员 销售 记录人 操作人 by owner agent user salesperson"
            ),
            longest=120,
        ),
    ),
    keys=(shapes.BY_CODE, shapes.BY_MOBILE, shapes.BY_NAME_AND_MOBILE, shapes.BY_NAME),
)
COPIED = ("channel", "direction", "outcome", "said", "goal", "left_open", "next_step", "next_on")


def plan(actor: User | None, rows: Sequence[Row], reading: Reading) -> list[Step]:
    """A contact of the same customer at the same moment with the same words is known already."""
    found = finding.look_up(actor, rows, reading.key)
    known_people = finding.people(actor) if "by" in reading.columns.values() else {}
    steps = []
    for row in rows:
        answer = finding.meant(found, row, reading)
        if isinstance(answer, Step):
            steps.append(answer)
            continue
        step = Step(row, Action.NEW, other=answer)
        by = known_people.get(text.normalise(row.values.get("by", "")))
        if "by" in row.values and by is None:
            step.notices.append("owner:by")
        step.what = _interaction(step, answer, by)
        steps.append(step)
    new = [step for step in steps if step.action is Action.NEW]
    known: set[tuple[int | None, datetime, str]] = set(
        Interaction.objects.filter(customer__in={step.other for step in new}).values_list(
            "customer", "occurred_at", "said"
        )
    )
    for step in new:
        key = (step.other, step.what.occurred_at, step.what.said)
        if key in known:
            step.action = Action.SAME
        known.add(key)
    return steps


def write(
    actor: User | None,
    steps: Sequence[Step],
    prepared: Sequence[Any] | None,
    reading: Reading,
    origin: str,
) -> Made:
    """Record the new ones; everything that is due follows from them."""
    new = [step.what for step in steps if step.action is Action.NEW]
    ids = record_interactions(actor=actor, interactions=new) if new else []
    return Made(created={"interactions": ids})


def _interaction(step: Step, pk: int, by: int | None) -> NewInteraction:
    values = {name: step.row.values[name] for name in COPIED if name in step.row.values}
    moment: datetime = step.row.values["occurred_at"]
    noon = moment.replace(hour=12)
    if moment.time() == time() and noon < clock.now():
        # A day without an hour: noon keeps it on its day in every zone nearby.
        moment = noon
    if "next_on" in values and values["next_on"] < clock.day_of(moment):
        del values["next_on"]
        step.notices.append("next:next_on")
    if "next_step" in values and "next_on" not in values:
        del values["next_step"]
        step.notices.append("next:next_step")
    return NewInteraction(pk, moment, by_id=by, **values)


INTERACTIONS = RecordKind(SHAPE, plan, write)
