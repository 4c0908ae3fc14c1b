"""Who gets customers that nobody has."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import Unit
from liuke.ownership.rules.assigning import Pick


class AssignmentRule(models.Model):
    """A rule: which customers, and who gets them. The first one in order that fits decides.

    `conditions` are lists by the names of `rules.assigning.CONDITIONS`; what is not there does not
    matter. `last` is who got a customer last, when they get them one after the other.
    """

    name = models.CharField(pgettext_lazy("rule", "name"), max_length=40, unique=True)
    place = models.PositiveIntegerField(default=0, editable=False)
    active = models.BooleanField(_("in use"), default=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people")
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("everybody of"),
    )
    pick = models.CharField(_("who of them"), max_length=5, choices=Pick, default=Pick.LOAD)
    skills = models.JSONField(_("skills"), default=list, blank=True)
    speaks = models.BooleanField(_("only who speaks the customer's language"), default=False)
    last = models.PositiveBigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("rule of assignment")
        verbose_name_plural = _("rules of assignment")
        ordering = ("place", "pk")

    def __str__(self) -> str:
        return self.name
