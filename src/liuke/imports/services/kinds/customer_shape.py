"""What a file of customers may hold."""

from django.utils.translation import gettext_lazy

from liuke.imports.readers.declare import Field, Shape, Type, words
from liuke.imports.services.kinds import shapes

SHAPE = Shape(
    name="customers",
    label=gettext_lazy("Customers"),
    hint=gettext_lazy("A list of customers with their phones, owners and tags"),
    icon="users",
    fields=(
        shapes.CODE,
        shapes.NAME,
        shapes.MOBILE,
        Field(
            "phone",
            gettext_lazy("Office phone"),
            words("座机 固定电话 固话 办公电话 公司电话 家庭电话 officephone landline homephone"),
            Type.PHONES,
        ),
        Field(
            "email",
            gettext_lazy("E-mail"),
            words("邮箱 电子邮箱 电子邮件 邮件 email emailaddress mail"),
            Type.EMAILS,
        ),
        Field("wechat", gettext_lazy("WeChat"), words("微信 微信号 wechat wechatid weixin")),
        Field(
            "address",
            gettext_lazy("Address"),
            words("地址 联系地址 家庭住址 住址 公司地址 通讯地址 详细地址 收货地址 address"),
        ),
        Field(
            "kind",
            gettext_lazy("Person or organization"),
            words("客户类型 客户性质 类型 性质 customertype type kind"),
            Type.CHOICE,
            choices=shapes.KINDS,
        ),
        Field(
            "level",
            gettext_lazy("Level"),
            words("客户级别 级别 等级 客户等级 level grade class"),
            Type.CHOICE,
            choices=shapes.LEVELS,
        ),
        Field(
            "owner",
            gettext_lazy("Owner"),
            words(
                """负责人 归属人 业务员 销售 销售员 销售顾问 跟进人 所属销售 客户经理 顾问 服务顾问
                owner salesperson seller salesrep accountmanager assignedto"""
            ),
            longest=120,
        ),
        Field(
            "branch",
            gettext_lazy("Branch"),
            words("门店 所属门店 分店 分公司 店铺 branch store shop"),
            longest=120,
        ),
        Field("tags", gettext_lazy("Tags"), words("标签 客户标签 tags tag labels"), Type.WORDS),
        Field(
            "source",
            gettext_lazy("Heard of us through"),
            words("来源 客户来源 信息来源 渠道 获客渠道 source leadsource channel"),
            longest=80,
        ),
        Field(
            "gender",
            gettext_lazy("Gender"),
            words("性别 gender sex"),
            Type.CHOICE,
            choices=shapes.GENDERS,
        ),
        Field(
            "birth_date",
            gettext_lazy("Birth date"),
            words("生日 出生日期 出生年月 birthdate birthday dateofbirth dob"),
            Type.DATE,
            past=True,
        ),
        Field(
            "occupation",
            gettext_lazy("Occupation"),
            words("职业 occupation profession job"),
            longest=80,
        ),
        Field(
            "industry", gettext_lazy("Industry"), words("行业 所属行业 industry sector"), longest=80
        ),
        Field("size", gettext_lazy("Size"), words("规模 公司规模 人数 size employees"), longest=40),
        shapes.CREDIT_CODE,
        Field(
            "plate",
            gettext_lazy("Plate or serial number"),
            words("车牌 车牌号 车牌号码 牌照 车架号 vin 序列号 设备编号 plate platenumber serial"),
            Type.CODE,
            longest=40,
        ),
        Field(
            "vehicle",
            gettext_lazy("Vehicle or machine"),
            words("车型 车系 车辆 品牌车型 设备 机型 vehicle model car machine"),
            longest=80,
        ),
        Field(
            "note",
            gettext_lazy("Note"),
            words("备注 说明 备注信息 描述 note notes remark remarks comment comments"),
            Type.NOTE,
            longest=5000,
        ),
    ),
    keys=shapes.CUSTOMER_KEYS,
    once=True,
    unique=("code", "credit_code", "mobile"),
    changes=True,
    signs=("name",),
)
