"""Why a customer changes hands. No database, no clock."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    EARLIER = "earlier", _("Before the history began")
    RECORDED = "recorded", _("Recorded")
    ASSIGNED = "assigned", _("Assigned")
    RULE = "rule", _("By a rule")
    CLAIMED = "claimed", _("Claimed from the pool")
    RELEASED = "released", _("Released to the pool")
    RECYCLED = "recycled", _("No contact for too long")
    HANDED_OVER = "handover", _("Handed over")
    DECIDED = "decided", _("Conflict decided")
    UNDONE = "undone", _("Taken back")
