"""Preparing an installation: an empty firm, or the demo."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from liuke.accounts import services as accounts
from liuke.accounts.models import Unit, User
from liuke.accounts.rules import Role
from liuke.churn import services as churn
from liuke.churn.rules import kinds
from liuke.core import clock
from liuke.core.errors import Refused
from liuke.followups import services as followups
from liuke.followups.rules import Cadence, Situation
from liuke.site import demo

# The rule that each kind of business starts with, and what people call it.
BUSINESSES: dict[str, tuple[str, kinds.Rule]] = {
    "workshop": ("修理厂：漏来两次算准流失，三次算流失", kinds.MissedVisits()),
    "wholesale": ("批发：六十天没下单算准流失，九十天算流失", kinds.DaysWithoutOrder()),
    "retail": ("零售：按客户自己的节奏", kinds.OwnRhythm()),
}

# How often people in each situation are contacted, where the firm's rhythm is not the default.
CADENCES: dict[str, dict[str, Cadence]] = {
    "workshop": {
        Situation.NEW: Cadence(30, lasts=60),
        Situation.OLDER: Cadence(120),
        Situation.POTENTIAL: Cadence(90),
        Situation.AWAY: Cadence(180),
    },
    "wholesale": {Situation.NEW: Cadence(14, lasts=60)},
    "retail": {
        Situation.NEW: Cadence(30, lasts=60),
        Situation.OLDER: Cadence(90),
        Situation.POTENTIAL: Cadence(90),
        Situation.AWAY: Cadence(120),
    },
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
    start_with(business)
    return password


def start_with(business: str) -> None:
    name, content = BUSINESSES[business]
    churn.save_rule(actor=None, content=content, name=name)
    churn.apply_rules(now=clock.now())
    for situation, cadence in CADENCES[business].items():
        followups.save_cadence(actor=None, situation=situation, cadence=cadence)
    followups.advance(clock.now())


@dataclass(frozen=True, slots=True)
class FirstPerson:
    name: str
    username: str
    password: str


def found(*, firm: str, business: str, branch: str, owner: FirstPerson) -> User:
    """A real firm with its owner, once: of two people at the same moment one is refused."""
    try:
        with transaction.atomic():
            if is_done():
                raise _already()
            unit = accounts.create_unit(actor=None, kind=Unit.Kind.FIRM, name=firm)
            if branch:
                unit = accounts.create_unit(
                    actor=None, kind=Unit.Kind.BRANCH, name=branch, parent=unit
                )
            person = accounts.create_user(
                actor=None, username=owner.username, name=owner.name, role=Role.OWNER,
                password=owner.password, unit=unit,
            )  # fmt: skip
            start_with(business)
            return person
    except IntegrityError:
        # There is one firm, says the database, and somebody else was a moment faster.
        raise _already() from None


def _already() -> Refused:
    return Refused(_("This installation is already set up. Sign in instead."))


@transaction.atomic
def prepare_demo(business: str = "workshop") -> None:
    """One of the demo firms, as of today."""
    with override("zh-hans"):
        demo.build(business)
        start_with(business)
        demo.change_hands(clock.today())
