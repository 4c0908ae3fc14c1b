"""Rules and their versions, and the clocks and crossings they lead to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.agenda import services as agenda
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.churn import queries
from liuke.churn.models import (
    BEGINNING,
    ChurnRule,
    Clock,
    RuleVersion,
    Transition,
)
from liuke.churn.queries import Book, scores
from liuke.churn.rules import kinds, months
from liuke.churn.rules.history import Cause, Clocks, Crossings, State, history
from liuke.churn.rules.kinds import to_date, to_date_or_none, to_day
from liuke.churn.services.counting import count, fold_changes, recount
from liuke.core import bulk, clock, journal
from liuke.core.journal import Change
from liuke.customers import queries as customer_queries
from liuke.customers import services as customers
from liuke.customers.models import Customer
from liuke.customers.queries.closing import unsought
from liuke.customers.rules import churn_state

CHUNK = 500
DATES = ("expected_at", "at_risk_at", "lost_at")
# Whom a file shows to be lost for longer is history and nobody's task of today.
NEWLY_LOST = timedelta(days=30)
# A firm's first rule that old has been acted upon: what it said of the past stays.
ACTED_UPON = timedelta(days=7)


@transaction.atomic
def save_rule(
    *,
    actor: User | None,
    content: kinds.Rule,
    applies_to: str = "",
    name: str = "",
    restate: bool = False,
) -> RuleVersion:
    """Let a rule decide from today on; `restate` lets it decide over the whole past as well.

    A firm's first rule always decides over the past; a kind's first rule leaves it to the general
    one, if there is one. The clocks follow in `apply_rules`.
    """
    require(actor, Act.EDIT_RULES)
    rule, _new = ChurnRule.objects.select_for_update().get_or_create(
        applies_to=applies_to, defaults={"name": name}
    )
    if name and rule.name != name:
        rule.name = name
        rule.save(update_fields=["name"])
    current = rule.versions.filter(superseded_at=None)
    before = current.last()
    today = clock.today()
    replaced = current if restate else current.filter(valid_from__gte=today)
    replaced.update(superseded_at=clock.now())
    general = RuleVersion.objects.filter(superseded_at=None, rule__applies_to="")
    decided_before = current.exists() or (not restate and general.exists())
    content = queries.as_saved(content, applies_to, today)
    version = RuleVersion.objects.create(
        rule=rule,
        kind=content.kind,
        params=kinds.params_of(content),
        valid_from=today if decided_before else date.fromisoformat(BEGINNING),
        created_by=actor,
    )
    journal.record(
        actor,
        "churn.rule_restated" if restate else "churn.rule_saved",
        [
            Change(
                version,
                before={"kind": before.kind, **before.params} if before else None,
                after={"kind": content.kind, **version.params, "valid_from": version.valid_from},
            )
        ],
    )
    return version


def apply_rules(*, now: datetime) -> int:
    """Bring every clock in line with versions that have begun; the number of customers visited."""
    pending = RuleVersion.objects.filter(
        superseded_at=None, applied_at=None, valid_from__lte=clock.day_of(now)
    )
    waiting = list(pending.values_list("pk", flat=True))
    if not waiting:
        return 0
    visited = rebuild()
    RuleVersion.objects.filter(pk__in=waiting).update(applied_at=now)
    return visited


def learn_rhythms(now: datetime) -> None:
    """Let rules of the own rhythm that were saved before there was anything to learn from learn it.

    It decides from today on; in the first days of a firm, over the past too.
    """
    for version in scores.unlearned_rhythms():
        content = version.content
        learned = queries.as_saved(content, version.rule.applies_to, clock.day_of(now))
        if learned != content and kinds.knows_rhythm(learned):
            first = version.valid_from == date.fromisoformat(BEGINNING)
            save_rule(
                actor=None,
                content=learned,
                applies_to=version.rule.applies_to,
                restate=first and now - version.created_at < ACTED_UPON,
            )
    apply_rules(now=now)


def rebuild() -> int:
    """Work out every clock and crossing again from purchases and rules, chunk by chunk."""
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        refresh_clocks(ids[start : start + CHUNK])
    recount()
    return len(ids)


def refresh_clocks(customer_ids: Collection[int], *, alarm: bool = False) -> None:
    """Reaction: clocks, crossings and churn state of these customers, from their purchases.

    `alarm` marks crossings that time brought as seen by a tick, to be told to somebody.
    """
    ids = sorted(customer_ids)
    rules = queries.rules_in_force()
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _refresh_chunk(ids[start : start + CHUNK], rules, alarm)


def advance(now: datetime) -> None:
    """Tick: note the crossings that time brought, under their true dates, however late."""
    apply_rules(now=now)
    refresh_clocks(queries.due(clock.day_of(now)), alarm=True)
    fold_changes()


def _refresh_chunk(ids: Sequence[int], rules: dict[str, list[RuleVersion]], alarm: bool) -> None:
    customers.lock(ids)
    kind_of = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "kind"))
    clocks: list[Clock] = []
    crossings: list[Transition] = []
    counts: dict[int, bytes] = {}
    for applies_to, versions in rules.items():
        chosen = [pk for pk in ids if (kind_of[pk] if kind_of[pk] in rules else "") == applies_to]
        if not chosen:
            continue
        pages = queries.book(chosen)
        today = to_day(clock.today())
        found, moved = history(pages.purchases, queries.in_time(versions), today, pages.retired)
        clocks += _clock_rows(pages, found, versions)
        crossings += _transition_rows(pages, moved, versions, alarm)
        counts |= months.written(pages.changes(moved, today))
    recovered = _replace_transitions(ids, crossings)
    Clock.objects.filter(customer__in=ids).delete()
    bulk.create(clocks)
    states = _states(ids, clocks, recovered)
    customers.set_state("churn", states)
    _put_warnings(ids, states, clocks)
    count(ids, counts)


def _put_warnings(
    ids: Sequence[int], states: Mapping[int, Mapping[str, Any]], clocks: Sequence[Clock]
) -> None:
    """Let those at risk and newly lost be due for somebody; who is lost for long stays as it is."""
    today = clock.today()
    left_alone = unsought(ids)
    at_risk: dict[int, Due | None] = {}
    lost: dict[int, Due | None] = {}
    for pk, row in states.items():
        standing = churn_state(row["at_risk_at"], row["lost_at"], row["recovered_on"], today)
        at_risk[pk] = lost[pk] = None
        if pk in left_alone:
            continue
        if standing == "at_risk":
            at_risk[pk] = _due(row, row["at_risk_at"])
        elif standing == "lost" and row["lost_at"] > today - NEWLY_LOST:
            lost[pk] = _due(row, row["lost_at"])
        elif standing == "lost":
            del lost[pk]
    warned = [pk for pk in ids if at_risk.get(pk) or lost.get(pk)]
    value = customer_queries.values_of(warned)
    usual = queries.usual_gaps(warned)
    best = _best(clocks)
    for wanted in (at_risk, lost):
        for pk, due in wanted.items():
            if due is not None:
                mine = best[pk]
                habit = {"last": mine.last_day, "usual": usual.get((pk, mine.asset_id))}
                wanted[pk] = replace(due, stake=value[pk], why={**due.why, **habit})
    agenda.put(Kind.AT_RISK, at_risk)
    agenda.put(Kind.LOST, lost)


def _due(row: Mapping[str, Any], day: date) -> Due:
    return Due(day.isoformat(), day, why={key: row[key] for key in DATES})


def _clock_rows(pages: Book, found: Clocks, versions: Sequence[RuleVersion]) -> list[Clock]:
    rows = zip(
        found.subject.tolist(),
        found.first.tolist(),
        found.last.tolist(),
        found.purchase_days.tolist(),
        *(dates.tolist() for dates in found.dates),
        found.state.tolist(),
        found.version.tolist(),
        strict=True,
    )
    return [
        Clock(
            customer_id=pages.subjects[subject][0],
            asset_id=pages.subjects[subject][1],
            takes_unnamed=pages.subjects[subject][1] is None
            or pages.subjects[subject][0] not in pages.several,
            version=versions[version],
            first_day=to_date(first),
            last_day=to_date(last),
            purchase_days=days,
            expected_at=to_date_or_none(expected),
            at_risk_at=to_date(at_risk),
            lost_at=to_date(lost),
            state=state,
        )
        for subject, first, last, days, expected, at_risk, lost, state, version in rows
    ]


def _transition_rows(
    pages: Book, moved: Crossings, versions: Sequence[RuleVersion], alarm: bool
) -> list[Transition]:
    now = clock.now()
    return [
        Transition(
            customer_id=pages.subjects[subject][0],
            asset_id=pages.subjects[subject][1],
            on=to_date(day),
            before=before,
            after=after,
            cause=cause,
            version=versions[version],
            recorded_at=now,
            alarm=alarm and cause == Cause.TIME,
        )
        for subject, day, before, after, cause, version in zip(
            *(column.tolist() for column in moved), strict=True
        )
    ]


def _replace_transitions(ids: Sequence[int], wanted: Sequence[Transition]) -> dict[int, date]:
    """Keep the rows that still hold, remove those that never happened, add the new ones.

    Returns the day of each customer's latest recovery.
    """
    kept: set[tuple[Any, ...]] = set()
    obsolete = []
    meant = {_identity(row) for row in wanted}
    for row in Transition.objects.filter(customer__in=ids):
        (kept.add(_identity(row)) if _identity(row) in meant else obsolete.append(row.pk))
    for start in range(0, len(obsolete), CHUNK):
        Transition.objects.filter(pk__in=obsolete[start : start + CHUNK]).delete()
    bulk.create([row for row in wanted if _identity(row) not in kept])
    recovered: dict[int, date] = {}
    for row in wanted:
        if row.before == State.LOST and row.cause == Cause.PURCHASE:
            recovered[row.customer_id] = max(row.on, recovered.get(row.customer_id, row.on))
    return recovered


def _identity(row: Transition) -> tuple[Any, ...]:
    return (
        row.customer_id,
        row.asset_id,
        row.on,
        row.before,
        row.after,
        row.cause,
        row.version_id,
    )


def _states(
    ids: Sequence[int], clocks: Sequence[Clock], recovered: dict[int, date]
) -> dict[int, dict[str, Any]]:
    """Each customer's state is that of the best clock still running."""
    running = _running(clocks)
    best = _best(clocks)
    return {
        pk: {
            "expected_at": best[pk].expected_at if pk in best else None,
            "at_risk_at": best[pk].at_risk_at if pk in best else None,
            "lost_at": max((row.lost_at for row in running.get(pk, ())), default=None),
            "recovered_on": recovered.get(pk),
            "clocks": len(running.get(pk, ())),
        }
        for pk in ids
    }


def _running(clocks: Sequence[Clock]) -> dict[int, list[Clock]]:
    running: dict[int, list[Clock]] = {}
    for row in clocks:
        if row.state != State.RETIRED:
            running.setdefault(row.customer_id, []).append(row)
    return running


def _best(clocks: Sequence[Clock]) -> dict[int, Clock]:
    """The running clock of each customer that stays safe the longest."""
    running = _running(clocks)
    return {pk: max(mine, key=lambda row: row.at_risk_at) for pk, mine in running.items()}
