from datetime import datetime

from django_tasks import task

from liuke.customers.services import merge_runs
from liuke.customers.services.searching import find_duplicates


@task()
def search_duplicates() -> int:
    """Look for duplicates in all of the file without keeping anybody waiting."""
    return find_duplicates()


@task()
def carry_on_merging(run_id: int) -> None:
    merge_runs.carry_on(run_id)


def resume_merging(now: datetime) -> None:
    """Tick: a run whose worker was killed goes on."""
    for pk in merge_runs.abandoned(now):
        carry_on_merging.enqueue(pk)
