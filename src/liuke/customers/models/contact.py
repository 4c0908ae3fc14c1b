"""How a customer is reached, and whether."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.core import clock, text
from liuke.customers.models.customer import Customer
from liuke.customers.models.people import Person
from liuke.customers.rules.contacts import PointKind, Result


class ContactPoint(models.Model):
    """One way to reach a customer, or a person around the customer."""

    Kind = PointKind

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contact_points")
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="contact_points"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PointKind)
    value = models.CharField(_("value"), max_length=200)
    normalised = models.CharField(max_length=200, editable=False, db_index=True)
    label = models.CharField(_("label"), max_length=40, blank=True)
    preferred = models.BooleanField(_("preferred"), default=False)
    do_not_contact = models.BooleanField(_("do not contact"), default=False)
    last_result = models.CharField(
        _("last result"), max_length=12, choices=Result, blank=True, editable=False
    )
    last_result_on = models.DateField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ("-preferred", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "normalised"],
                condition=Q(person=None),
                name="contact_point_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "normalised"],
                condition=Q(person__isnull=False),
                name="contact_point_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(preferred=True, person=None),
                name="contact_point_one_preferred",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(preferred=True, person__isnull=False),
                name="contact_point_one_preferred_per_person",
            ),
            models.CheckConstraint(
                condition=Q(last_result="", last_result_on=None)
                | (~Q(last_result="") & Q(last_result_on__isnull=False)),
                name="contact_point_result_has_day",
            ),
        ]

    # Set on rows read for somebody who may not see this number (`queries.hide_phones`).
    is_hidden = False

    def __str__(self) -> str:
        return self.value

    def hide(self) -> None:
        """Leave of the number only what tells it from another."""
        self.is_hidden, self.normalised = True, ""
        self.value = text.masked(self.value)


class ContactBlock(models.Model):
    """Why nobody may contact a customer, and until when; the last word is the customer's."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contact_blocks")
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    lifted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("do not contact")
        verbose_name_plural = _("do not contact")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(lifted_at=None), name="contact_block_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.reason}"
