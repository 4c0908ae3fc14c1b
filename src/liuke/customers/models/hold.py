"""Why a customer stays where it is, and until when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models.customer import Customer


class Hold(models.Model):
    """This customer may not be taken from its owner, because …, until …

    Written by apps above, one open hold of each source: an open deal, a promise, a complaint.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="holds")
    source = models.CharField(max_length=20)
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("until"), null=True)
    created_at = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "source"], condition=Q(lifted_at=None), name="hold_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.reason}"
