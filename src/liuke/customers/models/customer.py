"""The customer, and the words a firm puts on it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import Unit
from liuke.core import clock
from liuke.customers.rules import Kind
from liuke.customers.rules.helping import in_force

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
    level = models.CharField(_("level"), max_length=12, blank=True)
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

    def is_helped_by(self, person_id: int) -> bool:
        """Whether this person helps with the customer today."""
        return self.helpers.filter(in_force(clock.today()), person=person_id).exists()
