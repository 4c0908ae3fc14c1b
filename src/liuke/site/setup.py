"""Preparing an installation: an empty firm, or the demo."""

import secrets

from django.db import transaction
from django.utils.translation import override

from liuke.accounts import services as accounts
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.churn import services as churn
from liuke.churn.rules import kinds
from liuke.core import clock
from liuke.site import demo

# The rule that each kind of business starts with, and what people call it.
BUSINESSES: dict[str, tuple[str, kinds.Rule]] = {
    "workshop": ("修理厂：漏来两次算准流失，三次算流失", kinds.MissedVisits()),
    "wholesale": ("批发：六十天没下单算准流失，九十天算流失", kinds.DaysWithoutOrder()),
    "retail": ("零售：按客户自己的节奏", kinds.OwnRhythm()),
}


def is_done() -> bool:
    return Unit.objects.exists() or User.objects.exists()


@transaction.atomic
def prepare_empty(business: str, firm: str) -> str:
    """An empty firm with one administrator; returns the password that was made up."""
    password = secrets.token_urlsafe(9)
    unit = accounts.create_unit(actor=None, kind=Unit.Kind.FIRM, name=firm or "留客")
    accounts.create_user(
        actor=None, username="admin", name="管理员", role=Role.OWNER, password=password, unit=unit
    )
    start_with_rule(business)
    return password


def start_with_rule(business: str) -> None:
    name, content = BUSINESSES[business]
    churn.save_rule(actor=None, content=content, name=name)
    churn.apply_rules(now=clock.now())


@transaction.atomic
def prepare_demo(business: str = "workshop") -> None:
    """One of the demo firms, as of today."""
    with override("zh-hans"):
        demo.build(business)
        start_with_rule(business)
