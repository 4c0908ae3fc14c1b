"""Relations between customers, and how strong they were when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.customers.models.customer import Customer
from liuke.customers.rules.relations import SEEDS, Strength


class RelationKind(models.Model):
    """A kind in use. Its words are empty while they are those every firm starts with."""

    code = models.CharField(max_length=20, unique=True, editable=False)
    first_word = models.CharField(_("what the one is"), max_length=40, blank=True)
    second_word = models.CharField(_("what the other is"), max_length=40, blank=True)
    strength = models.CharField(_("usual strength"), max_length=10, choices=Strength)
    retired = models.BooleanField(_("no longer offered"), default=False)

    class Meta:
        verbose_name = _("kind of relation")
        verbose_name_plural = _("kinds of relation")
        constraints = [
            models.CheckConstraint(
                condition=Q(strength__in=Strength.values), name="relation_kind_strength_known"
            )
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """Both words, or the one that is the same from either side."""
        first, second = self.word(first=True), self.word(first=False)
        return first if first == second else f"{first} / {second}"

    def word(self, *, first: bool) -> str:
        """What the one (or the other) is to the other (or the one)."""
        seed = SEEDS.get(self.code)
        if self.first_word or seed is None:
            return self.first_word if first else self.second_word or self.first_word
        return str(seed.first if first else seed.second)


class Relation(models.Model):
    """What two customers are to each other."""

    kind = models.ForeignKey(RelationKind, models.PROTECT, related_name="relations")
    first = models.ForeignKey(Customer, models.CASCADE, related_name="relations_first")
    second = models.ForeignKey(Customer, models.CASCADE, related_name="relations_second")
    strength = models.CharField(_("strength"), max_length=10, choices=Strength)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    ended_on = models.DateField(_("ended"), null=True, editable=False)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="relation_of_two"),
            models.CheckConstraint(
                condition=Q(strength__in=Strength.values), name="relation_strength_known"
            ),
            # Whoever records it first: seen from either side it is the same relation.
            models.UniqueConstraint(
                Least("first", "second"),
                Greatest("first", "second"),
                "kind",
                condition=Q(ended_on=None),
                name="relation_one_live",
            ),
        ]
        indexes = [
            models.Index(
                fields=["first", "strength"], condition=Q(ended_on=None), name="relation_first"
            ),
            models.Index(
                fields=["second", "strength"], condition=Q(ended_on=None), name="relation_second"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.kind_id} {self.second_id}"


class RelationStrength(models.Model):
    """From which day a relation was how strong; one word a day, the last one."""

    relation = models.ForeignKey(Relation, models.CASCADE, related_name="history")
    on = models.DateField(_("since"))
    strength = models.CharField(_("strength"), max_length=10, choices=Strength)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("strength of a relation")
        verbose_name_plural = _("strengths of relations")
        ordering = ("on",)
        constraints = [
            models.UniqueConstraint(fields=["relation", "on"], name="relation_strength_one_a_day")
        ]
        indexes = [models.Index(fields=["strength", "on"], name="relation_strength_on")]

    def __str__(self) -> str:
        return f"{self.relation_id} {self.on}: {self.strength}"
