"""The people around a customer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.core import clock
from liuke.customers.models.customer import Customer
from liuke.customers.rules.people import BuyingRole, Concern, Function


class Person(models.Model):
    """Somebody around a customer: who pays, who uses, who decides."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="people")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    position = models.CharField(_("position"), max_length=80, blank=True)
    function = models.CharField(_("function"), max_length=12, choices=Function, blank=True)
    concern = models.CharField(_("cares most about"), max_length=10, choices=Concern, blank=True)
    concern_note = models.CharField(_("in their own words"), max_length=200, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    left_on = models.DateField(_("no longer there since"), null=True, blank=True)
    known_as = models.ForeignKey(
        Customer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="appearances",
        verbose_name=_("is also our customer"),
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("customer", "person")
        verbose_name_plural = pgettext_lazy("customer", "people")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(known_as=None) | ~Q(known_as=F("customer")),
                name="person_is_not_the_customer",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PersonRole(models.Model):
    """What somebody is in a purchase; one may be several."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="buying_roles")
    role = models.CharField(_("buying role"), max_length=12, choices=BuyingRole)

    class Meta:
        verbose_name = _("buying role")
        verbose_name_plural = _("buying roles")
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="person_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=BuyingRole.values), name="person_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
