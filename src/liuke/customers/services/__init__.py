"""All writes to the customer file."""

from liuke.customers.services.file import (
    EDITABLE,
    STATE_COLUMNS,
    KnownCustomer,
    NewContactPoint,
    NewCustomer,
    block_contact,
    create_customer,
    ensure_customers,
    forget_contact_dates,
    lock,
    record_customers,
    save_asset,
    set_state,
    settle_stages,
    unblock_contact,
    update_customer,
)
from liuke.customers.services.many import Batch, assign_customers, tag_customers, undo_batch

__all__ = [
    "EDITABLE",
    "STATE_COLUMNS",
    "Batch",
    "KnownCustomer",
    "NewContactPoint",
    "NewCustomer",
    "assign_customers",
    "block_contact",
    "create_customer",
    "ensure_customers",
    "forget_contact_dates",
    "lock",
    "record_customers",
    "save_asset",
    "set_state",
    "settle_stages",
    "tag_customers",
    "unblock_contact",
    "undo_batch",
    "update_customer",
]
