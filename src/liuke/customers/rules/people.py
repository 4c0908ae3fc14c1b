"""The people around a customer: what they do, how they decide, what they care about."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Function(models.TextChoices):
    OWNER = "owner", pgettext_lazy("function", "Owner or management")
    PURCHASING = "purchasing", _("Purchasing")
    FINANCE = "finance", _("Finance")
    MARKETING = "marketing", _("Marketing and sales")
    SERVICE = "service", pgettext_lazy("function", "Service")
    TECHNOLOGY = "technology", _("Technology and operations")
    FAMILY = "family", pgettext_lazy("function", "Family")
    OTHER = "other", _("Other")


class BuyingRole(models.TextChoices):
    """The order is the one in which they are asked when the customer cannot be reached."""

    DECISION = "decision", _("Decision maker")
    PAYER = "payer", _("Payer")
    USER = "user", pgettext_lazy("buying role", "User")
    INFLUENCER = "influencer", _("Influencer")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")


class Concern(models.TextChoices):
    RETURN = "return", _("Return on the money")
    RESULTS = "results", _("Results")
    EASE = "ease", _("Ease of use")


def place(roles: list[str]) -> int:
    """Where somebody with these roles stands among the people, from one."""
    known = [role.value for role in BuyingRole]
    return 1 + min((known.index(role) for role in roles), default=len(known))
