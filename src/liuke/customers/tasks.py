from django_tasks import task

from liuke.customers.services.searching import find_duplicates


@task()
def search_duplicates() -> int:
    """Look for duplicates in all of the file without keeping anybody waiting."""
    return find_duplicates()
