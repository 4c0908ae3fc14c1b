"""Fields of the profile said of many customers at once: a file, a program."""

from django.db import transaction
from django.db.models import F

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import journal
from liuke.core.journal import Change
from liuke.customers.models import Customer
from liuke.customers.services.completeness import settle_completeness
from liuke.customers.services.fields import Values, write_values
from liuke.customers.services.locking import CHUNK, lock


@transaction.atomic
def set_values(*, actor: User | None, values: Values) -> int:
    """Say fields of many customers, set-wise; how many customers changed by it.

    Raises ValidationError naming the field; then nothing is written.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    lock(values, actor, Act.EDIT_CUSTOMERS)
    written = write_values(actor, values)
    versions: dict[int, int] = {}
    ids = sorted(written)
    for start in range(0, len(ids), CHUNK):
        rows = Customer.objects.filter(pk__in=ids[start : start + CHUNK])
        rows.update(version=F("version") + 1)
        versions |= rows.values_list("pk", "version")
    journal.record(
        actor,
        "customer.updated",
        (
            Change(Customer(pk=pk), pk, before=old, after={**new, "version": versions[pk]})
            for pk, (old, new) in written.items()
        ),
    )
    settle_completeness(ids)
    return len(written)
