"""Customers set aside, and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models.customer import Customer
from liuke.customers.rules.closing import CloseReason, Reopened


class Closure(models.Model):
    """This customer is set aside, because …, and until somebody tries again."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="closures")
    reason = models.CharField(_("reason"), max_length=12, choices=CloseReason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    closed_on = models.DateField(_("closed on"))
    until = models.DateField(_("try again on"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(default=clock.now)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reopened = models.CharField(_("opened again"), max_length=8, choices=Reopened, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(reopened_at=None), name="closure_one_open"
            ),
            models.CheckConstraint(
                condition=Q(reopened="", reopened_at=None)
                | (~Q(reopened="") & Q(reopened_at__isnull=False)),
                name="closure_reopened_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=Q(reopened_at=None, until__isnull=False),
                name="closure_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.reason}"
