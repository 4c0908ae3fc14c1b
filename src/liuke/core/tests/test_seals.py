# ruff: noqa: S608
"""The chain over the journal: what somebody changes behind the back of the product is named."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liuke.core import bulk, clock, journal, seals
from liuke.core.cli import journal as command
from liuke.core.journal import Change
from liuke.core.models import JournalEntry, JournalErasure, Seal, SealedEntry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
LATER = NOON + timedelta(days=2)
TABLES = {
    "core_journalentry": "core_journal",
    "core_sealedentry": "core_sealed",
    "core_seal": "core_seal",
}  # fmt: skip


@pytest.fixture
def entries(owner: Any) -> list[JournalEntry]:
    """Six entries of three customers, sealed in two runs."""
    for part in (range(3), range(3, 6)):
        with clock.set_to(NOON):
            journal.record(
                owner, "customer.updated",
                [Change(owner, 1 + n % 3, {"name": "王"}, {"name": f"汪{n}"}) for n in part],
            )  # fmt: skip
        seals.seal(NOON)
    return list(JournalEntry.objects.filter(verb="customer.updated").order_by("pk"))


def tamper(sql: str, table: str = "core_journalentry") -> None:
    """What somebody with the password of the database can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for act in ("UPDATE", "DELETE"):
                cursor.execute(f"DROP TRIGGER {TABLES[table]}_no_{act}")
        cursor.execute(sql)


def found(now: datetime = LATER) -> list[tuple[str, int]]:
    return [(each.kind, each.entry_id) for each in seals.verify(now)]


def test_a_whole_journal_has_no_findings(entries) -> None:
    assert found() == []
    assert SealedEntry.objects.count() == JournalEntry.objects.count()
    assert seals.standing(LATER).waiting == 0


def test_sealing_twice_seals_nothing_twice(entries) -> None:
    count, root = SealedEntry.objects.count(), seals.standing(NOON).root
    assert seals.seal(LATER) == 0
    assert (SealedEntry.objects.count(), seals.standing(NOON).root) == (count, root)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "'customer.created'"), ("actor_id", "999"), ("at", "'2020-01-01 00:00:00'"),
        ("subject_id", "77"), ("customer_id", "77"), ("subject", "'sales.order'"),
        ("after", """'{"name": "other"}'"""), ('"before"', "NULL"),
        ('"before"', """'{"erased": true}'"""),
    ],
)  # fmt: skip
def test_a_changed_entry_is_named(entries, column: str, value: str) -> None:
    pk = entries[2].pk
    tamper(f"UPDATE core_journalentry SET {column} = {value} WHERE id = {pk}")
    assert [entry for _kind, entry in found()] == [pk]


def test_a_missing_entry_is_named(entries) -> None:
    tamper(f"DELETE FROM core_journalentry WHERE id = {entries[1].pk}")
    assert found() == [("missing", entries[1].pk)]


def test_an_entry_put_between_others_is_named(entries) -> None:
    pk = entries[0].pk
    tamper(f"UPDATE core_journalentry SET id = 1000000 WHERE id = {pk}")
    tamper_free(f"INSERT INTO core_journalentry (id, at, verb, subject, subject_id)"
                f" VALUES ({pk}, '2026-03-01 04:00:00', 'x', 'accounts.user', 1)")  # fmt: skip
    assert ("chain", pk) in found() or ("changed", pk) in found()


def tamper_free(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_entry_with_a_number_of_long_ago_is_named_and_never_sealed(entries) -> None:
    tamper_free("INSERT INTO core_journalentry (id, at, verb, subject, subject_id)"
                " VALUES (-5, '2026-03-01 04:00:00', 'x', 'accounts.user', 1)")  # fmt: skip
    assert seals.seal(LATER) == 0
    assert found() == [("added", -5)]


def test_an_entry_of_a_slow_transaction_is_sealed_late(entries) -> None:
    tamper_free("INSERT INTO core_journalentry (id, at, verb, subject, subject_id)"
                " VALUES (-5, '2026-03-01 04:00:00', 'x', 'accounts.user', 1)")  # fmt: skip
    assert seals.seal(NOON + timedelta(hours=1)) == 1
    assert found() == []


def test_whoever_seals_the_own_lie_anew_breaks_the_chain_behind_it(entries) -> None:
    pk = entries[2].pk
    tamper(f"UPDATE core_journalentry SET verb = 'x' WHERE id = {pk}")
    row = SealedEntry.objects.get(entry_id=pk)
    before = SealedEntry.objects.get(position=row.position - 1)
    values = JournalEntry.objects.filter(pk=pk).values_list(*seals.FIELDS).get()
    forged = seals._link(bytes(before.hash), values, bytes(row.digest))
    mark = f"'\\x{forged.hex()}'" if connection.vendor == "postgresql" else f"x'{forged.hex()}'"
    tamper(
        f"UPDATE core_sealedentry SET hash = {mark} WHERE position = {row.position}",
        "core_sealedentry",
    )
    assert ("chain", entries[3].pk) in found() or ("chain", pk) in found()


def test_a_missing_link_is_named(entries) -> None:
    place = SealedEntry.objects.get(entry_id=entries[2].pk).position
    tamper(f"DELETE FROM core_sealedentry WHERE position = {place}", "core_sealedentry")
    said = list(seals.verify(LATER))
    assert ("unsealed", place) in [(each.kind, each.position) for each in said]
    assert ("added", entries[2].pk) in found()


def test_an_end_cut_off_with_its_seals_does_not_hold_a_printed_root(entries) -> None:
    root = seals.standing(NOON).root
    assert seals.holds(root)
    keep = Seal.objects.order_by("pk")[0].last
    cut = SealedEntry.objects.filter(position__gt=keep).values_list("entry_id", flat=True)
    ids = ", ".join(map(str, cut))
    tamper(f"DELETE FROM core_journalentry WHERE id IN ({ids})")
    tamper(f"DELETE FROM core_sealedentry WHERE position > {keep}", "core_sealedentry")
    tamper(f"DELETE FROM core_seal WHERE last > {keep}", "core_seal")
    assert not seals.holds(root)
    assert not seals.holds("no hash")


@pytest.mark.parametrize("table", ["core_sealedentry", "core_seal", "core_journalerasure"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET {}"])
def test_the_database_keeps_seals_as_it_keeps_entries(entries, table: str, act: str) -> None:
    JournalErasure.objects.create(customer_id=9, reason="asked")
    column = {"core_sealedentry": "position = position + 100", "core_seal": "last = 0"}
    sql = act.format(table, column.get(table, "reason = ''"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        tamper_free(sql)


def test_erased_payloads_leave_a_chain_that_holds(entries, owner) -> None:
    with transaction.atomic():
        seals.erase_payloads(1, owner.pk, "asked")
        journal.record(owner, seals.ERASURE, [Change(owner, 1)])
    seals.seal(NOON)
    of_one = JournalEntry.objects.filter(customer_id=1, verb="customer.updated")
    assert {str(row.before) + str(row.after) for row in of_one} == {str(seals.ERASED) * 2}
    assert not SealedEntry.objects.filter(entry_id__in=of_one.values("pk"), salt__isnull=False)
    assert JournalEntry.objects.filter(customer_id=2, after__name="汪1").exists()
    assert found() == []


def test_a_tombstone_without_an_erasure_in_the_journal_is_a_finding(entries, owner) -> None:
    """Whoever may write into the database can still not make an erasure that nobody recorded."""
    seals.erase_payloads(1, owner.pk, "asked")
    assert {entry for _kind, entry in found()} == {
        row.pk for row in entries if row.customer_id == 1
    }


@pytest.mark.parametrize(
    "change",
    [
        """after = '{"erased": true}'""",
        """before = '{"erased": true}', after = '{"erased": true}', verb = 'x'""",
        """before = '{"erased": true}', after = '{"name": "x"}'""",
    ],
    ids=["half", "more", "other"],
)
def test_the_database_takes_nothing_but_tombstones_of_erased_customers(entries, change) -> None:
    JournalErasure.objects.create(customer_id=1, reason="asked")
    quoted = change.replace("before", '"before"').replace("after", '"after"')
    for customer in (1, 2):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            tamper_free(f"UPDATE core_journalentry SET {quoted} WHERE customer_id = {customer}")


def test_the_command_names_what_it_finds(entries) -> None:
    run = CliRunner()
    root = seals.standing(NOON).root
    good = run.invoke(command, ["verify", "--root", root])
    assert (good.exit_code, root in good.output) == (0, True)
    assert run.invoke(command, ["verify", "--root", "00" * 32]).exit_code == 1
    tamper(f"UPDATE core_journalentry SET verb = 'x' WHERE id = {entries[0].pk}")
    bad = run.invoke(command, ["verify"])
    assert bad.exit_code == 1
    assert f"entry {entries[0].pk}" in bad.output.lower()


def test_the_command_seals_all_that_waits(owner, monkeypatch) -> None:
    monkeypatch.setattr(seals, "MOST", 2)
    monkeypatch.setattr(seals, "keep_sealed", lambda now: seals.seal(now, 2) and None)
    journal.record(owner, "x", [Change(owner, n) for n in range(7)])
    done = CliRunner().invoke(command, ["seal"])
    assert (done.exit_code, seals.standing(clock.now()).waiting) == (0, 0)
    assert Seal.objects.count() > 3


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(
            st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=3),
    )
)  # fmt: skip
def test_any_payload_reads_back_as_it_was_sealed(owner, value) -> None:
    with transaction.atomic():
        journal.record(owner, "x", [Change(owner, 1, None, {"value": value})])
        seals.seal(NOON)
        assert found() == []
        transaction.set_rollback(True)


@pytest.mark.slow
def test_a_hundred_thousand_entries_are_sealed_and_verified(owner) -> None:
    bulk.insert(
        JournalEntry,
        ("at", "actor_id", "verb", "subject", "subject_id", "customer_id", "before", "after"),
        (
            (NOON, owner.pk, "customer.created", "customers.customer", n, n, None,
             {"name": f"客户 {n}", "code": str(n)})
            for n in range(100_000)
        ),
    )  # fmt: skip
    while seals.seal(NOON):
        pass
    assert SealedEntry.objects.count() >= 100_000
    assert found() == []
