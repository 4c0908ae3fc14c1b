"""Who helps with a customer that belongs to somebody else."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models.customer import Customer


class Collaborator(models.Model):
    """This person helps with this customer, for a reason, until a day or until told otherwise."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="helpers")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="helps",
        db_index=False,
        verbose_name=_("collaborator"),
    )
    why = models.CharField(_("helps with"), max_length=200)
    percent = models.PositiveSmallIntegerField(
        _("share in percent"), null=True, help_text="Empty: what the firm says for helpers."
    )
    since = models.DateField(_("from"), default=clock.today)
    until = models.DateField(_("until"), null=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("collaborator")
        verbose_name_plural = _("collaborators")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "person"],
                condition=Q(ended_at=None),
                name="collaborator_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="collaborator_in_order"
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__range=(0, 99)),
                name="collaborator_leaves_a_main_share",
            ),
        ]
        indexes = [
            # Whom somebody helps with: few rows, whatever the size of the firm.
            models.Index(
                fields=["person", "customer"], condition=Q(ended_at=None), name="collaborator_of"
            ),
            models.Index(
                fields=["until"],
                condition=Q(ended_at=None, until__isnull=False),
                name="collaborator_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.customer_id}"

    def helped_on(self, day: date) -> bool:
        """Whether this person helped on a day; first and last day count."""
        ended = None if self.ended_at is None else clock.day_of(self.ended_at)
        last = min(filter(None, (self.until, ended)), default=date.max)
        return self.since <= day <= last
