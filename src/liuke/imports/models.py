from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.imports.readers.declare import Reading
from liuke.imports.readers.mapping import Meaning
from liuke.imports.rules import (
    BUSY,
    ORDERS,
    RUNNABLE,
    UNDOABLE,
    Status,
    everybody_bought_once,
    progress,
)


class ImportRun(models.Model):
    """One file on its way in: how it is read, how far it is, what came of it."""

    name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, default=ORDERS)
    digest = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField(_("size"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.UPLOADED, db_index=True
    )
    described = models.CharField(_("format"), max_length=60, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    meaning = models.JSONField(_("what the columns mean"), default=dict)
    language = models.CharField(max_length=10)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    position = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    token = models.CharField(max_length=32, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="imports",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("when"), default=clock.now)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["digest", "status"], name="import_same_file")]

    def __str__(self) -> str:
        return self.name

    @property
    def mapping(self) -> Meaning:
        return Meaning.from_dict(self.meaning)

    @property
    def reading(self) -> Reading:
        return Reading.from_dict(self.meaning)

    @property
    def recorded(self) -> int:
        """How many records it brought or changed."""
        return sum(int(self.counts.get(name, 0)) for name in ("orders", "returns", "new", "change"))

    @property
    def is_of_orders(self) -> bool:
        return self.kind == ORDERS

    @property
    def looks_misread(self) -> bool:
        """Whether the column of the customer seems to be another one."""
        counts = (self.counts.get(name, 0) for name in ("orders", "customers"))
        return self.is_of_orders and everybody_bought_once(*counts)

    @property
    def may_be_undone(self) -> bool:
        return self.status in UNDOABLE and bool(self.position)

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "imports" / str(self.pk)

    @property
    def rejects_file(self) -> Path:
        return self.folder / "rejects.csv"

    @property
    def percent(self) -> int:
        return progress(self.position, self.total) if self.total else 0

    @property
    def is_busy(self) -> bool:
        return self.status in BUSY

    @property
    def may_run(self) -> bool:
        return self.status in RUNNABLE and bool(self.total)

    @property
    def preview(self) -> dict[str, Any]:
        """What the check foresaw, or what the run counted so far."""
        return dict(self.counts)


class Clash(models.Model):
    """A row or order of the file that met something else in the database.

    For orders `kind` is theirs, for other records what is wrong, with ~ when the row was recorded
    without that cell. Written in the transaction of its chunk, so that a run killed in between
    forgets none.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="clashes")
    place = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("clash")
        verbose_name_plural = _("clashes")
        constraints = [models.UniqueConstraint(fields=["run", "place", "kind"], name="clash_once")]

    def __str__(self) -> str:
        return self.message


class ImportChunk(models.Model):
    """What one chunk of a run created and changed, so that the run can be undone.

    `created` and `changed` are ids by kind of row; `since` and `until` the last entries of the
    journal before and after. Undoing goes chunk by chunk backwards and leaves in `kept` what
    somebody has worked with since.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="chunks")
    place = models.PositiveBigIntegerField()
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    created = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("part of an import")
        verbose_name_plural = _("parts of imports")
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.place}"
