"""Which lists can be exported, and how each is declared: what `urls.py` is to pages."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from liuke.accounts.models import User
from liuke.accounts.rules import Act
from liuke.core.models import JournalEntry
from liuke.customers.models import Customer
from liuke.customers.queries import visible_to
from liuke.desk.queries import conflicts, listing, own_views, record
from liuke.exports.queries import Source


def _customer_columns(viewer: User, query: QueryDict) -> Sequence[str]:
    return own_views.look(viewer, query).columns


def _customers(viewer: User) -> QuerySet[Customer]:
    return visible_to(viewer, Act.EXPORT)


def _entries(viewer: User) -> QuerySet[JournalEntry]:
    return record.entries_visible_to(viewer, Act.EXPORT)


SOURCES: Mapping[str, Source] = {
    "customers": Source(
        _("Customers"), listing.customer_list, _customers, _customer_columns, "customers"
    ),
    "conflicts": Source(
        _("Conflicts"),
        conflicts.conflict_list,
        conflicts.rows,
        screen="conflicts",
    ),
    "journal": Source(
        _("Journal"),
        record.journal_list,
        _entries,
        screen="journal",
        act=Act.SEE_JOURNAL,
    ),
}
