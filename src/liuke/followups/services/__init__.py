"""All writes of contacts, and the date of the next one that follows from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import services as agenda
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import clock, journal
from liuke.core.journal import Change
from liuke.core.models import JournalEntry
from liuke.customers import services as customers
from liuke.customers.rules import stage_of
from liuke.followups import queries
from liuke.followups.models import CadencePolicy, Interaction
from liuke.followups.queries import Footing
from liuke.followups.rules import (
    ATTEMPTS,
    Cadence,
    Channel,
    Direction,
    Outcome,
    Situation,
    contact_due,
    intent_until,
    retry_on,
    situation_of,
)
from liuke.followups.services import ways
from liuke.ownership import services as ownership

CHUNK = 500
# How many customers one run of the tick may take on; the next goes on where it stopped.
MOST_AT_ONCE = 20_000
# Two machines never show quite the same time.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewInteraction:
    """A contact as somebody reports it; `by_id` is who made it, else whoever records it.

    Without `point_id` it is the customer's only way of that channel, if there is just one.
    """

    customer_id: int
    occurred_at: datetime
    channel: str = Channel.PHONE
    direction: str = Direction.OUT
    outcome: str = Outcome.TALKED
    said: str = ""
    goal: str = ""
    left_open: str = ""
    next_step: str = ""
    next_on: date | None = None
    by_id: int | None = None
    point_id: int | None = None
    person_id: int | None = None


@transaction.atomic
def record_interactions(*, actor: User | None, interactions: Sequence[NewInteraction]) -> list[int]:
    """Record contacts and attempts, and move what is due for these customers accordingly."""
    require(actor, Act.FOLLOW_UP)
    ids = {each.customer_id for each in interactions}
    customers.lock(ids, viewer=actor, act=Act.FOLLOW_UP)
    rows = [_row(actor, each) for each in interactions]
    ways.settle(rows)
    Interaction.objects.bulk_create(rows, batch_size=CHUNK)
    journal.record(
        actor,
        "interaction.recorded",
        (Change(row, row.customer_id, after=_snapshot(row)) for row in rows),
    )
    stops = {
        row.customer_id: row.said or _("The customer asked for it.")
        for row in rows
        if row.outcome == Outcome.STOP
    }
    if stops:
        customers.block_contact(actor=actor, reasons=stops)
    reached: dict[int, date] = {}
    for row in rows:
        if row.outcome not in ATTEMPTS:
            reached[row.customer_id] = max(row.day, reached.get(row.customer_id, row.day))
    agenda.contacted(actor=actor, days=reached)
    customers.note_results(ways.results(rows))
    refresh_contacts(ids)
    return [row.pk for row in rows]


@transaction.atomic
def remove_interactions(
    *, actor: User | None, interaction_ids: Collection[int], until: int
) -> tuple[list[int], list[int]]:
    """Remove contacts recorded by mistake that the journal does not mention after entry `until`.

    The second answer are those that somebody has changed since.
    """
    require(actor, Act.FOLLOW_UP)
    rows = {row.pk: row for row in Interaction.objects.filter(pk__in=interaction_ids)}
    ids = {row.customer_id for row in rows.values()}
    customers.lock(ids)
    since = JournalEntry.objects.filter(
        subject=Interaction._meta.label_lower, subject_id__in=rows, pk__gt=until
    )
    kept = set(since.values_list("subject_id", flat=True))
    gone = [row for pk, row in rows.items() if pk not in kept]
    journal.record(
        actor,
        "interaction.removed",
        [Change(row, row.customer_id, before=_snapshot(row)) for row in gone],
    )
    removed = [row.pk for row in gone]
    Interaction.objects.filter(pk__in=removed).delete()
    refresh_contacts(ids)
    return removed, sorted(kept)


def refresh_contacts(customer_ids: Collection[int]) -> None:
    """Reaction: last contact, next contact, intent and what is due, from the records.

    Also the stage, which rests on intent where nothing was bought.
    """
    ids = sorted(customer_ids)
    today, cadences = clock.today(), queries.cadences()
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _refresh_chunk(ids[start : start + CHUNK], cadences, today)


def _refresh_chunk(ids: Sequence[int], cadences: Mapping[str, Cadence], today: date) -> None:
    footings = queries.footings(ids, today)
    plans = {pk: _plan(each, cadences, today) for pk, each in footings.items()}
    customers.set_state(
        "contact",
        {
            pk: {
                "last_contact_on": each.last_contact,
                "contact_due_at": plans[pk].due,
                "intent_until": intent_until(each.interest),
            }
            for pk, each in footings.items()
        },
    )
    customers.settle_stages(ids)
    ownership.refresh_pools(ids)
    agenda.put(Kind.NEXT_STEP, {pk: plan.step for pk, plan in plans.items()})
    agenda.put(Kind.CONTACT, {pk: plan.contact for pk, plan in plans.items()})
    agenda.attempted(
        {
            pk: retry_on(each.attempts, each.last_attempt)
            for pk, each in footings.items()
            if each.last_attempt is not None
        }
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a customer's records come to: the day of the next contact, and what to put down."""

    due: date | None
    step: Due | None
    contact: Due | None


def _plan(known: Footing, cadences: Mapping[str, Cadence], today: date) -> Plan:
    if known.unsought:
        return Plan(None, None, None)
    if (step := _step(known)) is not None:
        # What was agreed replaces the firm's own rhythm.
        return Plan(step.due_on, step, None)
    until = intent_until(known.interest)
    situation = situation_of(
        stage_of(known.purchase_days, until is not None and until >= today),
        known.last_purchase,
        known.lost_at,
        cadences[Situation.NEW].lasts,
        today,
    )
    every = cadences[situation].every
    due = contact_due(every, known.began, known.attempts, known.last_attempt)
    if due > today or not known.owned:
        return Plan(due, None, None)
    why = {
        "situation": situation.value,
        "every": every,
        "last": known.last_contact,
        "bought": known.last_purchase,
        "left_open": known.latest.left_open if known.latest else "",
        "attempts": known.attempts,
    }
    began = known.began.isoformat()
    return Plan(due, None, Due(began, known.began + timedelta(days=every), known.value, why))


def _step(known: Footing) -> Due | None:
    """The next step that was agreed and not yet overtaken: by the contact itself, or a purchase."""
    told = known.step
    if told is None or told.next_on is None:
        return None
    if known.last_purchase is not None and known.last_purchase > told.day:
        return None
    why = {"step": told.next_step, "on": told.day, "left_open": told.left_open}
    return Due(str(told.pk), told.next_on, known.value, why)


def advance(now: datetime) -> None:
    """Tick: contacts that fell due enter the agenda, and intents that nobody repeated end."""
    today = clock.day_of(now)
    refresh_contacts(queries.intent_expired(today))
    refresh_contacts(queries.to_refresh(today, MOST_AT_ONCE))


@transaction.atomic
def save_cadence(*, actor: User | None, situation: str, cadence: Cadence) -> None:
    """Contact customers in this situation so often from now on; the next tick moves the dates."""
    require(actor, Act.EDIT_RULES)
    before = queries.cadences()[situation]
    policy, _new = CadencePolicy.objects.update_or_create(
        situation=situation,
        defaults={"every_days": cadence.every, "lasts_days": cadence.lasts},
    )
    change = Change(policy, before=asdict(before), after=asdict(cadence))
    journal.record(actor, "cadence.saved", [change])
    customers.forget_contact_dates()


def _row(actor: User | None, new: NewInteraction) -> Interaction:
    day = clock.day_of(new.occurred_at)
    if new.occurred_at > clock.now() + CLOCKS_DIFFER:
        raise ValidationError(_("This is in the future. Write it down as the next step instead."))
    if new.next_on is not None and new.next_on < day:
        raise ValidationError(_("The next step lies before the contact. Choose a later day."))
    if new.next_step and new.next_on is None:
        raise ValidationError(_("Say when the next step is due, so that nobody forgets it."))
    row = Interaction(
        customer_id=new.customer_id,
        occurred_at=new.occurred_at,
        day=day,
        channel=Channel(new.channel),
        direction=Direction(new.direction),
        outcome=Outcome(new.outcome),
        said=new.said.strip(),
        goal=new.goal.strip(),
        left_open=new.left_open.strip(),
        next_step=new.next_step.strip(),
        next_on=new.next_on,
        by_id=new.by_id or (None if actor is None else actor.pk),
        point_id=new.point_id,
        person_id=new.person_id,
    )
    row.clean_fields(exclude=["customer", "by", "point", "person"])
    return row


def _snapshot(row: Interaction) -> dict[str, Any]:
    return {
        "day": row.day,
        "channel": row.channel,
        "direction": row.direction,
        "outcome": row.outcome,
        "next_on": row.next_on,
        **({"point": row.point_id} if row.point_id else {}),
        **({"person": row.person_id} if row.person_id else {}),
    }
