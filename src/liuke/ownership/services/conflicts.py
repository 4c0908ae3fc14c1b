"""Two people on one customer: a case is opened, decided, perhaps appealed and decided again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import services as customers
from liuke.customers.models import Collaborator, Customer
from liuke.customers.services import Help
from liuke.ownership.models import Conflict, ConflictTerms, Decision
from liuke.ownership.queries import conflicts as queries
from liuke.ownership.rules import Reason
from liuke.ownership.rules.conflicts import PENDING, Side, State, Terms, Verdict, propose, to_json


@dataclass(frozen=True, slots=True)
class NewConflict:
    """Who claims which customer, and what speaks for it; `besides` is a second record of it."""

    customer_id: int
    claimant_id: int
    claim: str
    source: str
    besides: int | None = None


@transaction.atomic
def open_conflict(*, actor: User, new: NewConflict, facts: Mapping[int, Side]) -> Conflict:
    """Open a case about a customer that the actor knows of; `facts` is the record of the two.

    The edge has asked whether the actor may know of this customer: it need not be in sight.
    """
    require(actor, Act.EDIT_CUSTOMERS)
    customers.lock([new.customer_id])
    customer = Customer.objects.get(pk=new.customer_id)
    claimant = User.objects.filter(pk=new.claimant_id, is_active=True).first()
    known = queries.terms()
    if customer.owner_id is None:
        raise Refused(_("Nobody owns this customer. Ask a manager to give it to you."))
    if claimant is None or customer.owner_id == claimant.pk:
        raise Refused(_("This customer belongs to the same person already."))
    if not new.claim.strip():
        raise Refused(_("Say what speaks for it."))
    if queries.open_between(customer.pk, claimant.pk) is not None:
        raise Refused(_("This case is open already."))
    if queries.settled_lately(customer.pk, claimant.pk, known.protection):
        raise Refused(
            _("This was decided within the last %(days)s days. It can only be appealed.")
            % {"days": known.protection}
        )
    owner, other = facts.get(customer.owner_id, Side()), facts.get(claimant.pk, Side())
    proposal = propose(owner, other, known, clock.today())
    made = Conflict.objects.create(
        customer=customer,
        besides=new.besides,
        owner_id=customer.owner_id,
        claimant=claimant,
        source=new.source,
        claim=new.claim.strip()[:300],
        opened_by=actor,
        facts={"owner": to_json(owner), "claimant": to_json(other)},
        proposal=proposal.verdict,
        ground=proposal.ground,
    )
    after = {"owner": made.owner_id, "claimant": made.claimant_id, "claim": made.claim}
    _note(actor, "conflict.opened", made, after)
    return made


@transaction.atomic
def decide_conflict(
    *, actor: User, conflict_id: int, verdict: str, why: str, percent: int | None = None
) -> Conflict:
    """Decide a case, or an appeal as the last word; of two at once, one decides."""
    require(actor, Act.SETTLE)
    conflict = _locked(conflict_id)
    if conflict.state not in PENDING:
        last = conflict.decisions.select_related("by").last()
        if last is None:
            raise Refused(_("The case was withdrawn."))
        raise Refused(_("%(name)s has decided this already.") % {"name": last.by})
    if not queries.may_decide(actor, conflict):
        raise PermissionDenied(_("Somebody else has to decide this case."))
    if not why.strip():
        raise Refused(_("Say why, so that both understand it."))
    is_last = conflict.state == State.APPEALED
    made = Decision.objects.create(
        conflict=conflict,
        instance=Decision.LAST if is_last else Decision.FIRST,
        verdict=verdict,
        why=why.strip()[:300],
        percent=percent if verdict == Verdict.HELPS else None,
        by=actor,
    )
    _carry_out(actor, conflict, made)
    conflict.state = State.FINAL if is_last else State.DECIDED
    conflict.verdict = verdict
    conflict.decided_at = conflict.decided_at or made.at
    conflict.save(update_fields=["state", "verdict", "decided_at"])
    _note(actor, "conflict.decided", conflict, {"verdict": verdict, "why": made.why})
    return conflict


@transaction.atomic
def appeal_conflict(*, actor: User, conflict_id: int, why: str) -> Conflict:
    """One of the two asks somebody above for another decision, once and in time."""
    conflict = _locked(conflict_id)
    if not queries.is_party(actor, conflict):
        raise PermissionDenied(_("Only the two whom it concerns may appeal."))
    if not queries.may_appeal(actor, conflict):
        raise Refused(_("It is too late to appeal, or it was done already."))
    if not queries.above(conflict):
        raise Refused(_("Nobody stands above who decided this."))
    if not why.strip():
        raise Refused(_("Say why the decision is wrong."))
    conflict.state, conflict.appeal = State.APPEALED, why.strip()[:300]
    conflict.appealed_at, conflict.appealed_by = clock.now(), actor
    conflict.save(update_fields=["state", "appeal", "appealed_at", "appealed_by"])
    _note(actor, "conflict.appealed", conflict, {"appeal": conflict.appeal})
    return conflict


@transaction.atomic
def drop_conflict(*, actor: User, conflict_id: int) -> Conflict:
    """Who claimed the customer takes it back before anything is decided."""
    conflict = _locked(conflict_id)
    if actor.pk not in (conflict.claimant_id, conflict.opened_by_id):
        raise PermissionDenied(_("Only who opened the case may withdraw it."))
    if conflict.state != State.OPEN:
        raise Refused(_("This case is decided already."))
    conflict.state = State.DROPPED
    conflict.save(update_fields=["state"])
    _note(actor, "conflict.dropped", conflict, {"state": conflict.state})
    return conflict


@transaction.atomic
def save_terms(*, actor: User | None, terms: Terms) -> None:
    """Let these days and this share count from now on; what is decided stays."""
    require(actor, Act.EDIT_RULES)
    before = asdict(queries.terms())
    values = {
        "protection_days": terms.protection,
        "silent_days": terms.silent,
        "appeal_days": terms.appeal,
        "helper_percent": terms.helper_percent,
    }
    row, _new = ConflictTerms.objects.update_or_create(pk=1, defaults=values)
    journal.record(actor, "conflict.terms_saved", [Change(row, before=before, after=asdict(terms))])


def _locked(conflict_id: int) -> Conflict:
    """The case, after its customer: whoever merges or gives away locks that one first."""
    customers.lock([Conflict.objects.get(pk=conflict_id).customer_id])
    rows = Conflict.objects.select_related("customer", "owner", "claimant")
    return rows.select_for_update(of=("self",)).get(pk=conflict_id)


def _carry_out(actor: User, conflict: Conflict, made: Decision) -> None:
    """Let the decision be so, whatever was decided before; a third owner keeps the customer."""
    customer = conflict.customer
    wanted = conflict.claimant if made.verdict == Verdict.MOVES else conflict.owner
    earlier = conflict.decisions.exclude(helper=None).values("helper")
    helping = Collaborator.objects.filter(pk__in=earlier, ended_at=None)
    if made.verdict != Verdict.HELPS:
        customers.end_help(actor=actor, rows=list(helping))
    is_theirs = customer.owner_id in (conflict.owner_id, conflict.claimant_id)
    if not is_theirs and made.verdict == Verdict.MOVES:
        raise Refused(_("The customer belongs to somebody else meanwhile."))
    if is_theirs and customer.owner_id != wanted.pk:
        if not wanted.is_active:
            raise Refused(_("%(name)s has left the firm.") % {"name": wanted})
        customers.set_owners(
            actor=actor,
            owners={customer.pk: wanted.pk},
            reason=Reason.DECIDED,
            note=str(conflict),
        )
    if made.verdict == Verdict.HELPS:
        _let_help(actor, conflict, made)


def _let_help(actor: User, conflict: Conflict, made: Decision) -> None:
    rows = Collaborator.objects.filter(customer=conflict.customer_id, ended_at=None)
    row = rows.filter(person=conflict.claimant_id).first()
    if row is None:
        why = _("Conflict %(case)s") % {"case": conflict}
        help = Help(conflict.customer_id, conflict.claimant_id, why, percent=made.percent)
        row = customers.put_helper(actor=actor, help=help)
        made.helper = row
        made.save(update_fields=["helper"])


def _note(actor: User, verb: str, conflict: Conflict, after: dict[str, Any]) -> None:
    journal.record(actor, verb, [Change(conflict, conflict.customer_id, after=after)])
