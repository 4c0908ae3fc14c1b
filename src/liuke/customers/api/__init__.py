"""Customers over the API: the same queries and services as the screens."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, ModelSchema, Router, Schema, Status

from liuke.accounts.models import User
from liuke.accounts.queries import people_visible_to, viewer_of
from liuke.core.errors import Refused
from liuke.customers import queries, services
from liuke.customers.api.fields import Name
from liuke.customers.api.filters import filtered
from liuke.customers.models import Asset, Child, ContactPoint, Customer, CustomerState
from liuke.customers.queries import fields as known
from liuke.customers.queries.contacts import own_points
from liuke.customers.queries.duplicates import successor
from liuke.customers.rules.contacts import PointKind
from liuke.customers.rules.fields import FieldOf, as_json, from_json

router = Router(tags=["customers"])
MOST = 200


class ContactPointOut(ModelSchema):
    class Meta:
        model = ContactPoint
        fields = [
            "id", "kind", "value", "label", "preferred", "do_not_contact", "last_result",
            "last_result_on",
        ]  # fmt: skip


class AssetOut(ModelSchema):
    class Meta:
        model = Asset
        fields = ["id", "name", "serial", "retired_on"]


class ChildOut(ModelSchema):
    class Meta:
        model = Child
        fields = ["name", "sex", "birth_date"]


class StateOut(ModelSchema):
    class Meta:
        model = CustomerState
        exclude = ["customer"]


class CustomerOut(ModelSchema):
    contact_points: list[ContactPointOut]
    assets: list[AssetOut]
    state: StateOut
    tags: list[str]
    children: list[ChildOut]
    fields: dict[str, Any]

    @staticmethod
    def resolve_tags(customer: Customer) -> list[str]:
        return [tag.name for tag in customer.tags.all()]

    @staticmethod
    def resolve_fields(customer: Customer, context: Any) -> dict[str, Any]:
        """Those that are filled; numbers as text, so that none loses a digit."""
        specs = _specs(context)
        said = known.collected(customer.field_values.all(), specs, [customer.pk])
        return {code: as_json(value) for code, value in said[customer.pk].items()}

    class Meta:
        model = Customer
        exclude = ["name_sort", "created_by"]


class ContactPointIn(Schema):
    kind: PointKind
    value: str = Field(max_length=200)
    preferred: bool = False
    do_not_contact: bool = False
    label: str | None = Field(None, max_length=40)


class ChildIn(Schema):
    name: str = Field("", max_length=40)
    sex: str = ""
    birth_date: date | None = None


class CustomerIn(Schema):
    """Without `owner_id` the customer is yours; null leaves it to the rules of assignment."""

    owner_id: int | None = None
    kind: str = "person"
    name: Name
    code: str = ""
    level: str = ""
    source: str = ""
    note: str = ""
    gender: str = ""
    birth_date: date | None = None
    occupation: str = ""
    industry: str = ""
    size: str = ""
    credit_code: str = ""
    contact_points: list[ContactPointIn] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    children: list[ChildIn] = Field(default_factory=list)
    fields: dict[str, Any] = Field(default_factory=dict)
    anyway: str = Field("", description="Why it is another customer than the one that is known.")


class CustomerChange(Schema):
    """Only the fields given change; `version` is the one that was read.

    `fields` are those of the profile by their code; null empties one.
    """

    version: int
    name: Name | None = None
    code: str | None = None
    level: str | None = None
    source: str | None = None
    note: str | None = None
    gender: str | None = None
    birth_date: date | None = None
    occupation: str | None = None
    industry: str | None = None
    size: str | None = None
    credit_code: str | None = None
    contact_points: list[ContactPointIn] | None = None
    tags: list[str] | None = None
    children: list[ChildIn] | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    anyway: str = ""


class CustomerList(Schema):
    items: list[CustomerOut]
    next_after: int | None


class AssetIn(Schema):
    name: str
    serial: str = ""
    retired_on: date | None = None


@router.get("/customers", response=CustomerList)
def list_customers(
    request: HttpRequest, q: str = "", tag: str = "", after: int = 0, limit: int = 50
) -> dict[str, Any]:
    """Customers in order of their id; pass `next_after` as `after` for the next ones.

    Every filter of the screen works here under the same name, see `/customers/filters`; `tag` is
    a tag's name. A filter or value that does not exist is an error, so that nobody gets everybody.
    """
    limit = max(1, min(limit, MOST))
    viewer = viewer_of(request)
    found = filtered(viewer, request.GET).filter(pk__gt=after).order_by("pk")
    if tag:
        found = found.filter(tags__name__iexact=tag)
    rows = list(_whole(found)[: limit + 1])
    queries.hide_phones(viewer, rows)
    more = len(rows) > limit
    return {"items": rows[:limit], "next_after": rows[limit - 1].pk if more else None}


@router.get("/customers/{pk}", response=CustomerOut)
def get_customer(request: HttpRequest, pk: int) -> Customer:
    """A customer; one that became part of another answers with that one."""
    viewer = viewer_of(request)
    whole = _whole(queries.visible_to(viewer))
    found = whole.filter(pk=pk).first() or get_object_or_404(whole, pk=successor(pk))
    queries.hide_phones(viewer, [found])
    return found


@router.post("/customers", response={201: CustomerOut})
def create_customer(request: HttpRequest, body: CustomerIn) -> Status[Customer]:
    viewer = viewer_of(request)
    apart = {"contact_points", "tags", "children", "fields", "anyway", "owner_id"}
    values = body.model_dump(exclude=apart)
    if "owner_id" in body.model_fields_set:
        values["owner"] = _owner(viewer, body.owner_id)
    created = services.create_customer(
        actor=viewer,
        values=values,
        contact_points=_points(body.contact_points),
        tags=body.tags,
        said=_said(body.fields),
        children=_children(body.children),
        anyway=body.anyway,
    )
    # Whoever records somebody for a colleague may not see them any more, but knows what was sent.
    found = _whole(Customer.objects.all()).get(pk=created.pk)
    queries.hide_phones(viewer, [found])
    return Status(201, found)


@router.patch("/customers/{pk}", response=CustomerOut)
def change_customer(request: HttpRequest, pk: int, body: CustomerChange) -> Customer:
    viewer = viewer_of(request)
    get_object_or_404(queries.visible_to(viewer), pk=pk)
    apart = {"version", "contact_points", "tags", "children", "fields", "anyway"}
    given = body.model_dump(exclude_unset=True, exclude=apart)
    services.update_customer(
        actor=viewer,
        customer_id=pk,
        version=body.version,
        values={name: value for name, value in given.items() if value is not None},
        contact_points=None if body.contact_points is None else _points(body.contact_points),
        tags=body.tags,
        said=_said(body.fields),
        children=None if body.children is None else _children(body.children),
        anyway=body.anyway,
    )
    return _read(viewer, pk)


@router.post("/customers/{pk}/assets", response={201: AssetOut})
def add_asset(request: HttpRequest, pk: int, body: AssetIn) -> Status[Asset]:
    viewer = viewer_of(request)
    get_object_or_404(queries.visible_to(viewer), pk=pk)
    added = services.save_asset(actor=viewer, customer_id=pk, values=body.model_dump())
    return Status(201, added)


def _whole(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    ways = Prefetch("contact_points", own_points())
    return customers.select_related("state").prefetch_related(
        ways, "assets", "tags", "children", "field_values"
    )


def _owner(viewer: User, owner_id: int | None) -> User | None:
    if owner_id is None:
        return None
    found = people_visible_to(viewer).filter(pk=owner_id).first()
    if found is None:
        raise Refused(_("You may not give customers to this person."))
    return found


def _read(viewer: User, pk: int) -> Customer:
    found = _whole(queries.visible_to(viewer)).get(pk=pk)
    queries.hide_phones(viewer, [found])
    return found


def _points(given: list[ContactPointIn]) -> list[services.NewContactPoint]:
    return [services.NewContactPoint(**point.model_dump()) for point in given]


def _children(given: list[ChildIn]) -> list[services.NewChild]:
    return [services.NewChild(**child.model_dump()) for child in given]


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """The values as the rules know them; an unknown code is refused by the service."""
    if not given:
        return {}
    specs = {spec.code: spec for spec in known.fields(archived=True)}
    said = {}
    for code, value in given.items():
        try:
            said[code] = from_json(specs[code], value) if code in specs else value
        except ValidationError as problem:
            raise ValidationError({code: problem.messages}) from None
    return said


def _specs(context: Any) -> list[FieldOf]:
    """The fields, asked for once per answer."""
    request = context["request"]
    if not hasattr(request, "profile_fields"):
        request.profile_fields = known.fields(archived=True)
    found: list[FieldOf] = request.profile_fields
    return found
