"""All writes of what is due: producers put it, people settle it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_reaching
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import queries
from liuke.agenda.models import AgendaItem, AgendaTally, Question
from liuke.agenda.rules import LONGEST_SNOOZE, Ending, Kind, weight
from liuke.core import bulk, clock, journal
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import queries as customers
from liuke.customers.models import Customer
from liuke.customers.queries.helping import helpers_by_customer, people_seeing
from liuke.facts import AgendaSettled

CHUNK = 500
LONGEST_WORDS = 300
TALLY_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Due:
    """What a producer wants done about a customer; see AgendaItem."""

    episode: str
    due_on: date
    stake: Decimal = Decimal()
    why: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    assignee_id: int | None = None


def put(kind: str, wanted: Mapping[int, Due | None]) -> None:
    """Producers only: let one thing of this kind be due for each customer, or nothing.

    Asking twice changes nothing; an episode that a person settled stays settled.
    """
    ids = list(wanted)
    for start in range(0, len(ids), CHUNK):
        _put_chunk(kind, {pk: wanted[pk] for pk in ids[start : start + CHUNK]})


def _put_chunk(kind: str, wanted: Mapping[int, Due | None]) -> None:
    episodes = {due.episode for due in wanted.values() if due is not None}
    rows = AgendaItem.objects.filter(kind=kind, customer__in=wanted)
    found = {
        (row.customer_id, row.episode): row
        for row in rows.filter(Q(closed_at=None) | Q(episode__in=episodes))
    }
    now = clock.now()
    over = [
        [now, Ending.OVER, row.pk]
        for row in found.values()
        if row.closed_at is None and _episode(wanted[row.customer_id]) != row.episode
    ]
    new: list[tuple[int, Due]] = []
    changed = []
    for pk, due in wanted.items():
        if due is None:
            continue
        row = found.get((pk, due.episode))
        if row is None:
            new.append((pk, due))
        elif row.closed_at is None or row.ending == Ending.OVER:
            values = _values(kind, due)
            if row.closed_at is not None or any(
                getattr(row, name) != value for name, value in values.items()
            ):
                changed.append([*values.values(), None, "", row.pk])
    bulk.update(AgendaItem, ("closed_at", "ending"), over, key="id")
    bulk.update(AgendaItem, (*VALUES, "closed_at", "ending"), changed, key="id")
    bulk.create(_new_items(kind, new))


def _new_items(kind: str, new: Sequence[tuple[int, Due]]) -> list[AgendaItem]:
    places = customers.places_of([pk for pk, _due in new]) if new else {}
    return [
        AgendaItem(
            customer_id=pk,
            owner_id=places[pk][0],
            branch_id=places[pk][1],
            # Only at first: afterwards people may have handed it on.
            assignee_id=due.assignee_id,
            kind=kind,
            **_values(kind, due),
        )
        for pk, due in new
    ]


VALUES = ("episode", "due_on", "due_at", "stake", "weight", "why")


def _values(kind: str, due: Due) -> dict[str, Any]:
    return {
        "episode": due.episode,
        "due_on": due.due_on,
        "due_at": due.due_at,
        "stake": due.stake,
        "weight": weight(kind, due.stake),
        "why": dict(due.why),
    }


def _episode(due: Due | None) -> str | None:
    return None if due is None else due.episode


def contacted(*, actor: User | None, days: Mapping[int, date]) -> None:
    """A real contact on a day settles whatever was due for the customer by then.

    What a colleague asked is settled by an answer alone.
    """
    now = clock.now()
    rows = AgendaItem.objects.filter(customer__in=days, closed_at=None).exclude(kind=Kind.ASKED)
    settled = [
        [now, None if actor is None else actor.pk, Ending.CONTACTED, row.pk]
        for row in rows
        if row.due_on <= days[row.customer_id]
    ]
    bulk.update(AgendaItem, ("closed_at", "closed_by", "ending"), settled, key="id")


def keep_places(customer_ids: Collection[int]) -> None:
    """Reaction: what is due about these customers is found under their present owner and branch."""
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        places = customers.places_of(ids[start : start + CHUNK])
        rows = ([*place, pk] for pk, place in places.items())
        bulk.update(AgendaItem, ("owner", "branch"), rows, key="customer")
        give_back(ids[start : start + CHUNK])


def release(user_ids: Collection[int]) -> None:
    """Reaction: what was handed over to people who left is the owners' again."""
    AgendaItem.objects.filter(assignee__in=user_ids, closed_at=None).update(assignee=None)


def give_back(customer_ids: Collection[int]) -> None:
    """Reaction: what was handed to somebody who sees the customer no longer is the owner's again.

    The caller keeps to one chunk.
    """
    rows = AgendaItem.objects.filter(customer__in=customer_ids, closed_at=None)
    handed = list(
        rows.exclude(assignee=None).values_list("pk", "customer", "assignee", "owner", "branch")
    )
    helpers = helpers_by_customer({row[1] for row in handed}) if handed else {}
    able: dict[tuple[int | None, int | None], set[int]] = {}
    lost = []
    for pk, customer, assignee, owner, branch in handed:
        if assignee in helpers.get(customer, ()):
            continue
        place = (owner, branch)
        if place not in able:
            able[place] = {each.pk for each in people_reaching(owner, branch)}
        if assignee not in able[place]:
            lost.append(pk)
    AgendaItem.objects.filter(pk__in=lost).update(assignee=None)


@transaction.atomic
def keep_tally(now: datetime) -> None:
    """Tick: count what is due, every few minutes and only where it is very much."""
    large = queries.is_large()
    kept = AgendaTally.objects.all()
    if large and kept.filter(counted_at__gt=now - TALLY_FOR).exists():
        return
    rows = queries.counted_by_place(clock.day_of(now)) if large else []
    kept.delete()
    fields = ("owner", "branch", "who", "kind", "items", "customers", "stake", "counted_at")
    bulk.insert(AgendaTally, fields, ([*row, now] for row in rows))


def attempted(retry_on: Mapping[int, date]) -> None:
    """Nobody answered: what is due for these customers waits until the day of the next try."""
    rows = AgendaItem.objects.filter(customer__in=retry_on, closed_at=None)
    rows = rows.exclude(kind=Kind.ASKED)
    later = [
        [retry_on[row.customer_id], row.pk]
        for row in rows
        if row.due_on < retry_on[row.customer_id]
    ]
    bulk.update(AgendaItem, ("snoozed_until",), later, key="id")


@transaction.atomic
def snooze_item(*, actor: User, item_id: int, until: date) -> AgendaItem:
    """Put something off to a later day."""
    item = _open_item(actor, item_id)
    today = clock.today()
    if not today < until <= today + timedelta(days=LONGEST_SNOOZE):
        raise Refused(
            _("Choose a day from tomorrow on, within %(days)s days.") % {"days": LONGEST_SNOOZE}
        )
    before, item.snoozed_until = item.snoozed_until, until
    item.save(update_fields=["snoozed_until"])
    _note(actor, "agenda.snoozed", item, {"until": before}, {"until": until})
    return item


@transaction.atomic
def hand_over_item(*, actor: User, item_id: int, to_id: int) -> AgendaItem:
    """Let a colleague do it; the colleague must be allowed to see the customer."""
    item = _open_item(actor, item_id)
    to = next((each for each in people_seeing(item.customer) if each.pk == to_id), None)
    if to is None or not to.may(Act.FOLLOW_UP):
        raise Refused(_("This colleague may not see the customer. Choose somebody else."))
    before, item.assignee = item.assignee_id, to
    item.save(update_fields=["assignee"])
    _note(actor, "agenda.handed_over", item, {"assignee": before}, {"assignee": to.pk})
    return item


def pass_on(*, actor: User, from_id: int, customer_ids: Collection[int] | None = None) -> None:
    """What this person had taken over goes back to whoever owns the customers; None for all."""
    rows = AgendaItem.objects.filter(assignee=from_id, closed_at=None)
    found = [item for item in rows if customer_ids is None or item.customer_id in set(customer_ids)]
    bulk.update(AgendaItem, ("assignee",), ((None, item.pk) for item in found), key="id")
    before, after = {"assignee": from_id}, {"assignee": None}
    changes = [Change(item, item.customer_id, before=before, after=after) for item in found]
    journal.record(actor, "agenda.handed_over", changes)


@transaction.atomic
def complete_item(*, actor: User, item_id: int) -> AgendaItem:
    """Set something aside as done; the same matter does not come back."""
    item = _open_item(actor, item_id)
    if item.kind == Kind.ASKED:
        raise Refused(_("A colleague waits for an answer. Write one."))
    item.closed_at, item.closed_by, item.ending = clock.now(), actor, Ending.DONE
    item.save(update_fields=["closed_at", "closed_by", "ending"])
    _note(actor, "agenda.done", item, {}, {"kind": item.kind})
    announce(AgendaSettled([item.customer_id]))
    return item


@transaction.atomic
def restore_item(*, actor: User, item_id: int) -> AgendaItem:
    """Undo: what was put off, handed over or set aside is due again, as it was."""
    require(actor, Act.FOLLOW_UP)
    item = queries.visible_to(actor).select_for_update(of=("self",)).get(pk=item_id)
    if item.closed_at is not None and (item.ending != Ending.DONE or item.closed_by != actor):
        raise Refused(_("Only what you set aside yourself can be taken back."))
    open_now = AgendaItem.objects.filter(
        customer=item.customer_id, kind=item.kind, closed_at=None
    ).exclude(pk=item.pk)
    if open_now.exists():
        raise Refused(_("Something newer of this kind is due already."))
    item.closed_at, item.closed_by, item.ending = None, None, ""
    item.snoozed_until, item.assignee = None, None
    item.save(update_fields=["closed_at", "closed_by", "ending", "snoozed_until", "assignee"])
    _note(actor, "agenda.restored", item, {}, {"kind": item.kind})
    announce(AgendaSettled([item.customer_id]))
    return item


def _open_item(actor: User, item_id: int) -> AgendaItem:
    require(actor, Act.FOLLOW_UP)
    rows = queries.visible_to(actor).select_related("customer").select_for_update(of=("self",))
    item = rows.get(pk=item_id)
    if item.closed_at is not None:
        raise Refused(_("This is settled already. Reload the page."))
    return item


def _note(
    actor: User, verb: str, item: AgendaItem, before: dict[str, Any], after: dict[str, Any]
) -> None:
    journal.record(actor, verb, [Change(item, item.customer_id, before=before, after=after)])


# What colleagues ask whoever owns a customer they may not see.


@transaction.atomic
def ask_owner(*, actor: User, customer_id: int, words: str) -> Question:
    """Put a question to whoever owns a customer; it stands on Today until it is answered."""
    require(actor, Act.EDIT_CUSTOMERS)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    if not words.strip():
        raise Refused(_("Write what you want to know."))
    if customer.owner_id is None:
        raise Refused(_("Nobody owns this customer any more."))
    waiting = Question.objects.filter(customer=customer, answered_at=None)
    if waiting.filter(asker=actor).exists():
        raise Refused(_("You have asked already; the answer will come to your Today."))
    question = Question.objects.create(
        customer=customer, asker=actor, words=words.strip()[:LONGEST_WORDS]
    )
    _let_answer(customer_id)
    change = Change(question, customer_id, after={"words": question.words})
    journal.record(actor, "question.asked", [change])
    return question


@transaction.atomic
def answer_question(*, actor: User, question_id: int, answer: str) -> Question:
    """Answer a colleague; what else is asked about the customer comes next."""
    question = queries.questions_to(actor).select_for_update(of=("self",)).get(pk=question_id)
    require(actor, Act.FOLLOW_UP, question.customer)
    if question.answered_at is not None:
        raise Refused(_("This is answered already. Reload the page."))
    if not answer.strip():
        raise Refused(_("Write an answer."))
    question.answer, question.answered_at = answer.strip()[:LONGEST_WORDS], clock.now()
    question.answered_by = actor
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    AgendaItem.objects.filter(
        customer=question.customer_id, kind=Kind.ASKED, closed_at=None
    ).update(closed_at=question.answered_at, closed_by=actor, ending=Ending.DONE)
    _let_answer(question.customer_id)
    change = Change(question, question.customer_id, after={"answer": question.answer})
    journal.record(actor, "question.answered", [change])
    return question


def put_aside(*, actor: User, question_id: int) -> None:
    """The asker has read the answer."""
    mine = Question.objects.filter(asker=actor, answered_at__isnull=False, seen_at=None)
    mine.filter(pk=question_id).update(seen_at=clock.now())


def _let_answer(customer_id: int) -> None:
    """The question that waits longest is due."""
    rows = Question.objects.filter(customer=customer_id, answered_at=None)
    first = rows.select_related("asker").order_by("pk").first()
    due = None
    if first is not None:
        why = {"asker": first.asker.name, "words": first.words, "question": first.pk}
        due = Due(f"question {first.pk}", clock.day_of(first.asked_at), why=why)
    put(Kind.ASKED, {customer_id: due})
