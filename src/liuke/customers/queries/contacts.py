"""Reads of the ways to reach customers, with what was agreed about them."""

from collections.abc import Collection, Iterable

from django.db.models import Prefetch, Q, QuerySet

from liuke.customers.models import Consent, ContactPoint
from liuke.customers.rules.contacts import Purpose, Way
from liuke.customers.rules.people import place


def own_points() -> QuerySet[ContactPoint]:
    """The ways to the customers themselves, without those to the people around them."""
    return ContactPoint.objects.filter(person=None)


def with_consents(points: QuerySet[ContactPoint]) -> QuerySet[ContactPoint]:
    """Each with `in_force`, the statements that count today."""
    in_force = Consent.objects.filter(replaced_at=None).order_by("purpose")
    return points.prefetch_related(Prefetch("consents", in_force, to_attr="in_force"))


def points_of(customer_ids: Collection[int]) -> QuerySet[ContactPoint]:
    """Every way that leads to these customers, through people who are still there too."""
    there = Q(person=None) | Q(person__left_on=None)
    rows = ContactPoint.objects.filter(there, customer__in=customer_ids).select_related("person")
    return with_consents(rows).prefetch_related("person__buying_roles")


def closed(point: ContactPoint, purpose: str = Purpose.SERVICE) -> bool:
    """Whether its people do not want to be contacted by it for this."""
    return point.do_not_contact or _said(point, purpose) is False


def ways(points: Iterable[ContactPoint], purpose: str = Purpose.SERVICE) -> list[Way]:
    """The points with consents at hand, as the rule of what to try next takes them."""
    return [
        Way(
            pk=point.pk,
            kind=point.kind,
            preferred=point.preferred,
            closed=closed(point, purpose),
            agreed=_said(point, purpose) is True,
            result=point.last_result,
            on=point.last_result_on,
            person=_place(point),
        )
        for point in points
    ]


def consents_of(point: ContactPoint) -> QuerySet[Consent]:
    """The whole history of one way, latest first."""
    return point.consents.select_related("by").order_by("-on", "-pk")


def _said(point: ContactPoint, purpose: str) -> bool | None:
    statements: Iterable[Consent] = getattr(point, "in_force", ())
    return next((each.given for each in statements if each.purpose == purpose), None)


def _place(point: ContactPoint) -> int:
    if point.person is None:
        return 0
    return place([each.role for each in point.person.buying_roles.all()])
