"""Relations: one for a pair and kind, two words, a dated strength, and nothing out of sight."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.rules import Role
from liuke.core.errors import Refused
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer, Relation, RelationKind
from liuke.customers.queries import relations
from liuke.customers.rules.relations import SEEDS, Strength, masked, turned_strong
from liuke.customers.services import (
    NewRelation,
    change_relation,
    end_relation,
    record_relations,
    save_kind,
)

TODAY = date(2026, 6, 1)
YEAR = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _june(on_day) -> None:
    on_day(TODAY)


@pytest.fixture
def pair(db, customer):
    return customer("王师傅"), customer("小李")


@pytest.fixture
def master(owner, pair):
    first, second = pair
    return relate(owner, first, second, "master")


def relate(actor, first, second, kind: str, **more) -> Relation:
    new = NewRelation(first.pk, second.pk, kind, **more)
    return record_relations(actor=actor, new=[new])[0]


def words(viewer, who) -> list[tuple[str, str, str]]:
    return [(tie.word, tie.name, tie.relation.strength) for tie in relations.ties_of(viewer, who)]


def test_each_side_reads_what_the_other_is(owner, pair, master) -> None:
    first, second = pair
    assert words(owner, first) == [("Apprentice", "小李", "strong")]
    assert words(owner, second) == [("Master", "王师傅", "strong")]
    entries = JournalEntry.objects.filter(verb="relation.added")
    assert {entry.customer_id for entry in entries} == {first.pk, second.pk}


@pytest.mark.parametrize("turned", [False, True])
def test_one_live_relation_of_a_kind_whoever_comes_first(owner, pair, master, turned) -> None:
    first, second = reversed(pair) if turned else pair
    with pytest.raises(Refused, match="already"):
        relate(owner, first, second, "master")
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation.objects.create(kind=master.kind, first=first, second=second, strength="weak")
    relate(owner, first, second, "neighbour")
    end_relation(actor=owner, customer_id=first.pk, relation_id=master.pk)
    relate(owner, first, second, "master")
    assert Relation.objects.count() == 3


def test_nobody_is_close_to_themselves(owner, pair) -> None:
    with pytest.raises(ValidationError):
        relate(owner, pair[0], pair[0], "kin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation.objects.create(
            kind=RelationKind.objects.create(code="kin", strength="strong"),
            first=pair[0], second=pair[0], strength="weak",
        )  # fmt: skip


def test_who_is_out_of_sight_is_masked_and_cannot_be_chosen(person, customer, owner) -> None:
    seller = person(Role.SELLER)
    mine, foreign = customer("我的", owner=seller), customer("欧阳修")
    relate(owner, mine, foreign, "kin")
    (tie,) = relations.ties_of(seller, mine)
    assert (tie.name, tie.other) == ("欧**", None)
    with pytest.raises(Refused):
        relate(seller, mine, foreign, "neighbour")


def test_a_strength_has_a_day_and_the_latest_counts(owner, pair) -> None:
    first, second = pair
    tie = relate(owner, first, second, "town", on=TODAY - timedelta(days=100))
    change = {"actor": owner, "customer_id": second.pk, "relation_id": tie.pk}
    change_relation(**change, strength="strong")
    change_relation(**change, strength="general", on=TODAY - timedelta(days=50), note="一起钓鱼")
    tie.refresh_from_db()
    assert (tie.strength, tie.note) == ("strong", "一起钓鱼")
    history = [(row.on, row.strength) for row in tie.history.all()]
    assert history == [
        (TODAY - timedelta(days=100), "weak"),
        (TODAY - timedelta(days=50), "general"),
        (TODAY, "strong"),
    ]
    change_relation(**change, strength="weak")
    assert tie.history.count() == 3, "one word a day, the last one"
    with pytest.raises(ValidationError):
        change_relation(**change, strength="weak", on=TODAY + timedelta(days=1))


def test_a_list_narrows_to_strong_ties(owner, pair, master, customer) -> None:
    customer("独来独往")
    strong = Customer.objects.filter(relations.tied("strong")).order_by("pk")
    assert list(strong) == list(pair)
    assert not Customer.objects.filter(relations.tied("weak")).exists()
    end_relation(actor=owner, customer_id=pair[0].pk, relation_id=master.pk)
    assert not Customer.objects.filter(relations.tied("strong")).exists()


def test_weak_ties_turned_strong_are_counted_within_sight(owner, pair, person) -> None:
    first, second = pair
    tie = relate(owner, first, second, "town", on=TODAY - timedelta(days=400))
    relate(owner, first, second, "kin")
    assert relations.became_strong(owner, YEAR, TODAY) == 0, "kin was never weak"
    change_relation(actor=owner, customer_id=first.pk, relation_id=tie.pk, strength="strong")
    assert relations.became_strong(owner, YEAR, TODAY) == 1
    assert relations.became_strong(person(Role.SELLER), YEAR, TODAY) == 0


def test_turned_strong_looks_at_the_whole_history() -> None:
    weak, strong = (date(2025, 3, 1), "weak"), (date(2026, 3, 1), "strong")
    assert turned_strong([weak, strong], YEAR, TODAY)
    assert turned_strong([weak, (date(2025, 9, 1), "general"), strong], YEAR, TODAY)
    assert not turned_strong([weak, (date(2025, 9, 1), "strong")], YEAR, TODAY), "last year"
    assert not turned_strong([weak, strong, (date(2026, 4, 1), "general")], YEAR, TODAY), "again"
    assert not turned_strong([(date(2025, 3, 1), "general"), strong], YEAR, TODAY), "never weak"


@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), TODAY), st.sampled_from(Strength.values))))
def test_only_what_is_strong_and_was_weak_turned(history) -> None:
    days = sorted(dict(history).items())
    if turned_strong(days, YEAR, TODAY):
        assert days[-1][1] == "strong"
        assert "weak" in [strength for _on, strength in days]


def test_every_firm_starts_with_kinds_and_says_them_its_way(owner) -> None:
    assert [kind.code for kind in relations.kinds()] == list(SEEDS)
    save_kind(actor=owner, code="master", first_word="师傅", second_word="学徒", strength="strong")
    save_kind(actor=owner, code="kin", first_word="Kin", second_word="", strength="strong")
    own = save_kind(actor=owner, code=None, first_word="钓友", second_word="", strength="general")
    said = {kind.code: kind.words for kind in relations.kinds()}
    assert (said["master"], said[own.code]) == ("师傅 / 学徒", "钓友")
    assert RelationKind.objects.get(code="kin").first_word == "", "both languages keep their word"
    save_kind(
        actor=owner, code=own.code, first_word="钓友", second_word="", strength="weak", retired=True
    )
    assert own.code not in {code for code, _side, _word in relations.words()}
    assert ("master", "second", "学徒") in relations.words()


def test_kinds_are_for_those_who_may_change_rules(person) -> None:
    with pytest.raises(PermissionDenied):
        save_kind(
            actor=person(Role.SELLER), code=None, first_word="钓友", second_word="", strength="weak"
        )


def test_an_unknown_kind_and_a_nameless_one_are_refused(owner, pair) -> None:
    with pytest.raises(ValidationError):
        relate(owner, *pair, "cousin")
    with pytest.raises(ValidationError):
        save_kind(actor=owner, code=None, first_word=" ", second_word="", strength="weak")


def test_a_mask_keeps_the_first_character() -> None:
    assert masked("王海涛") == "王**"
