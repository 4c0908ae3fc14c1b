"""Who helps with a customer of somebody else, and until when."""

from datetime import date

from django.db.models import Q

# So many may help with one customer; a crowd is nobody.
MOST_HELPERS = 8


def in_force(day: date) -> Q:
    """The condition on collaborators that they help on this day; the last day counts."""
    begun = Q(ended_at=None, since__lte=day)
    return begun & (Q(until=None) | Q(until__gte=day))
