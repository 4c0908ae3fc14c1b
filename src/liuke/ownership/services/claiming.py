"""From the pool to a person, and from a person to the pool."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.core.ui.figures import day_text
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.customers.services import Batch
from liuke.ownership import queries
from liuke.ownership.models import Pool
from liuke.ownership.rules import Reason, over_by
from liuke.ownership.services.clocks import CHUNK
from liuke.ownership.services.periods import give


@dataclass(frozen=True, slots=True)
class Claimed:
    """How many customers are one's own now, and who else has those that were gone already."""

    count: int
    gone: dict[str, str]


@transaction.atomic
def claim(*, actor: User, customer_ids: Collection[int]) -> Claimed:
    """Take customers out of a pool, in the order in which people come; a limit refuses them all."""
    require(actor, Act.EDIT_CUSTOMERS)
    # One person's claims wait for each other, so that two windows do not pass one limit.
    User.objects.select_for_update().get(pk=actor.pk)
    ids = list(customer_ids)[:CHUNK]
    customers.lock(ids)
    rows = list(Customer.objects.filter(pk__in=ids).select_related("state", "owner").order_by("pk"))
    open_to = {pool.pk: pool for pool in queries.pools_open_to(actor)}
    waiting = [row for row in rows if row.state.pool in open_to]
    gone = {row.name: str(row.owner) for row in rows if row.state.pool is None and row.owner}
    if not waiting:
        raise Refused(_gone(gone))
    for pool in {open_to[row.state.pool] for row in waiting if row.state.pool is not None}:
        _check(actor, pool, [row for row in waiting if row.state.pool == pool.pk])
    owners: dict[int, int | None] = {row.pk: actor.pk for row in waiting}
    batch = customers.set_owners(actor=actor, owners=owners, reason=Reason.CLAIMED)
    return Claimed(batch.count, gone)


@transaction.atomic
def release(*, actor: User, customer_ids: Collection[int], why: str) -> Batch:
    """Let customers of one's scope go to the pool that fits, with a reason."""
    require(actor, Act.ASSIGN)
    if not why.strip():
        raise Refused(_("Say why, so that others know what to expect."))
    ids = sorted(customer_ids)
    pools: dict[int, int] = {}
    for start in range(0, len(ids), CHUNK):
        routed = queries.recycling.routed(ids[start : start + CHUNK])
        pools |= {pk: pool.pk for pk, pool in routed.items()}
    if len(pools) < len(ids):
        raise Refused(_("There is no pool for this customer. A manager can open one."))
    return give(
        actor=actor, owners=dict.fromkeys(ids), reason=Reason.RELEASED, note=why.strip()[:200],
        pools=pools,
    )  # fmt: skip


@transaction.atomic
def save_pool(*, actor: User | None, pool: Pool, managers: Collection[User] = ()) -> Pool:
    """Open a pool, or change its terms."""
    require(actor, Act.EDIT_RULES)
    is_new = pool.pk is None
    pool.full_clean()
    pool.save()
    pool.managers.set(managers)
    after = {
        "name": pool.name, "claims_a_day": pool.claims_a_day, "most_owned": pool.most_owned,
        "most_by_level": pool.most_by_level, "locked_days": pool.locked_days,
        "hidden": pool.hidden,
    }  # fmt: skip
    verb = "pool.opened" if is_new else "pool.changed"
    journal.record(actor, verb, [Change(pool, after=after)])
    return pool


def _check(actor: User, pool: Pool, rows: Collection[Customer]) -> None:
    """Refuse what goes beyond the terms of the pool, with the figure that stands against it."""
    today = clock.today()
    done = queries.claimed_on(actor, pool, today)
    if over_by(pool.claims_a_day, done, len(rows)):
        raise Refused(
            _("You may claim %(most)s a day from “%(pool)s”; today you have claimed %(done)s.")
            % {"most": pool.claims_a_day, "pool": pool, "done": done}
        )
    owned = queries.owned_by_level(actor)
    if over_by(pool.most_owned, sum(owned.values()), len(rows)):
        raise Refused(
            _("You own %(own)s of %(most)s customers. Release some first.")
            % {"own": sum(owned.values()), "most": pool.most_owned}
        )
    wanted = Counter(row.level for row in rows)
    for level, most in pool.most_by_level.items():
        if wanted[level] and over_by(most, owned.get(level, 0), wanted[level]):
            raise Refused(
                _("You own %(own)s of %(most)s customers of level %(level)s.")
                % {"own": owned.get(level, 0), "most": most, "level": level}
            )
    left = queries.left_lately(actor, [row.pk for row in rows], pool.locked_days)
    for row in rows:
        if row.pk in left:
            until = left[row.pk] + timedelta(days=pool.locked_days)
            raise Refused(
                _("%(name)s was yours until %(day)s; colleagues come first until %(until)s.")
                % {
                    "name": row.name,
                    "day": day_text(left[row.pk], today),
                    "until": day_text(until, today),
                }
            )


def _gone(gone: dict[str, str]) -> str:
    if not gone:
        return _("These customers are not in a pool that is open to you. Reload the page.")
    name, owner = next(iter(gone.items()))
    if len(gone) == 1:
        return _("%(name)s is taken already: %(owner)s was faster.") % {
            "name": name, "owner": owner,
        }  # fmt: skip
    return _("Others were faster; all of them are taken already.")
