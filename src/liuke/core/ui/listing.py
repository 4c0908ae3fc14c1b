"""What the list partials need from the address of the page."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

# A changed list starts at its first page.
PLACES = {"page", "count", "before", "after"}


def params_of(spec: Any) -> list[str]:
    """The names of the parameters of one filter."""
    if spec.kind in ("range", "date"):
        return [f"{spec.param}_from", f"{spec.param}_to"]
    return [spec.param]


def kept_inputs(query: QueryDict, own: str | Iterable[Any]) -> SafeString:
    """Hidden fields for everything in the address that a form does not set itself."""
    names = {own} if isinstance(own, str) else {name for spec in own for name in params_of(spec)}
    pairs = (
        (name, value)
        for name, values in query.lists()
        if name not in names | PLACES
        for value in values
    )
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


def filter_context(query: QueryDict, spec: Any) -> dict[str, Any]:
    """One filter with what is chosen now."""
    return {
        "filter": spec,
        "id": f"filter-{spec.key}",
        "choices": [(str(value), label) for value, label in spec.choices or ()],
        "chosen": query.getlist(spec.param),
        "low": query.get(f"{spec.param}_from", ""),
        "high": query.get(f"{spec.param}_to", ""),
    }
