"""The simulated firms: the same every time, sound in numbers, and true to their causes."""

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from liuke.accounts.models import Unit, User
from liuke.agenda.models import AgendaItem
from liuke.core import clock
from liuke.customers.models import Asset, ContactPoint, Customer, CustomerState
from liuke.customers.rules.contacts import TELEPHONES
from liuke.followups.models import Interaction
from liuke.followups.rules import Channel, Direction, Outcome
from liuke.ownership.models import AssignmentRule, Handover, Pool
from liuke.ownership.tests.conftest import whole
from liuke.sales.models import Order
from liuke.site import setup
from liuke.site.cli import main
from liuke.site.demo import is_demo, loading
from liuke.site.demo.causes import CHANCES, Cause, Circumstances, chances, leaves
from liuke.site.demo.hands import FIRST_CALL
from liuke.site.demo.lives import Life, simulate
from liuke.site.demo.profiles import PROFILES, WORDS
from liuke.site.demo.seasons import RUSH, holidays, settle
from liuke.site.demo.talks import talks_of

TODAY = date(2026, 11, 25)
WORKSHOP = PROFILES["workshop"]


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return simulate(WORKSHOP, TODAY)


@pytest.fixture
def home(settings, tmp_path: Path):
    settings.HOME = tmp_path
    yield tmp_path
    is_demo.cache_clear()


@pytest.fixture
def build(db, home, monkeypatch, on_day) -> Callable[..., None]:
    def run(business: str = "workshop", customers: int = 60) -> None:
        few = replace(PROFILES[business], customers=customers)
        monkeypatch.setattr(loading, "PROFILES", {business: few})
        on_day(TODAY)
        setup.prepare_demo(business)

    return run


def lost_share(lives: list[Life]) -> float:
    assert len(lives) > 50
    return sum(life.loss is not None for life in lives) / len(lives)


def test_a_day_and_a_seed_give_the_same_firm() -> None:
    few = replace(WORKSHOP, customers=80)
    first, again = simulate(few, TODAY), simulate(few, TODAY)
    assert first == again
    assert [talks_of(life, few, TODAY) for life in first] == [
        talks_of(life, few, TODAY) for life in again
    ]
    assert simulate(few, TODAY, seed=1) != first


def test_who_is_added_changes_nobody_else() -> None:
    def visits(customers: int) -> list:
        return [life.visits for life in simulate(replace(WORKSHOP, customers=customers), TODAY)]

    assert visits(60)[:40] == visits(40)


def test_the_workshop_has_the_size_of_a_workshop(lives) -> None:
    assert len(lives) == 2000
    visits = [visit for life in lives for visit in life.visits]
    assert 12_000 < len(visits) < 18_000
    assert all(life.visits for life in lives)
    bills = sorted(visit.total for visit in visits)
    assert 300 < bills[len(bills) // 2] < 1200
    assert {life.adviser.branch for life in lives} == {1, 2}
    fleets = [life for life in lives if life.is_organization]
    assert 30 < len(fleets) < 90
    assert all(len(life.cars) >= 3 for life in fleets)


@pytest.mark.parametrize("business", sorted(PROFILES))
@pytest.mark.parametrize("today", [TODAY, date(2027, 2, 7), date(2028, 3, 1), date(2031, 10, 3)])
def test_nothing_lies_in_the_future_or_before_the_firm(business, today) -> None:
    profile = replace(PROFILES[business], customers=80)
    begun = today - timedelta(days=3 * 365)
    for life in simulate(profile, today):
        days = [visit.day for visit in life.visits]
        assert days == sorted(days)
        assert begun <= life.joined == days[0]
        assert days[-1] < today
        for talk in talks_of(life, profile, today):
            assert life.joined <= talk.day < today
            assert talk.next_on is None or talk.next_on >= talk.day
            assert bool(talk.next_step) == (talk.next_on is not None)


def test_a_car_comes_at_most_once_a_day_and_gets_older(lives) -> None:
    for life in lives:
        once = Counter((visit.day, visit.thing) for visit in life.visits)
        assert max(once.values()) == 1
        kilometres = [int(visit.note.split()[1].replace(",", "")) for visit in life.visits]
        for thing in range(len(life.cars)):
            read = [
                km
                for km, visit in zip(kilometres, life.visits, strict=True)
                if visit.thing == thing
            ]
            assert read == sorted(read)


def test_who_left_does_not_come_unless_it_returns(lives) -> None:
    for life in lives:
        if life.loss is None:
            assert life.returned_on is None
            continue
        later = [visit.day for visit in life.visits if visit.day > life.loss.day]
        if life.returned_on is None:
            assert not later
        else:
            assert min(later) == life.returned_on


def test_the_weeks_before_the_holidays_are_the_busiest(lives) -> None:
    days = [visit.day for life in lives for visit in life.visits]
    for first, last in (*holidays(2025), *holidays(2026)):
        if last < TODAY:
            assert not [day for day in days if first <= day <= last], "the shop is closed"
            before = sum(first - timedelta(days=17) <= day < first for day in days)
            usual = sum(
                first - timedelta(days=90) <= day < first - timedelta(days=39) for day in days
            )
            assert before > 1.5 * usual / 3


@given(st.dates(date(2024, 1, 1), date(2039, 12, 31)), st.integers(0, 10_000))
def test_nobody_is_expected_on_a_holiday(day: date, seed: int) -> None:
    settled = settle(Random(seed), day)  # noqa: S311
    for year in (day.year - 1, day.year, day.year + 1):
        for first, last in holidays(year):
            assert not first <= settled <= last
    assert settled < day + RUSH


@pytest.mark.parametrize(
    ("cause", "around"),
    [
        (Cause.PRICE, Circumstances(price_shock=True)),
        (Cause.IGNORED, Circumstances(neglected=True)),
        (Cause.UNSOLVED, Circumstances(unsolved=True)),
        (Cause.COMPETITOR, Circumstances(competitor_near=True)),
        (Cause.REMINDER, Circumstances(forgotten=True)),
        (Cause.ADVISER_LEFT, Circumstances(adviser_left=True)),
    ],
)
def test_a_cause_at_work_raises_its_own_chance_as_stated(cause, around) -> None:
    quiet, working = CHANCES[cause]
    chance = Random(1)  # noqa: S311
    drawn = Counter(leaves(chance, around) for _each in range(20_000))
    assert abs(drawn[cause] / 20_000 - working) < 0.012
    assert working > 4 * quiet
    others = sum(chances(around).values()) - working
    assert abs(sum(map(drawn.get, set(drawn) - {cause, None})) / 20_000 - others) < 0.012


def test_who_is_neglected_leaves_more_often(lives) -> None:
    def of(username: str, large: bool) -> list[Life]:
        return [
            life for life in lives if life.adviser.username == username and life.is_large == large
        ]

    careful, careless = lost_share(of("lin", False)), lost_share(of("zhao", False))
    assert careless > 1.7 * careful
    assert lost_share(of("zhao", True)) < 0.75 * careless, "only small customers are neglected"


def test_an_unsolved_problem_costs_the_customer(lives) -> None:
    def left_after(solved: bool) -> float:
        complaints = [
            (life, visit)
            for life in lives
            for visit in life.visits
            if visit.complaint and visit.solved == solved and visit.thing == 0
        ]
        assert len(complaints) > 50
        gone = [life for life, visit in complaints if life.loss and life.loss.day == visit.day]
        return len(gone) / len(complaints)

    assert left_after(solved=False) > 0.25
    assert left_after(solved=True) < 0.12


def test_customers_of_who_left_the_firm_drift_away(lives) -> None:
    gone = [life for life in lives if life.adviser.left_before]
    lost = Counter(life.loss.cause for life in gone if life.loss)
    assert lost.most_common(1)[0][0] == Cause.ADVISER_LEFT
    for life in lives:
        if life.loss and life.loss.cause == Cause.ADVISER_LEFT:
            assert life.adviser.left_on(TODAY) <= life.loss.day < TODAY


def test_what_was_said_about_leaving_is_why_they_left(lives) -> None:
    told = 0
    for life in lives[:600]:
        goals = {str(cause): {row[4] for row in WORDS["talk"][str(cause)]} for cause in Cause}
        said = {talk.said for talk in talks_of(life, WORKSHOP, TODAY)}
        for cause, phrases in goals.items():
            spoken = said & {phrase.format(**WORKSHOP.things) for phrase in phrases}
            if spoken:
                told += 1
                assert life.loss is not None
                assert life.loss.cause == cause
    assert told > 40


def test_talks_speak_the_language_of_contacts() -> None:
    for rows in WORDS["talk"].values():
        for channel, direction, outcome, _goal, said, _open, step in rows:
            assert Channel(channel)
            assert Direction(direction)
            assert Outcome(outcome)
            assert bool(said) == (outcome != Outcome.NO_ANSWER)
            assert len(step) <= 200
    assert set(map(str, Cause)) < set(WORDS["talk"])


def test_nobody_who_left_the_firm_goes_on_talking(lives) -> None:
    talks = [talk for life in lives[:400] for talk in talks_of(life, WORKSHOP, TODAY)]
    assert max(talk.day for talk in talks if talk.by == "sun") < TODAY - timedelta(days=149)
    assert max(talk.day for talk in talks if talk.by == "lin") > TODAY - timedelta(days=10)


@pytest.mark.parametrize("business", sorted(PROFILES))
def test_every_demo_is_loaded_as_it_was_simulated(build, business, home) -> None:
    build(business)
    profile = replace(PROFILES[business], customers=60)
    lives = simulate(profile, TODAY)
    assert Customer.objects.count() == 60
    assert Order.objects.count() == sum(len(life.visits) for life in lives)
    talks = Interaction.objects.exclude(said=FIRST_CALL)
    assert talks.count() == sum(len(talks_of(life, profile, TODAY)) for life in lives)
    assert Asset.objects.count() == (
        sum(len(life.cars) for life in lives) if profile.has_cars else 0
    )
    bought = dict(Customer.objects.values_list("code").annotate(Count("orders")))
    assert bought == {life.number: len(life.visits) for life in lives}
    branches = set(Unit.objects.filter(kind="branch").values_list("name", flat=True))
    assert branches == set(profile.branches)
    with (home / loading.TRUTH).open(encoding="utf-8") as file:
        truth = {row["customer"]: (row["cause"], row["day"]) for row in csv.DictReader(file)}
    assert truth == {
        life.number: (life.loss.cause.value, life.loss.day.isoformat())
        for life in lives
        if life.loss
    }


def test_the_demo_is_built_in_few_statements(build, django_assert_max_num_queries) -> None:
    # Twice the customers ask about a hundred more.
    with django_assert_max_num_queries(1_800):
        build(customers=200)


def test_who_left_the_firm_may_not_sign_in_and_still_owns(build) -> None:
    build()
    gone = User.objects.get(username="sun")
    assert not gone.is_active
    assert gone.customers.exists()
    assert AgendaItem.objects.filter(closed_at=None).exists()


def test_screens_about_changing_hands_have_something_to_show(build) -> None:
    build(customers=400)
    handover = Handover.objects.get()
    assert handover.handed.count() > 5
    assert {str(row.receiver) for row in handover.handed.all()} == {"钱玲", "何军"}
    assert AgendaItem.objects.filter(kind="handed", closed_at=None).exists()
    assert CustomerState.objects.filter(pool=Pool.objects.get().pk).count() > 5
    assert AssignmentRule.objects.count() == 2
    for row in Customer.objects.filter(owner_periods__reason__in=("handover", "released")):
        assert whole(row)


def test_nobody_real_is_rung(lives, build) -> None:
    build()
    numbers = ContactPoint.objects.filter(kind__in=TELEPHONES).values_list("value", flat=True)
    assert all(number.startswith("154") and len(number) == 11 for number in numbers)
    kinds = set(ContactPoint.objects.values_list("kind", flat=True))
    assert kinds == {"mobile", "wechat"}, "an e-mail may be somebody's"
    assert len({life.mobile for life in lives}) == len(lives)
    plates = [car.plate for life in lives for car in life.cars]
    assert len(set(plates)) == len(plates)
    assert all(plate[1] in "XYZ" for plate in plates)


def test_init_builds_the_demo_asked_for(build, monkeypatch, db, home) -> None:
    few = {name: replace(profile, customers=20) for name, profile in PROFILES.items()}
    monkeypatch.setattr(loading, "PROFILES", few)
    result = CliRunner().invoke(main, ["init", "--demo", "wholesale"])
    assert result.exit_code == 0, result.output
    assert Unit.objects.get(kind="firm").name == "华联汽配批发"
    assert not Order.objects.exclude(kind="sale").exists()
    assert not Order.objects.filter(day__gte=clock.today()).exists()
