"""What surrounds every screen: the rail, the "new" menu, the demo's sign-ins."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.site import demo


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    url: str
    icon: str
    key: str = ""
    current: bool = False
    count: int | None = None


# Label, url name, icon, key after g, the paths where it is current, and who needs it.
RAIL: list[list[tuple[Any, str, str, str, tuple[str, ...], Act | None]]] = [
    [
        (_("Today"), "today", "calendar-check", "t", ("/today/",), None),
        (
            _("Customers"),
            "customers",
            "users",
            "c",
            ("/customers/", "/orders/", "/search/", "/pool/"),
            None,
        ),
        (_("Churn"), "churn", "door-exit", "l", ("/churn/",), None),
    ],
    [
        (_("Conflicts"), "conflicts", "scale", "k", ("/conflicts/",), None),
        (_("Shares"), "shares", "chart-pie", "h", ("/shares/",), None),
        (_("Handover"), "handover", "users-minus", "o", ("/handover/",), Act.HAND_OVER),
        (_("Import"), "import-list", "database-import", "i", ("/import/",), Act.IMPORT),
        (_("Exports"), "exports", "download", "e", ("/exports/",), Act.EXPORT),
        (_("Journal"), "journal", "history", "j", ("/journal/",), Act.SEE_JOURNAL),
        (_("Settings"), "churn-rules", "settings", "s", ("/settings/",), None),
    ],
]


SETTINGS: list[tuple[Any, str, str, str, Act | None]] = [
    (_("Churn rules"), "churn-rules", "door-exit", "/settings/churn/", None),
    (_("Contact rhythm"), "cadences", "phone", "/settings/contacts/", None),
    (_("Pools"), "pool-settings", "users-group", "/settings/pools/", None),
    (_("Working together"), "conflict-terms", "scale", "/settings/together/", None),
    (_("Assignment"), "assignment", "route", "/settings/assignment/", None),
    (_("Fields"), "fields", "list-details", "/settings/fields/", None),
    (_("Customer levels"), "levels", "star", "/settings/levels/", None),
    (_("Relations"), "relation-kinds", "affiliate", "/settings/relations/", None),
    (_("People"), "users", "users", "/settings/people/", Act.MANAGE_USERS),
    (_("Roles"), "roles", "shield-check", "/settings/roles/", Act.MANAGE_USERS),
]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: only what the person's role may use is there."""
    viewer = getattr(request, "user", None)
    if not isinstance(viewer, User):
        return {"demo_signins": demo.sign_ins()}
    nav = [
        [
            Entry(label, reverse(name), icon, key, request.path.startswith(paths))
            for label, name, icon, key, paths, act in group
            if act is None or viewer.may(act)
        ]
        for group in RAIL
    ]
    new = []
    if viewer.may(Act.EDIT_CUSTOMERS):
        new.append(Entry(_("New customer"), reverse("customer-new"), "user-plus"))
    if viewer.may(Act.IMPORT):
        new.append(Entry(_("Import a file"), reverse("import-new"), "upload"))
    settings_nav = [
        Entry(label, reverse(name), icon, current=request.path.startswith(path))
        for label, name, icon, path, act in SETTINGS
        if act is None or viewer.may(act)
    ]
    return {
        "nav": nav,
        "new_items": new,
        "settings_nav": settings_nav,
        "search_query": request.GET.get("q", ""),
    }
