"""What customers are found by, kept in step with the file."""

from collections.abc import Collection

from liuke.core import search
from liuke.customers import queries
from liuke.customers.models import Customer


def reindex(customer_ids: Collection[int]) -> None:
    """Let these customers be found by what the file now says of them and the people around."""
    rows = Customer.objects.filter(pk__in=customer_ids)
    documents = {
        row.pk: queries.search_tokens(
            row, row.contact_points.all(), row.assets.all(), row.people.all(), row.former.all()
        )
        for row in rows.prefetch_related("contact_points", "assets", "people", "former")
    }
    search.index(queries.SEARCH_KIND, documents)
