"""Many merges of one decision: all pairs from a probability on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liuke.core import clock


class MergeRun(models.Model):
    """All pairs from a probability on become one; undone as a whole.

    `passed_over` names pairs that could not be merged and wait for people, `kept` merges that
    could not be undone, and `left` counts what people had changed since.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Merging")
        DONE = "done", _("Merged")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    least = models.FloatField(_("from this probability on"))
    pairs = models.PositiveIntegerField(_("pairs"))
    merged = models.PositiveIntegerField(_("merged"), default=0)
    passed_over = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    left = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("run of merges")
        verbose_name_plural = _("runs of merges")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=("running", "undoing")),
                name="merge_run_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.least:.0%}: {self.merged}/{self.pairs}"
