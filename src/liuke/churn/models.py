from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import Unit
from liuke.churn.rules import kinds
from liuke.churn.rules.history import Cause, State
from liuke.churn.rules.months import Figure
from liuke.core import clock
from liuke.customers.models import Asset, Customer
from liuke.customers.rules import Kind

# The day from which a firm's first rule decides: before any record.
BEGINNING = "1900-01-01"


class ChurnRule(models.Model):
    """For one segment of customers: when they are expected, at risk and lost."""

    name = models.CharField(_("name"), max_length=80)
    applies_to = models.CharField(
        _("applies to"),
        max_length=12,
        blank=True,
        choices=[("", _("all other customers")), *Kind.choices],
        unique=True,
    )

    class Meta:
        verbose_name = _("churn rule")
        verbose_name_plural = _("churn rules")
        ordering = ("-applies_to",)

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule says from a day on. A restatement supersedes every version before it."""

    rule = models.ForeignKey(ChurnRule, models.PROTECT, related_name="versions")
    kind = models.CharField(_("kind"), max_length=10)
    params = models.JSONField()
    valid_from = models.DateField(_("valid from"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    created_at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        ordering = ("valid_from", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "valid_from"],
                condition=Q(superseded_at=None),
                name="rule_version_one_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.valid_from}"

    @property
    def content(self) -> kinds.Rule:
        return kinds.build(self.kind, self.params)


class StateChoice(models.IntegerChoices):
    ACTIVE = State.ACTIVE.value, _("Safe")
    AT_RISK = State.AT_RISK.value, _("At risk")
    LOST = State.LOST.value, _("Lost")
    RETIRED = State.RETIRED.value, _("Out of service")


class Clock(models.Model):
    """The running dates of one asset or, where a customer has none, of the customer.

    Derived: `services.refresh_clocks` replaces the rows of a customer as a whole.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="clocks")
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="clocks")
    version = models.ForeignKey(RuleVersion, models.PROTECT, db_index=False)
    takes_unnamed = models.BooleanField(
        help_text="Purchases that name no asset count here: the only asset, or no asset at all."
    )
    first_day = models.DateField()
    last_day = models.DateField()
    purchase_days = models.PositiveIntegerField()
    expected_at = models.DateField(null=True)
    at_risk_at = models.DateField()
    lost_at = models.DateField()
    state = models.PositiveSmallIntegerField(choices=StateChoice)

    class Meta:
        verbose_name = _("churn clock")
        verbose_name_plural = _("churn clocks")
        constraints = [
            models.UniqueConstraint(fields=["asset"], name="clock_of_asset"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(asset=None), name="clock_of_customer"
            ),
            models.CheckConstraint(
                condition=Q(last_day__lt=models.F("at_risk_at"))
                & Q(at_risk_at__lt=models.F("lost_at")),
                name="clock_dates_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "at_risk_at"], name="clock_due_at_risk"),
            models.Index(fields=["state", "lost_at"], name="clock_due_lost"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.asset_id}: {self.lost_at}"

    def state_on(self, day: date) -> State:
        """Where the clock stands on a day; `state` is only what was last noted."""
        if self.asset and self.asset.retired_on and self.asset.retired_on <= day:
            return State.RETIRED
        return State((day >= self.at_risk_at) + (day >= self.lost_at))


class CauseChoice(models.IntegerChoices):
    TIME = Cause.TIME.value, _("time passed")
    RULE = Cause.RULE.value, _("the rule changed")
    PURCHASE = Cause.PURCHASE.value, _("bought again")
    RETIREMENT = Cause.RETIREMENT.value, _("out of service")


class Transition(models.Model):
    """One dated crossing from a state to another, dated by the clock, not by when a job ran."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="transitions")
    asset = models.ForeignKey(Asset, models.CASCADE, null=True, related_name="transitions")
    version = models.ForeignKey(RuleVersion, models.PROTECT, db_index=False)
    on = models.DateField()
    before = models.PositiveSmallIntegerField(choices=StateChoice)
    after = models.PositiveSmallIntegerField(choices=StateChoice)
    cause = models.PositiveSmallIntegerField(choices=CauseChoice)
    recorded_at = models.DateTimeField(default=clock.now)
    alarm = models.BooleanField(
        default=False, help_text="Time passed and a tick saw it; not history that a file brought."
    )

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "on", "cause"], name="transition_of_asset_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "on", "cause"],
                condition=Q(asset=None),
                name="transition_of_customer_once",
            ),
            models.CheckConstraint(
                condition=~Q(before=models.F("after")), name="transition_changes_state"
            ),
        ]
        indexes = [
            models.Index(fields=["on", "after", "customer"], name="transition_on"),
            models.Index(fields=["-recorded_at"], condition=Q(alarm=True), name="transition_alarm"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.asset_id} {self.on}: {self.before} → {self.after}"


class Counted(models.Model):
    """What one customer adds to the monthly table, and under whose name it was counted.

    Derived, like the clocks: `changes` is `rules.months.written`. It is what has to be taken away
    again when the customer's purchases, owner or branch change.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="counted"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False)
    branch = models.ForeignKey(Unit, models.CASCADE, null=True, db_index=False)
    changes = models.BinaryField()

    class Meta:
        verbose_name = _("counted customer")
        verbose_name_plural = _("counted customers")

    def __str__(self) -> str:
        return str(self.customer_id)


class MonthChange(models.Model):
    """What the customers of one owner and branch together add to a month of the monthly table.

    Rows are only ever added, so that nobody waits for another's; the figures are their sums, and
    a tick puts the rows of one month together again.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False)
    branch = models.ForeignKey(Unit, models.CASCADE, null=True, db_index=False)
    month = models.SmallIntegerField(help_text="Counted from January 1970.")
    customers = models.IntegerField()
    settled = models.IntegerField()
    newly_at_risk = models.IntegerField()
    newly_lost = models.IntegerField()
    recovered = models.IntegerField()
    returned = models.IntegerField()
    at_risk_end = models.IntegerField()
    lost_end = models.IntegerField()
    present = models.IntegerField()

    FIGURES = tuple(figure.name.lower() for figure in Figure)

    class Meta:
        verbose_name = _("change of a month")
        verbose_name_plural = _("changes of months")
        indexes = [
            models.Index(fields=["owner", "month"], name="month_change_owner"),
            models.Index(fields=["branch", "month"], name="month_change_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.branch_id} {self.month}"


class Score(models.Model):
    """One fit of the model behind P(alive), with its scorecard; or why there was none.

    The value of a purchase has a model of its own, which may be refused by itself.
    """

    made_at = models.DateTimeField(db_index=True)
    as_of = models.DateField()
    customers = models.PositiveIntegerField(help_text="Customers it was fitted on.")
    params = models.JSONField(null=True)
    cards = models.JSONField(default=list)
    refusal = models.JSONField(null=True)
    value_params = models.JSONField(null=True)
    value_refusal = models.JSONField(null=True)

    class Meta:
        verbose_name = _("fit of the prediction")
        verbose_name_plural = _("fits of the prediction")

    def __str__(self) -> str:
        return f"{self.as_of}: {self.customers}"
