"""The kept monthly table: what every customer adds to it, summed by owner, branch and month."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

import numpy as np
from django.db import connection, transaction
from django.db.models import Count

from liuke.churn.models import Counted, MonthChange
from liuke.churn.rules import months
from liuke.core import bulk
from liuke.customers.models import Customer

CHUNK = 500
PIECE = 20_000
FIELDS = ("owner", "branch", "month", *MonthChange.FIGURES)

Place = tuple[int | None, int | None]
"""Under whose name a customer is counted: owner and branch."""


@transaction.atomic
def recount() -> None:
    """Sum the monthly table again from what is kept of each customer."""
    if connection.vendor == "postgresql":
        # Who already added rows for a customer commits first; who has not yet adds to these sums.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE churn_monthchange IN SHARE ROW EXCLUSIVE MODE")
    MonthChange.objects.all().delete()
    rows = Counted.objects.values_list("owner", "branch", "changes").iterator(PIECE)
    while piece := list(islice(rows, PIECE)):
        _add_changes([((owner, branch), bytes(data), 1) for owner, branch, data in piece])
    fold_changes()


def move_counts(customer_ids: Collection[int]) -> None:
    """Reaction: count these customers under their present owner and branch."""
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        kept = Counted.objects.filter(customer__in=chunk).values_list("pk", "changes")
        count(chunk, {pk: bytes(data) for pk, data in kept})


@transaction.atomic
def fold_changes() -> None:
    """Tick: put rows of the same owner, branch and month together, and leave out empty ones."""
    scattered = MonthChange.objects.values("owner", "branch", "month").annotate(n=Count("pk"))
    for owner, branch in sorted(
        set(scattered.filter(n__gt=1).values_list("owner", "branch")), key=str
    ):
        sums: dict[int, list[int]] = {}
        rows = MonthChange.objects.filter(owner=owner, branch=branch)
        found = list(rows.values_list("pk", "month", *MonthChange.FIGURES))
        for _pk, month, *values in found:
            known = sums.setdefault(month, [0] * len(values))
            sums[month] = [one + other for one, other in zip(known, values, strict=True)]
        # By number: what somebody adds meanwhile stays.
        for start in range(0, len(found), CHUNK):
            ids = [row[0] for row in found[start : start + CHUNK]]
            MonthChange.objects.filter(pk__in=ids).delete()
        kept = ([owner, branch, month, *values] for month, values in sums.items() if any(values))
        bulk.insert(MonthChange, FIELDS, kept)


def count(ids: Sequence[int], wanted: Mapping[int, bytes]) -> None:
    """Let these customers add to the monthly table what is wanted, and no longer what they did."""
    places: dict[int, Place] = {
        pk: (owner, branch)
        for pk, owner, branch in Customer.objects.filter(pk__in=wanted).values_list(
            "pk", "owner", "branch"
        )
    }
    kept = {
        row.pk: ((row.owner_id, row.branch_id), bytes(row.changes))
        for row in Counted.objects.filter(customer__in=ids)
    }
    meant = {pk: (places[pk], data) for pk, data in wanted.items()}
    gone = {pk: row for pk, row in kept.items() if row != meant.get(pk)}
    added = {pk: row for pk, row in meant.items() if row != kept.get(pk)}
    if gone:
        Counted.objects.filter(customer__in=gone).delete()
    fields = ("customer", "owner", "branch", "changes")
    bulk.insert(Counted, fields, ([pk, *place, data] for pk, (place, data) in added.items()))
    _add_changes([(*row, -1) for row in gone.values()] + [(*row, 1) for row in added.values()])


def _add_changes(rows: Sequence[tuple[Place, bytes, int]]) -> None:
    places = {place: number for number, place in enumerate(dict.fromkeys(row[0] for row in rows))}
    number_of = np.array([places[place] for place, _data, _sign in rows], np.int64)
    sign_of = np.array([sign for _place, _data, sign in rows], np.int64)
    found = months.read({number: data for number, (_place, data, _sign) in enumerate(rows)})
    keys = np.stack([number_of[found.who], found.month], axis=1).reshape(-1, 2)
    cells, cell = np.unique(keys, axis=0, return_inverse=True)
    sums = np.zeros((len(cells), len(MonthChange.FIGURES)), np.int64)
    np.add.at(sums, (cell.reshape(-1), found.figure), found.by * sign_of[found.who])
    named = list(places)
    table = zip(cells.tolist(), sums.tolist(), strict=True)
    bulk.insert(
        MonthChange,
        FIELDS,
        ((*named[number], month, *values) for (number, month), values in table if any(values)),
    )
