"""Stage, and what makes a customer record acceptable. No database, no clock."""

import re
import unicodedata
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

ORGANIZATION = re.compile(
    r"公司|集团|工厂|厂$|商行|商店|超市|酒店|学校|医院|银行|事务所|合作社|车队|中心$|店$"
    r"|\b(?:ltd|limited|inc|llc|gmbh|co|corp|company|group|plc|s\.?a\.?|b\.?v\.?)\b\.?",
    re.IGNORECASE,
)


class Kind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANIZATION = "organization", _("Organization")


class Stage(models.TextChoices):
    POTENTIAL = "potential", _("Potential")
    INTENT = "intent", _("Intent")
    FIRST = "first", _("First purchase")
    RETURNING = "returning", _("Returning")


def stage_of(purchase_days: int, has_intent: bool = False) -> Stage:
    """Purchase days first; only without any does an open intent count."""
    if purchase_days > 1:
        return Stage.RETURNING
    if purchase_days == 1:
        return Stage.FIRST
    return Stage.INTENT if has_intent else Stage.POTENTIAL


def kind_of(name: str) -> Kind:
    """A guess from the name alone, for files that do not say."""
    return Kind.ORGANIZATION if ORGANIZATION.search(name) else Kind.PERSON


def plate_key(serial: str) -> str:
    """What two spellings of one plate or serial number have in common: letters and figures."""
    return "".join(each for each in unicodedata.normalize("NFKC", serial).upper() if each.isalnum())


# How long a customer who came back is still shown as won back.
RECOVERED_FOR = timedelta(days=42)


def churn_state(
    at_risk_at: date | None, lost_at: date | None, recovered_on: date | None, today: date
) -> str:
    """Where the clock stands on a day: none, active, recovered (a mark for six weeks), at_risk
    or lost."""
    if at_risk_at is None or lost_at is None:
        return "none"
    if today >= lost_at:
        return "lost"
    if today >= at_risk_at:
        return "at_risk"
    if recovered_on is not None and today < recovered_on + RECOVERED_FOR:
        return "recovered"
    return "active"
