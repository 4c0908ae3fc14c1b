from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models import ContactPoint, Customer, Person
from liuke.followups.rules import Channel, Direction, Outcome, Situation


class Interaction(models.Model):
    """One contact with a customer, or the attempt: what was said and what comes next."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions")
    occurred_at = models.DateTimeField(_("when"))
    day = models.DateField(editable=False)
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    direction = models.CharField(
        _("who began"), max_length=3, choices=Direction, default=Direction.OUT
    )
    outcome = models.CharField(_("result"), max_length=12, choices=Outcome)
    goal = models.CharField(_("goal"), max_length=200, blank=True)
    said = models.TextField(_("what they said"), blank=True)
    left_open = models.CharField(_("left open"), max_length=200, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_on = models.DateField(_("on"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="interactions",
        verbose_name=_("by"),
    )
    point = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("reached by"),
    )
    person = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("spoken to"),
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            models.Index(fields=["customer", "-occurred_at"], name="interaction_customer"),
            models.Index(fields=["by", "day"], name="interaction_by"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day} {self.outcome}"


class CadencePolicy(models.Model):
    """What the firm says instead of the default: contact customers in this situation every …"""

    situation = models.CharField(max_length=10, choices=Situation, unique=True)
    every_days = models.PositiveSmallIntegerField(_("every how many days"))
    lasts_days = models.PositiveSmallIntegerField(_("days after a purchase"), default=0)

    class Meta:
        verbose_name = _("cadence")
        verbose_name_plural = _("cadences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every_days__gte=1), name="cadence_at_least_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.situation}: {self.every_days}"
