"""What the worker does for the screens; the export itself remembers how it went."""

from django_tasks import task

from liuke.exports.services import run_export


@task()
def write(export_id: int) -> None:
    run_export(export_id=export_id)
