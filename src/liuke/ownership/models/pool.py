"""Where customers without an owner wait to be claimed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liuke.accounts.models import Unit
from liuke.customers.models import Tag


class Pool(models.Model):
    """A pool for a branch, a tag, or everybody else, and on which terms one may claim from it."""

    name = models.CharField(pgettext_lazy("pool", "name"), max_length=60, unique=True)
    branch = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pools",
        verbose_name=_("branch"),
        help_text=_("Empty: customers of every branch, and everybody may claim."),
    )
    tag = models.ForeignKey(
        Tag,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pools",
        verbose_name=_("only with the tag"),
        help_text=_("For a product or a region: customers with this tag come here first."),
    )
    managers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="pools", verbose_name=_("managers")
    )
    hidden = models.JSONField(default=list, blank=True)
    claims_a_day = models.PositiveSmallIntegerField(
        _("claims a day"), null=True, blank=True, help_text=_("Per person. Empty: no limit.")
    )
    most_owned = models.PositiveSmallIntegerField(
        _("most customers of one person"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    most_by_level = models.JSONField(default=dict, blank=True)
    locked_days = models.PositiveSmallIntegerField(
        _("days before the last owner may claim"), default=30
    )

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
