"""CustomerState: each group of columns has one writer; and what stage and state mean."""

from datetime import date, timedelta

import pytest

from liuke.core.errors import Refused
from liuke.customers import services
from liuke.customers.models import CustomerState
from liuke.customers.rules import Stage, churn_state, kind_of, plate_key, stage_of
from liuke.customers.services import STATE_COLUMNS, lock, set_state

DAY = date(2026, 3, 1)
CHURN = {"expected_at": None, "at_risk_at": DAY, "lost_at": DAY, "recovered_on": None, "clocks": 1}


@pytest.mark.django_db
class TestWriting:
    def test_a_group_is_written_and_the_others_stay(self, customer, buys) -> None:
        wang = customer("王海涛")
        buys(wang, DAY)
        set_state("churn", {wang.pk: CHURN})
        state = CustomerState.objects.get(pk=wang.pk)
        assert (state.at_risk_at, state.clocks) == (DAY, 1)
        assert (state.purchase_days, state.value_total, state.stage) == (1, 100, "first")

    def test_columns_of_another_group_are_refused(self, customer) -> None:
        wang = customer("王海涛")
        for row in (CHURN | {"stage": "first"}, {"clocks": 1}, {}):
            with pytest.raises(ValueError, match="state of churn is"):
                set_state("churn", {wang.pk: row})
        assert CustomerState.objects.get(pk=wang.pk).clocks == 0

    def test_a_group_without_a_writer_is_unknown(self) -> None:
        with pytest.raises(KeyError, match="weather"):
            set_state("weather", {})

    def test_one_foreign_row_spoils_the_whole_write(self, customer) -> None:
        wang, li = customer("王海涛"), customer("李娜")
        with pytest.raises(ValueError, match=str(li.pk)):
            set_state("churn", {wang.pk: CHURN, li.pk: {"clocks": 9}})
        assert not CustomerState.objects.filter(clocks=1).exists()

    def test_nobody_is_nothing(self, django_assert_num_queries) -> None:
        with django_assert_num_queries(0):
            set_state("churn", {})

    def test_who_is_gone_cannot_be_locked(self, customer) -> None:
        wang = customer("王海涛")
        lock([wang.pk])
        with pytest.raises(Refused, match="no longer exists"):
            lock([wang.pk, wang.pk + 1])


def test_every_column_but_the_derived_stage_has_one_writer() -> None:
    written = [column for columns in STATE_COLUMNS.values() for column in columns]
    fields = {field.name for field in CustomerState._meta.fields} - {"customer", "stage"}
    assert sorted(written) == sorted(fields)


def test_nothing_that_is_edited_by_hand_is_derived() -> None:
    assert not {"kind", "version", "created_by", "name_sort", "stage"} & set(services.EDITABLE)


@pytest.mark.parametrize(
    ("purchase_days", "intent", "stage"),
    [
        (0, False, Stage.POTENTIAL),
        (0, True, Stage.INTENT),
        (1, False, Stage.FIRST),
        (1, True, Stage.FIRST),
        (2, False, Stage.RETURNING),
        (9, True, Stage.RETURNING),
    ],
)
def test_stage_follows_purchase_days_first(purchase_days, intent, stage) -> None:
    assert stage_of(purchase_days, intent) == stage


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 3, 31), "active"),
        (date(2026, 4, 1), "at_risk"),
        (date(2026, 4, 30), "at_risk"),
        (date(2026, 5, 1), "lost"),
    ],
)
def test_where_the_clock_stands_on_a_day(today, state) -> None:
    assert churn_state(date(2026, 4, 1), date(2026, 5, 1), None, today) == state


def test_who_came_back_is_shown_so_for_six_weeks() -> None:
    back, risk, lost = date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1)
    assert churn_state(risk, lost, back, back) == "recovered"
    assert churn_state(risk, lost, back, back + timedelta(days=41)) == "recovered"
    assert churn_state(risk, lost, back, back + timedelta(days=42)) == "active"
    assert churn_state(risk, lost, back, lost) == "lost"


def test_who_never_bought_has_no_state() -> None:
    assert churn_state(None, None, None, DAY) == "none"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("王海涛", "person"),
        ("上海顺达汽修有限公司", "organization"),
        ("永和豆浆店", "organization"),
        ("红星机械厂", "organization"),
        ("厂里的老王", "person"),
        ("ACME Ltd.", "organization"),
        ("Corinna Coyle", "person"),
    ],
)
def test_a_name_tells_a_firm_from_a_person(name, kind) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize("plate", ["沪A·12345", "沪A12345", "沪a 12345", "沪Ａ-１２３４５"])
def test_spellings_of_one_plate_have_one_key(plate) -> None:
    assert plate_key(plate) == "沪A12345"
