"""What is known of a customer beyond the file: fields of the profile, and their values."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.customers.models.customer import NOT_SAID, Customer
from liuke.customers.rules.fields import LONGEST, For, Group, Type
from liuke.customers.rules.profile import GENDERS


class Level(models.Model):
    """A class of customers that the firm serves alike. Customers hold its name."""

    name = models.CharField(pgettext_lazy("level", "name"), max_length=12)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    standard = models.TextField(
        _("service standard"),
        blank=True,
        max_length=500,
        help_text=_("What everybody of this level can count on."),
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ("place", "id")
        constraints = [models.UniqueConstraint(Lower("name"), name="level_name_unique")]

    def __str__(self) -> str:
        return self.name


class ProfileField(models.Model):
    """A field of the firm's own, or what the firm changed of a built-in one (with a key)."""

    key = models.CharField(max_length=20, blank=True, editable=False)
    name = models.CharField(pgettext_lazy("field", "name"), max_length=40, blank=True)
    help = models.CharField(_("help"), max_length=120, blank=True)
    type = models.CharField(_("what it holds"), max_length=10, choices=Type)
    applies = models.CharField(_("for"), max_length=12, choices=For, default=For.BOTH)
    group = models.CharField(max_length=12, choices=Group, default=Group.OWN, editable=False)
    weight = models.PositiveSmallIntegerField(
        _("weight"),
        default=1,
        help_text=_("How much it counts for completeness, 0 to 10. With 0 nobody is asked for it."),
    )
    open = models.BooleanField(_("new words join the list"), default=False)
    low = models.DecimalField(_("at least"), max_digits=18, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("at most"), max_digits=18, decimal_places=4, null=True, blank=True)
    place = models.PositiveIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ("place", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="profile_field_key_unique"
            ),
            models.UniqueConstraint(
                Lower("name"),
                condition=Q(key=""),
                name="profile_field_name_unique",
                violation_error_message=_("There is a field of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(weight__lte=10),
                name="profile_field_weight",
                violation_error_message=_("A weight is a number from 0 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class FieldChoice(models.Model):
    """One entry of a field's list; that of a built-in list has a key instead of a name."""

    field = models.ForeignKey(ProfileField, models.CASCADE, related_name="choices")
    key = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=40, blank=True)
    place = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ("place", "id")
        constraints = [
            models.UniqueConstraint(
                "field", Lower("name"), condition=~Q(name=""), name="field_choice_name_unique"
            ),
            models.UniqueConstraint(
                fields=["field", "key"], condition=~Q(key=""), name="field_choice_key_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class FieldValue(models.Model):
    """One value of a customer: a row per field, or per chosen entry where several may be."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="field_values", db_index=False
    )
    field = models.ForeignKey(ProfileField, models.PROTECT, related_name="values", db_index=False)
    several = models.BooleanField(default=False)
    text = models.CharField(max_length=LONGEST, null=True)  # noqa: DJ001  one of six is filled
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    date = models.DateField(null=True)
    choice = models.ForeignKey(
        FieldChoice, models.PROTECT, null=True, related_name="values", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    other = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="named_in")

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field"], condition=Q(several=False), name="field_value_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "field", "choice"], name="field_value_choice_once"
            ),
            models.CheckConstraint(
                condition=Q(several=False) | Q(choice__isnull=False), name="field_value_several"
            ),
            models.CheckConstraint(
                condition=(
                    Q(text__isnull=False)
                    | Q(number__isnull=False)
                    | Q(date__isnull=False)
                    | Q(choice__isnull=False)
                    | Q(person__isnull=False)
                    | Q(other__isnull=False)
                ),
                name="field_value_filled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["field", kind, "customer"],
                condition=Q(**{f"{kind}__isnull": False}),
                name=f"field_value_{kind}",
            )
            for kind in ("text", "number", "date", "choice", "person")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.field_id}"


class Child(models.Model):
    """A child of a customer: for congratulations, and for what a family needs."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="children")
    name = models.CharField(_("child's name"), max_length=40, blank=True)
    sex = models.CharField(
        _("sex"),
        max_length=6,
        blank=True,
        choices=[NOT_SAID, *((each.code, each.label) for each in GENDERS)],
    )
    birth_date = models.DateField(_("birth date"), null=True, blank=True)

    class Meta:
        verbose_name = _("child")
        verbose_name_plural = _("children")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(sex="") | Q(birth_date__isnull=False),
                name="child_says_something",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)
