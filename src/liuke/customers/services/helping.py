"""All writes of who helps with whose customer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers.models import Collaborator, Customer
from liuke.customers.queries import helping
from liuke.customers.rules.helping import MOST_HELPERS
from liuke.customers.services.locking import lock
from liuke.facts import HelpEnded


@dataclass(frozen=True, slots=True)
class Help:
    """Who begins to help with whom, and why; `percent` of a sale is the firm's if empty."""

    customer_id: int
    person_id: int
    why: str
    until: date | None = None
    percent: int | None = None


@transaction.atomic
def add_collaborator(*, actor: User, help: Help) -> Collaborator:
    """Let a colleague help with a customer: decided by who may give it away, as owners may."""
    require(actor, Act.ASSIGN)
    lock([help.customer_id], actor, Act.ASSIGN)
    customer = Customer.objects.get(pk=help.customer_id)
    if help.until is not None and help.until < clock.today():
        raise Refused(_("The last day is over already."))
    if not helping.could_help(customer).filter(pk=help.person_id).exists():
        raise Refused(_("This colleague helps already, or cannot. Choose somebody else."))
    if helping.helpers_of(customer.pk).count() >= MOST_HELPERS:
        raise Refused(_("%(n)s people help already. Let somebody go first.") % {"n": MOST_HELPERS})
    return put_helper(actor=actor, help=help)


def put_helper(*, actor: User | None, help: Help) -> Collaborator:
    """Apps above only, which asked whether it may be and locked the customer."""
    if not help.why.strip():
        raise Refused(_("Say what the colleague helps with."))
    row = Collaborator(
        customer_id=help.customer_id,
        person_id=help.person_id,
        why=help.why.strip()[:200],
        until=help.until,
        percent=help.percent,
        added_by=actor,
    )
    row.save()
    after = {"person": row.person_id, "why": row.why, "until": row.until}
    journal.record(actor, "collaborator.added", [Change(row, row.customer_id, after=after)])
    return row


@transaction.atomic
def end_collaborator(*, actor: User, customer_id: int, collaborator_id: int) -> None:
    """Somebody helps no longer: said by who may give the customer away, or by the helper."""
    lock([customer_id], actor)
    customer = Customer.objects.get(pk=customer_id)
    row = Collaborator.objects.filter(pk=collaborator_id, customer=customer, ended_at=None).first()
    if row is None:
        raise Refused(_("This is over already. Reload the page."))
    if actor.pk != row.person_id:
        require(actor, Act.ASSIGN, customer)
    end_help(actor=actor, rows=[row])


def end_help(*, actor: User | None, rows: Collection[Collaborator]) -> None:
    """Apps above only: these people help no longer."""
    if not rows:
        return
    Collaborator.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=clock.now())
    journal.record(
        actor,
        "collaborator.ended",
        [Change(row, row.customer_id, before=_snapshot(row)) for row in rows],
    )
    announce(HelpEnded({row.customer_id for row in rows}))


def leave_off(user_ids: Collection[int]) -> None:
    """Reaction: who may not sign in any more helps nobody."""
    rows = Collaborator.objects.filter(person__in=user_ids, ended_at=None)
    rows.update(ended_at=clock.now())


@transaction.atomic
def expire_help(now: datetime) -> None:
    """Tick: whose last day is over helps no longer; what they had to do is the owner's again."""
    over = Collaborator.objects.filter(ended_at=None, until__lt=clock.day_of(now))
    end_help(actor=None, rows=list(over.order_by("pk")[:500]))


def _snapshot(row: Collaborator) -> dict[str, Any]:
    return {"person": row.person_id, "why": row.why, "until": row.until}
