"""Recording a contact moves the customer's clock and what is due."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.services import unblock_contact
from liuke.followups.models import Interaction
from liuke.followups.rules import Cadence
from liuke.followups.services import NewInteraction, record_interactions, save_cadence
from liuke.followups.tests.conftest import TODAY

pytestmark = pytest.mark.django_db


def state(who):
    who.refresh_from_db()
    return who.state


def open_kinds(who) -> dict[str, AgendaItem]:
    return {row.kind: row for row in AgendaItem.objects.filter(customer=who, closed_at=None)}


def test_the_clock_restarts_at_the_last_real_contact(customer, contact):
    wang = customer()
    contact(wang, 3, outcome="talked", said="最近挺好")
    assert state(wang).last_contact_on == TODAY - timedelta(days=3)
    assert state(wang).contact_due_at == TODAY + timedelta(days=57)


def test_an_unanswered_call_is_an_attempt_and_does_not_wind_the_clock(customer, contact, on_day):
    wang = customer()
    on_day(TODAY + timedelta(days=60))
    contact(wang, outcome="no_answer")
    due = clock.today() + timedelta(days=1)
    assert (state(wang).last_contact_on, state(wang).contact_due_at) == (None, due)
    on_day(due)
    contact(wang, outcome="no_answer")
    assert state(wang).contact_due_at == due + timedelta(days=3)


def test_an_old_attempt_does_not_hide_a_later_contact(customer, contact):
    wang = customer()
    contact(wang, 5, outcome="no_answer")
    contact(wang, 2)
    assert state(wang).contact_due_at == TODAY + timedelta(days=58)


def test_a_due_contact_enters_the_agenda_of_the_owner_and_a_contact_settles_it(
    customer, contact, tick, on_day
):
    wang = customer()
    tick()
    assert open_kinds(wang) == {}
    on_day(TODAY + timedelta(days=60))
    tick()
    item = open_kinds(wang)["contact"]
    assert (item.due_on, item.why["every"]) == (TODAY + timedelta(days=60), 60)
    tick()
    assert AgendaItem.objects.count() == 1
    contact(wang)
    item.refresh_from_db()
    assert (item.ending, open_kinds(wang)) == ("contacted", {})


def test_nobody_s_customer_is_nobody_s_duty(owner, customer, tick, on_day):
    wang = customer(owner=None)
    on_day(TODAY + timedelta(days=60))
    tick()
    assert open_kinds(wang) == {}
    wang.owner = owner
    wang.save()
    tick()
    assert set(open_kinds(wang)) == {"contact"}


def test_what_was_agreed_replaces_the_rhythm_until_it_is_done(customer, contact, tick, on_day):
    wang = customer()
    friday = TODAY + timedelta(days=4)
    contact(wang, outcome="agreed", next_step="周五进厂检测", next_on=friday, left_open="异响")
    item = open_kinds(wang)["next_step"]
    assert (item.due_on, item.why["step"], item.why["left_open"]) == (
        friday,
        "周五进厂检测",
        "异响",
    )
    assert state(wang).contact_due_at == friday
    on_day(friday)
    contact(wang, outcome="no_answer")
    assert open_kinds(wang)["next_step"].snoozed_until == friday + timedelta(days=1)
    on_day(friday + timedelta(days=1))
    contact(wang, outcome="talked")
    assert open_kinds(wang) == {}


def test_a_purchase_overtakes_what_was_agreed(customer, contact, buys):
    wang = customer()
    contact(wang, 5, outcome="agreed", next_step="进厂", next_on=TODAY + timedelta(days=2))
    buys(wang, TODAY)
    assert open_kinds(wang) == {}
    assert state(wang).contact_due_at == TODAY + timedelta(days=7)


def test_interest_makes_an_intent_that_expires(customer, contact, tick, on_day):
    wang = customer()
    contact(wang, outcome="thinking")
    assert (state(wang).stage, state(wang).contact_due_at) == ("intent", TODAY + timedelta(days=14))
    on_day(TODAY + timedelta(days=90))
    tick()
    assert state(wang).stage == "intent"
    on_day(TODAY + timedelta(days=91))
    tick()
    assert state(wang).stage == "potential"


def test_a_refusal_ends_the_intent(customer, contact):
    wang = customer()
    contact(wang, 3, outcome="thinking")
    contact(wang, 1, outcome="refused")
    assert state(wang).stage == "potential"


def test_do_not_contact_empties_the_agenda_until_it_is_lifted(
    owner, customer, contact, tick, on_day
):
    wang = customer()
    contact(wang, outcome="agreed", next_step="回电", next_on=TODAY)
    contact(wang, outcome="stop", said="别再打了")
    assert (state(wang).contact_due_at, open_kinds(wang)) == (None, {})
    on_day(TODAY + timedelta(days=400))
    tick()
    assert open_kinds(wang) == {}
    unblock_contact(actor=owner, customer_id=wang.pk)
    assert set(open_kinds(wang)) == {"contact"}


def test_a_new_cadence_moves_the_dates(owner, customer, tick):
    wang = customer()
    tick()
    save_cadence(actor=owner, situation="potential", cadence=Cadence(21))
    tick()
    assert state(wang).contact_due_at == TODAY + timedelta(days=21)
    assert JournalEntry.objects.get(verb="cadence.saved").before["every"] == 60


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"occurred_at": clock.start_of(date(2026, 6, 2))}, "future"),
        ({"next_step": "回电"}, "when"),
        ({"next_step": "回电", "next_on": TODAY - timedelta(days=1)}, "before the contact"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(owner, customer, more, message):
    values = {"customer_id": customer().pk, "occurred_at": clock.now(), **more}
    with pytest.raises(ValidationError, match=message):
        record_interactions(actor=owner, interactions=[NewInteraction(**values)])
    assert not Interaction.objects.exists()


def test_an_analyst_records_nothing_and_a_seller_nothing_of_others(person, customer, firm):
    new = NewInteraction(customer().pk, clock.now())
    with pytest.raises(PermissionDenied):
        record_interactions(actor=person("analyst", unit=firm), interactions=[new])
    with pytest.raises(ValidationError, match="no longer exists"):
        record_interactions(actor=person("seller", unit=firm), interactions=[new])


@pytest.mark.parametrize("size", [1, 3, 30])
def test_the_number_of_queries_does_not_grow_with_the_batch(
    owner, customer, size, django_assert_max_num_queries
):
    made = [customer(f"客户{n}") for n in range(size)]
    batch = [NewInteraction(each.pk, clock.now(), next_step="回电", next_on=TODAY) for each in made]
    with django_assert_max_num_queries(29):
        record_interactions(actor=owner, interactions=batch)
