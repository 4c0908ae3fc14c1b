"""Back to the pool: when, who is warned, what keeps a customer, and whom a new rule would move."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.agenda.models import AgendaItem
from liuke.agenda.rules import Kind
from liuke.core import clock
from liuke.customers.models import Customer, CustomerState
from liuke.customers.services import Held, update_customer
from liuke.followups.services import NewInteraction, record_interactions
from liuke.ownership import queries
from liuke.ownership.models import OwnerPeriod, Pool
from liuke.ownership.rules import Steps, days_of, last_day
from liuke.ownership.services import advance, extend, hold, refresh_pools, save_pool, save_rules
from liuke.ownership.tests.conftest import history, whole

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = date(2026, 3, 1)
TABLE = {("potential", ""): 30, ("potential", "A"): 60}


@pytest.fixture
def pool(branch, manager) -> Pool:
    return save_pool(actor=None, pool=Pool(name="浦东公海", branch=branch), managers=[manager])


@pytest.fixture
def rules(pool, on_day):
    """It is 1 March, and who has not been spoken to for thirty days goes to the pool."""
    on_day(START)

    def save(table=TABLE, **steps) -> None:
        save_rules(actor=None, table=table, steps=Steps(**steps))
        advance(clock.now())

    save()
    return save


@pytest.fixture
def own(customer, lin, branch):
    return lambda name="王海涛", **values: customer(
        name, **{"owner": lin, "branch": branch, **values}
    )


def at(on_day, day: date) -> None:
    on_day(day)
    advance(clock.now())


def pool_at(made: Customer) -> date | None:
    return CustomerState.objects.get(pk=made.pk).pool_at


def warnings(made: Customer) -> list[AgendaItem]:
    rows = AgendaItem.objects.filter(customer=made, kind=Kind.POOL, closed_at=None)
    return list(rows)


def talk(lin, made: Customer, outcome: str = "talked") -> None:
    record_interactions(
        actor=lin, interactions=[NewInteraction(made.pk, clock.now(), outcome=outcome)]
    )


def test_silence_leads_to_the_pool_with_two_warnings(rules, own, on_day) -> None:
    made = own()
    assert pool_at(made) == START + 30 * DAY
    at(on_day, START + 22 * DAY)
    assert warnings(made) == []
    at(on_day, START + 23 * DAY)
    (first,) = warnings(made)
    at(on_day, START + 29 * DAY)
    (last,) = warnings(made)
    assert first.pk != last.pk, "whoever set the first aside hears the last one all the same"
    assert (first.due_on, last.due_on) == (START + 23 * DAY, START + 29 * DAY)
    at(on_day, START + 30 * DAY)
    assert warnings(made) == []
    assert history(made)[-1] == ("", "recycled")
    made.refresh_from_db()
    assert (made.owner, pool_at(made)) == (None, None)
    assert whole(made)


def test_a_real_contact_winds_the_clock_and_an_attempt_does_not(rules, own, lin, on_day) -> None:
    made = own()
    at(on_day, START + 25 * DAY)
    talk(lin, made, "no_answer")
    assert pool_at(made) == START + 30 * DAY
    talk(lin, made)
    assert pool_at(made) == START + 55 * DAY
    assert warnings(made) == []


def test_a_purchase_is_a_contact(rules, own, buys, on_day) -> None:
    made = own()
    save = {("potential", ""): 30, ("first", ""): 90}
    rules(save)
    on_day(START + 10 * DAY)
    buys(made, START + 9 * DAY)
    assert pool_at(made) == START + 99 * DAY


def test_the_level_has_days_of_its_own(rules, own, lin) -> None:
    made = own()
    update_customer(actor=lin, customer_id=made.pk, version=1, values={"level": "A"})
    assert pool_at(made) == START + 60 * DAY


def test_a_stage_without_a_rule_stays(rules, own, buys) -> None:
    made = own()
    buys(made, START - DAY)
    assert pool_at(made) is None


def test_a_hold_keeps_a_customer_and_lets_it_go(rules, own, on_day) -> None:
    made = own()
    hold("deal", {made.pk: Held("商机谈判中")})
    at(on_day, START + 40 * DAY)
    assert history(made)[-1] == ("林晓雯", "recorded")
    hold("deal", {made.pk: Held("商机谈判中", START + 45 * DAY)})
    assert pool_at(made) == START + 45 * DAY
    hold("deal", {made.pk: None})
    assert pool_at(made) == START + 30 * DAY


def test_a_hold_set_past_us_is_seen_before_anybody_is_moved(rules, own, on_day) -> None:
    made = own()
    made.holds.create(source="promise", reason="答应了回电")
    at(on_day, START + 40 * DAY)
    made.refresh_from_db()
    assert made.owner is not None


def test_one_extension_with_a_reason(rules, own, lin, on_day) -> None:
    made = own()
    at(on_day, START + 25 * DAY)
    with pytest.raises(ValidationError, match="Say why"):
        extend(actor=lin, customer_id=made.pk, why=" ")
    assert extend(actor=lin, customer_id=made.pk, why="下周要签") == START + 44 * DAY
    assert pool_at(made) == START + 44 * DAY
    assert warnings(made) == []
    with pytest.raises(ValidationError, match="once already"):
        extend(actor=lin, customer_id=made.pk, why="再等等")
    at(on_day, START + 44 * DAY)
    assert history(made)[-1] == ("", "recycled")


def test_silence_of_the_owner_reaches_the_manager_before_the_pool(
    rules, own, lin, manager, on_day
) -> None:
    rules(manager=3)
    made = own()
    assert pool_at(made) == START + 33 * DAY
    at(on_day, START + 29 * DAY)
    (item,) = warnings(made)
    assert item.assignee is None
    at(on_day, START + 30 * DAY)
    (item,) = warnings(made)
    assert item.assignee == manager
    at(on_day, START + 33 * DAY)
    assert history(made)[-1] == ("", "recycled")


def test_a_new_rule_warns_before_it_moves(rules, own, on_day) -> None:
    made = own()
    at(on_day, START + 20 * DAY)
    rules({("potential", ""): 5})
    assert pool_at(made) == START + 27 * DAY
    assert len(warnings(made)) == 1


def test_a_late_tick_and_a_second_one_leave_the_same(rules, own, on_day) -> None:
    made = own()
    at(on_day, START + 90 * DAY)
    rows = list(OwnerPeriod.objects.values())
    advance(clock.now())
    assert list(OwnerPeriod.objects.values()) == rows
    assert history(made)[-1] == ("", "recycled")


def test_without_rules_again_nobody_is_on_the_way(rules, own, on_day) -> None:
    made = own()
    at(on_day, START + 25 * DAY)
    rules({})
    assert (pool_at(made), warnings(made)) == (None, [])


def test_who_may_set_the_rules(person, pool) -> None:
    with pytest.raises(PermissionDenied):
        save_rules(actor=person(Role.SELLER), table={}, steps=Steps())


def test_one_and_three_hundred_cost_the_same(rules, own, on_day, lin) -> None:
    costs = []
    for count in (1, 3, 300):
        ids = [own(f"{count}-{n}").pk for n in range(count)] if count < 300 else []
        ids = ids or [
            row.pk
            for row in Customer.objects.bulk_create(
                Customer(name=f"k{n}", name_sort="k", owner=lin) for n in range(300)
            )
        ]
        CustomerState.objects.bulk_create(
            [CustomerState(customer_id=pk) for pk in ids] if count == 300 else []
        )
        with CaptureQueriesContext(connection) as asked:
            refresh_pools(ids)
        costs.append(len(asked))
    assert costs[0] == costs[1] == costs[2]


tables = st.dictionaries(
    st.tuples(st.sampled_from(["potential", "intent", "first"]), st.sampled_from(["", "A", "B"])),
    st.integers(1, 90),
    max_size=5,
)
kinds = st.lists(
    st.tuples(
        st.sampled_from(["potential", "intent", "first"]),
        st.sampled_from(["", "A", "C"]),
        st.integers(0, 100),
        st.none() | st.integers(0, 100),
        st.none() | st.integers(-5, 20),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tables, kinds)
def test_the_preview_counts_whom_the_rules_would_move(rules, lin, branch, table, drawn) -> None:
    """The condition for the database and the arithmetic of the clock are the same thing said
    twice."""
    Customer.objects.all().delete()
    today, late = START + 100 * DAY, set()
    with clock.set_to(today):
        for n, (stage, level, begun, contact, held) in enumerate(drawn):
            made = Customer.objects.create(
                name=str(n), name_sort="", level=level, owner=lin, branch=branch
            )
            spoken = None if contact is None else today - contact * DAY
            CustomerState.objects.create(customer=made, stage=stage, last_contact_on=spoken)
            since = clock.start_of(today - begun * DAY) + timedelta(hours=5)
            OwnerPeriod.objects.create(
                customer=made, owner=lin, started_at=since, reason="recorded"
            )
            if held is not None:
                made.holds.create(source="deal", reason="x", until=today + held * DAY)
            days = days_of(table, stage, level)
            if days is None or (held is not None and held > 0):
                continue
            latest = max(filter(None, (spoken, clock.day_of(since))))
            if last_day(days, latest, None, None, 0) <= today:
                late.add(made.pk)
        found = Customer.objects.filter(queries.recycling.overdue(table, today))
        assert set(found.values_list("pk", flat=True)) == late


def test_a_table_of_rules_fits_into_an_address() -> None:
    spelled = queries.recycling.spelled(TABLE)
    assert queries.recycling.read(spelled) == TABLE
    for nonsense in ("", "x", "first.A", "first.A.x", "first.A.99999", "a.b.c.d"):
        assert queries.recycling.read(nonsense) is None
