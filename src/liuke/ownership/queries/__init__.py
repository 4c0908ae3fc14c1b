"""Reads of whose customer it is and was, and of what waits in the pools."""

from liuke.ownership.queries import assigning, recycling
from liuke.ownership.queries.handovers import (
    handed,
    handed_lately,
    handovers_visible_to,
    owners_in_reach,
    owners_with_counts,
    planned,
    portions,
    receivers_for,
    seats,
)
from liuke.ownership.queries.periods import has_pools, history_of
from liuke.ownership.queries.pools import (
    claimed_on,
    claims_from,
    left_lately,
    owned_by_level,
    pool_page,
    pools_open_to,
    waiting,
)
from liuke.ownership.queries.recycling import table

__all__ = [
    "assigning",
    "claimed_on",
    "claims_from",
    "handed",
    "handed_lately",
    "handovers_visible_to",
    "has_pools",
    "history_of",
    "left_lately",
    "owned_by_level",
    "owners_in_reach",
    "owners_with_counts",
    "planned",
    "pool_page",
    "pools_open_to",
    "portions",
    "receivers_for",
    "recycling",
    "seats",
    "table",
    "waiting",
]
