"""People around customers: who decides, who pays, who uses."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import User
from liuke.core import text
from liuke.customers.models import Person
from liuke.customers.rules.people import BuyingRole, Function
from liuke.customers.services.people import NewPerson, record_people
from liuke.imports.readers.declare import Field, Key, Reading, Shape, Type, words
from liuke.imports.services.kinds import customers, finding, shapes
from liuke.imports.services.kinds.kind import Action, Made, RecordKind, Row, Step

FUNCTIONS: dict[str, tuple[str, ...]] = {
    Function.OWNER: words("老板 总经理 负责人 法人 董事长 owner ceo"),
    Function.PURCHASING: words("采购 采购部 purchasing buyer"),
    Function.FINANCE: words("财务 财务部 会计 finance accounting"),
    Function.MARKETING: words("市场 市场部 营销 销售 marketing sales"),
    Function.SERVICE: words("服务 售后 客服 service support"),
    Function.TECHNOLOGY: words("技术 技术部 运维 生产 it technology operations"),
    Function.FAMILY: words("家属 家人 配偶 子女 family"),
    Function.OTHER: words("其他 其它 other"),
}
ROLES: dict[str, tuple[str, ...]] = {
    BuyingRole.DECISION: words("决策人 拍板人 决策者 decision decisionmaker"),
    BuyingRole.PAYER: words("付款人 付款者 payer"),
    BuyingRole.USER: words("使用人 使用者 用户 user"),
    BuyingRole.INFLUENCER: words("影响者 影响人 influencer"),
    BuyingRole.GATEKEEPER: words("把关人 守门人 gatekeeper"),
}
SHAPE = Shape(
    name="people",
    label=_("People around customers"),
    hint=_("Contact persons of firms, family members: position, role, phone"),
    icon="users-group",
    fields=(
        Field(
            "person",
            pgettext_lazy("person", "Name"),
            words("联系人 联系人姓名 人员 人员姓名 关系人 contact contactname contactperson"),
            Type.NAME,
            longest=80,
            needed=True,
        ),
        Field("position", _("Position"), words("职位 职务 岗位 position jobtitle"), longest=80),
        Field(
            "function",
            _("Function"),
            words("部门 职能 department function"),
            Type.CHOICE,
            choices=FUNCTIONS,
        ),
        Field(
            "role", _("Buying role"), words("采购角色 角色 role buyingrole"), Type.CHOICE,
            choices=ROLES,
        ),
        Field(
            "person_mobile",
            _("Mobile of the person"),
            words("联系人手机 联系人电话 手机 手机号 电话 联系电话 mobile phone"),
            Type.PHONES,
        ),
        shapes.CODE,
        shapes.NAME,
        shapes.MOBILE,
    ),
    keys=(shapes.BY_CODE, shapes.BY_NAME, Key("mobile", _("Mobile"), ("mobile",))),
)  # fmt: skip


def plan(actor: User | None, rows: Sequence[Row], reading: Reading) -> list[Step]:
    """Somebody of this name is around the customer already, or is new."""
    found = finding.look_up(actor, rows, reading.key)
    steps = []
    for row in rows:
        answer = finding.meant(found, row, reading)
        steps.append(answer if isinstance(answer, Step) else Step(row, Action.NEW, other=answer))
    ids = {step.other for step in steps if step.action is Action.NEW}
    names = Person.objects.filter(customer__in=ids).values_list("customer", "name")
    known: set[tuple[int | None, str]] = {(pk, text.normalise(name)) for pk, name in names}
    for step in steps:
        key = (step.other, text.normalise(str(step.row.values["person"])))
        if step.action is Action.NEW and key in known:
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
    """Record the new ones with their ways."""
    new = [
        _person(step.other, step.row)
        for step in steps
        if step.action is Action.NEW and step.other is not None
    ]
    made = record_people(actor=actor, new=new) if new else []
    return Made(created={"people": [row.pk for row in made]})


def _person(customer_id: int, row: Row) -> NewPerson:
    said = row.values
    values = {name: said[name] for name in ("position", "function") if name in said}
    ways = customers.points_of({"mobile": said.get("person_mobile", ())})
    roles = [said["role"]] if "role" in said else []
    return NewPerson(customer_id, {"name": said["person"], **values}, roles, ways)


PEOPLE = RecordKind(SHAPE, plan, write)
