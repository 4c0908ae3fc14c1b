"""All pairs that are certain enough become one in the background, and the run can be undone."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, CustomerMerge, DuplicatePair, MergeRun
from liuke.customers.queries.intents import counted, left_by
from liuke.customers.queries.merge_runs import preview, runs_of
from liuke.customers.services import merge_runs, propose_pair
from liuke.customers.services.duplicates import keep_pairs
from liuke.customers.services.merge_runs import begin_run, begin_undo, carry_on
from liuke.customers.services.merging import merge_customers, undo_merge
from liuke.customers.tests.test_merging import everything, made
from liuke.followups import services as followups

pytestmark = pytest.mark.django_db
SAME = [("name", "same"), ("mobile", "same")]


def found(*pairs: tuple[Customer, Customer, float]) -> None:
    keep_pairs([(one.pk, other.pk, p, SAME) for one, other, p in pairs], "search")


@pytest.fixture
def three(owner) -> list[Customer]:
    """One person recorded three times, and somebody who is only like it."""
    rows = [made(owner, name) for name in ("王海涛", "王海濤", "王海涛先生", "王海")]
    found((rows[0], rows[1], 0.999), (rows[1], rows[2], 0.99), (rows[0], rows[3], 0.97))
    return rows


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


def test_what_is_certain_becomes_one_and_the_rest_waits(owner, three) -> None:
    shown = preview(owner, 0.98)
    assert (shown.count, [pair.probability for pair in shown.pairs]) == (2, [0.99, 0.999])
    run = begin_run(actor=owner, least=0.98, seen=2)
    carry_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.merged, run.passed_over) == ("done", 2, [])
    assert names() == ["王海涛", "王海"]
    assert DuplicatePair.objects.get().probability == 0.97
    assert set(CustomerMerge.objects.values_list("run", flat=True)) == {run.pk}


def test_a_run_undone_never_happened(owner, three, buys, on_day) -> None:
    on_day(date(2026, 6, 1))
    buys(three[1], date(2026, 2, 7), date(2026, 5, 9))
    # The tick that works out next contacts has been here.
    followups.refresh_contacts([each.pk for each in three])
    before = everything()
    before.pop("customers.MergeRun")
    run = begin_run(actor=owner, least=0.95, seen=3)
    carry_on(run.pk)
    # Who bought more often stays.
    assert names() == ["王海濤"]
    begin_undo(actor=owner, run_id=run.pk)
    carry_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.kept, run.left) == ("undone", [], 0)
    after = everything()
    after.pop("customers.MergeRun")
    assert after == before
    verbs = JournalEntry.objects.filter(subject="customers.mergerun").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "merges.started", "merges.done", "merges.undoing", "merges.undone",
    ]  # fmt: skip


def test_what_was_agreed_to_is_what_happens(owner, three) -> None:
    with pytest.raises(ValidationError, match="changed since the preview"):
        begin_run(actor=owner, least=0.98, seen=3)
    with pytest.raises(ValidationError, match="from 95% on"):
        begin_run(actor=owner, least=0.9, seen=3)
    begin_run(actor=owner, least=0.98, seen=2)
    with pytest.raises(ValidationError, match="Another run"):
        begin_run(actor=owner, least=0.98, seen=2)


def test_decided_and_proposed_pairs_are_left_to_people(owner, three) -> None:
    DuplicatePair.objects.filter(probability=0.99).update(verdict="distinct")
    propose_pair(actor=owner, one=three[2].pk, other=three[3].pk)
    assert preview(owner, 0.95).count == 2
    run = begin_run(actor=owner, least=0.95, seen=2)
    carry_on(run.pk)
    assert names() == ["王海涛", "王海涛先生"]


def test_a_pair_that_cannot_be_merged_is_passed_over(owner, three, monkeypatch) -> None:
    monkeypatch.setattr(merge_runs, "MOST_OF_ONE", 1)
    run = begin_run(actor=owner, least=0.95, seen=3)
    carry_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.merged, len(run.passed_over)) == ("done", 1, 2)
    assert names() == ["王海涛", "王海涛先生", "王海"]


def test_a_run_goes_on_after_its_worker_was_killed(owner, three, monkeypatch) -> None:
    run = begin_run(actor=owner, least=0.98, seen=2)
    real = merge_runs.merge_customers

    def dies(**values):
        if CustomerMerge.objects.exists():
            raise KeyboardInterrupt
        return real(**values)

    with monkeypatch.context() as patch:
        patch.setattr(merge_runs, "merge_customers", dies)
        with pytest.raises(KeyboardInterrupt):
            carry_on(run.pk)
    assert merge_runs.abandoned(clock.now()) == []
    assert merge_runs.abandoned(clock.now() + timedelta(minutes=3)) == [run.pk]
    carry_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.merged) == ("done", 2)


def test_what_cannot_be_undone_is_named(owner, three) -> None:
    run = begin_run(actor=owner, least=0.98, seen=2)
    carry_on(run.pk)
    aunt = made(owner, "李娜")
    merge_customers(actor=owner, survivor_id=aunt.pk, absorbed_id=three[0].pk)
    begin_undo(actor=owner, run_id=run.pk)
    carry_on(run.pk)
    run.refresh_from_db()
    assert run.state == "undone"
    assert sorted(run.kept) == sorted(run.merges.values_list("pk", flat=True))
    assert len(run.kept) == 2


def test_one_merge_of_a_run_may_be_undone_by_itself(owner, three) -> None:
    run = begin_run(actor=owner, least=0.98, seen=2)
    carry_on(run.pk)
    undo_merge(actor=owner, merge_id=run.merges.latest("pk").pk)
    begin_undo(actor=owner, run_id=run.pk)
    carry_on(run.pk)
    assert len(names()) == 4
    with pytest.raises(ValidationError, match="cannot be undone"):
        begin_undo(actor=owner, run_id=run.pk)


def test_only_who_may_merge_and_only_what_they_may_see(owner, three, person, customer) -> None:
    with pytest.raises(PermissionDenied):
        begin_run(actor=person(Role.SELLER), least=0.98, seen=0)
    manager = person(Role.MANAGER)
    assert preview(manager, 0.95).count == 0
    run = begin_run(actor=owner, least=0.98, seen=2)
    assert list(runs_of(manager)) == []
    assert list(runs_of(owner)) == [run]


def test_pairs_and_what_runs_leave_are_told_apart_by_purchases_and_intent(
    owner, three, buys, on_day
) -> None:
    on_day(date(2026, 6, 1))
    buys(three[3], date(2026, 5, 9))
    three[2].state.stage = "intent"
    three[2].state.save()
    assert counted(DuplicatePair.objects.all()) == {"bought": 1, "intent": 1, "none": 1}
    run = begin_run(actor=owner, least=0.98, seen=2)
    carry_on(run.pk)
    for value, expected in (
        (f"{run.pk}", 1), (f"{run.pk}:bought", 0), ("x", 0), (f"{run.pk}:x", 0), ("", 0),
    ):  # fmt: skip
        assert Customer.objects.filter(left_by(value)).count() == expected, value


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_run_do_each_merge_once(owner, at_once) -> None:
    rows = [made(owner, f"王海涛{n}") for n in range(8)]
    found(*((rows[n], rows[n + 1], 0.99) for n in range(0, 8, 2)))
    run = begin_run(actor=owner, least=0.98, seen=4)
    outcomes = at_once(lambda: carry_on(run.pk), lambda: carry_on(run.pk))
    assert outcomes == [None, None]
    run.refresh_from_db()
    assert (run.state, run.merged, run.passed_over) == ("done", 4, [])
    assert MergeRun.objects.get().merges.count() == 4
    assert Customer.objects.count() == 4
