"""The fields of the customer file as headers name them, and the ways to find a customer."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.imports.readers.declare import Field, Key, Type, words

GENDERS = {
    "male": words("男 男性 男士 先生 m male 1"),
    "female": words("女 女性 女士 小姐 太太 f female 2"),
}
KINDS = {
    "person": words("个人 个人客户 私人 散客 person individual private 个体"),
    "organization": words(
        "组织 企业 公司 单位 企业客户 机构 对公 organization organisation company business firm"
    ),
}
LEVELS = {grade: (grade.lower(), f"{grade.lower()}级", f"{grade.lower()}类") for grade in "ABCD"}

CODE = Field(
    "code",
    _("Customer number"),
    words(
        """客户编号 客户编码 客户代码 客户号 客户id 会员编号 会员号 会员卡号 卡号 编号 代码
        customernumber customerno customercode customerid custid clientid memberid memberno code
        id"""
    ),
    Type.CODE,
    longest=60,
)
NAME = Field(
    "name",
    pgettext_lazy("customer", "Name"),
    words(
        """客户名称 客户姓名 姓名 客户名 名称 公司名称 单位名称 企业名称 会员姓名 车主姓名 车主
        联系人 联系人姓名 客户 公司 单位 称呼 名字 customername fullname name companyname
        company customer client contact contactname contactperson"""
    ),
    Type.NAME,
    longest=120,
)
MOBILE = Field(
    "mobile",
    _("Mobile"),
    words(
        """手机 手机号 手机号码 移动电话 联系电话 联系方式 电话 电话号码 联系号码 mobile mobilephone
        mobileno cell cellphone phone phonenumber telephone tel contactnumber"""
    ),
    Type.PHONES,
)
CREDIT_CODE = Field(
    "credit_code",
    _("Unified social credit code"),
    words(
        "统一社会信用代码 社会信用代码 信用代码 税号 纳税人识别号 creditcode taxid taxnumber uscc"
    ),
    Type.CODE,
    longest=18,
)
BY_CODE = Key("code", _("Customer number"), ("code",))
BY_CREDIT_CODE = Key("credit_code", _("Unified social credit code"), ("credit_code",))
BY_MOBILE = Key("mobile", _("Mobile"), ("mobile",))
BY_NAME_AND_MOBILE = Key("name_mobile", _("Name and mobile together"), ("name", "mobile"))
BY_NAME = Key("name", _("Name alone"), ("name",))
CUSTOMER_KEYS = (BY_CODE, BY_CREDIT_CODE, BY_MOBILE, BY_NAME_AND_MOBILE, BY_NAME)
