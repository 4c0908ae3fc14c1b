"""What lists sort and filter by, and what is counted of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import Unit
from liuke.customers.models.customer import Customer
from liuke.customers.rules import Stage
from liuke.customers.rules.closing import CLOSED, CLOSED_WORD

STAGES = [*Stage.choices, (CLOSED, CLOSED_WORD)]


class CustomerState(models.Model):
    """What lists sort and filter by: one narrow row per customer, written from apps above.

    Each group of columns has one writer, named in `services.STATE_COLUMNS`. Owner and branch are
    those of the customer once more: only with them in the same table can one index both find the
    customers of one person and give them in the wanted order.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="state"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
    )
    branch = models.ForeignKey(
        Unit, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    stage = models.CharField(_("stage"), max_length=10, choices=STAGES, default=Stage.POTENTIAL)
    purchase_days = models.PositiveIntegerField(_("purchase days"), default=0)
    first_purchase_on = models.DateField(_("first purchase"), null=True)
    last_purchase_on = models.DateField(_("last purchase"), null=True)
    value_total = models.DecimalField(_("total value"), max_digits=16, decimal_places=2, default=0)
    value_year = models.DecimalField(
        _("value of a year"), max_digits=16, decimal_places=2, default=0
    )
    expected_at = models.DateField(_("expected"), null=True)
    at_risk_at = models.DateField(_("at risk from"), null=True)
    lost_at = models.DateField(_("lost from"), null=True)
    recovered_on = models.DateField(_("won back"), null=True)
    clocks = models.PositiveSmallIntegerField(default=0)
    last_contact_on = models.DateField(_("last contact"), null=True)
    contact_due_at = models.DateField(_("next contact"), null=True)
    intent_until = models.DateField(_("intent until"), null=True)
    pool_at = models.DateField(_("to the pool on"), null=True)
    pool = models.PositiveIntegerField(
        _("pool"), null=True, help_text="The id of an ownership.Pool; this app knows none."
    )
    closed_on = models.DateField(_("closed on"), null=True)
    completeness = models.PositiveSmallIntegerField(_("completeness"), null=True)

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        # All begin with whom somebody looks for and end with the order. One by the dates of the
        # clock would tempt a database to read everybody at risk and sort them.
        indexes = [
            # A branch is no beginning: its customers are those of its people as well. They are
            # seen in passing.
            models.Index(
                fields=["-value_year", "customer", "owner", "branch"], name="state_value_year"
            ),
            models.Index(fields=["-value_total", "customer"], name="state_value_total"),
            models.Index(fields=["-last_purchase_on", "customer"], name="state_last_purchase"),
            models.Index(fields=["contact_due_at"], name="state_contact_due"),
            models.Index(
                fields=["pool_at"], condition=Q(pool_at__isnull=False), name="state_pool_at"
            ),
            models.Index(fields=["pool"], condition=Q(pool__isnull=False), name="state_pool"),
            models.Index(fields=["-completeness", "customer"], name="state_completeness"),
            models.Index(fields=["owner", "-value_year", "customer"], name="state_owner_value"),
            models.Index(
                fields=["owner", "-last_purchase_on", "customer"], name="state_owner_last"
            ),
            models.Index(fields=["stage", "-value_year", "customer"], name="state_stage_value"),
            models.Index(
                fields=["stage", "-last_purchase_on", "customer"], name="state_stage_last"
            ),
            models.Index(
                fields=["-recovered_on", "customer"],
                condition=models.Q(recovered_on__isnull=False),
                name="state_recovered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


class CustomerTally(models.Model):
    """How many customers of one owner and branch stood where when they were last counted.

    Kept by a tick for firms so large that counting them takes longer than showing a page.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False)
    branch = models.ForeignKey(Unit, models.CASCADE, null=True, db_index=False)
    stage = models.CharField(max_length=10, choices=STAGES)
    standing = models.CharField(max_length=10)
    customers = models.PositiveIntegerField()
    value_year = models.DecimalField(max_digits=18, decimal_places=2)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.branch_id} {self.stage} {self.standing}: {self.customers}"
