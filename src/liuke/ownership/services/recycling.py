"""What happens when the clock has run out, and who may still stop it."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import services as customers
from liuke.ownership import queries
from liuke.ownership.models import OwnerPeriod, RecycleRule, RecycleSteps
from liuke.ownership.rules import Reason, Steps, Table
from liuke.ownership.services.clocks import (
    CHUNK,
    owners_last_day,
    refresh_pools,
    settle_pools,
    terms,
)
from liuke.ownership.services.periods import give


def advance(now: datetime) -> None:
    """Tick: new rules reach every clock, warnings go out once a day, who is due goes."""
    today = clock.day_of(now)
    row = RecycleSteps.objects.select_for_update().first()
    if row is None:
        return
    if row.settled_at is None:
        settle_pools(list(queries.recycling.owned()))
        row.settled_at, row.warned_on = now, today
    elif row.warned_on != today:
        ahead = timedelta(days=row.first_days + row.manager_days)
        refresh_pools(queries.recycling.soon(today + ahead))
        row.warned_on = today
    row.save(update_fields=["settled_at", "warned_on"])
    ids = queries.recycling.due(today)
    if not ids:
        return
    # Holds and levels may have changed since; nobody is moved by a clock that no longer holds.
    refresh_pools(ids)
    late = sorted(set(queries.recycling.due(today)) & set(ids))
    for start in range(0, len(late), CHUNK):
        chunk = late[start : start + CHUNK]
        pools = {pk: pool.pk for pk, pool in queries.recycling.routed(chunk).items()}
        give(actor=None, owners=dict.fromkeys(pools), reason=Reason.RECYCLED, pools=pools)


@transaction.atomic
def extend(*, actor: User, customer_id: int, why: str) -> date:
    """Keep a customer from the pool a little longer, once for each owner and with a reason."""
    require(actor, Act.FOLLOW_UP)
    customers.lock([customer_id], actor, Act.FOLLOW_UP)
    if not why.strip():
        raise Refused(_("Say why this customer should stay."))
    known, today = terms(), clock.today()
    each = queries.recycling.standings([customer_id], today)[customer_id]
    ways = queries.recycling.routed([customer_id], known.routes)
    last = owners_last_day(each, known, customer_id in ways)
    period = OwnerPeriod.objects.get(customer=customer_id, ended_at=None)
    if last is None:
        raise Refused(_("This customer is not on the way to the pool."))
    if period.extended_until is not None:
        raise Refused(_("This was extended once already. Contact the customer instead."))
    period.extended_until = last + timedelta(days=known.steps.extension)
    period.extended_why = why.strip()[:200]
    period.save(update_fields=["extended_until", "extended_why"])
    after = {"until": period.extended_until, "why": period.extended_why}
    journal.record(actor, "pool.extended", [Change(period, customer_id, after=after)])
    refresh_pools([customer_id])
    return period.extended_until


@transaction.atomic
def save_rules(*, actor: User | None, table: Table, steps: Steps) -> None:
    """Let these rules decide from today on; nobody goes before the first warning has run."""
    require(actor, Act.EDIT_RULES)
    before = {f"{stage} {level}": days for (stage, level), days in queries.table().items()}
    RecycleRule.objects.all().delete()
    RecycleRule.objects.bulk_create(
        [RecycleRule(stage=stage, level=level, days=days) for (stage, level), days in table.items()]
    )
    values = {f"{name}_days": days for name, days in asdict(steps).items()}
    row, _new = RecycleSteps.objects.update_or_create(
        pk=1, defaults={**values, "since": clock.today(), "settled_at": None}
    )
    after: dict[str, Any] = {f"{stage} {level}": days for (stage, level), days in table.items()}
    journal.record(
        actor, "pool.rules_saved", [Change(row, before=before, after={**after, **values})]
    )
