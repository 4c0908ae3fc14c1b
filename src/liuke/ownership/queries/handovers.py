"""Who hands over to whom, and what was handed over."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from liuke.accounts.models import Unit, User
from liuke.accounts.queries import people_visible_to, reach_of
from liuke.accounts.rules import Act
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to, within
from liuke.ownership.models import HandedCustomer, Handover
from liuke.ownership.queries import assigning
from liuke.ownership.rules import Portion, Seat, Way, spread

NEW_FOR = timedelta(days=30)


def owners_in_reach(viewer: User) -> QuerySet[User]:
    """Everybody whose customers one may hand over, those who have left as well."""
    reach = reach_of(viewer, Act.HAND_OVER)
    people = User.objects.filter(pk__in=Customer.objects.values("owner"))
    return people if reach.everything else people.filter(pk__in=reach.user_ids)


def owners_with_counts(viewer: User) -> list[tuple[User, int]]:
    """The people whose customers can be handed over, those who have left first."""
    counts = _owned(None)
    people = owners_in_reach(viewer).order_by("is_active", "name")
    return [(person, counts.get(person.pk, 0)) for person in people]


def receivers_for(viewer: User, leaver: User) -> list[User]:
    """Active colleagues within sight who work with customers."""
    people = people_visible_to(viewer).exclude(pk=leaver.pk).select_related("unit__parent")
    return [each for each in people if each.may(Act.FOLLOW_UP)]


def portions(
    viewer: User, leaver: User, levels: Collection[str] = (), stages: Collection[str] = ()
) -> list[Portion]:
    """The customers to be given away; no level or stage means all of them."""
    rows = within(viewer, Act.HAND_OVER).filter(owner=leaver, state__isnull=False)
    if levels:
        rows = rows.filter(level__in=["" if each == "none" else each for each in levels])
    if stages:
        rows = rows.filter(state__stage__in=stages)
    values = rows.order_by("pk").values_list("pk", "state__value_year", "level", "branch")
    return [Portion(*row) for row in values]


def planned(portions: Sequence[Portion], people: Sequence[User], way: str) -> dict[int, int]:
    """Customer → who takes over."""
    given: dict[int, int] = {}
    if way == Way.RULES:
        given = assigning.by_rules([each.pk for each in portions], people)
        portions, way = [each for each in portions if each.pk not in given], Way.EVENLY
    return given | spread(portions, seats(people), way)


def seats(people: Iterable[User]) -> list[Seat]:
    """These people with how many customers each has, and where they work."""
    found = list(people)
    counts = _owned([person.pk for person in found])
    return [Seat(each.pk, counts.get(each.pk, 0), _branch_of(each.unit)) for each in found]


def handovers_visible_to(viewer: User) -> QuerySet[Handover]:
    """Those of people within sight for who may hand over; for the others what came to them."""
    rows = Handover.objects.select_related("leaver", "by").annotate(customers=Count("handed"))
    if viewer.may(Act.HAND_OVER):
        reach = reach_of(viewer, Act.HAND_OVER)
        return rows if reach.everything else rows.filter(leaver__in=reach.user_ids)
    mine = HandedCustomer.objects.filter(receiver=viewer)
    return rows.filter(pk__in=mine.values("handover"))


def handed_lately(viewer: User, today: date) -> QuerySet[Handover]:
    """What came to this person within the last weeks."""
    since = clock.start_of(today - NEW_FOR)
    rows = Handover.objects.filter(handed__receiver=viewer, at__gte=since)
    return rows.select_related("leaver").annotate(customers=Count("handed"))


def handed(viewer: User, handover: Handover) -> QuerySet[HandedCustomer]:
    """The customers of a handover that this person may see; whoever took over sees their own."""
    rows = HandedCustomer.objects.filter(
        handover=handover, customer__in=visible_to(viewer).values("pk")
    )
    if not viewer.may(Act.HAND_OVER):
        rows = rows.filter(receiver=viewer)
    return rows.select_related("customer__state", "receiver").order_by(
        "receiver__name", "receiver", "-value_year", "pk"
    )


def _owned(people: Sequence[int] | None) -> dict[int, int]:
    rows = Customer.objects.filter(owner__isnull=False)
    if people is not None:
        rows = rows.filter(owner__in=people)
    counted = rows.order_by().values_list("owner").annotate(n=Count("pk"))
    return {pk: n for pk, n in counted.values_list("owner", "n") if pk is not None}


def _branch_of(unit: Unit | None) -> int | None:
    while unit is not None and unit.kind == Unit.Kind.TEAM:
        unit = unit.parent
    return unit.pk if unit is not None and unit.kind == Unit.Kind.BRANCH else None
