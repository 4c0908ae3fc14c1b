from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import Unit
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
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        help_text="The customer's, once more: an index finds what one person has to do.",
    )
    branch = models.ForeignKey(
        Unit, models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
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
            models.Index(
                fields=["owner", "-weight", "id"],
                condition=Q(closed_at=None),
                name="agenda_open_owner",
            ),
            models.Index(
                fields=["kind", "due_on"], condition=Q(closed_at=None), name="agenda_open_kind"
            ),
            models.Index(fields=["closed_by", "closed_at"], name="agenda_closed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id} {self.due_on}"


class Question(models.Model):
    """What a colleague who may not see a customer wants to know from whoever owns it."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="questions")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    words = models.CharField(_("question"), max_length=300)
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="When the asker had read the answer.")

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", seen_at=None)
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_has_an_answer",
            )
        ]
        indexes = [
            models.Index(fields=["asker"], condition=Q(seen_at=None), name="question_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.words}"


class AgendaTally(models.Model):
    """How much was due about the customers of one owner and branch when it was last counted.

    `who` has to do it. An empty kind stands for all kinds together, in which a customer counts
    once. Kept by a tick where so much is due that counting takes longer than showing a page.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False)
    branch = models.ForeignKey(Unit, models.CASCADE, null=True, db_index=False)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=10, blank=True)
    items = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()
    stake = models.DecimalField(max_digits=18, decimal_places=2)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tally of what is due")
        verbose_name_plural = _("tallies of what is due")

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.branch_id} {self.who_id} {self.kind}: {self.items}"
