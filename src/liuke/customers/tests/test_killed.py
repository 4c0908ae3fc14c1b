"""A process that is killed in the middle of a merge, or of its undoing, leaves nothing half."""

import os
import signal
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connections

from liuke.customers.models import Customer, CustomerMerge
from liuke.customers.services import merging
from liuke.customers.services.merging import merge_customers, undo_merge
from liuke.customers.tests.test_merging import MOBILE, everything, made
from liuke.followups import services as followups

pytestmark = pytest.mark.django_db(transaction=True)


def killed_at(step: str, act: Callable[[], object]) -> None:
    """Let a process of its own act, which dies without warning when it comes to this step."""
    # Otherwise the two would speak through one connection.
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            setattr(merging, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            act()
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


@pytest.mark.parametrize("step", ["_forget", "_settle_mobiles", "_tell", "reindex"])
def test_killed_in_the_middle_of_a_merge_and_of_undoing_it(owner, buys, on_day, step) -> None:
    on_day(date(2026, 6, 1))
    wang, double = made(owner, "王海涛", MOBILE), made(owner, "李娜", "13900139000")
    buys(double, date(2026, 5, 5))
    followups.refresh_contacts([wang.pk, double.pk])
    before = everything()

    def merge() -> CustomerMerge:
        return merge_customers(actor=owner, survivor_id=wang.pk, absorbed_id=double.pk)

    killed_at(step, merge)
    assert everything() == before
    merged = merge()
    after = everything()

    def undo() -> None:
        undo_merge(actor=owner, merge_id=merged.pk)

    back = {"_forget": "_move_back", "_settle_mobiles": "_settle_mobile_again"}
    killed_at(back.get(step, step), undo)
    assert everything() == after
    assert Customer.objects.count() == 1
    undo()
    assert everything() == before
