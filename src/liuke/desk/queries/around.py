"""Ways to reach a customer, people around it and relations, as the screens show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liuke.accounts.models import User
from liuke.customers.models import Consent, ContactPoint, Customer, Person
from liuke.customers.queries import contacts, people, relations, shown_points, visible_to
from liuke.customers.rules.contacts import PointKind, Result, Way, next_way, to_try

ICONS = {
    PointKind.EMAIL: "mail",
    PointKind.WECHAT: "brand-wechat",
    PointKind.WECOM: "brand-wechat",
    PointKind.SMS: "message",
    PointKind.QQ: "message-circle",
    PointKind.SOCIAL: "at",
    PointKind.BLOG: "world",
    PointKind.ADDRESS: "map-pin",
    PointKind.OTHER: "address-book",
}
MEANS = {Result.REACHED: "safe", Result.NOT_REACHED: "risk", Result.WRONG: "lost"}


@dataclass(frozen=True, slots=True)
class ShownWay:
    """One way with what is said of it; `dial` is what a telephone rings, if it may."""

    point: ContactPoint
    icon: str
    mean: str
    dial: str
    consents: Sequence[Consent]


@dataclass(frozen=True, slots=True)
class Reach:
    """How a customer is reached: all ways, and after a failure the one to try next.

    `instead` is None when nothing failed, or when no way is left; `failed` tells the two apart.
    """

    ways: Sequence[ShownWay]
    first: ContactPoint | None
    instead: ContactPoint | None
    failed: ContactPoint | None

    @property
    def own(self) -> list[ShownWay]:
        """Those to the customer, without the people around."""
        return [way for way in self.ways if way.point.person_id is None]


@dataclass(frozen=True, slots=True)
class Around:
    reach: Reach
    people: Sequence[tuple[Person, Sequence[ShownWay]]]
    ties: Sequence[relations.Tie]
    # Customers that people around are themselves, as far as the viewer may open them.
    seen: frozenset[int]


def reach(viewer: User, customer: Customer, today: date) -> Reach:
    """Every way to a customer, the one to use first at the top."""
    read = shown_points(viewer, customer, contacts.points_of([customer.pk]))
    points = {point.pk: point for point in read}
    ways = contacts.ways(points.values())
    places = {way.pk: place for place, way in enumerate(to_try(ways, today))}
    shown = [_shown(points[way.pk], way) for way in ways]
    shown.sort(key=lambda each: (places.get(each.point.pk, len(places)), each.point.pk))
    advice = next_way(ways, today)
    first = points[advice.way.pk] if advice.way else None
    failed = points[advice.after.pk] if advice.after else None
    # What has not been tried since, or what rested longest: the failed one itself is no advice.
    instead = first if failed is not None and first is not failed else None
    return Reach(shown, first, instead, failed)


def around(viewer: User, customer: Customer, today: date) -> Around:
    """Ways, people and relations of one customer."""
    found = [
        (person, [_shown(point, way) for point, way in _with_ways(viewer, customer, person)])
        for person in people.people_of(customer)
    ]
    known = {person.known_as_id for person, _ways in found if person.known_as_id}
    seen = visible_to(viewer).filter(pk__in=known).values_list("pk", flat=True) if known else ()
    ties = relations.ties_of(viewer, customer)
    return Around(reach(viewer, customer, today), found, ties, frozenset(seen))


def _with_ways(viewer: User, customer: Customer, person: Person) -> list[tuple[ContactPoint, Way]]:
    points = shown_points(viewer, customer, person.contact_points.all())
    for point in points:
        # They come with the person, whose roles are at hand.
        point.person = person
    return list(zip(points, contacts.ways(points), strict=True))


def _shown(point: ContactPoint, way: Way) -> ShownWay:
    kind = PointKind(point.kind)
    wrong = point.last_result == Result.WRONG
    dial = point.normalised if kind not in ICONS and not way.closed and not wrong else ""
    mean = MEANS[Result(point.last_result)] if point.last_result else ""
    return ShownWay(point, ICONS.get(kind, "phone"), mean, dial, getattr(point, "in_force", ()))
