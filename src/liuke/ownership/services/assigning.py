"""Rules that give customers to people, and sharing out many at once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import services as agenda
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import bulk, clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.customers.services import Batch
from liuke.facts import CustomersMoved, CustomersRecorded
from liuke.ownership.models import AssignmentRule, OwnerPeriod
from liuke.ownership.queries import assigning
from liuke.ownership.rules import Reason, Seat, Way, spread
from liuke.ownership.rules.assigning import CONDITIONS, Plan, assign, key_of
from liuke.ownership.services.clocks import CHUNK
from liuke.ownership.services.following import follow

# More at once are a file that is taken stock of, not people who wait for a call.
NEWS = 100
TOLD = ("name", "active", "conditions", "pick", "skills", "speaks")


@transaction.atomic
def save_rule(
    *, actor: User | None, rule: AssignmentRule, people: Collection[User]
) -> AssignmentRule:
    """Add a rule behind the others, or change one; customers who are there already stay."""
    require(actor, Act.EDIT_RULES)
    unknown = set(rule.conditions) - set(CONDITIONS)
    if unknown:
        raise ValidationError({"conditions": _("There is no condition of this name.")})
    if not people and rule.unit_id is None:
        raise Refused(_("Choose who gets the customers."))
    able = {each.pk for each in assigning.receivers()}
    if any(each.pk not in able for each in people):
        raise Refused(_("Somebody of them does not work with customers. Choose somebody else."))
    known = AssignmentRule.objects.select_for_update().filter(pk=rule.pk).first()
    if known is None:
        last = AssignmentRule.objects.aggregate(last=Max("place"))["last"]
        rule.place = 1 + (last or 0)
    before = None if known is None else _told(known)
    rule.full_clean()
    rule.save()
    rule.people.set(people)
    journal.record(actor, "assignment.saved", [Change(rule, before=before, after=_told(rule))])
    return rule


@transaction.atomic
def move_rule(*, actor: User, rule_id: int, up: bool) -> None:
    """Let a rule be tried before the one above it, or after the one below."""
    require(actor, Act.EDIT_RULES)
    rows = list(AssignmentRule.objects.select_for_update().order_by("place", "pk"))
    at = next(place for place, row in enumerate(rows) if row.pk == rule_id)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    before = at + 1
    rows[at], rows[to] = rows[to], rows[at]
    for place, row in enumerate(rows, start=1):
        row.place = place
    AssignmentRule.objects.bulk_update(rows, ["place"])
    moved = Change(rows[to], before={"place": before}, after={"place": to + 1})
    journal.record(actor, "assignment.moved", [moved])


@transaction.atomic
def delete_rule(*, actor: User, rule_id: int) -> None:
    """Forget a rule; whom it gave to whom, and why, stays in the history."""
    require(actor, Act.EDIT_RULES)
    rule = AssignmentRule.objects.select_for_update().get(pk=rule_id)
    journal.record(actor, "assignment.deleted", [Change(rule, before=_told(rule))])
    rule.delete()


def assign_new(fact: CustomersRecorded) -> CustomersMoved | None:
    """Reaction: new customers without an owner go by the rules; who went where, for the others."""
    ids = sorted(fact.customer_ids)
    used = AssignmentRule.objects.filter(active=True)
    alone: list[int] = []
    for start in range(0, len(ids), CHUNK):
        rows = Customer.objects.filter(
            Exists(used), pk__in=ids[start : start + CHUNK], owner=None, state__pool=None
        )
        alone += rows.order_by("pk").values_list("pk", flat=True)
    if not alone:
        return None
    plan = _planned(alone)
    if not plan.given:
        return None
    customers.place_owners(owners={pk: each.to for pk, each in plan.given.items()})
    moved = CustomersMoved(list(plan.given), None, Reason.RULE.value)
    follow(moved)
    whys = _whys(plan)
    _say_why(whys)
    if len(whys) <= NEWS:
        today = clock.today()
        agenda.put(
            Kind.HANDED, {pk: Due("rule", today, why={"rule": why}) for pk, why in whys.items()}
        )
    return moved


@transaction.atomic
def assign_by_rules(*, actor: User, customer_ids: Collection[int]) -> Batch:
    """Give customers of one's scope to whom the rules say; whom no rule fits stays as it is."""
    require(actor, Act.ASSIGN)
    ids = sorted(customer_ids)
    # The rules first, as everywhere: whoever waits for them holds no customer meanwhile.
    plan = _planned(ids)
    return _carried_out(
        actor, ids, {pk: each.to for pk, each in plan.given.items()}, Reason.RULE, _whys(plan)
    )


@transaction.atomic
def assign_waiting(*, actor: User) -> Batch:
    """Try the rules on everybody of one's scope whom nobody has, so many at a time."""
    require(actor, Act.ASSIGN)
    require(actor, Act.EDIT_RULES)
    ids = (
        assigning.waiting_for(actor).order_by("-pk").values_list("pk", flat=True)[: assigning.MOST]
    )
    return assign_by_rules(actor=actor, customer_ids=list(ids))


@transaction.atomic
def assign_evenly(
    *, actor: User, customer_ids: Collection[int], people: Collection[int], skill: str = ""
) -> Batch:
    """Share customers out evenly among people in sight, or those of them with a skill.

    Nobody gets more than their limit; whom nobody has room for stays as they are.
    """
    require(actor, Act.ASSIGN)
    chosen = list(people_visible_to(actor).filter(pk__in=people))
    if len(chosen) < len(set(people)):
        raise Refused(_("You may not give customers to this person."))
    known = list(assigning.workers(chosen).values())
    if skill:
        known = [each for each in known if key_of(skill) in each.skills]
    if not known:
        raise Refused(_("Choose among whom."))
    ids = sorted(customer_ids)
    customers.lock(ids, actor, Act.ASSIGN)
    seats = [Seat(each.pk, each.live, None, _room(each.room)) for each in known]
    plan = spread(assigning.portions_of(ids), seats, Way.EVENLY)
    why = {"among": len(seats)}
    return _carried_out(actor, ids, plan, Reason.SHARED, dict.fromkeys(plan, why))


def _room(room: int | None) -> int | None:
    return None if room is None else max(0, room)


def _planned(ids: Sequence[int]) -> Plan:
    """Whom the rules give to whom; others who ask wait, so that turns and limits hold."""
    rows = AssignmentRule.objects.select_for_update().filter(active=True).order_by("place", "pk")
    rules = assigning.terms(rows.prefetch_related("people"))
    plan = assign(assigning.traits(ids), rules, assigning.workers(assigning.receivers()))
    turns = {rule.pk: plan.turns.get(rule.pk) for rule in rules}
    for rule in rules:
        if turns[rule.pk] != rule.last:
            AssignmentRule.objects.filter(pk=rule.pk).update(last=turns[rule.pk])
    return plan


def _whys(plan: Plan) -> dict[int, Mapping[str, Any]]:
    units = assigning.unit_names()
    return {pk: assigning.named(each.why, units) for pk, each in plan.given.items()}


def _carried_out(
    actor: User,
    ids: Sequence[int],
    owners: Mapping[int, int],
    reason: Reason,
    whys: Mapping[int, Mapping[str, Any]],
) -> Batch:
    customers.lock(ids, actor, Act.ASSIGN)
    before = assigning.owners_of(owners)
    moved = {pk: to for pk, to in owners.items() if before[pk] != to}
    batch = customers.set_owners(actor=actor, owners=moved, reason=reason)
    _say_why({pk: whys[pk] for pk in moved})
    return replace(batch, left=len(ids) - len(owners))


def _say_why(whys: Mapping[int, Mapping[str, Any]]) -> None:
    ids = sorted(whys)
    for start in range(0, len(ids), CHUNK):
        rows = OwnerPeriod.objects.filter(customer__in=ids[start : start + CHUNK], ended_at=None)
        keys = rows.values_list("pk", "customer")
        bulk.update(OwnerPeriod, ("why",), [(whys[who], pk) for pk, who in keys], key="id")


def _told(rule: AssignmentRule) -> dict[str, Any]:
    people = sorted(rule.people.values_list("pk", flat=True))
    told = {name: getattr(rule, name) for name in TOLD}
    return {**told, "unit": rule.unit_id, "people": people}
