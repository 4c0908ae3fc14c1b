from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.agenda.rules import Ending, Kind
from liuke.core import clock
from liuke.customers.models import Customer


class AgendaItem(models.Model):
    """Something due about a customer: why, what is at stake, and for whom.

    The producer above writes it. `why` holds the figures of its sentence and not the sentence,
    because two people read it in two languages and on different days. `episode` names the matter
    itself (this missed date, that agreement): a matter that somebody has settled never comes back.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="agenda")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    episode = models.CharField(max_length=40)
    due_on = models.DateField(_("due"))
    due_at = models.DateTimeField(_("at"), null=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="agenda",
        verbose_name=_("handed over to"),
        help_text="Empty: whoever owns the customer.",
    )
    why = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    stake = models.DecimalField(_("at stake"), max_digits=16, decimal_places=2, default=0)
    weight = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    snoozed_until = models.DateField(_("later"), null=True)
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    ending = models.CharField(max_length=10, choices=Ending, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "episode"], name="agenda_episode_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(closed_at=None),
                name="agenda_one_open_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, ending="")
                | (Q(closed_at__isnull=False) & ~Q(ending="")),
                name="agenda_closed_has_an_ending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-weight", "id"], condition=Q(closed_at=None), name="agenda_open_weight"
            ),
            models.Index(
                fields=["assignee", "due_on"], condition=Q(closed_at=None), name="agenda_open_of"
            ),
            models.Index(fields=["closed_by", "closed_at"], name="agenda_closed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id} {self.due_on}"
