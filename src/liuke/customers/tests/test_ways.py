"""Which way to try next, what they agreed to, and what may not be used. Rules and services."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.core.errors import Refused, Stale
from liuke.core.models import JournalEntry
from liuke.customers.models import Consent, ContactPoint
from liuke.customers.queries import contacts, find
from liuke.customers.rules.contacts import (
    RESTS_FOR,
    PointKind,
    Purpose,
    Result,
    Way,
    check,
    next_way,
    normalised,
    to_try,
)
from liuke.customers.services import (
    NewConsent,
    NewContactPoint,
    note_results,
    prefer_point,
    record_consents,
    remove_point,
    require_open,
    save_person,
    save_point,
    update_customer,
)

TODAY = date(2026, 6, 1)
YESTERDAY = TODAY - timedelta(days=1)


def way(pk: int, kind: str = "mobile", **more) -> Way:
    return Way(pk, kind, **more)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("home", "(021) 6888 5555", "021-68885555"),
        ("sms", "+86 138 0013 6027", "13800136027"),
        ("wechat", "@Wang_1980", "wang_1980"),
        ("wecom", "Wang Hai", "wanghai"),
        ("qq", "QQ：1234 5678", "12345678"),
        ("blog", "https://www.Example.com/wang/", "example.com/wang"),
        ("address", "上海市 浦东新区，张江路1号", "上海市浦东新区张江路1号"),
        ("email", "Wang@Example.com", "wang@example.com"),
    ],
)
def test_two_spellings_of_one_way(kind, one, other) -> None:
    assert normalised(kind, one) == normalised(kind, other)


@pytest.mark.parametrize(
    ("kind", "value"), [("mobile", "手机"), ("qq", "1234"), ("email", "wang"), ("home", "--")]
)
def test_what_cannot_be_a_way_is_refused(kind, value) -> None:
    with pytest.raises(ValidationError):
        check(kind, value)


@given(st.sampled_from(PointKind), st.text(max_size=250))
@example(PointKind.WECHAT, "A´")
@example(PointKind.WECHAT, "@ @wang")
def test_normalising_twice_is_once_and_fits(kind, value) -> None:
    once = normalised(kind, value)
    assert len(once) <= 200
    if kind != PointKind.ADDRESS:
        assert normalised(kind, once) == once or kind in ("blog", "email", "other", "social")


def test_the_preferred_way_is_first_and_nothing_failed() -> None:
    advice = next_way([way(1), way(2, "wechat", preferred=True)], TODAY)
    assert (advice.way.pk, advice.after) == (2, None)


def test_after_a_failure_the_next_is_offered() -> None:
    phone = way(1, preferred=True, result=Result.NOT_REACHED, on=YESTERDAY)
    advice = next_way([phone, way(2, "email"), way(3, "wechat", agreed=True)], TODAY)
    assert (advice.way.pk, advice.after) == (3, phone)


def test_a_failure_rests_a_week_and_then_counts_no_more() -> None:
    phone = way(1, preferred=True, result=Result.NOT_REACHED, on=TODAY - RESTS_FOR)
    assert next_way([phone, way(2, "wechat")], TODAY).way == phone


def test_of_ways_that_all_failed_the_one_that_rested_longest() -> None:
    ways = [
        way(1, result=Result.NOT_REACHED, on=YESTERDAY),
        way(2, result=Result.NOT_REACHED, on=YESTERDAY - timedelta(days=2)),
    ]
    advice = next_way(ways, TODAY)
    assert (advice.way.pk, advice.after.pk) == (2, 1)


def test_wrong_numbers_closed_ways_and_addresses_are_never_offered() -> None:
    wrong = way(1, result=Result.WRONG, on=date(2020, 1, 1))
    assert next_way([wrong, way(2, closed=True), way(3, "address")], TODAY).way is None


def test_own_ways_come_before_those_of_people_and_these_by_their_role() -> None:
    found = to_try([way(1, person=3), way(2, "email"), way(3, person=1)], TODAY)
    assert [each.pk for each in found] == [2, 3, 1]


WAYS = st.lists(
    st.builds(
        Way,
        pk=st.integers(1, 99),
        kind=st.sampled_from([kind.value for kind in PointKind]),
        preferred=st.booleans(),
        closed=st.booleans(),
        agreed=st.booleans(),
        result=st.sampled_from(["", *Result.values]),
        on=st.dates(date(2026, 5, 1), TODAY),
        person=st.integers(0, 5),
    ),
    unique_by=lambda each: each.pk,
)


@given(WAYS)
def test_what_is_offered_may_be_used_and_rested_longer_than_what_failed(ways) -> None:
    advice = next_way(ways, TODAY)
    assert advice == next_way(list(reversed(ways)), TODAY)
    if advice.way is not None:
        assert not advice.way.closed
        assert advice.way.result != Result.WRONG
    fresh = [each for each in to_try(ways, TODAY) if each.result == ""]
    assert not fresh or advice.way.result != Result.NOT_REACHED or advice.way.on <= TODAY


@pytest.fixture
def wang(db, customer, on_day):
    on_day(TODAY)
    return customer("王海涛")


@pytest.fixture
def point(owner, wang):
    def make(value: str = "13800136027", kind: str = "mobile", **more) -> ContactPoint:
        values = {"kind": kind, "value": value, **more}
        return save_point(actor=owner, customer_id=wang.pk, values=values)

    return make


def say(owner, point, given=False, purpose=Purpose.SERVICE, on=TODAY) -> None:
    new = NewConsent(point.pk, purpose, given, "phone", on)
    record_consents(actor=owner, consents=[new])


def test_a_way_is_added_found_and_journaled(owner, wang, point) -> None:
    point("138 0013 6027", label="晚上")
    assert list(find(owner, "6027")) == [wang]
    entry = JournalEntry.objects.latest("pk")
    assert (entry.verb, entry.customer_id) == ("customer.updated", wang.pk)
    assert entry.after == {"contact_points": ["mobile 138 0013 6027\t晚上"], "version": 2}


def test_one_is_preferred_and_do_not_contact_is_never(owner, wang, point) -> None:
    first, second = point(preferred=True), point("wang", "wechat")
    prefer_point(actor=owner, customer_id=wang.pk, point_id=second.pk)
    assert [each.pk for each in wang.contact_points.filter(preferred=True)] == [second.pk]
    save_point(
        actor=owner, customer_id=wang.pk, point_id=second.pk, values={"do_not_contact": True}
    )
    assert not wang.contact_points.filter(preferred=True).exists()
    assert first.pk in wang.contact_points.values_list("pk", flat=True)


def test_the_same_way_twice_is_refused(point) -> None:
    point("138 0013 6027")
    with pytest.raises(ValidationError):
        point("+86 13800136027")


def test_a_form_opened_before_does_not_put_the_old_ways_back(owner, wang, point) -> None:
    point()
    with pytest.raises(Stale) as stale:
        update_customer(actor=owner, customer_id=wang.pk, version=1, values={}, contact_points=[])
    assert [change.field for change in stale.value.changes] == ["contact_points"]


def test_an_edit_of_the_file_keeps_results_and_consents(owner, wang, point) -> None:
    phone, chat, mail = point(), point("wang", "wechat"), point("wang@example.com", "email")
    note_results({phone.pk: (Result.REACHED, YESTERDAY)})
    say(owner, chat)
    wanted = [NewContactPoint("mobile", "138 0013 6027", preferred=True)]
    update_customer(actor=owner, customer_id=wang.pk, version=4, values={}, contact_points=wanted)
    phone.refresh_from_db()
    assert (phone.value, phone.last_result, phone.preferred) == ("138 0013 6027", "reached", True)
    kept = set(wang.contact_points.values_list("pk", flat=True))
    assert kept == {phone.pk, chat.pk}, f"{mail} goes, what was agreed stays provable"


def test_a_way_with_a_consent_is_neither_removed_nor_made_another(owner, wang, point) -> None:
    phone, chat = point(), point("wang", "wechat")
    say(owner, phone)
    with pytest.raises(Refused):
        remove_point(actor=owner, customer_id=wang.pk, point_id=phone.pk)
    with pytest.raises(Refused):
        save_point(
            actor=owner, customer_id=wang.pk, point_id=phone.pk, values={"value": "13900139000"}
        )
    remove_point(actor=owner, customer_id=wang.pk, point_id=chat.pk)
    assert [each.pk for each in wang.contact_points.all()] == [phone.pk]


def test_the_latest_day_counts_and_the_history_stays(owner, point) -> None:
    phone = point()
    say(owner, phone, given=True, on=TODAY - timedelta(days=5))
    say(owner, phone, given=False)
    say(owner, phone, given=True, on=TODAY - timedelta(days=2))
    now = Consent.objects.get(point=phone, replaced_at=None)
    assert (now.given, now.on, now.by) == (False, TODAY, owner)
    assert [row.given for row in contacts.consents_of(phone)] == [False, True, True]
    verbs = JournalEntry.objects.filter(verb__startswith="consent.").order_by("pk")
    given, withdrawn = "consent.given", "consent.withdrawn"
    assert [entry.verb for entry in verbs] == [given, withdrawn, given]


def test_many_statements_at_once_leave_one_in_force(owner, point) -> None:
    phone = point()
    new = [
        NewConsent(phone.pk, Purpose.OFFERS, given, "online", TODAY - timedelta(days=ago))
        for given, ago in ((True, 3), (False, 1), (True, 2))
    ]
    record_consents(actor=owner, consents=new)
    assert Consent.objects.get(replaced_at=None).given is False


def test_the_database_knows_one_statement_in_force_per_purpose(owner, point) -> None:
    phone = point()
    say(owner, phone)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            point=phone, purpose=Purpose.SERVICE, given=True, how="phone", on=TODAY
        )


def test_a_consent_of_tomorrow_is_refused(owner, point) -> None:
    with pytest.raises(ValidationError):
        say(owner, point(), on=TODAY + timedelta(days=1))


def test_what_they_do_not_want_is_refused_for_that_purpose_only(owner, point) -> None:
    phone = point()
    say(owner, phone, purpose=Purpose.OFFERS)
    require_open([phone.pk], Purpose.SERVICE)
    with pytest.raises(Refused):
        require_open([phone.pk], Purpose.OFFERS)
    with pytest.raises(Refused):
        require_open([point("wang", "wechat", do_not_contact=True).pk], Purpose.SERVICE)


def test_the_last_result_is_that_of_the_latest_day(point) -> None:
    phone = point()
    note_results({phone.pk: (Result.REACHED, TODAY)})
    note_results({phone.pk: (Result.WRONG, YESTERDAY)})
    phone.refresh_from_db()
    assert (phone.last_result, phone.last_result_on) == ("reached", TODAY)


def test_another_number_starts_without_a_result(owner, wang, point) -> None:
    phone = point()
    note_results({phone.pk: (Result.WRONG, TODAY)})
    save_point(actor=owner, customer_id=wang.pk, point_id=phone.pk, values={"value": "13900139000"})
    phone.refresh_from_db()
    assert (phone.last_result, phone.last_result_on) == ("", None)


def test_a_result_without_a_day_is_refused_by_the_database(point) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactPoint.objects.filter(pk=point().pk).update(last_result="reached")


def test_an_analyst_changes_nothing_and_a_stranger_finds_nobody(person, wang, point) -> None:
    phone = point()
    with pytest.raises(PermissionDenied):
        say(person(Role.ANALYST), phone)
    with pytest.raises(Refused):
        say(person(Role.SELLER), phone)
    with pytest.raises(type(wang).DoesNotExist):
        remove_point(actor=person(Role.SELLER), customer_id=wang.pk, point_id=phone.pk)


def test_a_way_of_somebody_around_is_theirs(owner, wang, point) -> None:
    somebody = save_person(actor=owner, customer_id=wang.pk, values={"name": "李会计"})
    values = {"kind": "mobile", "value": "13800136027", "preferred": True}
    point(preferred=True)
    theirs = save_point(actor=owner, customer_id=wang.pk, person_id=somebody.pk, values=values)
    assert ContactPoint.objects.filter(preferred=True).count() == 2
    entry = JournalEntry.objects.latest("pk")
    assert (entry.verb, entry.subject_id) == ("person.updated", somebody.pk)
    assert [each.pk for each in contacts.own_points()] != [theirs.pk]
    assert clock.today() == TODAY
