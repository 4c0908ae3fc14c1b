"""All writes to the customer file."""

from liuke.customers.services.file import (
    EDITABLE,
    STATE_COLUMNS,
    KnownCustomer,
    NewContactPoint,
    create_customer,
    ensure_customers,
    lock,
    save_asset,
    set_state,
    update_customer,
)
from liuke.customers.services.many import Batch, assign_customers, tag_customers, undo_batch

__all__ = [
    "EDITABLE",
    "STATE_COLUMNS",
    "Batch",
    "KnownCustomer",
    "NewContactPoint",
    "assign_customers",
    "create_customer",
    "ensure_customers",
    "lock",
    "save_asset",
    "set_state",
    "tag_customers",
    "undo_batch",
    "update_customer",
]
