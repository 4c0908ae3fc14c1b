from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liuke.core import clock
from liuke.exports.rules import BUSY, Format, Status


class Export(models.Model):
    """One list on its way into a file: what was asked for, how far it is, how long it is kept."""

    list_name = models.CharField(max_length=40)
    about = models.CharField(_("filters"), max_length=300, blank=True)
    query = models.TextField(blank=True)
    picked = models.JSONField(null=True)
    columns = models.JSONField(default=list)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.CSV)
    language = models.CharField(max_length=10)
    reach = models.JSONField(null=True, help_text="Whose rows the person could see when it ran.")
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.WAITING, db_index=True
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    error = models.TextField(_("error"), blank=True)
    token = models.CharField(max_length=32, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("when"), default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.list_name} {self.created_at:%Y-%m-%d}"

    @property
    def folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "exports" / str(self.pk)

    @property
    def file(self) -> Path:
        return self.folder / f"{self.list_name}.{self.format}"

    @property
    def file_name(self) -> str:
        return f"{self.list_name}-{clock.day_of(self.created_at)}.{self.format}"

    @property
    def percent(self) -> int:
        return 100 * self.rows // self.total if self.total else 0

    @property
    def is_busy(self) -> bool:
        return self.status in BUSY
