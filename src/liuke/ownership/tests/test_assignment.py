"""New customers without an owner go by the rules; sharing out many at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuke.accounts.models import User
from liuke.accounts.rules import Role
from liuke.accounts.services import Work, change_user
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, CustomerState
from liuke.customers.services import NewContactPoint, NewCustomer, record_customers, undo_batch
from liuke.customers.services.bulk import NewRow, create_many
from liuke.ownership.models import AssignmentRule, OwnerPeriod, Pool
from liuke.ownership.queries import planned, portions
from liuke.ownership.rules import Way
from liuke.ownership.rules.assigning import Pick
from liuke.ownership.services import (
    assign_by_rules,
    assign_evenly,
    assign_waiting,
    delete_rule,
    move_rule,
    release,
    save_pool,
    save_rule,
)
from liuke.ownership.tests.conftest import history, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule():
    def make(name: str, *people: User, unit=None, **more) -> AssignmentRule:
        return save_rule(
            actor=None, rule=AssignmentRule(name=name, unit=unit, **more), people=people
        )

    return make


def arrive(*names: str, address: str = "", **values) -> list[Customer]:
    """Customers whom a program brings, without an owner."""
    ways = [NewContactPoint("address", address)] if address else []
    new = [NewCustomer({"name": name, **values}, ways) for name in names]
    rows = record_customers(actor=None, new=new, origin="api")
    return list(Customer.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def test_a_new_customer_goes_by_the_first_rule_and_says_why(rule, lin, qian, branch) -> None:
    rule("华东大客户", lin, conditions={"regions": ["上海"], "levels": ["A"]})
    rule("其余", unit=branch, pick=Pick.TURN)
    [large] = arrive("恒达物流", address="上海市浦东新区张杨路1号", level="A")
    [other] = arrive("王海涛", branch=branch)
    assert (large.owner, other.owner) == (lin, lin)
    assert history(large) == [("", "recorded"), ("林晓雯", "rule")]
    assert whole(large)
    period = OwnerPeriod.objects.get(customer=large, ended_at=None)
    assert period.because == "rule “华东大客户”: Region 上海, Level A, the only one free"
    assert period.by is None
    entries = JournalEntry.objects.filter(customer_id=large.pk).order_by("pk")
    assert [entry.verb for entry in entries] == ["customer.created", "customer.updated"]
    assert entries[1].after == {"owner": lin.pk, "version": 2}
    assert CustomerState.objects.get(pk=large.pk).owner_id == lin.pk
    item = AgendaItem.objects.get(customer=large, kind="handed")
    assert item.why["rule"]["rule"] == "华东大客户"


def test_who_has_an_owner_or_fits_nowhere_stays(rule, lin, qian, customer, owner) -> None:
    rule("A", lin, conditions={"levels": ["A"]})
    mine = customer("王海涛", level="A")
    [nobodys] = arrive("李娜", level="B")
    [theirs] = arrive("钱玲的", level="A", owner=qian)
    assert (mine.owner, nobodys.owner, theirs.owner) == (owner, None, qian)
    AssignmentRule.objects.update(active=False)
    [later] = arrive("赵六", level="A")
    assert later.owner is None


def test_an_import_goes_by_the_rules_as_well(rule, lin, qian, manager) -> None:
    rule("轮流", lin, qian, pick=Pick.TURN)
    new = [NewRow(NewCustomer({"name": f"客户{n}"})) for n in range(5)]
    made = create_many(actor=manager, new=new, origin="import 1")
    rows = Customer.objects.filter(pk__in=made.customers).order_by("pk")
    assert [row.owner for row in rows] == [lin, qian, lin, qian, lin]
    assert all(whole(row) for row in rows)
    assert AssignmentRule.objects.get().last == lin.pk


def test_a_customer_from_the_pool_is_not_new(rule, lin, manager, customer, branch) -> None:
    save_pool(actor=None, pool=Pool(name="公海"), managers=[manager])
    made = customer("王海涛", owner=lin, branch=branch)
    rule("x", lin)
    release(actor=manager, customer_ids=[made.pk], why="x")
    assert assign_waiting(actor=manager).count == 0
    made.refresh_from_db()
    assert made.owner is None


def test_limits_of_person_and_pool_hold(rule, lin, qian, branch, owner) -> None:
    save_pool(actor=None, pool=Pool(name="公海", branch=branch, most_owned=2), managers=[])
    change_user(
        actor=owner, user_id=qian.pk, name=qian.name, role="seller", unit=branch,
        work=Work(most_customers=1),
    )  # fmt: skip
    rule("x", lin, qian)
    made = arrive("甲", "乙", "丙", "丁")
    assert [row.owner for row in made] == [lin, qian, lin, None]


def test_who_left_or_does_not_work_with_customers_gets_nobody(rule, lin, person, branch) -> None:
    analyst = person(Role.ANALYST, unit=branch)
    with pytest.raises(Refused, match="does not work with customers"):
        rule("x", analyst)
    with pytest.raises(Refused, match="Choose who"):
        rule("x")
    rule("x", lin)
    User.objects.filter(pk=lin.pk).update(is_active=False)
    [made] = arrive("王海涛")
    assert made.owner is None


def test_lost_customers_make_no_load(rule, lin, qian, customer) -> None:
    rule("x", lin, qian)
    for name in ("甲", "乙"):
        lost = customer(name, owner=lin)
        CustomerState.objects.filter(pk=lost.pk).update(lost_at=clock.today() - timedelta(days=1))
    customer("丙", owner=qian)
    [made] = arrive("丁")
    assert made.owner == lin


def test_the_customers_of_ones_scope_go_when_the_rules_are_tried(
    rule, lin, qian, manager, branch, person
) -> None:
    here = arrive("这里", branch=branch)[0]
    elsewhere = arrive("别处")[0]
    rule("x", lin, qian)
    with pytest.raises(PermissionDenied):
        assign_waiting(actor=lin)
    done = assign_waiting(actor=manager)
    assert (done.count, done.left) == (1, 0)
    here.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (here.owner, elsewhere.owner) == (lin, None)
    with pytest.raises(Refused):
        assign_by_rules(actor=manager, customer_ids=[elsewhere.pk])
    assert undo_batch(actor=manager, at=done.at) == 1
    here.refresh_from_db()
    assert here.owner is None
    assert history(here) == [("", "recorded"), ("林晓雯", "rule"), ("", "undone")]


def test_owned_ones_move_by_the_rules_only_where_the_rules_say(rule, lin, qian, manager) -> None:
    made = arrive("甲", "乙", owner=lin, level="A") + arrive("丙", owner=lin)
    rule("A", qian, conditions={"levels": ["A"]})
    done = assign_by_rules(actor=manager, customer_ids=[row.pk for row in made])
    assert (done.count, done.left) == (2, 1)
    assert assign_by_rules(actor=manager, customer_ids=[row.pk for row in made]).count == 0
    assert [OwnerPeriod.objects.filter(customer=row).count() for row in made] == [2, 2, 1]


def test_many_are_shared_out_evenly(lin, qian, manager, owner, branch) -> None:
    made = arrive("甲", "乙", "丙", "丁", branch=branch)
    ids = [row.pk for row in made]
    done = assign_evenly(actor=manager, customer_ids=ids, people=[lin.pk, qian.pk])
    assert (done.count, done.left) == (4, 0)
    assert [Customer.objects.filter(owner=each).count() for each in (lin, qian)] == [2, 2]
    period = OwnerPeriod.objects.get(customer=made[0], ended_at=None)
    assert (period.reason, period.because, period.by) == (
        "shared", "shared out evenly among 2 people", manager,
    )  # fmt: skip
    with pytest.raises(Refused, match="this person"):
        assign_evenly(actor=manager, customer_ids=ids, people=[owner.pk])
    with pytest.raises(Refused, match="among whom"):
        assign_evenly(actor=manager, customer_ids=ids, people=[lin.pk], skill="钣金")


def test_sharing_by_skill_within_limits(lin, qian, manager, owner, branch) -> None:
    work = Work(skills=["钣金"], most_customers=1)
    change_user(actor=owner, user_id=qian.pk, name=qian.name, role="seller", unit=branch, work=work)
    ids = [row.pk for row in arrive("甲", "乙", branch=branch)]
    both = [lin.pk, qian.pk]
    done = assign_evenly(actor=manager, customer_ids=ids, people=both, skill="钣金")
    assert (done.count, done.left) == (1, 1)
    assert Customer.objects.get(owner__isnull=False).owner == qian


def test_order_and_deletion(rule, lin, qian, manager) -> None:
    first, second = rule("一", lin), rule("二", qian)
    move_rule(actor=manager, rule_id=second.pk, up=True)
    move_rule(actor=manager, rule_id=second.pk, up=True)
    [made] = arrive("王海涛")
    assert made.owner == qian
    delete_rule(actor=manager, rule_id=second.pk)
    assert OwnerPeriod.objects.get(customer=made, ended_at=None).because.startswith("rule “二”")
    assert list(AssignmentRule.objects.all()) == [first]
    entries = JournalEntry.objects.filter(verb__startswith="assignment")
    verbs = entries.values_list("verb", flat=True)
    assert sorted(verbs) == [
        "assignment.deleted", "assignment.moved", "assignment.saved", "assignment.saved",
    ]  # fmt: skip


def test_only_who_changes_rules_changes_them(lin, rule) -> None:
    made = rule("x", lin)
    for act in (
        lambda: save_rule(actor=lin, rule=made, people=[lin]),
        lambda: move_rule(actor=lin, rule_id=made.pk, up=True),
        lambda: delete_rule(actor=lin, rule_id=made.pk),
    ):
        with pytest.raises(PermissionDenied):
            act()
    made.conditions = {"weather": ["rain"]}
    with pytest.raises(ValidationError):
        save_rule(actor=None, rule=made, people=[lin])


def test_the_number_of_questions_does_not_grow(rule, lin, qian) -> None:
    rule("A", lin, conditions={"levels": ["A"], "regions": ["上海"]})
    rule("x", lin, qian)
    counts = []
    for many in (2, 40):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            arrive(*(f"客户{many}-{n}" for n in range(many)), address="上海市")
        writes = ("INSERT", "UPDATE", "COPY")
        counts.append(sum(not each["sql"].startswith(writes) for each in asked.captured_queries))
    assert counts[0] == counts[1]


def test_a_leavers_customers_may_go_by_the_rules(rule, lin, qian, person, owner) -> None:
    third = person(Role.SELLER, "何军", unit=lin.unit)
    rule("A", third, lin, conditions={"levels": ["A"]})
    made = arrive("甲", "乙", owner=lin, level="A") + arrive("丙", owner=lin)
    plan = planned(portions(owner, lin), [qian, third], Way.RULES)
    assert plan == {made[0].pk: third.pk, made[1].pk: third.pk, made[2].pk: qian.pk}
    assert Customer.objects.filter(owner=lin).count() == 3, "looking moves nobody"


@pytest.mark.django_db(transaction=True)
def test_turns_hold_though_everybody_comes_at_once(at_once, rule, lin, qian, person) -> None:
    third = person(Role.SELLER, "何军", unit=lin.unit)
    rule("轮流", lin, qian, third, pick=Pick.TURN)
    outcomes = at_once(*(lambda n=n: arrive(f"客户{n}") for n in range(6)))
    assert not [each for each in outcomes if isinstance(each, Exception)]
    counts = [Customer.objects.filter(owner=each).count() for each in (lin, qian, third)]
    assert counts == [2, 2, 2]
