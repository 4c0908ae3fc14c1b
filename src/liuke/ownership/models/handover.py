"""Customers that went from one person to others in one act."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models import Customer


class Handover(models.Model):
    """Somebody left or had too much, and others took over."""

    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers", verbose_name=_("from")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=clock.now)
    note = models.CharField(_("reason"), max_length=200, blank=True)
    left = models.BooleanField(_("left the firm"), default=False)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.leaver} {self.at:%Y-%m-%d}"


class HandedCustomer(models.Model):
    """One customer of a handover, and who took over."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="handed")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="handed")
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handed", verbose_name=_("to")
    )
    value_year = models.DecimalField(_("value of a year"), max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("customer handed over")
        verbose_name_plural = _("customers handed over")
        constraints = [models.UniqueConstraint(fields=["handover", "customer"], name="handed_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.receiver_id}"
