from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import Unit
from liuke.core import clock
from liuke.customers.rules import Kind, Stage

NOT_SAID = ("", _("Not said"))


class Tag(models.Model):
    """A word that a firm puts on customers to find them together."""

    name = models.CharField(pgettext_lazy("tag", "name"), max_length=40)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_unique")]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person or organization the firm may serve."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(pgettext_lazy("customer", "name"), max_length=120)
    name_sort = models.CharField(max_length=120, editable=False)
    code = models.CharField(
        _("customer number"),
        max_length=60,
        blank=True,
        help_text=_("The number in your other systems. Imports find the customer by it."),
    )
    level = models.CharField(
        _("level"),
        max_length=1,
        blank=True,
        choices=[NOT_SAID, *((grade, grade) for grade in "ABCD")],
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("owner"),
    )
    branch = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("branch"),
    )
    source = models.CharField(_("heard of us through"), max_length=80, blank=True)
    note = models.TextField(_("note"), blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="customers", verbose_name=_("tags"))

    gender = models.CharField(
        _("gender"),
        max_length=6,
        blank=True,
        choices=[NOT_SAID, ("female", _("Female")), ("male", _("Male"))],
    )
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)

    industry = models.CharField(_("industry"), max_length=80, blank=True)
    size = models.CharField(_("size"), max_length=40, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("recorded"), default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="customer_code_unique",
                violation_error_message=_("Another customer already has this number."),
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="customer_credit_code_unique",
                violation_error_message=_("Another customer already has this credit code."),
            ),
        ]
        indexes = [
            models.Index(fields=["name_sort", "id"], name="customer_name_sort"),
            models.Index(fields=["owner", "name_sort"], name="customer_owner"),
            models.Index(fields=["branch", "name_sort"], name="customer_branch"),
            models.Index(fields=["-created_at", "id"], name="customer_created"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactPoint(models.Model):
    """One way to reach a customer."""

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        WECHAT = "wechat", _("WeChat")
        ADDRESS = "address", _("Address")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("value"), max_length=200)
    normalised = models.CharField(max_length=200, editable=False, db_index=True)
    preferred = models.BooleanField(_("preferred"), default=False)
    do_not_contact = models.BooleanField(_("do not contact"), default=False)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ("-preferred", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "normalised"], name="contact_point_once"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(preferred=True), name="contact_point_one_preferred"
            ),
        ]

    def __str__(self) -> str:
        return self.value


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

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.serial)))


class CustomerState(models.Model):
    """What lists sort and filter by: one narrow row per customer, written from apps above.

    Each group of columns has one writer, named in `services.STATE_COLUMNS`.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="state"
    )
    stage = models.CharField(
        _("stage"), max_length=10, choices=Stage, default=Stage.POTENTIAL, db_index=True
    )
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

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        indexes = [
            models.Index(fields=["-value_year", "customer"], name="state_value_year"),
            models.Index(fields=["-value_total", "customer"], name="state_value_total"),
            models.Index(fields=["-last_purchase_on", "customer"], name="state_last_purchase"),
            models.Index(fields=["at_risk_at", "lost_at"], name="state_at_risk"),
            models.Index(fields=["lost_at"], name="state_lost"),
            models.Index(fields=["contact_due_at"], name="state_contact_due"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)
