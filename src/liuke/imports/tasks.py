"""What the worker does for the screens; the run itself remembers how it went."""

import contextlib

from django_tasks import task

from liuke.accounts.models import User
from liuke.core.errors import Refused
from liuke.imports.models import ImportRun
from liuke.imports.services import check_import, run_import, undo_import


@task()
def check(run_id: int) -> None:
    run = ImportRun.objects.select_related("created_by").get(pk=run_id)
    with contextlib.suppress(Refused):
        check_import(actor=run.created_by, run_id=run_id)


@task()
def record(run_id: int) -> None:
    run = ImportRun.objects.select_related("created_by").get(pk=run_id)
    with contextlib.suppress(Refused):
        run_import(actor=run.created_by, run_id=run_id)


@task()
def undo(run_id: int, actor_id: int) -> None:
    actor = User.objects.get(pk=actor_id)
    with contextlib.suppress(Refused):
        undo_import(actor=actor, run_id=run_id)
