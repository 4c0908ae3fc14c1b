"""What is due: put by producers, settled by people, seen by whoever it is for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.agenda import queries, services
from liuke.agenda.models import AgendaItem, AgendaTally
from liuke.agenda.rules import Kind
from liuke.agenda.services import Due
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers import services as customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(customer):
    """Let something be due: `put(who, "at_risk", stake=100)`."""

    def make(who, kind=Kind.AT_RISK, episode="one", in_days=0, stake=0) -> AgendaItem:
        day = clock.today() + timedelta(days=in_days)
        services.put(kind, {who.pk: Due(episode, day, Decimal(stake))})
        return AgendaItem.objects.get(customer=who, kind=kind, closed_at=None)

    return make


def test_putting_twice_changes_nothing(customer, put):
    wang = customer()
    assert put(wang) == put(wang)
    assert AgendaItem.objects.count() == 1


def test_a_new_episode_replaces_the_old_one_and_nothing_ends_it(customer, put):
    wang = customer()
    first = put(wang, episode="one")
    second = put(wang, episode="two")
    first.refresh_from_db()
    assert (first.ending, second.ending) == ("over", "")
    services.put(Kind.AT_RISK, {wang.pk: None})
    assert not AgendaItem.objects.filter(closed_at=None).exists()
    assert put(wang, episode="two").pk == second.pk


def test_what_a_person_settled_stays_settled(owner, customer, put):
    wang = customer()
    services.complete_item(actor=owner, item_id=put(wang).pk)
    services.put(Kind.AT_RISK, {wang.pk: Due("one", clock.today())})
    assert not AgendaItem.objects.filter(closed_at=None).exists()
    put(wang, episode="two")


def test_snoozed_is_out_of_sight_until_its_day(owner, customer, put, on_day):
    item = put(customer())
    today = clock.today()
    services.snooze_item(actor=owner, item_id=item.pk, until=today + timedelta(days=3))
    assert not queries.due(owner, today).exists()
    assert queries.due(owner, today + timedelta(days=3)).get() == item
    for until in (today, today + timedelta(days=61)):
        with pytest.raises(ValidationError, match="Choose a day"):
            services.snooze_item(actor=owner, item_id=item.pk, until=until)


def test_handed_over_it_is_on_the_other_list(owner, person, customer, put, firm):
    item = put(customer())
    lin = person("manager", "林晓雯", unit=firm)
    lin.own_scope = "all"
    lin.save()
    services.hand_over_item(actor=owner, item_id=item.pk, to_id=lin.pk)
    today = clock.today()
    assert queries.due(lin, today, whose=lin.pk).get() == item
    assert not queries.due(owner, today, whose=owner.pk).exists()


def test_nobody_gets_what_they_may_not_see(owner, person, customer, put, firm):
    item = put(customer())
    stranger = person("seller", unit=firm)
    with pytest.raises(ValidationError, match="may not see"):
        services.hand_over_item(actor=owner, item_id=item.pk, to_id=stranger.pk)
    with pytest.raises(AgendaItem.DoesNotExist):
        services.complete_item(actor=stranger, item_id=item.pk)
    assert not queries.due(stranger, clock.today()).exists()


def test_done_can_be_taken_back_once(owner, person, customer, put, firm):
    item = put(customer())
    services.complete_item(actor=owner, item_id=item.pk)
    with pytest.raises(ValidationError, match="settled already"):
        services.complete_item(actor=owner, item_id=item.pk)
    other = person("owner", unit=firm)
    with pytest.raises(ValidationError, match="yourself"):
        services.restore_item(actor=other, item_id=item.pk)
    services.restore_item(actor=owner, item_id=item.pk)
    assert queries.due(owner, clock.today()).get() == item
    verbs = JournalEntry.objects.filter(verb__startswith="agenda").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["agenda.done", "agenda.restored"]


def test_the_dearest_of_a_kind_weighs_most_and_what_was_agreed_more(customer, put):
    cheap, dear = put(customer("甲"), stake=100), put(customer("乙"), stake=1000)
    agreed = put(customer("丙"), Kind.NEXT_STEP, stake=1000)
    assert agreed.weight > dear.weight > cheap.weight > 0


def test_the_day_counts_customers_not_items(owner, customer, put):
    wang, li = customer("王"), customer("李")
    put(wang), put(wang, Kind.LOST), put(li)
    services.complete_item(actor=owner, item_id=put(li).pk)
    progress = queries.progress(owner, [owner.pk], clock.today())[owner.pk]
    assert (progress.done, progress.open, progress.all) == (1, 1, 2)
    assert queries.figures(owner, clock.today()).counts["lost"] == 1


class TestTally:
    """What is due in figures: counted, or kept by a tick where it is very much."""

    @pytest.fixture
    def viewers(self, owner, person, firm, customer, put):
        """Everybody, a branch and a seller; what is due at each, some of it handed over."""
        branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
        manager = person(Role.MANAGER, unit=branch)
        one, other = person(Role.SELLER, unit=branch), person(Role.SELLER, unit=branch)
        for actor in (owner, one, other):
            wang, li = customer("王", actor=actor), customer("李", actor=actor)
            put(wang, stake=700), put(wang, Kind.CONTACT, stake=700), put(li, stake=40)
            put(li, Kind.NEXT_STEP, in_days=3)
        handed = put(customer("赵", actor=one), Kind.LOST, stake=5)
        services.hand_over_item(actor=manager, item_id=handed.pk, to_id=manager.pk)
        return owner, manager, one, other

    def test_kept_and_counted_are_the_same(self, viewers, monkeypatch):
        today, people = clock.today(), [each.pk for each in viewers]

        def seen():
            return [
                [queries.figures(viewer, today, whose) for viewer in viewers for whose in who]
                + [queries.progress(viewer, people, today) for viewer in viewers[:2]]
                for who in ([None], people)
            ]

        counted = seen()
        assert counted[0][0].counts == {
            "next_step": 0, "contact": 3, "at_risk": 6, "lost": 1, "pool": 0, "handed": 0,
            "asked": 0,
        }  # fmt: skip
        assert (counted[0][0].customers, counted[0][0].stake) == (7, 3 * 740 + 5)
        monkeypatch.setattr(queries, "CAP", 0)
        services.keep_tally(clock.now())
        assert AgendaTally.objects.exists()
        assert seen() == counted

    def test_kept_figures_last_some_minutes(self, viewers, put, customer, monkeypatch):
        monkeypatch.setattr(queries, "CAP", 0)
        now = clock.now()
        services.keep_tally(now)
        put(customer("新"))
        services.keep_tally(now + timedelta(minutes=4))
        assert queries.figures(viewers[0], clock.today()).customers == 7
        services.keep_tally(now + timedelta(minutes=6))
        assert queries.figures(viewers[0], clock.today()).customers == 8

    def test_where_little_is_due_nothing_is_kept(self, viewers, monkeypatch):
        monkeypatch.setattr(queries, "CAP", 0)
        services.keep_tally(clock.now())
        monkeypatch.setattr(queries, "CAP", 10_000)
        services.keep_tally(clock.now())
        assert not AgendaTally.objects.exists()


def test_given_away_it_is_due_for_the_new_owner(owner, customer, put, person, firm):
    wang = customer()
    item, seller = put(wang), person(Role.SELLER, unit=firm)
    customers.assign_customers(actor=owner, customer_ids=[wang.pk], owner_id=seller.pk)
    assert queries.due(seller, clock.today(), seller.pk).get() == item
    assert not queries.due(owner, clock.today(), owner.pk).exists()
