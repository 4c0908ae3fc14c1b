"""Reading what an address asks of a list, and writing the next address."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from liuke.core.lists.shapes import Filter, Label

PLACE = ("page", "count")


def chosen_value(spec: Filter, query: QueryDict) -> Any:
    if spec.kind in ("range", "date"):
        read = _number if spec.kind == "range" else _date
        pair = read(query.get(f"{spec.param}_from")), read(query.get(f"{spec.param}_to"))
        return None if pair == (None, None) else pair
    value = query.get(spec.param, "").strip()
    if not value or (spec.kind == "choice" and value not in {key for key, _l in spec.choices}):
        return None
    return value


def said(spec: Filter, value: Any) -> Label:
    if isinstance(value, tuple):
        low, high = value
        if high is None:
            return f"≥ {low}"
        return f"≤ {high}" if low is None else f"{low} – {high}"
    return dict(spec.choices).get(value) or spec.says(value)


def without(spec: Filter) -> Mapping[str, None]:
    return dict.fromkeys((spec.param, f"{spec.param}_from", f"{spec.param}_to"))


def address(query: QueryDict, **changes: Any) -> str:
    """The query string with some parameters changed; None removes one."""
    pairs = [
        (key, value)
        for key, values in query.lists()
        if key not in changes and key not in PLACE
        for value in values
    ]
    pairs += [(key, value) for key, value in changes.items() if value is not None]
    return "?" + urlencode(pairs)


def turn(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else None


def _number(text: str | None) -> Decimal | None:
    try:
        number = Decimal((text or "").replace(",", "").strip() or "NaN")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
