"""The fields of the profile and the levels over the API."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from liuke.accounts.queries import viewer_of
from liuke.customers import services
from liuke.customers.models import Level
from liuke.customers.queries import fields as known
from liuke.customers.rules.fields import Choice, FieldOf, For, Type

router = Router(tags=["fields"])

# Blanks alone are no name, here as in the form.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ChoiceOut(Schema):
    code: str
    label: str
    archived: bool

    @staticmethod
    def resolve_label(choice: Choice) -> str:
        return str(choice.label)


class FieldOut(Schema):
    code: str
    label: str
    help: str
    type: Type
    applies: For
    group: str
    weight: int
    open: bool
    low: Decimal | None
    high: Decimal | None
    column: str
    archived: bool
    choices: list[ChoiceOut]

    @staticmethod
    def resolve_label(spec: FieldOf) -> str:
        return str(spec.label)

    @staticmethod
    def resolve_help(spec: FieldOf) -> str:
        return str(spec.help)


class FieldIn(Schema):
    name: Name
    type: Type
    applies: For = For.BOTH
    help: str = ""
    weight: int = Field(1, ge=0, le=10)
    open: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    choices: list[str] = Field(default_factory=list)


class FieldChange(Schema):
    name: Name = ""
    applies: For = For.BOTH
    help: str = ""
    weight: int = Field(1, ge=0, le=10)
    open: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    choices: list[str] | None = None
    archived: bool | None = None


class LevelOut(Schema):
    name: str
    standard: str


class LevelIn(Schema):
    """`before` is the name it had, if it is renamed: its customers come along."""

    name: str = Field(min_length=1, max_length=12)
    standard: str = Field("", max_length=500)
    before: str = ""


@router.get("/fields", response=list[FieldOut])
def list_fields(request: HttpRequest) -> list[FieldOf]:
    """The fields of the profile; those with a column are fields of the customer itself."""
    return known.fields()


@router.post("/fields", response={201: FieldOut})
def create_field(request: HttpRequest, body: FieldIn) -> Status[FieldOf]:
    made = services.create_field(
        actor=viewer_of(request),
        values=body.model_dump(exclude={"choices"}),
        entries=[services.Entry(name) for name in body.choices],
    )
    return Status(201, made)


@router.patch("/fields/{code}", response=FieldOut)
def change_field(request: HttpRequest, code: str, body: FieldChange) -> FieldOf:
    """Only what is given changes. A list is given as a whole; what is left out is archived."""
    given = body.model_dump(exclude_unset=True, exclude={"choices", "archived"})
    listed = None
    if body.choices is not None:
        listed = [services.Entry(name) for name in body.choices]
    return services.change_field(
        actor=viewer_of(request),
        code=code,
        values=given,
        entries=listed,
        archived=body.archived,
    )


@router.get("/levels", response=list[LevelOut])
def list_levels(request: HttpRequest) -> list[Level]:
    """The firm's levels, the best first."""
    return known.levels()


@router.put("/levels", response=list[LevelOut])
def save_levels(request: HttpRequest, body: list[LevelIn]) -> list[Level]:
    """The firm's levels in this order, the best first; one that is left out is archived."""
    wanted = [services.LevelEntry(each.name, each.standard, each.before) for each in body]
    services.save_levels(actor=viewer_of(request), wanted=wanted)
    return known.levels()
