"""Two customers become one, and are parted again as if nothing had been.

Who is absorbed leaves no row behind: lists, counts and totals need not know that there are
merges. What depended on it is found by its foreign keys (`dependents`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ForeignKey, Model, Q, QuerySet
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.accounts.services import require
from liuke.core import clock, journal, search, text
from liuke.core.announce import announce
from liuke.core.errors import Refused
from liuke.core.journal import Change
from liuke.customers import queries
from liuke.customers.models import (
    Customer,
    CustomerMerge,
    CustomerState,
    DuplicatePair,
    FormerCustomer,
    MergeRun,
    PrimaryMobile,
)
from liuke.customers.queries import duplicates as known
from liuke.customers.rules import survivors
from liuke.customers.services import duplicates
from liuke.customers.services.completeness import settle_completeness
from liuke.customers.services.dependents import (
    Colliding,
    Images,
    Log,
    Values,
    drop_rows,
    images_of,
    insert_rows,
    instance_of,
    label_of,
    move_colliding,
    plain_row,
    relations,
    restore_rows,
    rule_of,
    undo_log,
)
from liuke.customers.services.finding import reindex
from liuke.customers.services.locking import lock
from liuke.facts import CustomersMerged

CHUNK = 500
# What nobody else may have.
UNIQUE = ("code", "credit_code")


@transaction.atomic
def merge_customers(
    *,
    actor: User | None,
    survivor_id: int,
    absorbed_id: int,
    chosen: Mapping[str, str] | None = None,
    run: MergeRun | None = None,
) -> CustomerMerge:
    """Let one customer become part of another, with everything that depends on it.

    `chosen` says for a field whose value survives ("survivor" or "absorbed"); for the others
    `rules.survivors` decides.
    """
    require(actor, Act.MERGE)
    both = (survivor_id, absorbed_id)
    _lock_both(actor, both)
    survivor, absorbed = (Customer.objects.get(pk=pk) for pk in both)
    merge = CustomerMerge(
        survivor_id=survivor_id, absorbed_id=absorbed_id, survivor_name=survivor.name,
        absorbed_name=absorbed.name, by=actor, run=run,
    )  # fmt: skip
    before = images_of(both)
    log: Log = []
    merge.moved = _move_all(survivor_id, absorbed_id, log)
    _take_values(survivor, absorbed, chosen or {})
    _move_pairs(survivor_id, absorbed_id)
    _settle_mobiles(survivor_id, absorbed_id)
    announce(CustomersMerged(both))
    settle_completeness([survivor_id])
    _forget(absorbed_id)
    after = images_of(both)
    merge.images = {"before": before, "after": after, "hanging": log}
    merge.save()
    FormerCustomer.objects.create(
        id=absorbed_id, customer=survivor, name=absorbed.name, merge=merge,
        **{name: before[label_of(Customer)][str(absorbed_id)][name] for name in UNIQUE},
    )  # fmt: skip
    search.remove(queries.SEARCH_KIND, [absorbed_id])
    reindex([survivor_id])
    _tell(actor, "customer.merged", merge, _changed(before, after, survivor_id))
    return merge


@dataclass(frozen=True, slots=True)
class Parted:
    """What undoing a merge came to: the customer that is back, and what somebody changed since
    and therefore stays as it is."""

    customer_id: int
    left: Sequence[str]


@transaction.atomic
def undo_merge(*, actor: User | None, merge_id: int) -> Parted:
    """Part two customers again: everything back as it was, except what somebody changed since."""
    require(actor, Act.MERGE)
    merge = CustomerMerge.objects.select_for_update().get(pk=merge_id)
    if merge.undone_at is not None:
        raise Refused(_("This merge is undone already. Reload the page."))
    if not merge.images:
        raise Refused(_("The person was erased, so there is nothing to part again."))
    later = FormerCustomer.objects.filter(pk=merge.survivor_id).select_related("customer").first()
    if later is not None:
        raise Refused(
            _("%(name)s was merged into %(other)s afterwards. Undo that merge first.")
            % {"name": merge.survivor_name, "other": later.customer.name}
        )
    lock([merge.survivor_id], actor, Act.MERGE)
    before, after = merge.images["before"], merge.images["after"]
    left = _give_back_values(merge, before, after)
    insert_rows(Customer, [before[label_of(Customer)][str(merge.absorbed_id)]])
    FormerCustomer.objects.filter(pk=merge.absorbed_id).delete()
    _move_back(merge)
    left += restore_rows(before, after, [merge.survivor_id, merge.absorbed_id])
    if changed := undo_log(merge.images["hanging"]):
        left.append(_("details of these (%(n)d)") % {"n": changed})
    _settle_mobile_again(merge.absorbed_id)
    announce(CustomersMerged((merge.survivor_id, merge.absorbed_id)))
    settle_completeness(_weighed_otherwise(before))
    reindex([merge.survivor_id, merge.absorbed_id])
    merge.undone_at, merge.undone_by = clock.now(), actor
    merge.save(update_fields=["undone_at", "undone_by"])
    _tell(actor, "customer.parted", merge, ({}, {"left": left} if left else {}))
    return Parted(merge.absorbed_id, left)


def merges_with(customer_ids: Collection[int]) -> QuerySet[CustomerMerge]:
    """Merges of which one of these was a part, undone or not."""
    return CustomerMerge.objects.filter(
        Q(survivor_id__in=customer_ids) | Q(absorbed_id__in=customer_ids)
    )


def forget_images(customer_ids: Collection[int], name: str) -> None:
    """What merges kept of an erased person goes for good, and with it the way back."""
    merges = merges_with(customer_ids)
    merges.update(moved={}, images={})
    merges.filter(survivor_id__in=customer_ids).update(survivor_name=name)
    merges.filter(absorbed_id__in=customer_ids).update(absorbed_name=name)


def forget_rows(customer_ids: Collection[int], rows: Mapping[str, Collection[str]]) -> None:
    """Rows of an erased person (by table) go from what merges of others kept."""

    def gone(label: str, key: Any) -> bool:
        return str(key) in rows.get(label, ())

    for merge in merges_with(customer_ids).exclude(images={}):
        for when in ("before", "after"):
            for label, table in merge.images[when].items():
                kept = {key: row for key, row in table.items() if not gone(label, key)}
                merge.images[when][label] = kept
        merge.images["hanging"] = [
            each
            for each in merge.images["hanging"]
            if not gone(each[1], each[2]["id"] if each[0] == "row" else each[2])
        ]
        merge.save(update_fields=["images"])


def _lock_both(actor: User | None, both: tuple[int, int]) -> None:
    if both[0] == both[1]:
        raise Refused(_("A customer cannot be merged with itself."))
    try:
        lock(both, actor, Act.MERGE)
    except Refused:
        merges = CustomerMerge.objects.filter(absorbed_id__in=both, undone_at=None)
        merge = merges.select_related("by").order_by("-pk").first()
        if merge is None:
            raise
        raise Refused(
            _("%(who)s has merged %(name)s into %(other)s already.")
            % {
                "who": merge.by.name if merge.by else "Liuke",
                "name": merge.absorbed_name,
                "other": merge.survivor_name,
            }
        ) from None


# Moving rows to the survivor.


def _move_all(survivor_id: int, absorbed_id: int, log: Log) -> dict[str, list[Any]]:
    moved: dict[str, list[Any]] = {}
    for model, name in relations():
        rule = rule_of(model, name)
        rows = model._base_manager.filter(**{name: absorbed_id})
        if isinstance(rule, Colliding):
            move_colliding(model, name, survivor_id, absorbed_id, log)
        elif rule is None:
            keys = list(rows.order_by("pk").values_list("pk", flat=True))
            if keys:
                rows.update(**{name: survivor_id})
                moved[f"{label_of(model)}.{name}"] = keys
    return moved


def _take_values(survivor: Customer, absorbed: Customer, chosen: Mapping[str, str]) -> None:
    mine, theirs = _values(survivor), _values(absorbed)
    # For a moment both would have the same number.
    Customer.objects.filter(pk=absorbed.pk).update(code="", credit_code="")
    newest = survivor if survivor.created_at >= absorbed.created_at else absorbed
    for name, value in survivors(
        mine, theirs, chosen, newest_is_absorbed=newest is absorbed
    ).items():
        setattr(survivor, name, value)
    survivor.name_sort = text.sort_key(survivor.name)
    survivor.version += 1
    survivor.save()


def _values(customer: Customer) -> Values:
    """The fields of the file that people fill, also those that join later."""
    return {
        each.attname: getattr(customer, each.attname)
        for each in Customer._meta.concrete_fields
        if each.editable and each.name not in ("id", "kind")
    }


def _move_pairs(survivor_id: int, absorbed_id: int) -> None:
    """What was found and decided about the absorbed one and others holds for the survivor."""
    pairs = DuplicatePair.objects.filter(Q(first=absorbed_id) | Q(second=absorbed_id))
    for pair in pairs.order_by("pk"):
        other = pair.second_id if pair.first_id == absorbed_id else pair.first_id
        standing = None
        if other != survivor_id:
            between = known.pair_between(survivor_id, other)
            standing = DuplicatePair.objects.filter(between).first()
            if standing is None:
                pair.first_id, pair.second_id = sorted((survivor_id, other))
                pair.save(update_fields=["first", "second"])
                continue
            if pair.verdict and not standing.verdict:
                for name in ("verdict", "reason", "decided_by", "decided_at"):
                    setattr(standing, name, getattr(pair, name))
                standing.save()
        shared = PrimaryMobile.objects.filter(decision=pair)
        shared.update(decision=standing, contested=standing is None)
        pair.delete()


def _settle_mobiles(survivor_id: int, absorbed_id: int) -> None:
    both = [survivor_id, absorbed_id]
    numbers = list(PrimaryMobile.objects.filter(pk__in=both).values_list("number", flat=True))
    drop_rows(PrimaryMobile, Q(pk__in=both))
    _settle_mobile_again(survivor_id)
    duplicates.pass_on(numbers)


def _settle_mobile_again(customer_id: int) -> None:
    """Hold the mobile if nobody else does; else it is contested, for people to decide."""
    number = known.main_mobiles([customer_id]).get(customer_id)
    if number and not PrimaryMobile.objects.filter(pk=customer_id).exists():
        duplicates.hold_mobiles({customer_id: number})


def _forget(absorbed_id: int) -> None:
    """The row itself, and what was worked out of it; a record left behind would be refused."""
    for model, name in relations():
        if rule_of(model, name) is not None:
            drop_rows(model, Q(**{name: absorbed_id}))
    drop_rows(Customer, Q(pk=absorbed_id))


def _changed(before: Images, after: Images, customer_id: int) -> tuple[Values, Values]:
    label, key = label_of(Customer), str(customer_id)
    return journal.difference(before[label][key], after[label][key])


# And back.


def _give_back_values(merge: CustomerMerge, before: Images, after: Images) -> list[str]:
    """The survivor's fields as they were; a field that somebody changed since stays."""
    survivor = Customer.objects.get(pk=merge.survivor_id)
    label, key = label_of(Customer), str(merge.survivor_id)
    now = plain_row(
        Customer,
        {each.attname: getattr(survivor, each.attname) for each in Customer._meta.concrete_fields},
    )
    old, new = journal.difference(before[label][key], after[label][key])
    left = []
    meant = instance_of(Customer, before[label][key])
    for name in sorted(set(old) - {"version"}):
        if now[name] == new[name]:
            setattr(survivor, name, getattr(meant, name))
        else:
            left.append(_("%(field)s of %(name)s") % {"field": _named(name), "name": survivor.name})
    survivor.version += 1
    survivor.save()
    absorbed = before[label][str(merge.absorbed_id)]
    for name in UNIQUE:
        taken = (
            Customer.objects.filter(**{name: absorbed[name]}).first() if absorbed[name] else None
        )
        if taken is not None:
            raise Refused(
                _("%(name)s has %(field)s %(value)s now. Change that first, then undo the merge.")
                % {"name": taken.name, "field": _named(name), "value": absorbed[name]}
            )
    return left


def _weighed_otherwise(before: Images) -> list[int]:
    """Those of both whose completeness is not what it was: somebody worked with them since."""
    was = {int(pk): row["completeness"] for pk, row in before[label_of(CustomerState)].items()}
    rows = CustomerState.objects.filter(pk__in=was).values_list("pk", "completeness")
    return [pk for pk, percent in rows if percent != was[pk]]


def _named(attribute: str) -> str:
    names = {each.attname: each.name for each in Customer._meta.concrete_fields}
    return queries.field_label(names[attribute])


def _move_back(merge: CustomerMerge) -> None:
    for model, name in relations():
        keys = merge.moved.get(f"{label_of(model)}.{name}", [])
        for start in range(0, len(keys), CHUNK):
            rows = model._base_manager.filter(
                pk__in=keys[start : start + CHUNK], **{name: merge.survivor_id}
            )
            rows.update(**{name: merge.absorbed_id})
        _follow(merge, model, name)


def _follow(merge: CustomerMerge, model: type[Model], name: str) -> None:
    """A record made since the merge goes along with the thing it is about (an order of a car)."""
    for each in model._meta.concrete_fields:
        if not isinstance(each, ForeignKey):
            continue
        for label, keys in merge.moved.items():
            if label.rpartition(".")[0] != label_of(each.remote_field.model):
                continue
            for start in range(0, len(keys), CHUNK):
                rows = model._base_manager.filter(
                    **{name: merge.survivor_id, f"{each.name}__in": keys[start : start + CHUNK]}
                )
                rows.update(**{name: merge.absorbed_id})


def _tell(
    actor: User | None, verb: str, merge: CustomerMerge, values: tuple[Values, Values]
) -> None:
    old, new = values
    names = {"survivor": merge.survivor_name, "absorbed": merge.absorbed_name}
    ids: Collection[int] = (merge.survivor_id, merge.absorbed_id)
    journal.record(
        actor,
        verb,
        [
            Change(
                merge,
                pk,
                before=old if pk == merge.survivor_id else {},
                after={**(new if pk == merge.survivor_id else {}), **names},
            )
            for pk in ids
        ],
    )
