"""Reads of the customer file; the viewer comes first and sees what the scope allows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from liuke.accounts.models import User
from liuke.accounts.queries import reach_of
from liuke.core import search
from liuke.core.models import JournalEntry
from liuke.customers.models import Asset, Customer
from liuke.customers.rules import Stage

SEARCH_KIND = "customer"


def visible_to(viewer: User) -> QuerySet[Customer]:
    """The customers within this person's scope."""
    return Customer.objects.filter(reach_of(viewer).rows(owner="owner", unit="branch"))


def find(viewer: User, query: str) -> QuerySet[Customer]:
    """Customers that match every word of the query: name, pinyin, number, phone, plate."""
    return search.narrow(visible_to(viewer), SEARCH_KIND, query)


def counts_by_stage(customers: QuerySet[Customer]) -> dict[str, int]:
    """How many customers stand at each stage, zero included."""
    counts = dict(
        customers.values_list("state__stage")
        .annotate(n=Count("pk"))
        .values_list("state__stage", "n")
    )
    return {stage.value: counts.get(stage.value, 0) for stage in Stage}


def ids_by_code(codes: Collection[str]) -> dict[str, int]:
    """Customer number → id, for those that exist. The caller keeps to one chunk of codes."""
    return dict(Customer.objects.filter(code__in=codes).values_list("code", "pk"))


def assets_of(customer_ids: Collection[int] | QuerySet[Customer]) -> QuerySet[Asset]:
    return Asset.objects.filter(customer__in=customer_ids)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that somebody else changed: who, and from what to what."""

    field: str
    before: object
    after: object
    actor: str

    @property
    def label(self) -> str:
        return field_label(self.field)

    @property
    def before_text(self) -> str:
        return shown(self.before)

    @property
    def after_text(self) -> str:
        return shown(self.after)


def changes_since(customer: Customer, version: int) -> Sequence[FieldChange]:
    """What was changed on a customer after `version`, oldest first, from the journal."""
    entries = JournalEntry.objects.filter(
        subject=Customer._meta.label_lower,
        subject_id=customer.pk,
        verb="customer.updated",
        after__version__gt=version,
    ).order_by("pk")
    names = dict(
        User.objects.filter(pk__in={entry.actor_id for entry in entries}).values_list("pk", "name")
    )
    return [
        FieldChange(
            field, (entry.before or {}).get(field), value, names.get(entry.actor_id or 0, "")
        )
        for entry in entries
        for field, value in (entry.after or {}).items()
        if field != "version"
    ]


def field_label(name: str) -> str:
    """What people call a field of the customer file."""
    if name == "contact_points":
        return _("Contact points")
    field = Customer._meta.get_field(name)
    return str(getattr(field, "verbose_name", name)).capitalize()


def shown(value: object) -> str:
    """A value from the journal as people read it."""
    if isinstance(value, list):
        return ", ".join(str(item).partition(" ")[2] for item in value) or "—"
    return "—" if value in (None, "") else str(value)
