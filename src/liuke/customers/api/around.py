"""Ways, people and relations of a customer over the API."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, ModelSchema, Router, Schema, Status
from pydantic import StringConstraints

from liuke.accounts.queries import viewer_of
from liuke.core import clock
from liuke.customers import queries, services
from liuke.customers.models import Consent, ContactPoint, Customer, Person, Relation
from liuke.customers.queries import contacts, people, relations
from liuke.customers.rules.contacts import Given, PointKind, Purpose, next_way
from liuke.customers.rules.people import BuyingRole, Concern, Function
from liuke.customers.rules.relations import Strength

router = Router(tags=["customers"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Id = Annotated[int, Field(lt=2**63)]


class ConsentOut(ModelSchema):
    class Meta:
        model = Consent
        fields = ["purpose", "given", "how", "on", "note", "by", "recorded_at", "replaced_at"]


class PointOut(ModelSchema):
    """A way with the consents in force; `person` is null for the customer's own."""

    consents: list[ConsentOut]

    @staticmethod
    def resolve_consents(point: ContactPoint) -> list[Consent]:
        return list(getattr(point, "in_force", ()))

    class Meta:
        model = ContactPoint
        fields = [
            "id", "person", "kind", "value", "normalised", "label", "preferred", "do_not_contact",
            "last_result", "last_result_on",
        ]  # fmt: skip


class PointIn(Schema):
    kind: PointKind
    value: str = Field(max_length=200)
    label: str = Field("", max_length=40)
    preferred: bool = False
    do_not_contact: bool = False
    person_id: Id | None = None


class PointChange(Schema):
    """Only the fields given change."""

    kind: PointKind | None = None
    value: str | None = Field(None, max_length=200)
    label: str | None = Field(None, max_length=40)
    preferred: bool | None = None
    do_not_contact: bool | None = None


class ConsentIn(Schema):
    purpose: Purpose
    given: bool
    how: Given
    on: date | None = None
    note: str = Field("", max_length=200)


class NextWayOut(Schema):
    """The way to try now, and the one whose failure made it the next."""

    point: Id | None
    after: Id | None


class PersonOut(ModelSchema):
    roles: list[BuyingRole]
    contact_points: list[PointOut]

    @staticmethod
    def resolve_roles(person: Person) -> list[str]:
        return [each.role for each in person.buying_roles.all()]

    class Meta:
        model = Person
        exclude = ["created_at"]


class PersonFields(Schema):
    position: str | None = Field(None, max_length=80)
    function: Function | None = None
    concern: Concern | None = None
    concern_note: str | None = Field(None, max_length=200)
    birth_date: date | None = None
    note: str | None = None
    left_on: date | None = None
    known_as_id: Id | None = None
    roles: list[BuyingRole] | None = None


class PersonIn(PersonFields):
    name: Name


class PersonChange(PersonFields):
    """Only the fields given change."""

    name: Name | None = None


class RelationOut(Schema):
    """A relation from this customer's side: `word` is what the other is to it.

    Out of sight, `other` is null and the name masked.
    """

    id: int
    kind: str
    word: str
    strength: Strength
    note: str
    since: date | None
    other: int | None
    name: str


class RelationIn(Schema):
    """`other_is` says on which side of the kind the other customer stands."""

    other_id: Id
    kind: str = Field(max_length=20)
    other_is: str = Field("first", pattern="^(first|second)$")
    strength: Strength | None = None
    note: str = Field("", max_length=200)
    on: date | None = None


class StrengthIn(Schema):
    strength: Strength
    note: str | None = Field(None, max_length=200)
    on: date | None = None


class RelationKindOut(Schema):
    code: str
    first: str
    second: str
    strength: Strength
    retired: bool


@router.get("/customers/{pk}/points", response=list[PointOut])
def list_points(request: HttpRequest, pk: int) -> Any:
    """Every way that leads to the customer, those of the people around included."""
    customer = _customer(request, pk)
    found = contacts.points_of([pk])
    return queries.shown_points(viewer_of(request), customer, found)


@router.post("/customers/{pk}/points", response={201: PointOut})
def add_point(request: HttpRequest, pk: int, body: PointIn) -> Status[ContactPoint]:
    customer = _customer(request, pk)
    if body.person_id is not None:
        get_object_or_404(Person, pk=body.person_id, customer=customer)
    added = services.save_point(
        actor=viewer_of(request),
        customer_id=pk,
        person_id=body.person_id,
        values=body.model_dump(exclude={"person_id"}),
    )
    return Status(201, _shown(request, customer, added.pk))


@router.patch("/customers/{pk}/points/{point_pk}", response=PointOut)
def change_point(request: HttpRequest, pk: int, point_pk: int, body: PointChange) -> ContactPoint:
    customer = _customer(request, pk)
    _point(customer, point_pk)
    given = body.model_dump(exclude_unset=True)
    services.save_point(
        actor=viewer_of(request),
        customer_id=pk,
        point_id=point_pk,
        values={name: value for name, value in given.items() if value is not None},
    )
    return _shown(request, customer, point_pk)


@router.delete("/customers/{pk}/points/{point_pk}", response={204: None})
def remove_point(request: HttpRequest, pk: int, point_pk: int) -> Status[None]:
    _point(_customer(request, pk), point_pk)
    services.remove_point(actor=viewer_of(request), customer_id=pk, point_id=point_pk)
    return Status(204, None)


@router.get("/customers/{pk}/points/{point_pk}/consents", response=list[ConsentOut])
def list_consents(request: HttpRequest, pk: int, point_pk: int) -> Any:
    """The whole history of consents, latest first."""
    return contacts.consents_of(_point(_customer(request, pk), point_pk))


@router.post("/customers/{pk}/points/{point_pk}/consents", response=list[ConsentOut])
def record_consent(request: HttpRequest, pk: int, point_pk: int, body: ConsentIn) -> Any:
    """Record what they said about one purpose; answers with the history."""
    point = _point(_customer(request, pk), point_pk)
    given = {**body.model_dump(), "on": body.on or clock.today()}
    new = services.NewConsent(point_pk, **given)
    services.record_consents(actor=viewer_of(request), consents=[new])
    return contacts.consents_of(point)


@router.get("/customers/{pk}/next-way", response=NextWayOut)
def next_way_to_reach(
    request: HttpRequest, pk: int, purpose: Purpose = Purpose.SERVICE
) -> dict[str, Any]:
    """Which way to try now, by last results, consents and preference."""
    points = contacts.points_of([_customer(request, pk).pk])
    advice = next_way(contacts.ways(points, purpose), clock.today())
    return {
        "point": advice.way.pk if advice.way else None,
        "after": advice.after.pk if advice.after else None,
    }


@router.get("/customers/{pk}/people", response=list[PersonOut])
def list_people(request: HttpRequest, pk: int) -> Any:
    return _people(request, _customer(request, pk))


@router.post("/customers/{pk}/people", response={201: PersonOut})
def add_person(request: HttpRequest, pk: int, body: PersonIn) -> Status[Person]:
    customer = _customer(request, pk)
    added = services.save_person(actor=viewer_of(request), customer_id=pk, **_person(body))
    return Status(201, _somebody(request, customer, added.pk))


@router.patch("/customers/{pk}/people/{person_pk}", response=PersonOut)
def change_person(request: HttpRequest, pk: int, person_pk: int, body: PersonChange) -> Person:
    customer = _customer(request, pk)
    get_object_or_404(Person, pk=person_pk, customer=customer)
    services.save_person(
        actor=viewer_of(request), customer_id=pk, person_id=person_pk, **_person(body)
    )
    return _somebody(request, customer, person_pk)


@router.delete("/customers/{pk}/people/{person_pk}", response={204: None})
def remove_person(request: HttpRequest, pk: int, person_pk: int) -> Status[None]:
    """For who was recorded by mistake; who left gets a day in `left_on` instead."""
    get_object_or_404(Person, pk=person_pk, customer=_customer(request, pk))
    services.remove_person(actor=viewer_of(request), customer_id=pk, person_id=person_pk)
    return Status(204, None)


@router.get("/customers/{pk}/relations", response=list[RelationOut])
def list_relations(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    return _ties(request, _customer(request, pk))


@router.post("/customers/{pk}/relations", response={201: list[RelationOut]})
def add_relation(request: HttpRequest, pk: int, body: RelationIn) -> Status[list[dict[str, Any]]]:
    """Say what another customer is to this one; answers with all its relations."""
    customer = _customer(request, pk)
    get_object_or_404(queries.visible_to(viewer_of(request)), pk=body.other_id)
    other = body.other_id
    first, second = (other, pk) if body.other_is == "first" else (pk, other)
    strength = body.strength or ""
    new = services.NewRelation(first, second, body.kind, strength, body.note, body.on)
    services.record_relations(actor=viewer_of(request), new=[new])
    return Status(201, _ties(request, customer))


@router.patch("/customers/{pk}/relations/{relation_pk}", response=list[RelationOut])
def change_relation(
    request: HttpRequest, pk: int, relation_pk: int, body: StrengthIn
) -> list[dict[str, Any]]:
    """Say how close the relation is from a day on; answers with all relations."""
    customer = _customer(request, pk)
    _relation(customer, relation_pk)
    services.change_relation(
        actor=viewer_of(request), customer_id=pk, relation_id=relation_pk, **body.model_dump()
    )
    return _ties(request, customer)


@router.delete("/customers/{pk}/relations/{relation_pk}", response={204: None})
def end_relation(request: HttpRequest, pk: int, relation_pk: int) -> Status[None]:
    _relation(_customer(request, pk), relation_pk)
    services.end_relation(actor=viewer_of(request), customer_id=pk, relation_id=relation_pk)
    return Status(204, None)


@router.get("/relations/kinds", response=list[RelationKindOut])
def list_relation_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """The kinds of relation: what the first is to the second, and the second to the first."""
    return [
        {
            "code": kind.code,
            "first": kind.word(first=True),
            "second": kind.word(first=False),
            "strength": kind.strength,
            "retired": kind.retired,
        }
        for kind in relations.kinds()
    ]


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(queries.visible_to(viewer_of(request)), pk=pk)


def _point(customer: Customer, pk: int) -> ContactPoint:
    rows = contacts.with_consents(ContactPoint.objects.all())
    return get_object_or_404(rows, pk=pk, customer=customer)


def _shown(request: HttpRequest, customer: Customer, pk: int) -> ContactPoint:
    return queries.shown_points(viewer_of(request), customer, [_point(customer, pk)])[0]


def _people(request: HttpRequest, customer: Customer) -> list[Person]:
    found = list(people.people_of(customer))
    for person in found:
        queries.shown_points(viewer_of(request), customer, person.contact_points.all())
    return found


def _somebody(request: HttpRequest, customer: Customer, pk: int) -> Person:
    return next(each for each in _people(request, customer) if each.pk == pk)


def _relation(customer: Customer, pk: int) -> Relation:
    return get_object_or_404(relations.of(customer), pk=pk)


def _person(body: PersonFields) -> dict[str, Any]:
    values = body.model_dump(exclude_unset=True, exclude={"roles"})
    empty = {"birth_date", "left_on", "known_as_id"}
    kept = {name: value for name, value in values.items() if value is not None or name in empty}
    if "known_as_id" in kept:
        found = Customer.objects.filter(pk=kept["known_as_id"] or 0).first()
        kept = {**kept, "known_as": found}
        del kept["known_as_id"]
    return {"values": kept, "roles": body.roles}


def _ties(request: HttpRequest, customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "id": tie.relation.pk,
            "kind": tie.relation.kind.code,
            "word": tie.word,
            "strength": tie.relation.strength,
            "note": tie.relation.note,
            "since": tie.since,
            "other": tie.other.pk if tie.other else None,
            "name": tie.name,
        }
        for tie in relations.ties_of(viewer_of(request), customer)
    ]
