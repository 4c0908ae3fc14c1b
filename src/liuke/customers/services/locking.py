"""Who writes waits for those who write about the same customers, and asks whether it may."""

from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liuke.accounts.models import User
from liuke.accounts.rules import HELPERS_MAY, Act
from liuke.core.errors import Refused
from liuke.customers import queries
from liuke.customers.models import Customer

CHUNK = 500


def lock(customer_ids: Collection[int], viewer: User | None = None, act: Act = Act.SEE) -> None:
    """Lock these customers in key order, so that two writers never wait for each other.

    Whom the viewer may not see does not exist; None stands for the system, which sees everybody.
    Raises PermissionDenied where the viewer sees them all and may not do this with each.
    """
    # Whom one only helps with is found for what helpers may.
    seen = queries.visible_to if act in HELPERS_MAY else queries.within
    known = Customer.objects.all() if viewer is None else seen(viewer)
    ids = sorted(customer_ids)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = known.filter(pk__in=chunk).order_by("pk").select_for_update(of=("self",))
        found = len(rows.values_list("pk", flat=True))
        if found != len(chunk):
            if viewer is not None and act not in HELPERS_MAY:
                _require_for_all(viewer, act, chunk)
            raise _gone()
    if viewer is not None and viewer.scope_for(act) != viewer.scope:
        _require_for_all(viewer, act, ids)


def _gone() -> Refused:
    return Refused(_("A customer no longer exists. Reload the page."))


def _require_for_all(viewer: User, act: Act, ids: Sequence[int]) -> None:
    allowed, seen = queries.visible_to(viewer, act), queries.visible_to(viewer)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        beyond = len(chunk) - allowed.filter(pk__in=chunk).count()
        if beyond and seen.filter(pk__in=chunk).count() < len(chunk):
            raise _gone()
        if beyond:
            raise PermissionDenied(
                ngettext(
                    "You may not %(act)s with %(n)s of these customers.",
                    "You may not %(act)s with %(n)s of these customers.",
                    beyond,
                )
                % {"act": act.label, "n": beyond}
            )
