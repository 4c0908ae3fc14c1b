"""The journal and the ticks: what every app leaves behind, whoever it is."""

from typing import Any, Never

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from liuke.core import clock


class JournalEntry(models.Model):
    """One write: who did what to which row, and how it looked before and after.

    Plain ids instead of foreign keys: core knows no app, and the record outlives what it
    describes. The database refuses to change or delete a row; only when a person is erased may
    `before` and `after` become a tombstone (see the migrations).
    """

    at = models.DateTimeField(_("when"), default=clock.now, db_index=True)
    actor_id = models.BigIntegerField(_("who"), null=True, blank=True)
    verb = models.CharField(_("act"), max_length=60)
    subject = models.CharField(_("kind"), max_length=60)
    subject_id = models.BigIntegerField(_("number"))
    customer_id = models.BigIntegerField(_("customer"), null=True, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        indexes = [
            models.Index(fields=["customer_id", "-at"], name="journal_customer"),
            models.Index(fields=["subject", "subject_id"], name="journal_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the journal is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("the journal is never deleted")


class Seal(models.Model):
    """One run of sealing: where the chain stood at its end. `root` is what a firm may print."""

    sealed_at = models.DateTimeField()
    last = models.BigIntegerField()
    highest_entry = models.BigIntegerField()
    root = models.BinaryField()

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return bytes(self.root).hex()


class SealedEntry(models.Model):
    """A link of the chain over the journal.

    `position` is given when sealing, because ids of transactions that overlap come out of order.
    `digest` is of the salted payload: when a person is erased, payload and salt go, and what is
    left can neither be guessed from the digest nor break the chain.
    """

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    salt = models.BinaryField(null=True)
    digest = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("sealed entry")
        verbose_name_plural = _("sealed entries")

    def __str__(self) -> str:
        return f"{self.position}: {self.entry_id}"


class JournalErasure(models.Model):
    """A customer whose person asked to be forgotten: what the journal said of them is void.

    With a subject it is one row that named the person in the past of somebody else.
    """

    customer_id = models.BigIntegerField()
    subject = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id", "subject", "subject_id"], name="erasure_once"
            )
        ]
        indexes = [models.Index(fields=["subject", "subject_id"], name="erasure_subject")]

    def __str__(self) -> str:
        return str(self.customer_id)


class TickRun(models.Model):
    """The last run of one line of `site/ticks.py`; its row is the lock that keeps runs apart."""

    name = models.CharField(max_length=60, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")

    def __str__(self) -> str:
        return self.name
