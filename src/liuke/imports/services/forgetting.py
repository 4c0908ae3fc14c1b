"""Forgetting what finished imports still hold of the rows of their files."""

import shutil

from liuke.imports.models import Clash, ImportRun
from liuke.imports.rules import Status

OVER = (Status.DONE, Status.UNDONE)


def forget_rows() -> None:
    """Reaction: remove rejected rows and what was said about them; somebody may be in them."""
    for run in ImportRun.objects.filter(status__in=OVER):
        shutil.rmtree(run.folder, ignore_errors=True)
        if "errors" in run.counts:
            run.counts = {key: value for key, value in run.counts.items() if key != "errors"}
            run.save(update_fields=["counts"])
    Clash.objects.filter(run__status__in=OVER).delete()
