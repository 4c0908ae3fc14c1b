"""Stage, and what makes a customer record acceptable. No database, no clock."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

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


class Verdict(models.TextChoices):
    """What people decided about two customers that look like one; blank while nobody did."""

    DISTINCT = "distinct", _("Not the same")
    SHARED = "shared", _("They share a phone")


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


SURVIVOR, ABSORBED = "survivor", "absorbed"
# What says whose a customer is and under which number stays as it is, if there is anything.
STAYS = frozenset({"name", "code", "credit_code", "owner_id", "branch_id", "source"})
EMPTY: tuple[Any, ...] = (None, "", {}, [])


def survivors(
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    chosen: Mapping[str, str],
    *,
    newest_is_absorbed: bool,
) -> dict[str, Any]:
    """Field → the value that stays when two customers become one.

    As chosen; else what is filled; else identity and owner of the survivor, the better level,
    both notes, and of anything else what was recorded last.
    """
    return {
        name: _survivor(name, mine[name], theirs[name], chosen, newest_is_absorbed) for name in mine
    }


def _survivor(
    name: str, mine: Any, theirs: Any, chosen: Mapping[str, str], newest_is_absorbed: bool
) -> Any:
    choice = chosen.get(name) or chosen.get(name.removesuffix("_id"))
    if choice in (SURVIVOR, ABSORBED):
        return theirs if choice == ABSORBED else mine
    if mine in EMPTY or theirs in EMPTY or mine == theirs:
        return theirs if mine in EMPTY else mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return {**mine, **theirs} if newest_is_absorbed else {**theirs, **mine}
    if name == "level":
        return min(mine, theirs)
    if name == "note":
        return mine if theirs in mine else f"{mine}\n\n{theirs}"
    return theirs if newest_is_absorbed and name not in STAYS else mine
