"""The life of an import, and what may happen at which point of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


ORDERS = "orders"
BUSY = frozenset({Status.CHECKING, Status.RUNNING, Status.UNDOING})
CHECKABLE = frozenset({Status.UPLOADED, Status.CHECKING, Status.CHECKED, Status.FAILED})
# A run that was killed still says "running": only the lock knows whether somebody works on it.
RUNNABLE = frozenset({Status.CHECKED, Status.RUNNING, Status.FAILED, Status.STOPPED})
RESUMABLE = frozenset({Status.CHECKED, Status.RUNNING, Status.FAILED, Status.STOPPED})
UNDOABLE = frozenset({Status.DONE, Status.STOPPED, Status.FAILED, Status.UNDOING})

ENOUGH_ORDERS, ONCE = 50, 0.95


def progress(position: int, total: int) -> int:
    """Hundredths done; 100 only when really everything is."""
    return 100 if position >= total else position * 100 // total


def everybody_bought_once(orders: int, customers: int) -> bool:
    """Whether a file looks as if the wrong column were the customer: hardly anybody came twice."""
    return orders >= ENOUGH_ORDERS and customers > ONCE * orders
