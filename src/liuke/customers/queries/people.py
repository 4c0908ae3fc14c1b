"""Reads of the people around customers."""

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from liuke.customers.models import ContactPoint, Customer, Person, PersonRole
from liuke.customers.queries.contacts import with_consents


def people_of(customer: Customer) -> QuerySet[Person]:
    """The people around a customer with their roles and ways, those who left last."""
    rows = Person.objects.filter(customer=customer).select_related("known_as")
    points = Prefetch("contact_points", with_consents(ContactPoint.objects.all()))
    there_first = F("left_on").asc(nulls_first=True)
    return rows.prefetch_related("buying_roles", points).order_by(there_first, "pk")


def has_role(role: str) -> Q:
    """The condition on customers that somebody with this buying role is known."""
    known = PersonRole.objects.filter(
        role=role, person__customer=OuterRef("pk"), person__left_on=None
    )
    return Q(Exists(known))
