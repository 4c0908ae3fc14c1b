"""What possible duplicates come to: they bought, mean to, or neither."""

from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import Case, Value, When
from django.db.models.fields import CharField
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.customers.models import CustomerMerge, DuplicatePair
from liuke.customers.queries.duplicates import pairs_of
from liuke.customers.rules import Stage

BOUGHT, INTENT, NONE = "bought", "intent", "none"
LONGEST_ID = 18
CLASSES = {
    BOUGHT: _("Bought"),
    INTENT: _("Interested, nothing bought"),
    NONE: _("No interest yet"),
}


def of_class(name: str) -> Q:
    """The condition on pairs: what either of the two did counts for both."""
    bought = Q(first__state__purchase_days__gt=0) | Q(second__state__purchase_days__gt=0)
    means_to = Q(first__state__stage=Stage.INTENT) | Q(second__state__stage=Stage.INTENT)
    return {BOUGHT: bought, INTENT: means_to & ~bought, NONE: ~means_to & ~bought}[name]


def counted(pairs: QuerySet[DuplicatePair]) -> dict[str, int]:
    """How many of these pairs there are of each class."""
    which = Case(
        *(When(of_class(name), then=Value(name)) for name in (BOUGHT, INTENT)),
        default=Value(NONE),
        output_field=CharField(),
    )
    rows = pairs.order_by().annotate(which=which).values_list("which")
    return dict.fromkeys(CLASSES, 0) | dict(rows.annotate(n=Count("pk")).values_list("which", "n"))


def twins(viewer: User, name: str) -> Q:
    """The condition on customers: one of an open pair of this class that the viewer may see."""
    if name not in CLASSES:
        return Q(pk=None)
    pairs = pairs_of(viewer).filter(of_class(name)).order_by()
    return Q(pk__in=pairs.values("first")) | Q(pk__in=pairs.values("second"))


def left_by(value: str) -> Q:
    """The condition on customers: what a run of merges left, written 7 or 7:bought."""
    run, _colon, name = value.partition(":")
    if not run.isdecimal() or len(run) > LONGEST_ID or (name and name not in CLASSES):
        return Q(pk=None)
    merges = CustomerMerge.objects.filter(run=int(run), undone_at=None)
    survivors = Q(pk__in=merges.values("survivor_id"))
    return survivors & _is(name) if name else survivors


def _is(name: str) -> Q:
    bought, means_to = Q(state__purchase_days__gt=0), Q(state__stage=Stage.INTENT)
    return {BOUGHT: bought, INTENT: means_to & ~bought, NONE: ~means_to & ~bought}[name]
