"""The whole file against itself: pairs for people, and decisions that stay."""

import pytest

from liuke.customers.models import DuplicatePair
from liuke.customers.services import NewContactPoint, NewCustomer, decide_pair, record_customers
from liuke.customers.services.searching import find_duplicates

pytestmark = pytest.mark.django_db


def test_pairs_are_found_with_reasons_and_decisions_stay(owner) -> None:
    def new(name: str, mobile: str) -> NewCustomer:
        points = [NewContactPoint("phone", "021-58881234"), NewContactPoint("mobile", mobile)]
        return NewCustomer({"name": name}, points)

    rows = [
        new("王海涛", "13800136027"),
        new("王海濤先生", "+86 138 0013 6027"),
        new("李娜", "13900139000"),
        new("赵敏", "13700137000"),
    ]
    wang, double, *_others = record_customers(actor=owner, new=rows, origin="file")
    DuplicatePair.objects.all().delete()
    assert find_duplicates() == 1
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.source) == (wang, double, "search")
    assert pair.probability > 0.9
    assert pair.reasons == [["name", "same"], ["mobile", "same"]]
    decide_pair(actor=owner, pair_id=pair.pk, verdict="distinct")
    assert find_duplicates() == 1
    assert DuplicatePair.objects.get().verdict == "distinct"


def test_an_empty_file_has_no_duplicates(db) -> None:
    assert find_duplicates() == 0
