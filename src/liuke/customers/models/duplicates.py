"""Who may be whom, whose mobile a number is, and what was made one."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core import clock
from liuke.customers.models.customer import Customer
from liuke.customers.models.merge_runs import MergeRun
from liuke.customers.rules import Verdict


class DuplicatePair(models.Model):
    """Two customers that may be one: how likely, why, and what people decided."""

    class Source(models.TextChoices):
        SEARCH = "search", _("Search for duplicates")
        FILE = "file", _("Import")
        PERSON = "person", _("A colleague")

    first = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    probability = models.FloatField(_("probability"), default=0)
    reasons = models.JSONField(default=list, help_text="Pairs of a field and how it agrees.")
    source = models.CharField(_("found by"), max_length=6, choices=Source)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-probability", "id"], condition=Q(verdict=""), name="duplicate_pair_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class PrimaryMobile(models.Model):
    """The mobile a customer is known by; of those with one number only one holds it.

    Another may have it by a decision (relatives share a phone). A file does not wait for people:
    what it brings a second time is contested until somebody decides.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="primary_mobile"
    )
    number = models.CharField(max_length=200, db_index=True)
    decision = models.ForeignKey(DuplicatePair, models.PROTECT, null=True, related_name="+")
    contested = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("primary mobile")
        verbose_name_plural = _("primary mobiles")
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(decision=None, contested=False),
                name="primary_mobile_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(decision=None) | Q(contested=False),
                name="primary_mobile_decided_is_not_contested",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.customer_id})"


class CustomerMerge(models.Model):
    """One customer that became part of another, and all it takes to part them again.

    Plain ids: the record outlives both. `moved` names rows that only changed hands, `images` how
    rows of both looked before and after.
    """

    survivor_id = models.BigIntegerField(db_index=True)
    absorbed_id = models.BigIntegerField(db_index=True)
    survivor_name = models.CharField(pgettext_lazy("customer", "name"), max_length=120)
    absorbed_name = models.CharField(max_length=120)
    moved = models.JSONField(default=dict)
    images = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, db_index=True)
    run = models.ForeignKey(MergeRun, models.PROTECT, null=True, related_name="merges")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class FormerCustomer(models.Model):
    """Who a customer also was: the id, number and name under which others still know it."""

    id = models.BigIntegerField(primary_key=True)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="former")
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=60, blank=True, db_index=True)
    credit_code = models.CharField(max_length=18, blank=True)
    merge = models.ForeignKey(CustomerMerge, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("former customer")
        verbose_name_plural = _("former customers")

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"
