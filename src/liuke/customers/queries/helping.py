"""Who helps with whom. Few rows: whatever is asked of them is asked by person or by customer."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import F, Q, QuerySet

from liuke.accounts.models import User
from liuke.accounts.queries import people_reaching
from liuke.accounts.rules import HELPERS_MAY, Act
from liuke.core import clock
from liuke.core.scoping import Scope
from liuke.customers.models import Collaborator, Customer
from liuke.customers.rules.helping import in_force


def counts_helping(viewer: User, act: Act) -> bool:
    """Whether helping lets this person do more of this than the scope alone."""
    return act in HELPERS_MAY and viewer.scope_for(act) not in (None, Scope.ALL)


def helped_by(person_id: int) -> QuerySet[Collaborator]:
    """What this person helps with today."""
    return Collaborator.objects.filter(in_force(clock.today()), person=person_id)


def by_help(viewer: User, customer: str) -> Q:
    """The condition on rows of a customer that this person sees it by helping; mostly nobody."""
    if not counts_helping(viewer, Act.SEE):
        return Q(pk__in=[])
    return Q(**{f"{customer}__in": helped_by(viewer.pk).values("customer")})


def helpers_of(customer_id: int) -> QuerySet[Collaborator]:
    """Who helps with a customer today, those first who began first."""
    rows = Collaborator.objects.filter(in_force(clock.today()), customer=customer_id)
    others = rows.exclude(person=F("customer__owner")).filter(person__is_active=True)
    return others.select_related("person", "added_by").order_by("since", "pk")


def helpers_ever(customer_ids: Collection[int]) -> dict[int, list[Collaborator]]:
    """Customer → everybody who ever helped, for one chunk; `helped_on` says on which days."""
    found: dict[int, list[Collaborator]] = defaultdict(list)
    rows = Collaborator.objects.filter(customer__in=customer_ids)
    for row in rows.exclude(person=F("customer__owner")).order_by("pk"):
        found[row.customer_id].append(row)
    return found


def people_seeing(customer: Customer) -> list[User]:
    """The active people who may see a customer, by their scope or by helping, by name."""
    people = people_reaching(customer.owner_id, customer.branch_id)
    known = {each.pk for each in people}
    rows = helpers_of(customer.pk).exclude(person__in=known).select_related("person__role")
    return sorted([*people, *(row.person for row in rows)], key=lambda each: each.name)


def helpers_by_customer(customer_ids: Collection[int]) -> dict[int, set[int]]:
    """Customer → the people who help today, for one chunk."""
    rows = Collaborator.objects.filter(in_force(clock.today()), customer__in=customer_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for customer, person in rows.values_list("customer", "person"):
        found[customer].add(person)
    return found


def could_help(customer: Customer) -> QuerySet[User]:
    """Colleagues who could begin to help with a customer: wherever they work, whoever may talk."""
    helping = Collaborator.objects.filter(customer=customer, ended_at=None).values("person")
    people = User.objects.filter(is_active=True).select_related("role")
    able = [each.pk for each in people if each.may(Act.FOLLOW_UP) and each.pk != customer.owner_id]
    return people.filter(pk__in=able).exclude(pk__in=helping).order_by("name")
