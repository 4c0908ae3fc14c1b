"""The past: one entry per row and write, never changed, whoever tries."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from liuke.core import clock, journal
from liuke.core.journal import Change, difference
from liuke.core.models import JournalEntry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def entry(owner) -> JournalEntry:
    with clock.set_to(NOON):
        journal.record(
            owner, "customer.renamed", [Change(owner, 7, {"name": "王"}, {"name": "汪"})]
        )
    return JournalEntry.objects.latest("pk")


def test_an_entry_says_who_did_what_to_which_row_and_when(entry, owner) -> None:
    assert (entry.actor_id, entry.verb, entry.at) == (owner.pk, "customer.renamed", NOON)
    assert (entry.subject, entry.subject_id, entry.customer_id) == ("accounts.user", owner.pk, 7)
    assert (entry.before, entry.after) == ({"name": "王"}, {"name": "汪"})


def test_the_system_itself_writes_without_a_name(owner) -> None:
    journal.record(None, "tick", [Change(owner)])
    entry = JournalEntry.objects.latest("pk")
    assert (entry.actor_id, entry.before, entry.after) == (None, None, None)


def test_dates_and_money_are_kept_as_text(owner) -> None:
    journal.record(
        owner, "x", [Change(owner, after={"day": date(2026, 1, 5), "sum": Decimal("9.90")})]
    )
    assert JournalEntry.objects.latest("pk").after == {"day": "2026-01-05", "sum": "9.90"}


def test_an_entry_is_neither_saved_again_nor_deleted(entry) -> None:
    entry.verb = "nothing happened"
    with pytest.raises(TypeError, match="never changed"):
        entry.save()
    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()


@pytest.mark.parametrize(
    "act",
    [
        lambda: JournalEntry.objects.update(actor_id=None),
        lambda: JournalEntry.objects.all().delete(),
        lambda: _execute("UPDATE core_journalentry SET verb = 'nothing happened'"),
        lambda: _execute("DELETE FROM core_journalentry"),
    ],
    ids=["update()", "delete()", "UPDATE", "DELETE"],
)
def test_the_database_refuses_to_change_or_delete(entry, act) -> None:
    before = list(JournalEntry.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act()
    assert list(JournalEntry.objects.order_by("pk").values()) == before


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_entry_goes_with_the_write_that_it_describes(owner) -> None:
    count = JournalEntry.objects.count()

    def write() -> None:
        with transaction.atomic():
            journal.record(owner, "x", [Change(owner)])
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write()
    assert JournalEntry.objects.count() == count


def test_many_entries_travel_in_fixed_chunks(owner, django_assert_max_num_queries) -> None:
    count = JournalEntry.objects.count()
    with django_assert_max_num_queries(30):
        journal.record(owner, "x", (Change(owner, number) for number in range(2500)))
    assert JournalEntry.objects.count() == count + 2500


def test_a_difference_names_only_what_changed() -> None:
    before = {"name": "王", "level": "A", "note": ""}
    assert difference(before, {"name": "汪", "level": "A", "note": ""}) == (
        {"name": "王"},
        {"name": "汪"},
    )
    assert difference({}, {"name": "王"}) == ({"name": None}, {"name": "王"})
