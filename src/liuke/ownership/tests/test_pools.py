"""Pools: who may claim what, which limit refuses, and one of two who come at once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.customers.models import Customer, Tag
from liuke.customers.services import NewContactPoint, assign_customers, create_customer, undo_batch
from liuke.ownership import queries
from liuke.ownership.models import Pool
from liuke.ownership.rules import Hidden
from liuke.ownership.services import claim, release, save_pool
from liuke.ownership.tests.conftest import history, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(branch) -> Pool:
    return save_pool(actor=None, pool=Pool(name="浦东公海", branch=branch, locked_days=30))


@pytest.fixture
def pooled(pool, branch, customer, manager, qian):
    """A customer of Qian whom the manager let go: `pooled("王海涛")`."""

    def make(name: str = "王海涛", **values) -> Customer:
        made = customer(name, **{"owner": qian, "branch": branch, **values})
        release(actor=manager, customer_ids=[made.pk], why="没时间跟")
        return made

    return make


def test_released_a_customer_waits_and_claimed_belongs(pooled, pool, lin) -> None:
    made = pooled()
    made.refresh_from_db()
    assert (made.owner, made.state.pool) == (None, pool.pk)
    done = claim(actor=lin, customer_ids=[made.pk])
    made.refresh_from_db()
    made.state.refresh_from_db()
    assert (done.count, made.owner, made.state.pool) == (1, lin, None)
    assert history(made) == [("钱玲", "recorded"), ("", "released"), ("林晓雯", "claimed")]
    assert whole(made)
    (claimed,) = queries.claims_from([pool])
    assert (claimed.customer, claimed.owner) == (made, lin)


def test_who_had_no_owner_goes_to_the_pool_as_well(pool, branch, customer, manager) -> None:
    made = customer(owner=None, branch=branch)
    release(actor=manager, customer_ids=[made.pk], why="导入的客户")
    assert history(made)[-1] == ("", "released")
    assert queries.waiting([pool]).get() == made


def test_one_of_two_at_once_gets_it(at_once, pooled, lin, person, branch) -> None:
    made = pooled()
    zhao = person(Role.SELLER, "赵强", unit=branch)
    outcomes = at_once(
        *(lambda who=who: claim(actor=who, customer_ids=[made.pk]) for who in (lin, zhao))
    )
    refused = [each for each in outcomes if isinstance(each, ValidationError)]
    made.refresh_from_db()
    assert len(refused) == 1
    assert refused[0].messages == [f"王海涛 is taken already: {made.owner} was faster."]
    assert whole(made)
    assert len(history(made)) == 3


def test_two_windows_do_not_pass_one_limit(at_once, pooled, pool, lin) -> None:
    Pool.objects.filter(pk=pool.pk).update(claims_a_day=1)
    made = [pooled(name) for name in ("甲", "乙")]
    outcomes = at_once(*(lambda who=who: claim(actor=lin, customer_ids=[who.pk]) for who in made))
    assert sum(isinstance(each, ValidationError) for each in outcomes) == 1
    assert Customer.objects.filter(owner=lin).count() == 1


def test_some_of_several_are_gone(pooled, lin, qian, manager) -> None:
    first, second = pooled("甲"), pooled("乙")
    assign_customers(actor=manager, customer_ids=[first.pk], owner_id=qian.pk)
    done = claim(actor=lin, customer_ids=[first.pk, second.pk])
    assert (done.count, done.gone) == (1, {"甲": "钱玲"})


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"claims_a_day": 1}, "You may claim 1 a day from “浦东公海”; today you have claimed 1."),
        ({"most_owned": 1}, "You own 1 of 1 customers. Release some first."),
        ({"most_by_level": {"A": 1}}, "You own 1 of 1 customers of level A."),
    ],
)
def test_a_limit_refuses_with_its_figure(pooled, pool, lin, terms, said) -> None:
    Pool.objects.filter(pk=pool.pk).update(**terms)
    first, second = (pooled(name, level="A") for name in ("甲", "乙"))
    claim(actor=lin, customer_ids=[first.pk])
    with pytest.raises(ValidationError) as refusal:
        claim(actor=lin, customer_ids=[second.pk])
    assert refusal.value.messages == [said]
    second.refresh_from_db()
    assert second.owner is None


def test_yesterdays_claims_do_not_count(pooled, pool, lin, on_day) -> None:
    Pool.objects.filter(pk=pool.pk).update(claims_a_day=1)
    on_day(date(2026, 5, 1))
    first, second = pooled("甲"), pooled("乙")
    claim(actor=lin, customer_ids=[first.pk])
    on_day(date(2026, 5, 2))
    assert claim(actor=lin, customer_ids=[second.pk]).count == 1


def test_the_last_owner_waits(pooled, qian, on_day) -> None:
    on_day(date(2026, 5, 1))
    made = pooled()
    with pytest.raises(ValidationError, match=r"王海涛 was yours until .*1 May.* until 31 May"):
        claim(actor=qian, customer_ids=[made.pk])
    on_day(date(2026, 6, 1))
    assert claim(actor=qian, customer_ids=[made.pk]).count == 1


def test_a_pool_of_another_branch_is_closed(pooled, person, firm) -> None:
    made = pooled()
    other = Unit.objects.create(kind="branch", name="虹桥店", parent=firm)
    stranger = person(Role.SELLER, unit=other)
    assert queries.pools_open_to(stranger) == []
    with pytest.raises(ValidationError, match="open to you"):
        claim(actor=stranger, customer_ids=[made.pk])
    with pytest.raises(PermissionDenied):
        claim(actor=person(Role.ANALYST), customer_ids=[made.pk])


def test_what_a_pool_hides_is_not_read(pool, branch, manager, qian, lin) -> None:
    made = create_customer(
        actor=qian,
        values={"name": "王海涛", "owner": qian, "branch": branch},
        contact_points=[NewContactPoint("mobile", "13812346027")],
    )
    release(actor=manager, customer_ids=[made.pk], why="x")
    (row,) = queries.pool_page(lin, queries.pools_open_to(lin)).rows
    assert (row.telephone, row.last_owner) == ("13812346027", "钱玲")
    Pool.objects.update(hidden=[Hidden.CONTACT, Hidden.OWNER, Hidden.VALUE, Hidden.PLATE])
    (row,) = queries.pool_page(lin, queries.pools_open_to(lin)).rows
    assert (row.telephone, row.last_owner, row.value, row.asset) == (None, None, None, None)


def test_the_pool_that_fits_best_takes_a_customer(owner, pool, branch, customer) -> None:
    tag = Tag.objects.create(name="轮胎")
    tyres = save_pool(actor=None, pool=Pool(name="轮胎", tag=tag))
    everybody = save_pool(actor=None, pool=Pool(name="其他"))
    made = {
        tyres: customer("甲", branch=branch),
        pool: customer("乙", branch=branch),
        everybody: customer("丙"),
    }
    made[tyres].tags.add(tag)
    release(actor=owner, customer_ids=[each.pk for each in made.values()], why="x")
    for wanted, each in made.items():
        assert queries.waiting([wanted]).get() == each


def test_without_a_pool_nobody_is_let_go(customer, owner, lin) -> None:
    made = customer(owner=lin)
    with pytest.raises(ValidationError, match="no pool"):
        release(actor=owner, customer_ids=[made.pk], why="x")
    with pytest.raises(ValidationError, match="Say why"):
        release(actor=owner, customer_ids=[made.pk], why="  ")


def test_taken_back_a_customer_waits_in_the_pool_again(pooled, pool, manager, lin) -> None:
    made = pooled()
    batch = assign_customers(actor=manager, customer_ids=[made.pk], owner_id=lin.pk)
    assert not queries.waiting([pool]).exists()
    undo_batch(actor=manager, at=batch.at)
    assert queries.waiting([pool]).get() == made
    assert whole(made)


def test_another_branch_does_not_take_a_customer_out_of_the_pool(pooled, pool, owner, firm) -> None:
    made = pooled()
    other = Unit.objects.create(kind="branch", name="虹桥店", parent=firm)
    made.refresh_from_db()
    made.branch = other
    made.save()
    assert queries.waiting([pool]).get() == made
