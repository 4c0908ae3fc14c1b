"""Two people on one customer: a case, what speaks for whom, and what was decided."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models import Collaborator, Customer
from liuke.ownership.rules.conflicts import PENDING, Ground, Source, State, Verdict


class Conflict(models.Model):
    """`claimant` says that the customer of `owner` is theirs. Both as they were when it began."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="conflicts")
    besides = models.BigIntegerField(
        null=True, editable=False, help_text="The id of a second record, which may be merged away."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="conflicts_against",
        verbose_name=_("owner"),
    )
    claimant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="conflicts_for",
        verbose_name=_("other one"),
    )
    source = models.CharField(_("opened from"), max_length=10, choices=Source)
    claim = models.CharField(_("what speaks for it"), max_length=300)
    opened_at = models.DateTimeField(_("opened"), default=clock.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    proposal = models.CharField(_("proposal"), max_length=10, choices=Verdict)
    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    verdict = models.CharField(
        _("decision"), max_length=10, choices=Verdict, blank=True, help_text="The one in force."
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    appeal = models.CharField(_("why appealed"), max_length=300, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    # Whether the reader sees the customer: `queries.conflicts_visible_to` says it with the rows.
    seen: bool

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "claimant"],
                condition=Q(state__in=PENDING),
                name="conflict_one_open",
            ),
            models.CheckConstraint(condition=~Q(owner=F("claimant")), name="conflict_between_two"),
            models.CheckConstraint(
                condition=Q(state__in=(State.OPEN, State.DROPPED), verdict="")
                | (~Q(state__in=(State.OPEN, State.DROPPED)) & ~Q(verdict="")),
                name="conflict_decided_has_a_verdict",
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "id"], name="conflict_opened"),
            models.Index(fields=["state"], name="conflict_state"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Decision(models.Model):
    """What somebody decided about a case, once, and perhaps somebody above once more."""

    FIRST, LAST = 1, 2

    conflict = models.ForeignKey(Conflict, models.CASCADE, related_name="decisions")
    instance = models.PositiveSmallIntegerField(default=FIRST)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    why = models.CharField(_("reason"), max_length=300)
    percent = models.PositiveSmallIntegerField(_("share in percent"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), default=clock.now)
    helper = models.ForeignKey(Collaborator, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("decision of a conflict")
        verbose_name_plural = _("decisions of conflicts")
        ordering = ("instance",)
        constraints = [
            models.UniqueConstraint(fields=["conflict", "instance"], name="decision_once"),
            models.CheckConstraint(condition=Q(instance__in=(1, 2)), name="decision_at_most_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.conflict_id}: {self.verdict}"


class ConflictTerms(models.Model):
    """Days that decide conflicts, and the usual share of helpers. One row, or the defaults."""

    protection_days = models.PositiveSmallIntegerField(_("days of protection"), default=30)
    silent_days = models.PositiveSmallIntegerField(_("days of silence"), default=90)
    appeal_days = models.PositiveSmallIntegerField(_("days to appeal"), default=7)
    helper_percent = models.PositiveSmallIntegerField(_("share of helpers, in percent"), default=20)

    class Meta:
        verbose_name = _("terms of working together")
        verbose_name_plural = _("terms of working together")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="conflict_terms_one_row"),
            models.CheckConstraint(
                condition=Q(helper_percent__lte=50), name="conflict_terms_leave_a_main_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protection_days}/{self.silent_days}/{self.appeal_days}"
