"""The fields that every firm starts with: words, lists and weights; stored rows may change them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.customers.rules.fields import Choice, FieldOf, For, Group, Type

# How to reach a customer is no field, but without it nothing else helps.
REACH = "reach"


def _list(*pairs: tuple[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in pairs)


GENDERS = _list(("female", _("Female")), ("male", _("Male")))
INCOMES = _list(
    ("low", pgettext_lazy("income", "Below average")),
    ("middle", pgettext_lazy("income", "Average")),
    ("upper", pgettext_lazy("income", "Above average")),
    ("high", pgettext_lazy("income", "Far above average")),
)
MARITAL = _list(
    ("single", _("Single")),
    ("married", _("Married")),
    ("divorced", _("Divorced")),
    ("widowed", _("Widowed")),
)
BUSINESS_MODELS = _list(
    ("maker", _("Maker")),
    ("wholesale", _("Wholesale")),
    ("retail", _("Retail")),
    ("chain", _("Chain or franchise")),
    ("online", _("Online trade")),
    ("services", _("Services")),
    ("public", _("Public body")),
)
INVOICES = _list(
    ("special", _("Special VAT invoice")),
    ("ordinary", _("Ordinary VAT invoice")),
    ("none", _("No invoice")),
)
SOURCES = _list(
    ("referral", _("Referral")),
    ("advertisement", _("Advertisement")),
    ("event", _("Event")),
    ("nearby", _("Lives nearby")),
    ("walked_by", _("Walked by")),
    ("search", _("Found online")),
    ("visit", _("We called on them")),
)
MEDIA = _list(
    ("radio", _("Radio")),
    ("tv", _("Television")),
    ("press", _("Newspapers and magazines")),
    ("sites", _("Websites")),
    ("video", _("Short videos")),
    ("wechat", _("WeChat")),
    ("outdoor", _("Posters and screens")),
)

_P: dict[str, Any] = {"applies": For.PERSON, "group": Group.PERSON}
_O: dict[str, Any] = {"applies": For.ORGANIZATION, "group": Group.ORGANIZATION}
_V: dict[str, Any] = {"applies": For.ORGANIZATION, "group": Group.INVOICE}
_I: dict[str, Any] = {"group": Group.INTEREST}

BUILT_IN: tuple[FieldOf, ...] = (
    FieldOf("gender", _("Gender"), Type.CHOICE, **_P, weight=1, choices=GENDERS, column="gender"),
    FieldOf("birth_date", _("Birth date"), Type.DATE, **_P, weight=3, column="birth_date"),
    FieldOf("occupation", _("Occupation"), Type.TEXT, **_P, weight=2, column="occupation"),
    FieldOf("position", _("Position"), Type.TEXT, **_P, weight=1),
    FieldOf("income", _("Income"), Type.CHOICE, **_P, choices=INCOMES),
    FieldOf("marital", _("Marital status"), Type.CHOICE, **_P, weight=1, choices=MARITAL),
    FieldOf(
        "child_count", _("Number of children"), Type.NUMBER, **_P, weight=1,
        low=Decimal(0), high=Decimal(20),
    ),
    FieldOf("hobbies", _("Hobbies"), Type.CHOICES, **_P, weight=2, open=True),
    FieldOf(
        "industry", _("Industry"), Type.TEXT, group=Group.BASIC, weight=2,
        column="industry",
    ),
    FieldOf("size", _("Size"), Type.TEXT, **_O, weight=2, column="size"),
    FieldOf(
        "business_model", _("Business model"), Type.CHOICE, **_O, weight=2,
        choices=BUSINESS_MODELS,
    ),
    FieldOf(
        "credit_code", _("Unified social credit code"), Type.TEXT, **_O, weight=1,
        column="credit_code",
    ),
    FieldOf("invoice_kind", _("Kind of invoice"), Type.CHOICE, **_V, choices=INVOICES),
    FieldOf("invoice_title", _("Name on the invoice"), Type.TEXT, **_V, weight=1),
    FieldOf("invoice_address", _("Registered address"), Type.TEXT, **_V),
    FieldOf("invoice_phone", _("Registered telephone"), Type.TEXT, **_V),
    FieldOf("invoice_bank", _("Bank"), Type.TEXT, **_V),
    FieldOf("invoice_account", _("Account number"), Type.TEXT, **_V),
    FieldOf(
        "source_kind", _("Source"), Type.CHOICE, group=Group.BASIC, weight=3, choices=SOURCES
    ),
    FieldOf("languages", _("Languages"), Type.CHOICES, group=Group.BASIC, open=True),
    FieldOf("source", _("Heard of us through"), Type.TEXT, group=Group.BASIC, column="source"),
    FieldOf(
        "motive", _("Why they buy"), Type.TEXT, **_I, weight=5,
        help=_("What they want to reach or get rid of."),
    ),
    FieldOf(
        "doubts", _("What holds them back"), Type.TEXT, **_I, weight=4,
        help=_("What they are not sure of, in their words."),
    ),
    FieldOf("values", _("What they value"), Type.TEXT, **_I, weight=4),
    FieldOf("needs", _("Needs"), Type.CHOICES, **_I, weight=4, open=True),
    FieldOf("brands_now", _("Brands used now"), Type.CHOICES, **_I, weight=3, open=True),
    FieldOf("brands_before", _("Brands used before"), Type.CHOICES, **_I, open=True),
    FieldOf("brands_wanted", _("Brands they look at"), Type.CHOICES, **_I, weight=1, open=True),
    FieldOf(
        "years_of_use", _("Years of use"), Type.NUMBER, **_I, low=Decimal(0), high=Decimal(100)
    ),
    FieldOf("media", _("Media they follow"), Type.CHOICES, **_I, weight=1, choices=MEDIA),
    FieldOf(
        "fit", _("Fit with our offer"), Type.NUMBER, **_I, low=Decimal(0), high=Decimal(100),
        help=_("0 to 100."),
    ),
)  # fmt: skip

REACH_FIELD = FieldOf(REACH, _("A way to reach them"), Type.TEXT, weight=8)
