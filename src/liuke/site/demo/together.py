"""Colleagues who help each other, and two customers of whom two people said: this one is mine."""

from collections.abc import Mapping
from datetime import date, timedelta

from liuke.accounts.models import User
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.services import Help, put_helper
from liuke.desk.queries.evidence import sides
from liuke.ownership.models import Conflict
from liuke.ownership.services import NewConflict, decide_conflict, open_conflict

# Who helps with how many customers of whom, and with what.
HELPERS = (
    ("lin", "he", 3, "新能源车的检修"),
    ("lin", "qian", 1, "住在虹桥，常去那边保养"),
    ("zhao", "lin", 2, "企业客户的报价"),
)
DECIDED = "休假那两周确实由林晓雯接待，到店记录可查；客户仍归赵敏，林晓雯按三成分成。"
AGO, DECIDED_AFTER = timedelta(days=24), timedelta(days=2)


def begin_to_help(staff: Mapping[str, User]) -> None:
    """Some customers of each get somebody who helps; their sales are shared from then on."""
    for owner, helper, count, why in HELPERS:
        for made in _dearest(staff[owner], count):
            put_helper(actor=staff[owner], help=Help(made.pk, staff[helper].pk, why))


def claim_customers(staff: Mapping[str, User], today: date) -> None:
    """One case that is decided, and one from yesterday that waits for the manager."""
    lin, zhao, manager = staff["lin"], staff["zhao"], staff["dianzhang"]
    theirs, mine = _dearest(zhao, 4), _dearest(lin, 5)
    if theirs:
        with clock.set_to(today - AGO):
            case = _open(theirs[-1], lin, "她休假那两周，是我接待并谈下保养套餐的。")
        with clock.set_to(today - AGO + DECIDED_AFTER):
            decide_conflict(
                actor=manager, conflict_id=case.pk, verdict="helps", why=DECIDED, percent=30
            )
    if mine:
        with clock.set_to(today - timedelta(days=1)):
            _open(mine[-1], zhao, "车主是我老同学，去年就是我介绍来店里的。")


def _open(made: Customer, claimant: User, claim: str) -> Conflict:
    people = [claimant.pk, made.owner_id or 0]
    new = NewConflict(made.pk, claimant.pk, claim, "page")
    return open_conflict(actor=claimant, new=new, facts=sides(made.pk, people))


def _dearest(owner: User, count: int) -> list[Customer]:
    rows = Customer.objects.filter(owner=owner, state__isnull=False)
    return list(rows.order_by("-state__value_year", "pk")[:count])
