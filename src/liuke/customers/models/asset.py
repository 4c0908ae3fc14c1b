"""What of a customer is served on a schedule."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.customers.models.customer import Customer


class Asset(models.Model):
    """A thing of the customer that we serve on a schedule: a vehicle, a machine."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="assets")
    name = models.CharField(_("name"), max_length=80)
    serial = models.CharField(_("plate or serial number"), max_length=40, blank=True)
    serial_normalised = models.CharField(max_length=40, editable=False)
    retired_on = models.DateField(_("out of service since"), null=True, blank=True)

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["serial_normalised"],
                condition=~Q(serial_normalised="") & Q(retired_on=None),
                name="asset_serial_unique",
                violation_error_message=_("Another asset in service already has this plate."),
            )
        ]
        indexes = [
            models.Index(
                fields=["retired_on"], condition=Q(retired_on__isnull=False), name="asset_retired"
            )
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.serial)))
