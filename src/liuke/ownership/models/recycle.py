"""After how long without a contact a customer goes to the pool."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.customers.rules import Stage


class RecycleRule(models.Model):
    """So many days without a contact, for a stage and perhaps one level of it."""

    stage = models.CharField(_("stage"), max_length=10, choices=Stage)
    level = models.CharField(_("level"), max_length=1, blank=True)
    days = models.PositiveSmallIntegerField(_("days without a contact"))

    class Meta:
        verbose_name = _("pool rule")
        verbose_name_plural = _("pool rules")
        constraints = [
            models.UniqueConstraint(fields=["stage", "level"], name="recycle_rule_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="recycle_rule_at_least_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.level}: {self.days}"


class RecycleSteps(models.Model):
    """Who is told when, before a customer goes to the pool. One row; without it the defaults."""

    first_days = models.PositiveSmallIntegerField(_("first warning, days before"), default=7)
    last_days = models.PositiveSmallIntegerField(_("last warning, days before"), default=1)
    manager_days = models.PositiveSmallIntegerField(_("then days for the manager"), default=0)
    extension_days = models.PositiveSmallIntegerField(_("one extension of … days"), default=14)
    since = models.DateField(null=True, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    warned_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("steps to the pool")
        verbose_name_plural = _("steps to the pool")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="recycle_steps_one_row"),
            models.CheckConstraint(
                condition=Q(last_days__lte=models.F("first_days")), name="recycle_steps_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_days}/{self.last_days}/{self.manager_days}"
