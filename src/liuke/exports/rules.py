"""The life of an export, and who may still have its file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

# Up to so many rows nobody waits long, so the file comes at once.
SMALL = 5_000
KEPT = timedelta(days=7)
# A worker that has not said anything for so long is no longer there.
SILENT = timedelta(minutes=10)


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Cancelled")
    EXPIRED = "expired", _("Removed")


class Format(models.TextChoices):
    CSV = "csv", _("CSV, for any program")
    XLSX = "xlsx", _("Excel (XLSX)")


BUSY = frozenset({Status.WAITING, Status.RUNNING})


def covers(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether who may see `now` sees all that could be seen `then`."""
    if now["everything"]:
        return True
    return (
        not then["everything"]
        and set(then["users"]) <= set(now["users"])
        and set(then["units"]) <= set(now["units"])
    )
