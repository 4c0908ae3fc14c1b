"""A case from the claim to the last word: who may, what happens, what both are told."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Collaborator
from liuke.customers.queries import visible_to
from liuke.customers.services import merge_customers
from liuke.ownership import services
from liuke.ownership.models import Conflict
from liuke.ownership.queries import conflicts as queries
from liuke.ownership.rules.conflicts import PENDING, Side, Terms
from liuke.ownership.services import NewConflict
from liuke.ownership.tests.conftest import history, whole

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _today(on_day) -> None:
    on_day(TODAY)


@pytest.fixture
def made(customer, lin, branch):
    return customer("王海涛", owner=lin, branch=branch)


def claim(made, who, **more) -> Conflict:
    new = NewConflict(made.pk, who.pk, "我先联系的", "page", **more)
    return services.open_conflict(actor=who, new=new, facts={})


def decide(who, case, verdict, **more) -> Conflict:
    return services.decide_conflict(
        actor=who, conflict_id=case.pk, verdict=verdict, why="记录", **more
    )


def test_a_case_keeps_the_facts_and_the_proposal(made, lin, qian) -> None:
    facts = {qian.pk: Side(contacts=[TODAY]), lin.pk: Side(recorded_on=date(2026, 1, 1))}
    new = NewConflict(made.pk, qian.pk, "我先联系的", "page")
    case = services.open_conflict(actor=qian, new=new, facts=facts)
    case.refresh_from_db()
    assert (case.proposal, case.ground) == ("moves", "silent")
    assert case.facts["claimant"]["contacts"] == ["2026-06-10"]
    entry = JournalEntry.objects.get(verb="conflict.opened")
    assert (entry.customer_id, entry.after["claimant"]) == (made.pk, qian.pk)


def test_what_cannot_be_claimed(made, customer, lin, qian) -> None:
    nobodys = customer("赵六", owner=None)
    for who, what, words in ((lin, made, "same person"), (qian, nobodys, "Nobody owns")):
        with pytest.raises(Refused, match=words):
            claim(what, who)
    with pytest.raises(Refused, match="what speaks"):
        services.open_conflict(actor=qian, new=NewConflict(made.pk, qian.pk, " ", "page"), facts={})
    claim(made, qian)
    with pytest.raises(Refused, match="open already"):
        claim(made, qian)


def test_decided_for_who_claims_it_the_customer_moves(made, manager, lin, qian) -> None:
    case = claim(made, qian)
    decided = decide(manager, case, "moves")
    assert (decided.state, decided.verdict) == ("decided", "moves")
    made.refresh_from_db()
    assert made.owner == qian
    assert history(made) == [("林晓雯", "recorded"), ("钱玲", "decided")]
    assert whole(made)
    period = made.owner_periods.get(ended_at=None)
    assert (period.note, period.by) == (str(case), manager)
    assert not visible_to(lin).exists()
    with pytest.raises(Refused, match="周店长 has decided this"):
        decide(manager, case, "stays")


def test_decided_with_help(made, manager, qian) -> None:
    case = claim(made, qian)
    decide(manager, case, "helps", percent=30)
    row = Collaborator.objects.get(ended_at=None)
    assert (row.person, row.percent) == (qian, 30)
    assert list(visible_to(qian)) == [made]


def test_who_may_decide(made, manager, lin, qian, person, firm, owner) -> None:
    case = claim(made, qian)
    elsewhere = Unit.objects.create(kind="branch", name="别处", parent=firm)
    stranger = person(Role.MANAGER, "别店长", unit=elsewhere)
    for who in (lin, qian, stranger):
        assert not queries.may_decide(who, case)
        with pytest.raises(PermissionDenied):
            decide(who, case, "stays")
    assert queries.may_decide(manager, case)
    assert queries.waiting_for(manager) == 1
    assert case not in queries.conflicts_visible_to(stranger)
    for who in (lin, qian, manager, owner):
        assert case in queries.conflicts_visible_to(who)


def test_a_manager_who_is_a_party_does_not_decide(customer, manager, branch, qian, owner) -> None:
    made = customer("赵六", owner=manager, branch=branch)
    case = claim(made, qian)
    assert not queries.may_decide(manager, case)
    assert queries.may_decide(owner, case)


def test_an_appeal_goes_up_once_and_can_turn_it(made, manager, owner, lin, qian) -> None:
    case = claim(made, qian)
    decide(manager, case, "helps")
    with pytest.raises(PermissionDenied):
        services.appeal_conflict(actor=manager, conflict_id=case.pk, why="x")
    case = services.appeal_conflict(actor=qian, conflict_id=case.pk, why="合同是我签的")
    assert not queries.may_decide(manager, case)
    with pytest.raises(PermissionDenied):
        decide(manager, case, "moves")
    final = decide(owner, case, "moves")
    assert (final.state, final.verdict) == ("final", "moves")
    made.refresh_from_db()
    assert made.owner == qian
    assert not Collaborator.objects.filter(ended_at=None).exists(), "the first one's help is over"
    with pytest.raises(Refused, match="too late"):
        services.appeal_conflict(actor=lin, conflict_id=case.pk, why="再来")
    assert [each.verdict for each in case.decisions.all()] == ["helps", "moves"]
    [month] = queries.by_month(Conflict.objects.prefetch_related("decisions"))
    assert (month.opened, month.moved, month.upheld, month.overturned) == (1, 1, 0, 1)


def test_an_appeal_brings_the_customer_back(made, manager, owner, lin, qian) -> None:
    case = claim(made, qian)
    decide(manager, case, "moves")
    services.appeal_conflict(actor=lin, conflict_id=case.pk, why="一直是我")
    decide(owner, case, "stays")
    made.refresh_from_db()
    assert made.owner == lin
    assert [reason for _who, reason in history(made)] == ["recorded", "decided", "decided"]
    assert whole(made)


def test_too_late_to_appeal_and_too_soon_to_claim_again(made, manager, owner, qian, on_day) -> None:
    case = claim(made, qian)
    decide(manager, case, "stays")
    on_day(TODAY + timedelta(days=8))
    with pytest.raises(Refused, match="too late"):
        services.appeal_conflict(actor=qian, conflict_id=case.pk, why="晚了")
    with pytest.raises(Refused, match="only be appealed"):
        claim(made, qian)
    on_day(TODAY + timedelta(days=31))
    assert claim(made, qian).state == "open"


def test_nobody_above_means_no_appeal(customer, owner, qian, person) -> None:
    seller = person(Role.SELLER, "老何")
    case = claim(customer("赵六", owner=seller), qian)
    decide(owner, case, "stays")
    with pytest.raises(Refused, match="Nobody stands above"):
        services.appeal_conflict(actor=qian, conflict_id=case.pk, why="不公平")


def test_withdrawn(made, manager, lin, qian) -> None:
    case = claim(made, qian)
    with pytest.raises(PermissionDenied):
        services.drop_conflict(actor=lin, conflict_id=case.pk)
    services.drop_conflict(actor=qian, conflict_id=case.pk)
    with pytest.raises(Refused, match="withdrawn"):
        decide(manager, case, "moves")
    assert claim(made, qian).state == "open", "and it can be said again"


def test_a_third_owner_keeps_the_customer(made, manager, qian, person, branch) -> None:
    case = claim(made, qian)
    third = person(Role.SELLER, "孙", unit=branch)
    services.give(actor=manager, owners={made.pk: third.pk}, reason="assigned")
    with pytest.raises(Refused, match="somebody else meanwhile"):
        decide(manager, case, "moves")
    decide(manager, case, "stays")
    made.refresh_from_db()
    assert made.owner == third


def test_cases_follow_a_merge(made, customer, lin, qian, branch, owner) -> None:
    other = customer("王海涛", owner=lin, branch=branch)
    for each in (made, other):
        claim(each, qian)
    merge_customers(actor=owner, survivor_id=made.pk, absorbed_id=other.pk)
    rows = Conflict.objects.filter(customer=made)
    assert sorted(rows.values_list("state", flat=True)) == ["dropped", "open"]


def test_the_days_are_the_firms(owner, made, manager, qian) -> None:
    services.save_terms(actor=owner, terms=Terms(10, 20, 3, 25))
    assert queries.terms() == Terms(10, 20, 3, 25)
    with pytest.raises(PermissionDenied):
        services.save_terms(actor=qian, terms=Terms())
    entry = JournalEntry.objects.get(verb="conflict.terms_saved")
    assert (entry.before["protection"], entry.after["protection"]) == (30, 10)


def test_figures_count_what_was_decided(made, customer, lin, qian, branch, manager, on_day) -> None:
    case = claim(made, qian)
    on_day(clock.start_of(TODAY + timedelta(days=2)))
    decide(manager, case, "moves")
    claim(customer("赵六", owner=lin, branch=branch), qian)
    rows = list(Conflict.objects.prefetch_related("decisions"))
    [month] = queries.by_month(rows)
    assert (month.month, month.opened, month.decided, month.moved) == ("2026-06", 2, 1, 1)
    assert month.days is not None
    assert 1 < month.days < 3
    people = {each.person: (each.against, each.opened, each.won) for each in
              queries.by_person(rows)}  # fmt: skip
    assert people == {lin: (2, 0, 0), qian: (0, 2, 1)}


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_once_one_decides(at_once, made, manager, owner, qian) -> None:
    case = claim(made, qian)
    came = at_once(lambda: decide(manager, case, "moves"), lambda: decide(owner, case, "stays"))
    refused = [each for each in came if isinstance(each, Exception)]
    assert len(refused) == 1, came
    assert "has decided this already" in str(refused[0])
    case.refresh_from_db()
    made.refresh_from_db()
    assert case.decisions.count() == 1
    assert (made.owner == qian) == (case.verdict == "moves")
    assert case.state not in PENDING
