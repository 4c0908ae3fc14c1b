"""What somebody agreed to, and when they took it back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models.contact import ContactPoint
from liuke.customers.rules.contacts import Given, Purpose


class Consent(models.Model):
    """One statement about one way and purpose; the newest counts, the older ones stay."""

    point = models.ForeignKey(ContactPoint, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    given = models.BooleanField(_("given"))
    how = models.CharField(_("how"), max_length=10, choices=Given)
    on = models.DateField(_("on"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["point", "purpose"],
                condition=Q(replaced_at=None),
                name="consent_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="consent_purpose_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.purpose}: {self.given}"
