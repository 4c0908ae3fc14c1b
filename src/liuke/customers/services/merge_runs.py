"""Merging all that is certain enough, pair by pair in the background, and taking all of it back."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers.models import Customer, CustomerMerge, DuplicatePair, MergeRun
from liuke.customers.queries.merge_runs import mergeable
from liuke.customers.services.merging import merge_customers, undo_merge

# Below it people decide.
LOWEST = 0.95
# Who would become so many at once is a switchboard rather than a person.
MOST_OF_ONE = 10
ABANDONED = timedelta(minutes=2)
State = MergeRun.State


@transaction.atomic
def begin_run(*, actor: User, least: float, seen: int) -> MergeRun:
    """Let all pairs from a probability on become one; `seen` is the number the person agreed to."""
    require(actor, Act.MERGE)
    if not LOWEST <= least <= 1:
        raise Refused(_("Choose a probability from %(lowest)d%% on.") % {"lowest": LOWEST * 100})
    count = mergeable(actor, least).count()
    if count != seen:
        raise Refused(_("Something changed since the preview. Look at it again, then go on."))
    try:
        with transaction.atomic():
            run = MergeRun.objects.create(least=least, pairs=count, by=actor)
    except IntegrityError:
        raise Refused(_("Another run is going on. Wait until it is done.")) from None
    journal.record(actor, "merges.started", [Change(run, after={"pairs": count, "least": least})])
    return run


@transaction.atomic
def begin_undo(*, actor: User, run_id: int) -> MergeRun:
    """Let everything that a run merged be parted again."""
    require(actor, Act.MERGE)
    run = MergeRun.objects.select_for_update().get(pk=run_id)
    if run.state != State.DONE:
        raise Refused(_("This run cannot be undone now. Reload the page."))
    run.state, run.undone_by, run.moved_at, run.kept = State.UNDOING, actor, clock.now(), []
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        raise Refused(_("Another run is going on. Wait until it is done.")) from None
    journal.record(actor, "merges.undoing", [Change(run, after={"merged": run.merged})])
    return run


def carry_on(run_id: int) -> None:
    """Do what is left of a run, one merge or undo in a transaction each."""
    while _step(run_id):
        pass


def abandoned(now: datetime) -> list[int]:
    """Runs that are going on and that nobody works on, because a worker was killed."""
    going = MergeRun.objects.filter(state__in=(State.RUNNING, State.UNDOING))
    rows = going.filter(moved_at__lt=now - ABANDONED).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def _step(run_id: int) -> bool:
    # Held until the step is written: a second worker waits and goes on from there.
    run = MergeRun.objects.select_for_update().select_related("by").get(pk=run_id)
    if run.state == State.RUNNING:
        more = _merge_next(run)
    elif run.state == State.UNDOING:
        more = _part_next(run)
    else:
        return False
    run.moved_at = clock.now()
    run.save()
    return more


def _merge_next(run: MergeRun) -> bool:
    pair = mergeable(run.by, run.least, run.passed_over).select_related(
        "first__state", "second__state"
    ).first()  # fmt: skip
    if pair is None:
        run.state = State.DONE
        _tell(run, run.by, "merges.done")
        return False
    survivor, absorbed = _in_order(pair)
    try:
        with transaction.atomic():
            if run.merges.filter(survivor_id=survivor.pk).count() >= MOST_OF_ONE:
                raise Refused(_("Too many would become one."))
            merge_customers(actor=run.by, survivor_id=survivor.pk, absorbed_id=absorbed.pk, run=run)
    except (ValidationError, PermissionDenied):
        run.passed_over = [*run.passed_over, pair.pk]
    else:
        run.merged += 1
    return True


def _part_next(run: MergeRun) -> bool:
    actor = run.undone_by
    merge = run.merges.filter(undone_at=None).exclude(pk__in=run.kept).order_by("-pk").first()
    if merge is None:
        run.state, run.undone_at = State.UNDONE, clock.now()
        _tell(run, actor, "merges.undone")
        return False
    try:
        with transaction.atomic():
            parted = undo_merge(actor=actor, merge_id=merge.pk)
    except (ValidationError, PermissionDenied):
        run.kept = [*run.kept, merge.pk]
    else:
        run.left += len(parted.left)
    return True


def _in_order(pair: DuplicatePair) -> tuple[Customer, Customer]:
    """Who bought more often stays, else who was recorded first."""
    both = sorted((pair.first, pair.second), key=lambda each: (-each.state.purchase_days, each.pk))
    return both[0], both[1]


def _tell(run: MergeRun, actor: User | None, verb: str) -> None:
    undone = CustomerMerge.objects.filter(run=run).exclude(undone_at=None).count()
    after = {"merged": run.merged, "undone": undone}
    journal.record(actor, verb, [Change(run, after=after)])
