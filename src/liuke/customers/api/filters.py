"""The filters of the customers screen over the API: the same declaration, the same answers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from ninja import Router, Schema

from liuke.accounts.models import User
from liuke.accounts.queries import viewer_of
from liuke.core.lists import Filter, ListOf
from liuke.customers.models import Customer
from liuke.customers.queries import find, visible_to
from liuke.exports.queries import sources

router = Router(tags=["customers"])
OWN = {"q", "tag", "after", "limit"}
RANGES = {"range", "date"}


class ChoiceOut(Schema):
    value: str
    label: str


class FilterOut(Schema):
    """With kind range or date the parameters are `key_from` and `key_to`."""

    key: str
    label: str
    kind: str
    parameters: list[str]
    choices: list[ChoiceOut]


@router.get("/customers/filters", response=list[FilterOut])
def list_filters(request: HttpRequest) -> list[dict[str, Any]]:
    """What `/customers` can be narrowed by: own fields, clocks, sums, people and all."""
    return [
        {
            "key": spec.key,
            "label": str(spec.label),
            "kind": spec.kind,
            "parameters": _parameters(spec),
            "choices": [{"value": value, "label": str(word)} for value, word in spec.choices],
        }
        for spec in _declared(viewer_of(request)).filters
        if spec.listed and spec.key not in OWN
    ]


def filtered(viewer: User, asked: QueryDict) -> QuerySet[Customer]:
    """The customers within sight that an address asks for; raises ValidationError for nonsense."""
    if not set(asked) - OWN:
        return find(viewer, asked.get("q", ""))
    declared = _declared(viewer)
    query = asked.copy()
    for name in OWN - {"q"}:
        query.pop(name, None)
    known = {name: spec for spec in declared.filters for name in _parameters(spec)}
    understood = declared.asked(query)
    for name in query:
        if name == "q":
            continue
        spec = known.get(name)
        if spec is None:
            raise ValidationError({name: _("There is no such filter.")})
        if query.get(name, "").strip() and not _read(spec, name, understood):
            raise ValidationError({name: _("This is not a value of this filter.")})
    return declared.narrow(visible_to(viewer), query)


def _declared(viewer: User) -> ListOf[Customer]:
    return sources()["customers"].declared(viewer)


def _parameters(spec: Filter) -> list[str]:
    if spec.kind in RANGES:
        return [f"{spec.param}_from", f"{spec.param}_to"]
    return [spec.param]


def _read(spec: Filter, name: str, understood: dict[str, Any]) -> bool:
    """Whether the value of this parameter was understood."""
    value = understood.get(spec.key)
    if spec.kind in RANGES:
        return value is not None and value[name.endswith("_to")] is not None
    return value is not None
