"""Whose customer, from when to when, and why."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liuke.customers.models import Customer
from liuke.ownership.models.pool import Pool
from liuke.ownership.rules import Reason
from liuke.ownership.rules.assigning import sentence


class OwnerPeriod(models.Model):
    """One stretch of a customer's ownership: an owner's, a pool's, or nobody's.

    A period ends where the next begins, so that every moment since the first record belongs to
    exactly one of them. Only `services.periods` writes here.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="owner_periods")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="owner_periods",
        verbose_name=_("owner"),
    )
    pool = models.ForeignKey(
        Pool, models.PROTECT, null=True, related_name="periods", verbose_name=_("pool")
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    why = models.JSONField(null=True, blank=True)
    extended_until = models.DateField(_("extended until"), null=True)
    extended_why = models.CharField(_("why extended"), max_length=200, blank=True, db_default="")

    class Meta:
        verbose_name = _("period of an owner")
        verbose_name_plural = _("history of owners")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at=None), name="owner_period_one_open"
            ),
            models.UniqueConstraint(
                fields=["customer", "started_at"], name="owner_period_one_begins"
            ),
            models.UniqueConstraint(fields=["customer", "ended_at"], name="owner_period_one_ends"),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(pool=None), name="owner_period_owner_or_pool"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
                name="owner_period_takes_time",
            ),
        ]
        indexes = [models.Index(fields=["owner", "ended_at"], name="owner_period_of")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.owner_id} {self.started_at:%Y-%m-%d}"

    @property
    def because(self) -> str:
        """Why a rule chose this owner, in the reader's language; kept are figures and words."""
        return sentence(self.why) if self.why else ""
