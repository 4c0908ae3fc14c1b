"""The same file twice, in another order, or cut off anywhere: it is always imported once."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liuke.accounts.models import User
from liuke.core.errors import Refused
from liuke.customers.models import Customer
from liuke.imports import services
from liuke.imports.models import ImportRun
from liuke.imports.queries import visible_to
from liuke.imports.services import recording, running
from liuke.imports.services.work import only_worker
from liuke.imports.tests.conftest import Imported, rows
from liuke.sales.models import Order, OrderLine

Row = tuple[str, str, str, str, str, str]
ROW = st.tuples(
    st.sampled_from(["C1", "C2", "C3", ""]),
    st.sampled_from(["2026-03-04", "2026-03-05 10:00", "2026/3/6", "2026-02-30"]),
    st.sampled_from(["A1", "A2", "A3", "A4", ""]),
    st.sampled_from(["tea", "cup", ""]),
    st.sampled_from(["1", "2", "-1", "x"]),
    st.sampled_from(["5", "7.5", "0"]),
)
FILE = st.lists(ROW, min_size=1, max_size=14)
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


class TwiceIsOnce(TestCase):
    @QUICK
    @given(FILE)
    def test_importing_twice_is_importing_once(self, file: list[Row]) -> None:
        _import(file)
        once = _everything()
        again = _import(file)
        assert _everything() == once
        assert again.counts.get("orders", 0) == again.counts.get("returns", 0) == 0
        assert again.counts.get("unchanged", 0) == len(once[0])

    @QUICK
    @given(FILE, st.randoms(use_true_random=False))
    def test_the_order_of_rows_does_not_matter(
        self, file: list[Row], chance: random.Random
    ) -> None:
        shuffled = chance.sample(file, len(file))
        _import(file)
        once = _everything()
        again = _import(shuffled)
        assert _everything() == once
        assert again.counts.get("orders", 0) == again.counts.get("returns", 0) == 0


MANY = rows(
    *(f"C{n % 7},2026-03-{n % 28 + 1:02},A{n},tea,{n % 5 + 1},{n}.5" for n in range(1, 30)),
    *(f"C{n % 7},2026-03-{n % 28 + 1:02},A{n},cup,-1,3" for n in range(1, 30, 4)),
    "C1,2026-02-30,B1,tea,1,5",
)


@pytest.mark.django_db
@pytest.mark.parametrize("cut", [1, 2, 5, 8])
def test_a_run_cut_off_at_any_chunk_goes_on_where_it_was(
    owner: User, checked: Imported, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    whole = _counts_of_an_uninterrupted_run(owner, checked)
    monkeypatch.setattr(running, "next_orders", _small_chunks)
    run = checked(MANY.replace("C", "K").replace("A", "N"))
    with pytest.raises(KeyboardInterrupt):
        services.run_import(actor=owner, run_id=run.pk, progress=_cut_after(cut))
    assert ImportRun.objects.get(pk=run.pk).position
    run = services.run_import(actor=owner, run_id=run.pk)
    assert run.counts == {**whole, "errors": run.counts["errors"]}
    assert Order.objects.filter(number__startswith="N").count() == 29 + 8


@pytest.mark.django_db
def test_a_failing_chunk_leaves_nothing_of_itself(
    owner: User, checked: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "next_orders", _small_chunks)
    run = checked(MANY)
    real = running.record
    calls: list[int] = []

    def breaks_at_the_third(**given: Any) -> Any:
        calls.append(1)
        outcome = real(**given)
        if len(calls) == 3:
            raise OSError("the disk is full")
        return outcome

    monkeypatch.setattr(running, "record", breaks_at_the_third)
    with pytest.raises(OSError, match="disk"):
        services.run_import(actor=owner, run_id=run.pk)
    failed = ImportRun.objects.get(pk=run.pk)
    assert failed.status == "failed"
    assert "disk" in failed.error
    assert Order.objects.count() == failed.counts["orders"] + failed.counts["returns"]
    services.run_import(actor=owner, run_id=run.pk)
    assert Order.objects.count() == 37


@pytest.mark.django_db
def test_without_order_numbers_equal_rows_stay_apart_and_come_once(imported: Imported) -> None:
    file = "customer,date,amount\nC1,2026-03-04,5\nC1,2026-03-04,5\nC2,2026-03-04,5\n"
    assert imported(file).counts["orders"] == 3
    assert imported(file).counts["unchanged"] == 3
    assert imported(file + "C1,2026-03-04,5\n").counts["orders"] == 1
    assert Order.objects.count() == 4


@pytest.mark.django_db
def test_a_stopped_run_keeps_what_it_has_and_can_go_on(
    owner: User, checked: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "next_orders", _small_chunks)
    run = checked(MANY)

    def stop_at_once(step: str, done: int, total: int) -> None:
        services.stop_import(actor=owner, run_id=run.pk)

    stopped = services.run_import(actor=owner, run_id=run.pk, progress=stop_at_once)
    assert (stopped.status, stopped.position) == ("stopped", 4)
    services.run_import(actor=owner, run_id=run.pk)
    assert Order.objects.count() == 37


@pytest.mark.django_db
def test_two_workers_are_never_at_one_import(owner: User, checked: Imported) -> None:
    run = checked(MANY)
    with only_worker(run), pytest.raises(Refused, match="Another worker"):
        services.run_import(actor=owner, run_id=run.pk)


@pytest.mark.django_db
def test_a_worker_that_was_replaced_records_nothing_more(
    owner: User, checked: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "next_orders", _small_chunks)
    run = checked(MANY)

    def somebody_takes_over(step: str, done: int, total: int) -> None:
        ImportRun.objects.filter(pk=run.pk).update(token="another machine")

    services.run_import(actor=owner, run_id=run.pk, progress=somebody_takes_over)
    assert ImportRun.objects.get(pk=run.pk).position == 4
    assert Order.objects.count() == ImportRun.objects.get(pk=run.pk).counts["orders"] + 1


@pytest.mark.django_db
def test_only_who_may_import_does_and_sees_own_runs(
    person: Callable[..., User], checked: Imported, owner: User
) -> None:
    run = checked(MANY)
    seller, manager = person("seller"), person("manager")
    with pytest.raises(PermissionDenied):
        services.run_import(actor=seller, run_id=run.pk)
    assert list(visible_to(owner)) == [run]
    assert list(visible_to(manager)) == []


def _counts_of_an_uninterrupted_run(owner: User, checked: Imported) -> dict[str, Any]:
    run = services.run_import(actor=owner, run_id=checked(MANY).pk)
    return dict(run.counts)


def _small_chunks(connection: Any, after: int) -> list[recording.Waiting]:
    return recording.next_orders(connection, after, limit=4)


def _cut_after(chunks: int) -> Callable[[str, int, int], None]:
    seen: list[int] = []

    def progress(step: str, done: int, total: int) -> None:
        seen.append(done)
        if len(seen) == chunks:
            raise KeyboardInterrupt

    return progress


def _import(file: Sequence[Row]) -> ImportRun:
    content = rows(*(",".join(row) for row in file)).encode()
    run = services.start_import(actor=None, content=io.BytesIO(content), name="orders.csv")
    meaning = replace(
        run.mapping,
        customer="customer",
        date="date",
        order="order",
        product="product",
        quantity="quantity",
        price="price",
        amount="",
    )
    services.choose_meaning(actor=None, run_id=run.pk, meaning=meaning)
    run = services.check_import(actor=None, run_id=run.pk)
    return services.run_import(actor=None, run_id=run.pk) if run.total else run


def _everything() -> tuple[list[Any], list[Any], list[str]]:
    orders = Order.objects.values_list("number", "kind", "customer__code", "total", "occurred_at")
    lines = OrderLine.objects.values_list("order__number", "product__code", "quantity", "price")
    codes = Customer.objects.values_list("code", flat=True)
    return sorted(orders), sorted(lines, key=str), sorted(codes)


def test_tallies_survive_their_storage() -> None:
    tally = recording.Tally(orders=2, sales=Decimal("12.30"))
    assert recording.Tally.from_dict({**tally.as_dict(), "rows": 3}) == tally
